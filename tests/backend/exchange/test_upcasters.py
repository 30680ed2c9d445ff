"""An operation of an old version is carried out as the next one, and its bytes stay (P25, I21)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import fields

from backend.core.db import db
from backend.core.schema import Strict, Text, Uuid7
from backend.exchange import openapi, services
from backend.exchange.models import SyncOp
from backend.exchange.registry import KEY, Registry
from backend.exchange.shapes import changes
from backend.exchange.upcasters import Upcaster
from sync import chain
from tests.makers import House, Tablet


class FirstNote(Strict):
    """As if notes had once been two short lines of another name."""

    visit = Uuid7(required=True)
    head = Text(50, required=True)
    body = Text(50, required=True)


class SecondNote(Strict):
    """Then a list of lines."""

    visit = Uuid7(required=True)
    lines = fields.List(Text(100), required=True)


OLD = (
    Upcaster("note.add", 1, "note", FirstNote(),
             lambda args: {"visit": args["visit"], "lines": [args["head"], args["body"]]}),
    Upcaster("note.add", 2, "note", SecondNote(),
             lambda args: {"visit": args["visit"], "text": " / ".join(args["lines"])}),
)  # fmt: skip


@pytest.fixture
def aged(house: House) -> Registry:
    """The house a year later: version 3 of note.add is what version 1 is today."""
    registry: Registry = house.app.extensions[KEY]
    operations = {key: one for key, one in registry.operations.items() if key != ("note.add", 1)}
    operations["note.add", 3] = replace(registry.operations["note.add", 1], v=3)
    older = replace(registry, operations=operations, upcasters={(one.type, one.v): one for one in OLD})
    house.app.extensions[KEY] = older
    return older


def written(house: House, tablet: Tablet, v: int, args: dict[str, Any]) -> tuple[int, str]:
    entity = house.new_id()
    return tablet.act("note.add", ("note", entity), args, v=v), entity


@pytest.mark.usefixtures("aged")
def test_what_was_written_in_every_older_version_takes_effect_as_the_newest(house, tablet, visit):
    first, one = written(house, tablet, 1, {"visit": visit, "head": "Lift", "body": "is stuck"})
    second, two = written(house, tablet, 2, {"visit": visit, "lines": ["Lift", "is stuck"]})
    third, three = written(house, tablet, 3, {"visit": visit, "text": "Lift / is stuck"})
    tablet.sync()

    assert [tablet.result(n)["status"] for n in (first, second, third)] == ["applied"] * 3
    assert [tablet.value("note", entity)["text"] for entity in (one, two, three)] == ["Lift / is stuck"] * 3


@pytest.mark.usefixtures("aged")
def test_its_bytes_and_its_version_stay_as_they_came(house, tablet, visit):
    n, _ = written(house, tablet, 1, {"visit": visit, "head": "Lift", "body": "is stuck"})
    first = tablet.push(lose=True)
    again = tablet.push()

    assert first.data[first.data.index(b'"results"') :] == again.data[again.data.index(b'"results"') :]
    with house.app.app_context():
        kept = db.session.get_one(SyncOp, (house.org_id, tablet.id, n))
        assert (kept.v, kept.body) == (1, chain.operation_bytes(tablet.outbox[n - 1]))
        assert json.loads(kept.body)["args"]["head"] == "Lift"


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    ("v", "args", "code", "field"),
    [
        (1, {"head": "x"}, "invalid", "args.body"),
        (1, {"head": "x", "body": "y" * 51}, "invalid", "args.body"),
        (1, {"text": "x"}, "invalid", None),
        (2, {"lines": ["x" * 101]}, "invalid", "args.lines.0"),
        (4, {"text": "x"}, "unknown_type", "v"),
        (2**31, {"text": "x"}, "unknown_type", "v"),
    ],
)
def test_a_fault_is_named_in_the_words_of_its_own_version(house, tablet, visit, v, args, code, field):
    n, _ = written(house, tablet, v, {"visit": visit, **args})
    tablet.push()

    result = tablet.result(n)
    assert (result["status"], result["code"]) == ("rejected", code)
    assert field is None or result["field"] == field
    with house.app.app_context():
        kept = db.session.get_one(SyncOp, (house.org_id, tablet.id, n))
        assert kept.body == chain.operation_bytes(tablet.outbox[n - 1])


def test_an_old_version_keeps_its_line_of_the_wire(aged: Registry) -> None:
    before = openapi.operation_fingerprints(aged)
    assert {"note.add 1", "note.add 2", "note.add 3"} <= before.keys()
    forgotten = replace(aged, upcasters={key: one for key, one in aged.upcasters.items() if key != ("note.add", 1)})

    assert changes(before, openapi.operation_fingerprints(forgotten)) == ["note.add 1: shipped, and must stay"]


def test_an_upcaster_that_leads_nowhere_or_beside_a_handler_is_a_fault_of_the_program(house: House) -> None:
    registry: Registry = house.app.extensions[KEY]
    kinds, operations = registry.kinds.values(), registry.operations.values()
    with pytest.raises(ValueError, match=r"note\.add 2 leads nowhere"):
        Registry.of(kinds, operations, upcasters=OLD[1:])
    with pytest.raises(ValueError, match=r"note\.add 1 has a handler"):
        Registry.of(kinds, [*operations, replace(registry.operations["note.add", 1], v=2)], upcasters=OLD[:1])


@pytest.mark.usefixtures("aged")
def test_the_office_writes_the_newest_version(house, tablet, visit):
    entity = house.new_id()
    house.office()("note.add", ("note", entity), {"visit": visit, "text": "from the office"})
    with house.app.app_context():
        assert db.session.query(SyncOp.v).filter_by(entity_id=entity).scalar() == 3


def held_of_who_left(house: House, tablet: Tablet, visit: str, v: int, args: dict[str, Any]) -> str:
    """The id of an operation that waits for the office because its person is long off the visit."""
    crew = [house.tablet("engineer", 2).person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    house.clock.advance(days=15)
    tablet.pull()
    n, _ = written(house, tablet, v, {"visit": visit, **args})
    tablet.push()
    assert tablet.result(n)["code"] == "out_of_scope"
    return str(tablet.result(n)["id"])


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    ("v", "args"), [(1, {"head": "Lift", "body": "is stuck"}), (2, {"lines": ["Lift", "is stuck"]})]
)
def test_what_was_held_in_an_older_version_is_carried_out_as_the_newest(house, tablet, visit, v, args):
    op = held_of_who_left(house, tablet, visit, v, args)

    house.office()("held.decide", ("held_decision", op), {"choice": "carry_out"})

    second = house.tablet("engineer", 2)
    second.pull()
    assert [row.value["text"] for (kind, _), row in second.rows.items() if kind == "note"] == ["Lift / is stuck"]


@pytest.mark.usefixtures("aged")
def test_what_was_held_unread_and_cannot_be_meant_is_refused_and_goes_on_waiting(house, tablet, visit):
    house.browser("administrator").post(f"/console/devices/{tablet.id}/suspend", headers={"HX-Request": "true"})
    n, _ = written(house, tablet, 1, {"visit": visit, "head": "x"})
    tablet.push()
    op = str(tablet.result(n)["id"])
    assert tablet.result(n)["code"] == "device_suspended"

    result = house.office().ask("held.decide", ("held_decision", op), {"choice": "carry_out"})

    assert (result["status"], result["code"]) == ("rejected", "invalid")
    with house.app.app_context():
        assert [one.id for one in services.held(house.person("dispatcher").actor)] == [op]
