"""Breadth first through every interleaving: the first state that breaks an invariant has the shortest way to it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.small_model import invariants
from tests.simulation.small_model.server import ServerRules
from tests.simulation.small_model.tablet import TabletRules
from tests.simulation.small_model.world import Bounds, State, World


@dataclass(frozen=True)
class Found:
    """A broken invariant and the moves that lead there."""

    what: str
    trace: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {place}. {move}" for place, move in enumerate(self.trace, 1))])


@dataclass(frozen=True)
class Searched:
    """How many distinct states were reached and checked. `moves`: every sequence of so many moves or fewer was tried;
    `whole`: there are no others within the bounds.
    """

    bounds: str
    states: int
    moves: int
    whole: bool
    found: Found | None = None


class Search:
    """One search. `most`: states after which it stops."""

    def __init__(self, world: World, most: int) -> None:
        self.world, self.most = world, most
        self.moves = 0
        self.before: dict[State, tuple[State, str] | None] = {}
        self._known: dict[tuple[str | int, ...], str | None] = {}
        self._healed: dict[tuple[int, int, int], str | None] = {}

    def run(self) -> Searched:
        world = self.world
        first = world.first()
        self.before[first] = None
        level = [first]
        while level:
            following: list[State] = []
            for state in level:
                found = self._wrong(state)
                if found is not None:
                    return self._searched(found)
                if len(self.before) < self.most:
                    following += self._onwards(state)
            level = following
            self.moves += len(self.before) < self.most
        return self._searched(None)

    def _onwards(self, state: State) -> list[State]:
        """States that no shorter way led to."""
        fresh = []
        for label, after in self.world.moves(state):
            if after not in self.before:
                self.before[after] = (state, label)
                fresh.append(after)
        return fresh

    def _wrong(self, state: State) -> Found | None:
        now = self.now(state)
        wrong = now or self.later(state)
        if wrong is None:
            return None
        last = () if now else ("from here on all works: each tablet talks until it has nothing to do",)
        return Found(wrong, self._trace(state) + last)

    def _searched(self, found: Found | None) -> Searched:
        count = len(self.before)
        return Searched(self.world.bounds.name, count, self.moves, found is None and count < self.most, found)

    def now(self, state: State) -> str | None:
        server, one, two = state.server, state.one, state.two
        return (
            self._part("server", server)
            or self._part("tablet", one)
            or self._part("tablet", two)
            or self._part("both", one, server)
            or self._part("both", two, server)
        )

    def _part(self, which: str, *numbers: int) -> str | None:
        key = (which, *numbers)
        if key not in self._known:
            check = {"server": invariants.of_server, "tablet": invariants.of_tablet, "both": invariants.of_both}[which]
            values = self.world.values
            self._known[key] = check(*(values[number] for number in numbers))
        return self._known[key]

    def later(self, state: State) -> str | None:
        """What becomes of this state when the faults stop here."""
        key = (state.server, state.one, state.two)
        if key not in self._healed:
            healed = self.world.healed(state)
            server, values = self.world.server(healed), self.world.values
            one, two = values[healed.one], values[healed.two]
            self._healed[key] = (
                (invariants.of_server(server) if healed.server != state.server else None)
                or invariants.after_healing(one, server, two)
                or invariants.after_healing(two, server, one)
            )
        return self._healed[key]

    def _trace(self, state: State) -> tuple[str, ...]:
        labels: list[str] = []
        step = self.before[state]
        while step is not None:
            state, label = step
            labels.append(label)
            step = self.before[state]
        return tuple(reversed(labels))


def search(
    bounds: Bounds, most: int, server: ServerRules | None = None, tablet: TabletRules | None = None
) -> Searched:
    """Search one protocol within bounds; without rules, ours."""
    return Search(World(bounds, server or ServerRules(), tablet or TabletRules()), most).run()
