"""Hunting seeded bugs: each is put into a copy, and the judge must say why that copy is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.simulation.mutants.copying import copied
from tests.simulation.mutants.judging import NoVerdict, Verdict, ill_seeds, judge
from tests.simulation.mutants.mutant import Mutant, apply

MOST_SEEDS = 500
PORTION = 5


@dataclass(frozen=True)
class Caught:
    """What became of one mutant. `tried`: seeds (states, for the small model) until an oracle spoke; `seed`: which it
    was; `why`: what the oracle said, None when nobody noticed; `trouble`: why there is no verdict.
    """

    name: str
    judge: str
    tried: int
    seed: int | None
    why: str | None
    trouble: str | None = None

    def facts(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if name != "trouble" or value}


def hunt(mutants: Iterable[Mutant], seeds: int = MOST_SEEDS, first: int = 1) -> Iterator[Caught]:
    """One after the other. A seed that is not well without the bug proves nothing, and is passed over."""
    healthy = Healthy(first)
    for mutant in mutants:
        with copied() as tree:
            apply(mutant, tree)
            yield _caught(mutant, tree, healthy, seeds, first)


def _caught(mutant: Mutant, tree: Path, healthy: Healthy, seeds: int, first: int) -> Caught:
    seed = first
    try:
        while True:
            verdict = judge(mutant.judge, tree, first + seeds - seed, seed)
            if verdict.why is None or healthy.is_well(mutant.judge, verdict):
                break
            seed = (verdict.seed or seed) + 1
    except NoVerdict as trouble:
        return Caught(mutant.name, mutant.judge, 0, None, None, str(trouble))
    tried = verdict.tried if verdict.seed is None else verdict.seed - first + 1
    return Caught(mutant.name, mutant.judge, tried, verdict.seed, verdict.why)


class Healthy:
    """Whether the program as it is passes what a mutant failed. Seeds are tried in portions, each once."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._next: dict[str, int] = {}
        self._ill: set[tuple[str, int]] = set()
        self._model: bool | None = None

    def is_well(self, who: str, verdict: Verdict) -> bool:
        if verdict.seed is None:
            return self._model_is_well(who)
        following = self._next.get(who, self._first)
        if verdict.seed >= following:
            portion = max(PORTION, verdict.seed - following + 1)
            with copied() as tree:
                self._ill |= {(who, seed) for seed in ill_seeds(who, tree, following, portion)}
            self._next[who] = following + portion
        return (who, verdict.seed) not in self._ill

    def _model_is_well(self, who: str) -> bool:
        if self._model is None:
            with copied() as tree:
                self._model = judge(who, tree, 0).why is None
        return self._model


def survives(found: Caught) -> bool:
    return found.why is None
