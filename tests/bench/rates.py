"""Pushing, pulling and asking for nothing: ours over HTTP, with the floors of the same database beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.bare import running_bare
from tests.bench.driver import Line
from tests.bench.figures import Figure
from tests.bench.floors import Pushed, insert_floor, record
from tests.bench.ours import PULL, Ours, Seat, dumps


@dataclass
class Rates:
    """The measurements of one installation that is being served. `who` names it in the figures."""

    ours: Ours
    who: str

    def push(self) -> Iterator[Figure]:
        """Operations a second, batch size by batch size; and the insert floor of the largest."""
        largest = max(self.ours.sizes.batches)
        for size, requests in self.ours.sizes.batches.items():
            runs = [self._push(size, requests) for _ in range(self.ours.sizes.runs + 1)][1:]
            seen = tuple(sum(len(one) for one in run) / sum(one.seconds for one in run) for run in runs)
            yield Figure(self.who, f"push, batches of {size}", "operations/s", seen)
            if size == largest:
                written = [[record(self.ours, one) for one in run] for run in runs]
                yield Figure(
                    f"floor: bare inserts, {self.ours.kind}",
                    f"push, batches of {size}",
                    "operations/s",
                    insert_floor(self.ours.floor_url, self.ours.folder, written),
                    "the rows that these runs wrote, by executemany in the same batches",
                )

    def _push(self, size: int, requests: int) -> list[Pushed]:
        """One run: each request is another tablet's, made beforehand; only the request is timed."""
        done = []
        for seat in self.ours.turns(requests):
            first = seat.tablet.ack_n + 1
            for _ in range(size):
                self.ours.note(seat)
            done.append(Pushed(seat.tablet.id, first, size, self.ours.push(seat, size).seconds))
        return done

    def pull(self) -> Iterator[Figure]:
        """Rows a second of a visit with many rows, from the beginning; and the bare route of the same pages."""
        sizes, ours = self.ours.sizes, self.ours
        self._fill(ours.large, sizes.pulled)
        seats = ours.crew[:]
        for packed in (False, True):
            pulls = [ours.pull(seats.pop(), sizes.page, packed=packed) for _ in range(sizes.runs)]
            how = "gzip, as a browser asks" if packed else "not packed"
            seen = tuple(rows / seconds for rows, seconds in pulls)
            yield Figure(self.who, f"pull, pages of {sizes.page:,}, {how}", "rows/s", seen, f"{pulls[0][0]:,} rows")
        with running_bare(ours) as bare:
            line = Line(bare.port)
            whole = [bare.pull(line, sizes.page) for _ in range(sizes.runs + 1)][1:]
            yield Figure(
                f"floor: bare Flask route, {ours.kind}",
                f"pull, pages of {sizes.page:,}, not packed",
                "rows/s",
                tuple(rows / seconds for rows, seconds in whole),
                f"{whole[0][0]:,} rows; the same SELECT, the same stored bytes",
            )

    def _fill(self, visit: str, rows: int) -> None:
        """Notes on the large visit, in batches that a push may have."""
        left, seats = rows, self.ours.crew
        while left > 0:
            for seat in seats:
                take = min(left, 200)
                for _ in range(take):
                    self.ours.note(seat, visit)
                if take:
                    self.ours.push(seat, take)
                left -= take

    def bootstrap(self) -> Figure:
        """Seconds until a new tablet has everything: many visits with many rows each."""
        ours, sizes = self.ours, self.ours.sizes
        team, visits = ours.team(sizes.runs, sizes.visits)
        for place, visit in enumerate(visits):
            seat = team[place % len(team)]
            for _ in range(sizes.rows_of_a_visit - 1):
                ours.note(seat, visit)
            ours.push(seat, 200)
        pulls = [ours.pull(seat, sizes.page, packed=True) for seat in team]
        return Figure(
            self.who, f"bootstrap, {sizes.visits} visits", "s", tuple(seconds for _, seconds in pulls),
            f"{pulls[0][0]:,} rows, gzip",
        )  # fmt: skip

    def empty_pull(self) -> Iterator[Figure]:
        """Milliseconds of a pull that finds nothing new, and of a route that does nothing, in turns."""
        ours, sizes = self.ours, self.ours.sizes
        for seat in ours.seats:
            ours.pull(seat, sizes.page)
        with running_bare(ours) as bare:
            line = Line(bare.port)
            pairs = [self._nothing(line) for _ in range(sizes.runs + 1)][1:]
        yield Figure(self.who, "empty pull", "ms", tuple(pull for pull, _ in pairs))
        yield Figure(f"floor: no-op Flask route, {ours.kind}", "empty pull", "ms", tuple(noop for _, noop in pairs))

    def _nothing(self, line: Line) -> tuple[float, float]:
        pulls, noops = [], []
        for seat in self.ours.turns(self.ours.sizes.empty_pulls):
            pulls.append(self.ours.page(seat, seat.tablet.cursor, self.ours.sizes.page).seconds)
            noops.append(self._noop(line, seat))
        return middle(pulls) * 1000, middle(noops) * 1000

    def _noop(self, line: Line, seat: Seat) -> float:
        """The very request of the empty pull, answered by a route that does nothing."""
        body = dumps(seat.pull_body(seat.tablet.cursor, self.ours.sizes.page))
        return line.must("POST", "/noop", body, seat.headers("POST", PULL)).seconds


def middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
