"""Carrying out operations one after the other: the same for a tablet's push and for a form of the console."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError
from sqlalchemy import Connection

from backend.core.problems import invalid
from backend.exchange.flush import flush, position
from backend.exchange.handlers import OperationType, Refused, Result, held, rejected
from backend.exchange.kinds import Key
from backend.exchange.oplog import Entry, Logged, OperationLog
from backend.exchange.registry import Registry
from backend.exchange.rows import Rows
from backend.exchange.scopes import Scopes, Standing
from backend.exchange.upcasters import upcast
from backend.exchange.work import Work
from sync import chain
from sync.operation import Invalid, Operation, parse_operation
from sync.outcome import Status

if TYPE_CHECKING:
    from backend.identity.actor import Actor


@dataclass(frozen=True)
class Batch:
    """Operation strings with consecutive numbers from `first`; `prev` is the device's chain before them.

    `quarantine` is the code under which everything is held, for a device that may no longer write. `fresh`: suppose
    that nobody has sent any of these ids before. If somebody has, the log refuses the second line of an id.
    """

    first: int
    prev: str
    texts: Sequence[str]
    quarantine: str | None = None
    fresh: bool = False


@dataclass(frozen=True)
class Done:
    """What became of a batch: its entries without their answers, the work, and where the feed stood when it began."""

    entries: list[Entry]
    work: Work
    began: int

    def write(self, now: datetime) -> int:
        """Flush; the feed's position afterwards. Raises Outrun."""
        return flush(self.work.rows, self.work.done, self.began, now)


def run(
    connection: Connection,
    registry: Registry,
    actor: Actor,
    batch: Batch,
    now: datetime,
    *,
    numbers: Mapping[str, int],
    lock: bool,
) -> Done:
    """Read and decide, write nothing. `lock` takes the counter first, so that nobody can outrun this one.

    `numbers`: the device's last numbers for people by letter.
    """
    began = position(connection, actor.org_id, lock=lock).seq
    rows = Rows(connection, actor.org_id, registry.kinds)
    work = Work(rows, Scopes(connection, actor.org_id), numbers, actor, now)
    execution = Execution(registry, work, OperationLog(connection, actor.org_id), began)
    return Done(execution.run(batch), work, began)


