"""The hand-over of a demonstrated visit: the same composing and the same checks as any other signature."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import Any

from backend.core import clock
from backend.core.schema import wire_time
from backend.demo import data
from backend.demo.visits import Work
from backend.media import services as media
from backend.signoff.compose import Signing, compose_documents, compose_record
from backend.signoff.runs import RunFacts, read_run
from backend.signoff.shown import Facts, is_done

Json = dict[str, Any]
PAD = (900, 300)
DECLINED_EVERY = 9


def sign(work: Work) -> None:
    """Compose, show, sign, upload the documents and push the record."""
    tablet, facts = work.tablet, facts_of(work)
    signing = _signing(work, facts)
    documents = compose_documents(facts, signing, _ids(), _salts())
    for document in documents:
        media.keep(tablet.actor, work.visit, document.sha256, "application/json", document.bytes)
    record = _record(work, signing, documents)
    tablet.signed += 1
    tablet.last_record = hashlib.sha256(record).hexdigest()
    args = {"envelope": tablet.envelope(record)}
    tablet.sync([("visit.sign", ("visit", work.visit), args, work.at), work.mark("left")])


def _ids() -> Iterator[str]:
    while True:
        yield clock.new_id()


def _salts() -> Iterator[str]:
    while True:
        yield clock.random(16).hex()


def facts_of(work: Work) -> Facts:
    """What the tablet holds of the visit."""
    tablet, visit = work.tablet, work.row()
    mine = [ticket for ticket in tablet.of_kind("ticket") if ticket["id"] in visit["tickets"]]
    raised = [one for one in tablet.of_kind("ticket") if (one["came_from"] or {}).get("visit") == work.visit]
    photos = [photo for photo in tablet.of_kind("photo") if photo["visit"] == work.visit and not photo["removed"]]
    return Facts(
        visit={"id": work.visit, **visit},
        site=tablet.rows["site", visit["site"]],
        legal_entity=tablet.rows["legal_entity", visit["legal_entity"]],
        people={person["id"]: person["name"] for person in tablet.of_kind("person")},
        runs=[read_run(_run_facts(work, run, photos)) for run in _runs(work)],
        tickets=mine,
        followups=raised,
        times=[entry for entry in tablet.of_kind("time_entry") if entry["visit"] == work.visit],
        photos=[photo for photo in photos if photo["visible"] == "client"],
        open_items=[],
    )


def _runs(work: Work) -> list[Json]:
    runs = [run for run in work.tablet.of_kind("run") if run["visit"] == work.visit and not run["dropped"]]
    return sorted(runs, key=lambda run: int(run["position"]))


def _run_facts(work: Work, run: Json, photos: list[Json]) -> RunFacts:
    tablet = work.tablet
    asset = tablet.rows.get(("asset", run["asset"] or ""))
    mine = [photo for photo in photos if photo["on"].get("run") == run["id"]]
    items = {photo["on"]["item"] for photo in mine}
    definition = next(row["definition"] for row in tablet.of_kind("checklist") if row["digest"] == run["checklist"])
    return RunFacts(
        run=run,
        definition=definition,
        asset=asset and {"id": run["asset"], **asset},
        photos={item: [one["sha256"] for one in mine if one["on"]["item"] == item] for item in items},
        counts={item: sum(one["on"]["item"] == item for one in mine) for item in items},
        last=_last(work, run),
    )


def _last(work: Work, run: Json) -> dict[str, Json]:
    """The reading before this visit, by item."""
    found = {}
    for reading in work.tablet.of_kind("reading"):
        earlier = [value for value in reading["values"] if value["visit"] != work.visit]
        if reading["asset"] == run["asset"] and earlier:
            found[reading["item"]] = {"value": earlier[-1]["value"], "at": earlier[-1]["at"]}
    return found


def _signing(work: Work, facts: Facts) -> Signing:
    contact = work.stage.rows[work.row()["site"]]["contact"]
    declined = (work.tablet.signed + 1) % DECLINED_EVERY == 0
    still_open = any(not is_done(ticket) for ticket in (*facts.tickets, *facts.followups))
    signed = "accepted_with_open_items" if still_open else "accepted"
    identity = work.stage.id("contact", work.stage.rows[work.row()["site"]]["name"])
    return Signing(
        locale=contact["language"],
        visit_outcome="completed",
        outcome="declined" if declined else signed,
        declined="busy" if declined else None,
        authorised=True,
        identified_by="seen_in_person",
        notice=work.tablet.rows["organisation", work.stage.org]["privacy_notice"],
        signer={"name": contact["name"], "capacity": contact["capacity"], "contact": identity, "reference": ""},
        ink=None if declined else _ink(work),
        remark=work.stage.chance.choice(data.read("texts")["remarks"]["client"]) or None,
        reason="In a meeting, asked for the report by mail." if declined else None,
    )


def _ink(work: Work) -> Json:
    """A signature-like line: a few loops across the pad, never the same twice."""
    chance, (width, height) = work.stage.chance, PAD
    height_of_loops, loops = chance.uniform(40, 90), chance.uniform(2.5, 5)
    points = [
        [
            int(90 + 700 * t / 80 + 26 * math.sin(loops * t / 4)),
            int(160 - height_of_loops * math.sin(loops * t / 5) * math.exp(-t / 90)),
        ]
        for t in range(80)
    ]
    return {"w": width, "h": height, "strokes": [points, [[120, 235], [760, 225 + chance.randrange(12)]]]}


def _record(work: Work, signing: Signing, documents: list[Any]) -> bytes:
    tablet, visit = work.tablet, work.row()
    identity = {
        **{"record": clock.new_id(), "org": work.stage.org, "entity": visit["legal_entity"], "visit": work.visit},
        **{"site": visit["site"], "engineer": tablet.actor.person_id, "base": tablet.head},
    }
    device = {"jkt": tablet.jkt, "seq": tablet.signed + 1, "prev": tablet.last_record}
    moment = {
        "clock": {"device": wire_time(work.at), "offset_ms": 0, "offset_age_s": 3600, "mono_ms": 0},
        "anchor": {"position": tablet.head, "journal": tablet.journal},
        "app": {"version": "0.1.0", "build": "demo"},
    }
    return compose_record(identity, signing, documents, device, moment)
