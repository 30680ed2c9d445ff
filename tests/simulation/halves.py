"""The seeds of `make test`, in two halves for two workers, played on one stage each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

from tests.simulation import faults
from tests.simulation.history import Stage
from tests.simulation.plan import plan_of

AT_ONCE = 10
SEEDS = (range(1, 151), range(151, 301))
"""Of each half."""


class Half:
    """Histories in tests of a few, and what they met."""

    def __init__(self, nth: int) -> None:
        self.seeds = SEEDS[nth]
        self.met: Counter[str] = Counter()
        self._stack = ExitStack()
        self._stage: Stage | None = None
        self._played: dict[int, list[str]] = {}

    def batches(self) -> Iterator[int]:
        """The first seed of each test."""
        yield from self.seeds[::AT_ONCE]

    def play(self, first: int) -> list[str]:
        """What was not well among the next seeds. Each is played once."""
        if first not in self._played:
            self._played[first] = list(self._ill(first))
        return self._played[first]

    def _ill(self, first: int) -> Iterator[str]:
        self._stage = self._stage or self._stack.enter_context(Stage())
        for seed in range(first, first + AT_ONCE):
            verdict = self._stage.play(plan_of(seed))
            self.met.update(verdict.met)
            if verdict.kind != "well":
                yield f"seed {seed}: {verdict.kind} {verdict.words}"

    def never_happened(self) -> list[str]:
        """Listed faults and outcomes that this half has not met once all of it is played."""
        for first in self.batches():
            self.play(first)
        return [name for name in faults.ALL if not self.met[name]]

    def close(self) -> None:
        self._stack.close()
