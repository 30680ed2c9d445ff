"""The workbench of one push: what a handler may ask and change. Nothing reaches the database before the flush."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from backend.core import clock
from backend.core.schema import FIRST_YEAR, LAST_YEAR, wire_time
from backend.exchange import clashes, kin
from backend.exchange.fields import read_field, stamp, write_field
from backend.exchange.handlers import Refused, Result, held, rejected
from backend.exchange.kinds import Key, Kind, State
from backend.exchange.layers import Layer, Letter, Line
from backend.exchange.rows import Rows
from backend.exchange.scopes import Scopes, Standing, standing
from sync.ids import human_number
from sync.merge import same
from sync.operation import Operation

if TYPE_CHECKING:
    from backend.identity.actor import Actor

TREES = ("v", "s")
"""Audiences that a person enters and leaves."""


class Work:
    """One transaction's entities, seen and changed as one operation after the other.

    `actor`: who sends. `now`: time of receipt. `op`, `n`: the operation at hand and its number. `late`: it came from
    a person who is no longer in scope (late scope); the exchange flags the visit, handlers need not.
    `for_somebody`: the office carries out what was held (see acting_for).
    """

    op: Operation
    n: int

    def __init__(self, rows: Rows, scopes: Scopes, numbers: Mapping[str, int], actor: Actor, now: datetime) -> None:
        self.actor = actor
        self.device = str(actor.device_id)
        self.now = now
        self.late = False
        self.for_somebody = False
        self.rows = rows
        self.scopes = scopes
        self.done = Layer()
        self.layer = Layer()
        self._numbers = numbers
        self._again: set[tuple[str, int]] = set()

    # Reading

    @property
    def stamp(self) -> str:
        """Time of receipt as it travels: RFC 3339 UTC with milliseconds."""
        return wire_time(self.now)

    @property
    def at(self) -> datetime:
        """When the person acted: the device's time corrected by its offset, never after receipt."""
        said = datetime.fromisoformat(self.op.at)
        offset = self.op.off or 0
        if abs(offset) <= LARGEST_OFFSET_MS:
            # Brought into range first: a clock at either end of the calendar cannot be corrected beyond it.
            said = min(max(said, EARLIEST), LATEST) + timedelta(milliseconds=offset)
        return min(max(said, EARLIEST), self.now)

    @property
    def acted_at(self) -> str:
        """`at` as it travels."""
        return wire_time(self.at)

    def kind(self, name: str) -> Kind:
        return self.rows.kinds[name]

    def get(self, kind: str, entity: str) -> State | None:
        """The row as this transaction sees it, or None. Of the actor's organisation only."""
        key = (kind, entity)
        for layer in (self.layer, self.done):
            if key in layer.rows:
                return layer.rows[key]
        return self.rows.get(key)

    def find(self, kind: str, /, **equals: Any) -> list[State]:
        """Rows whose columns equal these values (no JSON columns), in order of id."""
        found = {row["id"]: row for row in self.rows.find(kind, equals)}
        for key, state in [*self.done.rows.items(), *self.layer.rows.items()]:
            if key[0] == kind:
                found.pop(key[1], None)
                if state is not None and all(state[name] == value for name, value in equals.items()):
                    found[key[1]] = state
        return [found[entity] for entity in sorted(found)]

    def people_in(self, audience: str) -> list[str]:
        """Ids of the persons who are in this scope now, in order."""
        people = set(self.scopes.people_in(audience))
        for person, entered in self._scope_changes(audience):
            (people.add if entered else people.discard)(person)
        return sorted(people)

    def in_scope(self, person: str, audience: str) -> bool:
        """Whether the person is in this scope now, changes of this transaction included."""
        for layer in (self.layer, self.done):
            if (person, audience) in layer.scope:
                return layer.scope[person, audience]
        return self.scopes.is_in(person, audience)

    def must_see(self, kind: str, entity: str) -> State:
        """As `must`, for what an operation only names: the sender must have it in scope, or it is `held: out_of_scope`.

        Scope of the operation's own entity is the exchange's to check; handlers ask this about the others.
        """
        state = self.must(kind, entity)
        if self.standing(self.kind(kind).audience(state), self.op.base) is Standing.OUT:
            raise Refused(held("out_of_scope"))
        return state

    def standing(self, audience: str | None, base: int) -> Standing:
        """Only tablets have a scope: the office sees everything, and an audience of no tree is open to its roles."""
        if self.for_somebody or self.actor.device_kind != "tablet" or audience is None:
            return Standing.IN
        if audience.partition(":")[0] not in TREES:
            return Standing.IN
        if self.in_scope(self.actor.person_id, audience):
            return Standing.IN
        intervals = self.scopes.intervals(self.actor.person_id, audience)
        return standing([one for one in intervals if one.leave_seq is not None], base, self.now)

    def sees(self, audience: str) -> bool:
        """Whether the sender may be told what stands there now. Who sends late, or whose held work the office carries
        out, may have left before it was written.
        """
        if self.actor.device_kind != "tablet" or audience.partition(":")[0] not in TREES:
            return True
        return self.in_scope(self.actor.person_id, audience)

    # A tablet whose storage was copied

    def bring_again(self, device: str, n: int) -> None:
        """This batch repeats what the same person first sent as (device, n)."""
        self._again.add((device, n))

    def wrote(self, device: str, n: int) -> bool:
        """Whether the acting device itself sent the operation (device, n), or sent it again after it was copied."""
        if device == self.device or (device, n) in self._again:
            return True
        if self.actor.device_kind != "tablet":
            return False
        return kin.sent_again(self.rows.connection, self.actor.org_id, self.device, (device, n))

    def may_use_code(self, code: str) -> bool:
        """Whether numbers for people with this device code may come from the acting device."""
        if code == self.actor.device_code:
            return True
        if self.actor.device_kind != "tablet":
            return False
        return kin.has_code(self.rows.connection, self.actor.org_id, self.actor.person_id, code)

    # Writing

    def create(self, kind: str, entity: str, /, **fields: Any) -> State:
        """A new row; columns not named take their default or None. An existing id is `rejected: id_reused`."""
        if self.get(kind, entity) is not None:
            raise Refused(rejected("id_reused"))
        unknown = fields.keys() - self.kind(kind).blank.keys()
        if unknown:
            raise KeyError(f"{kind} has no column {', '.join(sorted(unknown))}")
        state = {"org_id": self.actor.org_id, "id": entity, "ver": 0, "field_ver": {}}
        state |= {**self.kind(kind).blank, **fields}
        self.layer.rows[kind, entity] = state
        return state

    def change(self, kind: str, entity: str, fields: Mapping[str, Any], base: int | None = None) -> Result:
        """Write what the merge law lets through. `base` defaults to the operation's.

        A field is a column, or one key of a JSON column (`answers.p3`; None takes the key out). A clash that a person
        must decide becomes a `conflict` entity, named in the Result. A missing row is `held: entity_gone`.
        """
        return clashes.change(self, kind, entity, fields, self.op.base if base is None else base)

    def set(self, kind: str, entity: str, /, **fields: Any) -> State:
        """Write without asking the merge law: states, flags, what follows from another change."""
        return self.put(kind, entity, fields)

    def put(self, kind: str, entity: str, fields: Mapping[str, Any]) -> State:
        """As `set`, for field names that are no Python names (`answers.p3`). Equal values write nothing."""
        state = self.must(kind, entity)
        moved = {name: value for name, value in fields.items() if not same(read_field(state, name), value)}
        return self.write(kind, entity, moved) if moved else state

    def must(self, kind: str, entity: str) -> State:
        """The row, or the operation is `held: entity_gone`."""
        state = self.get(kind, entity)
        if state is None:
            raise Refused(held("entity_gone"))
        return state

    def write(self, kind: str, entity: str, fields: Mapping[str, Any]) -> State:
        """The draft of this operation with the fields in it, stamped. For `change` and `put`."""
        draft = dict(self.must(kind, entity))
        for name, value in fields.items():
            write_field(draft, name, value)
        stamp(draft, list(fields), self.device, self.n)
        self.layer.rows[kind, entity] = draft
        return draft

    def remove(self, kind: str, entity: str) -> None:
        """Take the row out of its table; a tombstone stays in the feed."""
        self.must(kind, entity)
        self.layer.rows[kind, entity] = None

    def enter(self, person: str, audience: str) -> None:
        """Let the person see v:<visit> or s:<site> from now on: its rows are delivered anew. Twice is once."""
        self.layer.scope[person, audience] = True

    def leave(self, person: str, audience: str) -> None:
        """End it: the tablet drops the tree, except what it still has to send. Twice is once."""
        self.layer.scope[person, audience] = False

    def post(self, job_kind: str, args: dict[str, Any], key: str) -> None:
        """A job in the same transaction; a second one of the same key is the first."""
        self.layer.letters.append(Letter(job_kind, args, key))

    def journal(self, kind: str, ref: str, digest: str) -> None:
        """A line in the organisation's journal: ids and digests, never values."""
        self.layer.lines.append(Line(kind, ref, digest))

    def next_number(self, letter: str) -> str:
        """The acting device's next number for people, `T-7K3-42`. Tablets bring their own instead."""
        if self.for_somebody:
            # The counter at hand is that of the office's own device.
            raise Refused(held("number"))
        last = self.layer.numbers.get(letter, self.done.numbers.get(letter, self._numbers.get(letter, 0)))
        self.layer.numbers[letter] = last + 1
        return human_number(letter, str(self.actor.device_code), last + 1)

    def new_id(self) -> str:
        """A fresh UUIDv7 for an entity that the server makes."""
        return clock.new_id()

    def settle(self, sha256: str) -> None:
        """A held operation was decided: what its device sends for the same entity is carried out again."""
        self.layer.settled.append(sha256)

    # One operation after the other

    @contextmanager
    def acting_for(self, sender: Actor, op: Operation, n: int) -> Iterator[None]:
        """Inside, an operation that was held is at hand, as its sender's: its stamps name the device and number under
        which it was received. The office lets it pass, so that no scope is asked.
        """
        kept = (self.actor, self.device, self.op, self.n, self.late)
        self.actor, self.device, self.op, self.n, self.late = sender, str(sender.device_id), op, n, False
        self.for_somebody = True
        try:
            yield
        finally:
            self.actor, self.device, self.op, self.n, self.late = kept
            self.for_somebody = False

    def begin(self, op: Operation, n: int, *, late: bool) -> None:
        """The next operation is at hand; `layer` is empty, because the one before was kept or dropped."""
        self.op, self.n, self.late = op, n, late

    def keep(self) -> None:
        """The operation took effect: its writes are seen by the next ones."""
        self.done.absorb(self.layer)
        self.layer = Layer()

    def drop(self) -> None:
        """It did not: all it wrote is forgotten."""
        self.layer = Layer()

    def touched(self) -> Iterable[Key]:
        """What the operation at hand has written so far."""
        return self.layer.rows.keys()

    def audience(self, key: Key) -> str | None:
        """Who may see this row now; None when there is none."""
        state = self.get(*key)
        return None if state is None else self.kind(key[0]).audience(state)

    def _scope_changes(self, audience: str) -> Iterable[tuple[str, bool]]:
        for layer in (self.done, self.layer):
            yield from ((person, entered) for (person, where), entered in layer.scope.items() if where == audience)


EARLIEST, LATEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 12, 31, tzinfo=UTC)
"""No time that people can state lies outside (core/schema.py)."""
LARGEST_OFFSET_MS = 100 * 365 * 86_400_000
"""A measured clock offset beyond a century is nonsense and is not applied."""
