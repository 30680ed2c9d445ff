"""How a tablet shows its own operations on visits, runs, photos, times and notes (rule S21)."""

from collections.abc import Mapping
from typing import Final

from sync.operation import Operation
from sync.reducer import (
    Changes,
    Reducer,
    Rows,
    Value,
    added,
    arguments,
    at,
    blank,
    by,
    create,
    edit,
    entry_set,
    key_of,
    moment,
)

_VISIT: Final = blank(
    "number client client_name site site_name legal_entity title kind starts_at ends_at outcome cancel_reason"
    " briefing signed report"
)
_PHOTO: Final[Value] = {"caption": None, "state": "waiting", "removed": None}
_TIME: Final[Value] = blank("visit ticket ends_at note removed")


def _create_visit(op: Operation, rows: Rows, person: str) -> Changes:
    site = rows.get(f"site/{op.args.get('site')}", {})
    mine = op.args.get("unplanned") is True
    row = {
        **_VISIT,
        "client": site.get("client"),
        "client_name": site.get("client_name"),
        "site_name": site.get("name"),
        **op.args,
        "state": "assigned" if mine else "planned",
        "engineers": [person] if mine else [],
        "lead": person if mine else None,
        "tickets": [],
        "marks": [],
        "flags": [],
        "unplanned": mine,
    }
    return {key_of(op): row}


def _add_run(op: Operation, rows: Rows, _: str) -> Changes:
    visit = op.entity[1]
    runs = (row for key, row in rows.items() if key.startswith("run/"))
    row: Value = {
        "visit": visit,
        "checklist": op.args.get("checklist"),
        "asset": op.args.get("asset"),
        "answers": {},
        "remarks": {},
        "waivers": {},
        "authors": {},
        "dropped": None,
        "position": sum(1 for run in runs if run.get("visit") == visit),
    }
    return {f"run/{op.args.get('run')}": row}


def _add_ticket(op: Operation, row: Value, _: str) -> Value:
    ticket = op.args.get("ticket")
    return {} if ticket in (row.get("tickets") or []) else added(row, "tickets", ticket)


def _mark(op: Operation, row: Value, person: str) -> Value:
    mark = op.args.get("mark")
    entry = {"id": op.id, "mark": mark, "at": moment(op, "at"), "by": person, "confidence": "tablet"}
    begins = mark == "working" and row["state"] == "assigned"
    return {**added(row, "marks", entry), "state": "under_way" if begins else row["state"]}


def _sign(op: Operation, row: Value, _: str) -> Value:
    """The record's id and digest come with the server's row; until then only fact and time are known."""
    signed = {"record": None, "at": op.at, "outcome": None, "sha256": None}
    ends = row["state"] in ("assigned", "under_way", "cancelled")
    return {"signed": row.get("signed") or signed, "state": "completed" if ends else row["state"]}


def _answer(op: Operation, row: Value, person: str) -> Value:
    return _authored(op, row, person, "answers", op.args.get("value"))


def _remark(op: Operation, row: Value, person: str) -> Value:
    return _authored(op, row, person, "remarks", op.args.get("text") or None)


def _waive(op: Operation, row: Value, person: str) -> Value:
    waiver = {"rule": op.args.get("rule"), "witness": op.args.get("witness")}
    return _authored(op, row, person, "waivers", waiver)


def _authored(op: Operation, row: Value, person: str, column: str, value: object) -> Value:
    """One item of a run, and whose it is."""
    item = op.args.get("item")
    author = {"by": person, "at": op.at}
    return {**entry_set(row, column, item, value), **entry_set(row, "authors", item, author)}


def _remove(op: Operation, _: Value, __: str) -> Value:
    return {"removed": op.args.get("reason")}


VISIT_REDUCERS: Final[Mapping[str, Reducer]] = {
    "visit.create": _create_visit,
    "visit.add_run": _add_run,
    "visit.add_ticket": edit(_add_ticket),
    "visit.mark": edit(_mark),
    "visit.sign": edit(_sign),
    "answer.set": edit(_answer),
    "remark.set": edit(_remark),
    "waive": edit(_waive),
    "photo.add": create(_PHOTO, by=by),
    "photo.caption": arguments("caption", "visible"),
    "photo.remove": edit(_remove),
    "time.add": create(_TIME, person=by),
    "time.remove": edit(_remove),
    "note.add": create({}, by=by, at=at),
}
