"""The seeds of `make test`, in two halves for two workers, played on one stage each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from tests.simulation.history import Stage
from tests.simulation.plan import plan_of

AT_ONCE = 5
SEEDS = (range(1, 26), range(151, 176))
"""Of each half."""


class Half:
    """Histories in tests of a few, and what they met."""

    def __init__(self, nth: int) -> None:
        self.seeds = SEEDS[nth]
        self._stack = ExitStack()
        self._stage: Stage | None = None

    def batches(self) -> Iterator[int]:
        """The first seed of each test."""
        yield from self.seeds[::AT_ONCE]

    def play(self, first: int) -> list[str]:
        """What was not well among the next seeds."""
        self._stage = self._stage or self._stack.enter_context(Stage())
        wrong: list[str] = []
        for seed in range(first, first + AT_ONCE):
            verdict = self._stage.play(plan_of(seed))
            if verdict.kind != "well":
                wrong.append(f"seed {seed}: {verdict.kind} {verdict.words}")
        return wrong

    def close(self) -> None:
        self._stack.close()
