"""What exists in the small model: plain tuples, so that a state is a key."""

from __future__ import annotations

from typing import Any, NamedTuple

VISIT, RUN, ITEM = "visit-1", "run-1", "x"
TREE = f"v:{VISIT}"
PAGE = 2
"""Rows in a page of a pull, and rows that a tablet applies in one transaction."""
BATCH = 2
"""Operations in a push."""


class Op(NamedTuple):
    """What a person did. `kind`: set an answer of the run, add a note, or poison (breaks the server)."""

    id: str
    kind: str
    base: int
    value: str

    @property
    def entity(self) -> tuple[str, str]:
        return ("note", self.id) if self.kind == "note" else ("run", RUN)

    @property
    def text(self) -> bytes:
        return repr(tuple(self)).encode()


class Outcome(NamedTuple):
    """How an operation ended; `seq` is None for held and rejected."""

    status: str
    seq: int | None
    code: str | None = None


class Head(NamedTuple):
    """One row of the feed. `value` is a wire value as sorted pairs, None for a tombstone."""

    audience: str
    kind: str
    id: str
    seq: int
    ver: int
    value: tuple[tuple[str, Any], ...] | None


class Line(NamedTuple):
    """One line of the server's log."""

    device: str
    n: int
    op: Op
    link: str
    outcome: Outcome
    repeats: bool


class Device(NamedTuple):
    """A device's place on the server."""

    id: str
    person: str
    next_n: int
    link: str
    resume: str | None = None
    before: str | None = None
    rolled: int = 0
    durable_n: int = 0
    frozen: bool = False
    answered: int = 0
    """How many pushes were answered to somebody who had heard all before; a token says the same without counting."""


class Server(NamedTuple):
    """All that a commit changes. `answer`: the run's as (value, ver, device, n); None once the run is dropped."""

    epoch: int
    seq: int
    floor: int
    heads: tuple[Head, ...]
    log: tuple[Line, ...]
    devices: tuple[Device, ...]
    scope: frozenset[str]
    answer: tuple[str | None, int, str, int] | None
    backup: Server | None = None
    office_wrote: bool = False
    fault: str | None = None


class Entry(NamedTuple):
    """An operation of the outbox under the device and number that it has now."""

    device: str
    n: int
    op: Op
    outcome: Outcome | None = None
    retired: bool = False


class Held(NamedTuple):
    """A base row of a tablet."""

    kind: str
    id: str
    ver: int
    generation: int
    value: tuple[tuple[str, Any], ...]


class Staged(NamedTuple):
    """Pages that wait to be applied."""

    cursor: tuple[int, int | None]
    head: int
    rows: tuple[Head, ...]
    whole: bool
    ack_n: int
    sums: str | None
    truth: frozenset[tuple[str, str, int]]


class Push(NamedTuple):
    """A push request."""

    device: str
    person: str
    epoch: int | None
    resume: str | None
    nonce: int
    first: int
    prev: str
    ops: tuple[Op, ...]
    isolate: bool
    heard: int


class Pull(NamedTuple):
    """A pull request. The second part of a cursor is the head at which a bootstrap began."""

    device: str
    person: str
    epoch: int | None
    cursor: tuple[int, int | None] | None
    nonce: int


class Pushed(NamedTuple):
    """A good answer to a push."""

    nonce: int
    epoch: int
    resume: str | None
    seq: int
    durable_n: int
    answered: int
    results: tuple[tuple[int, str, Outcome], ...]


class Page(NamedTuple):
    """A good answer to a pull. `truth` does not travel: what the person should see at `head`, for the invariants."""

    nonce: int
    epoch: int
    cursor: tuple[int, int | None]
    more: bool
    head: int
    ack_n: int
    durable_n: int
    rows: tuple[Head, ...]
    sums: str | None
    truth: frozenset[tuple[str, str, int]]


class Problem(NamedTuple):
    """Any other answer. `number`: expected or next_n, where the code has one."""

    code: str
    epoch: int = 0
    number: int = 0


class Tablet(NamedTuple):
    """A tablet: what lies on its disk, then what it holds in memory (lost in a crash), then what nobody can lose."""

    person: str
    device: str
    epoch: int | None = None
    resume: str | None = None
    next_n: int = 1
    acked_n: int = 0
    durable_n: int = 0
    cursor: tuple[int, int | None] | None = None
    head: int = 0
    generation: int = 0
    bootstrapping: bool = False
    outbox: tuple[Entry, ...] = ()
    root: tuple[int, str] | None = None
    """Number and link of the newest operation that was pruned."""
    rows: tuple[Held, ...] = ()
    staged: Staged | None = None
    heard: int = 0
    truth: frozenset[tuple[str, str, int]] = frozenset()
    """Of the last pull that was applied whole."""

    sent: Push | None = None
    waits: int | None = None
    batch: int = BATCH
    strikes: int = 0
    closed: bool = False

    asked: int = 0
    made: tuple[str, ...] = ()
    acts: int = 0
    devices: int = 1
    forked: bool = False
    copy: Tablet | None = None
    fault: str | None = None
    """What an invariant that looks at a step, not at a state, found wrong."""
