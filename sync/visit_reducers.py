"""How a tablet shows its own operations on visits, runs, photos, times and notes (rule S21)."""

from collections.abc import Mapping
from typing import Final

from sync.operation import Operation
from sync.reducer import (
    Changes,
    Reducer,
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
_PHOTO: Final[Value] = {"caption": "", "visible": "internal", "state": "waiting", "removed": None}
_TIME: Final[Value] = {"visit": None, "ticket": None, "ends_at": None, "note": "", "removed": None}


def _create_visit(op: Operation, rows: Mapping[str, Value], person: str) -> Changes:
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


def _add_run(op: Operation, rows: Mapping[str, Value], _: str) -> Changes:
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
    mark, stated = op.args.get("mark"), op.args.get("at")
    entry = {
        "id": op.id,
        "mark": mark,
        "at": moment(op, "at"),
        "by": person,
        "confidence": "stated" if stated else "device",
    }
    begins = mark == "working" and row["state"] == "assigned"
    return {**added(row, "marks", entry), "state": "under_way" if begins else row["state"]}


def _sign(op: Operation, row: Value, _: str) -> Value:
    """The record's id and digest come with the server's row; until then only fact and time are known."""
    signed = {"record": None, "at": op.at, "outcome": None, "sha256": None}
    ends = row["state"] in ("assigned", "under_way", "cancelled")
    return {"signed": row.get("signed") or signed, "state": "completed" if ends else row["state"]}


def _answer(op: Operation, row: Value, person: str) -> Value:
    item = op.args.get("item")
    return {
        **entry_set(row, "answers", item, op.args.get("value")),
        **entry_set(row, "authors", item, {"by": person, "at": op.at}),
    }


def _remark(op: Operation, row: Value, _: str) -> Value:
    return entry_set(row, "remarks", op.args.get("item"), op.args.get("text") or None)


def _waive(op: Operation, row: Value, _: str) -> Value:
    waiver = {"rule": op.args.get("rule"), "witness": op.args.get("witness")}
    return entry_set(row, "waivers", op.args.get("item"), waiver)


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
    "photo.caption": arguments("caption"),
    "photo.remove": edit(_remove),
    "time.add": create(_TIME, person=by),
    "time.remove": edit(_remove),
    "note.add": create({}, by=by, at=at),
}