class Execution:
    """One batch under way."""

    def __init__(self, registry: Registry, work: Work, log: OperationLog, head: int) -> None:
        self.registry = registry
        self.work = work
        self.log = log
        self.head = head
        self.blocked: set[str] = set()
        self.logged: dict[str, Logged] = {}
        self.seen: dict[str, Entry] = {}

    def run(self, batch: Batch) -> list[Entry]:
        parsed = [parse_operation(text) for text in batch.texts]
        operations = [op for op in parsed if isinstance(op, Operation)]
        if not batch.fresh:
            self.logged = self.log.by_id(op.id for op in operations)
        self._read_ahead(operations)
        entries, link = [], batch.prev
        for index, (text, op) in enumerate(zip(batch.texts, parsed, strict=True)):
            entry = _entry(batch.first + index, text, link, op)
            link = entry.link
            self._decide(entry, op, batch.quarantine)
            entries.append(entry)
        return entries

    def _read_ahead(self, operations: Sequence[Operation]) -> None:
        """What the operations name, in few queries."""
        self.work.rows.preload(key for op in operations for key in _named(op))
        if self.work.actor.device_kind == "tablet" and operations:
            self.blocked = self.log.held_entities(self.work.device, (op.entity[1] for op in operations))

    def _decide(self, entry: Entry, op: Operation | Invalid, quarantine: str | None) -> None:
        if isinstance(op, Invalid):
            _settle(entry, rejected(op.code, op.field))
        elif op.id in self.logged or op.id in self.seen:
            self._repeat(entry, op.id)
        else:
            self.seen[op.id] = entry
            _settle(entry, held(quarantine) if quarantine else self._carry_out(op, entry.n))
            if entry.status is Status.HELD and self.work.actor.device_kind == "tablet":
                self.blocked.add(op.entity[1])

    def _repeat(self, entry: Entry, op_id: str) -> None:
        """The same id again: from the same person with the same bytes it is the same operation (re-keyed)."""
        entry.repeats = True
        first, before = self.logged.get(op_id), self.seen.get(op_id)
        if first is not None and first.sha256 == entry.sha256 and first.person == self.work.actor.person_id:
            _copy(entry, json.loads(first.outcome))
            self.work.bring_again(first.device, first.n)
        elif before is not None and before.sha256 == entry.sha256:
            _settle(entry, Result(before.status, before.code, before.field, before.conflict_id))
        else:
            _settle(entry, rejected("id_reused"))

    def _carry_out(self, op: Operation, n: int) -> Result:
        try:
            op = upcast(op, self.registry.upcasters)
        except ValidationError as fault:
            return rejected("invalid", f"args.{invalid(fault).field or ''}".rstrip("."))
        kind = self.registry.operations.get((op.type, op.v))
        if kind is None:
            return rejected("unknown_type", "type" if not self._knows(op.type) else "v")
        if op.entity[0] != kind.entity_kind:
            return rejected("invalid", "entity")
        if not kind.roles & self.work.actor.roles:
            return rejected("forbidden")
        try:
            args = kind.args.load(op.args)
        except ValidationError as fault:
            return rejected("invalid", f"args.{invalid(fault).field or ''}".rstrip("."))
        if op.entity[1] in self.blocked:
            return held("blocked_by")
        # A base from beyond the feed comes from before a restore: nothing here is newer than what that person saw.
        known = op if op.base <= self.head else op._replace(base=self.head)
        return self._handle(kind, known, n, args)

    def _knows(self, type_: str) -> bool:
        return any(name == type_ for name, _ in self.registry.operations)

    def _handle(self, kind: OperationType, op: Operation, n: int, args: dict[str, Any]) -> Result:
        work = self.work
        before = self._standing(work.audience(op.entity), op.base)
        if before is Standing.OUT:
            return self._outside()
        work.begin(op, n, late=before is Standing.LATE)
        try:
            result = kind.handle(work, op, args)
            if result.status.takes_effect:
                self._check_scope_after(op, before)
        except Refused as refusal:
            result = refusal.result
        work.keep() if result.status.takes_effect else work.drop()
        return result

    def _check_scope_after(self, op: Operation, before: Standing) -> None:
        """What was made by this operation has an audience only now; and late work is flagged."""
        audience = self.work.audience(op.entity)
        after = before if before is not Standing.IN else self._standing(audience, op.base)
        if after is Standing.OUT and op.entity in self.work.layer.rows and self.work.rows.get(op.entity) is None:
            raise Refused(self._outside())
        if after is Standing.LATE and audience is not None:
            for tell in self.registry.on_late:
                tell(self.work, audience)

    def _standing(self, audience: str | None, base: int) -> Standing:
        """A tablet's by its person's intervals; the office's by the reach of the roles."""
        if self.work.actor.device_kind != "tablet" and not self.registry.reached(self.work, audience):
            return Standing.OUT
        return self.work.standing(audience, base)

    def _outside(self) -> Result:
        """What a tablet sends is kept for a person to decide; a form is refused."""
        return held("out_of_scope") if self.work.actor.device_kind == "tablet" else rejected("out_of_scope")


def _named(op: Operation) -> Iterable[Key]:
    """The entity, and what the arguments call by the name of its kind: {"visit": id, "ticket": id}."""
    yield op.entity
    for name, value in op.args.items():
        if isinstance(value, str) and len(value) == len(op.id):
            yield name, value


def _entry(n: int, text: str, prev: str, op: Operation | Invalid) -> Entry:
    data = chain.operation_bytes(text)
    digest = chain.sha256_hex(data)
    entry = Entry(n, data, digest, chain.link_digest(prev, digest))
    if isinstance(op, Operation):
        entry.id, entry.type, entry.v, entry.entity = op.id, op.type, op.v, op.entity
        entry.base, entry.at = op.base, op.at
    return entry


def _settle(entry: Entry, result: Result) -> None:
    entry.status, entry.code = result.status, result.code
    entry.field, entry.conflict_id = result.field, result.conflict_id


def _copy(entry: Entry, line: dict[str, Any]) -> None:
    """The first outcome under the new number."""
    _settle(entry, Result(Status(line["status"]), line.get("code"), line.get("field"), line.get("conflict_id")))
    entry.old_seq = line["seq"]
