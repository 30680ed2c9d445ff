"""Changing fields by the merge law, and keeping the value that lost (sync.md 3.7, decisions.md 32)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.exchange.fields import read_field
from backend.exchange.handlers import Refused, Result
from backend.exchange.kinds import State
from backend.exchange.models import LOG
from sync.merge import Cell, Decision, Keep, clashes, merge_field
from sync.outcome import Status, combine
from sync.policy import MergeClass, class_of

if TYPE_CHECKING:
    from backend.exchange.work import Work

WITHHELD = "withheld"
"""In `current` of a conflict outside visits: its sender is told that there is a value, and not which."""

OFFICE = frozenset({"dispatcher", "service_manager", "administrator", "system"})


@dataclass(frozen=True)
class Author:
    """Who wrote a value that stands in the way."""

    person: str
    at: str | None
    office: bool


def is_office(roles: frozenset[str]) -> bool:
    """Whether the merge law counts this writer as the office: dispatcher, service manager, administrator, jobs."""
    return bool(roles & OFFICE)


def change(work: Work, kind: str, entity: str, fields: Mapping[str, Any], base: int) -> Result:
    """See Work.change."""
    state = work.must(kind, entity)
    decisions = {name: _decide(work, kind, state, name, value, base) for name, value in fields.items()}
    grave = next((d for d in decisions.values() if not d.outcome.takes_effect), None)
    if grave is not None:
        raise Refused(Result(grave.outcome, grave.code))
    written = {name: fields[name] for name, decision in decisions.items() if decision.apply}
    conflict_id = None
    for name, decision in decisions.items():
        if decision.keep is not Keep.NOTHING:
            made = _keep_beside(work, kind, state, name, fields[name], decision)
            conflict_id = conflict_id or (made if decision.outcome is Status.CONFLICT else None)
    if written:
        work.write(kind, entity, written)
    status = combine(
        [decision.outcome for decision in decisions.values()],
        others_wrote=_others_wrote(work, state, fields, base),
    )
    code = next((decision.code for decision in decisions.values() if decision.code), None)
    return Result(status, code, conflict_id=conflict_id)


def _decide(work: Work, kind: str, state: State, name: str, value: Any, base: int) -> Decision:
    held = _held(state, name)
    incoming = Cell(value, 0, work.device, work.n)
    clash = clashes(held, incoming, base)
    if clash and held is not None and work.wrote(held.device, held.n):
        held, clash = replace(held, device=work.device), False
    return merge_field(
        class_of(kind, name),
        held,
        incoming,
        base,
        writer_is_office=is_office(work.actor.roles),
        holder_is_office=clash and held is not None and _author(work, held).office,
    )


def _held(state: State, name: str) -> Cell:
    ver, device, n = (state["field_ver"] or {}).get(name, (0, "", 0))
    return Cell(read_field(state, name), ver, device, n)


def _others_wrote(work: Work, state: State, fields: Mapping[str, Any], base: int) -> bool:
    marks = (state["field_ver"] or {}).items()
    return any(ver > base and device != work.device for name, (ver, device, _) in marks if name not in fields)


def _author(work: Work, held: Cell) -> Author:
    query = select(LOG.c.person, LOG.c.at, LOG.c.office).where(
        LOG.c.org_id == work.actor.org_id, LOG.c.device == held.device, LOG.c.n == held.n
    )
    row = work.rows.connection.execute(query).one()
    return Author(row.person, row.at, row.office)


def _keep_beside(work: Work, kind: str, state: State, name: str, value: Any, decision: Decision) -> str | None:
    """A `conflict` with both values: open where a person must choose, decided where the law chose for the office.

    Low-stakes fields get none: the log of operations keeps both values.
    """
    if class_of(kind, name) is MergeClass.LOW_STAKES:
        return None
    held = _held(state, name)
    author = _author(work, held)
    conflict = work.new_id()
    is_open = decision.outcome is Status.CONFLICT
    audience = work.kind(kind).audience(state)
    visit = _visit(audience)
    current = {"value": held.value, "by": author.person, "at": author.at}
    # All who are on a visit see both values, whoever sent the second; outside visits the sender alone is told.
    shown = visit is not None or work.sees(audience)
    work.create(
        "conflict",
        conflict,
        visit=visit,
        kind=kind,
        entity=state["id"],
        field=name,
        current=current if shown else {**current, WITHHELD: True},
        candidate={"value": value, "by": work.actor.person_id, "at": work.acted_at, "op": work.op.id},
        state="open" if is_open else "decided",
        choice=None if is_open else _choice(decision),
        decided_by=None,
    )
    return conflict


def _choice(decision: Decision) -> str:
    return "candidate" if decision.apply else "current"


def _visit(audience: str) -> str | None:
    where, _, owner = audience.partition(":")
    return owner if where == "v" else None
