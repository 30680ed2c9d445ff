"""What engineers do on tablets and the office at the console, each from its own small dice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from random import Random
from typing import Any

from backend.core.clock import SetClock
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.identity import accounts, devices
from backend.identity.actor import Scope
from sync import canonical, chain
from tests.backend.signoff import signing
from tests.makers import actor_now
from tests.simulation.scenery import Visit
from tests.simulation.server import POISON
from tests.simulation.world import WINDOW, Device, World

Act = Callable[[World, Device, Random], None]
TEXTS = ("short", "同一句话", "emoji 🙂", 'with "quotes" and \\', "two\nlines", "é combined é")
MARKS = ("received", "seen", "travelling", "at_desk", "working", "paused", "resumed", "finished", "left")
RUBBISH = ("", "{}", "nonsense", '{"id":1}', "[" * 40, '{"id":NaN}', '"\\ud800"', "null")
ANSWERS: dict[str, tuple[str | None, ...]] = {
    "closes": ("pass", "fail", None), "locks": ("pass", "fail"), "gap": ("1.5", "2.0", "99999.9", "wide"),
}  # fmt: skip


def visits_of(world: World, device: Device) -> list[Visit]:
    return [visit for visit in world.scenery.visits if visit.house == device.enrolled.house]


def a_visit(world: World, device: Device, rng: Random) -> Visit:
    return rng.choice(visits_of(world, device))


def act(
    world: World, device: Device, type_: str, entity: tuple[str, str], args: dict[str, Any], **more: Any
) -> dict[str, Any] | None:
    """One act in whichever window is open; what the app said, None when it is closed."""
    if not device.open and device.barred != "wiped":
        world.open(device)
    if not device.open:
        return None
    window = device.open[-1] if more.pop("last", False) else device.open[0]
    asked = {"type": type_, "entity": list(entity), "args": args, **more}
    said: dict[str, Any] | None = world.tell(device, "act", window=window, act=asked)["said"]
    return said


def new_id(world: World) -> str:
    return world.devices[0].house.new_id()


# On the tablet


def note(world: World, device: Device, rng: Random) -> None:
    args = {"visit": a_visit(world, device, rng).id, "text": rng.choice(TEXTS)}
    last = rng.random() < 0.5
    if len(device.open) > 1 and rng.random() < 0.5:
        _notes_at_once(world, device, [args, {**args, "text": rng.choice(TEXTS)}])
    else:
        act(world, device, "note.add", ("note", new_id(world)), args, last=last)


def _notes_at_once(world: World, device: Device, notes: list[dict[str, Any]]) -> None:
    """One in each window, and neither waits for the other."""
    acts = [{"type": "note.add", "entity": ["note", new_id(world)], "args": args} for args in notes]
    pairs = zip(device.open, acts, strict=True)
    world.tell(device, "acts", acts=[{"window": window, "act": asked} for window, asked in pairs])
    world.met["acted in two windows at once"] += 1


def answer(world: World, device: Device, rng: Random) -> None:
    item = rng.choice(sorted(ANSWERS))
    args = {"item": item, "value": rng.choice(ANSWERS[item])}
    act(world, device, "answer.set", ("run", a_visit(world, device, rng).run), args)


def remark(world: World, device: Device, rng: Random) -> None:
    args = {"item": rng.choice(sorted(ANSWERS)), "text": rng.choice((*TEXTS, None))}
    act(world, device, "remark.set", ("run", a_visit(world, device, rng).run), args)


def mark(world: World, device: Device, rng: Random) -> None:
    act(world, device, "visit.mark", ("visit", a_visit(world, device, rng).id), {"mark": rng.choice(MARKS)})


def spend_time(world: World, device: Device, rng: Random) -> None:
    args = {
        "visit": a_visit(world, device, rng).id, "kind": "remote", "minutes": rng.randrange(120),
        "starts_at": wire_time(world.server.clock.now()),
    }  # fmt: skip
    act(world, device, "time.add", ("time_entry", new_id(world)), args)


def tickets(world: World, device: Device) -> list[str]:
    """Those of this tablet's organisation that anybody opened in this history."""
    return world.tickets.setdefault(device.enrolled.house, [])


def ticket(world: World, device: Device, rng: Random) -> None:
    made = new_id(world)
    facts = {
        "kind": rng.choice(("incident", "request")), "site": a_visit(world, device, rng).site,
        "title": rng.choice(TEXTS).replace("\n", " "), "channel": "phone",
    }  # fmt: skip
    act(world, device, "ticket.create", ("ticket", made), facts)
    tickets(world, device).append(made)


def ticket_note(world: World, device: Device, rng: Random) -> None:
    if not tickets(world, device):
        ticket(world, device, rng)
        return
    args = {"note": new_id(world), "text": rng.choice(TEXTS), "visible": rng.choice(("internal", "client"))}
    act(world, device, "ticket.note", ("ticket", rng.choice(tickets(world, device))), args)


def ticket_move(world: World, device: Device, rng: Random) -> None:
    if not tickets(world, device):
        ticket(world, device, rng)
        return
    moves: list[tuple[str, dict[str, Any]]] = [
        ("ticket.start", {}),
        ("ticket.resolve", {"cause": "worn", "action": "changed"}),
        ("ticket.reopen", {"reason": "again"}),
        ("ticket.wait", {"reason": "parts"}),
    ]
    type_, args = rng.choice(moves)
    act(world, device, type_, ("ticket", rng.choice(tickets(world, device))), args)


def asset(world: World, device: Device, rng: Random) -> None:
    visit = a_visit(world, device, rng)
    act(world, device, "asset.edit", ("asset", visit.asset), {"place": rng.choice(("front", "back", "roof"))})


def new_asset(world: World, device: Device, rng: Random) -> None:
    visit = a_visit(world, device, rng)
    facts = {
        "site": visit.site,
        "type": "door",
        "name": rng.choice(("North door", "South door")),
        "stage": "in_service",
    }
    act(world, device, "asset.create", ("asset", new_id(world)), facts)


def photo(world: World, device: Device, rng: Random) -> None:
    visit = a_visit(world, device, rng)
    data = rng.randbytes(rng.choice((300, 3_000, 20_000)))
    args = {
        "visit": visit.id, "on": {"visit": visit.id}, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "w": 640, "h": 480, "caption": "Front", "visible": "client", "taken_at": wire_time(world.server.clock.now()),
    }  # fmt: skip
    blob = {"visit": visit.id, "data": _b64(data), "filetype": "image/jpeg"}
    act(world, device, "photo.add", ("photo", new_id(world)), args, blobs=[blob])


def rubbish(world: World, device: Device, rng: Random) -> None:
    text = rng.choice(RUBBISH)
    said = act(world, device, "note.add", ("note", new_id(world)), {}, raw=text)
    if said is not None and "id" in said:
        world.raw[said["id"]] = text


def poison(world: World, device: Device, rng: Random) -> None:
    """The server has a mistake that this very operation meets, whenever it comes."""
    args = {"visit": a_visit(world, device, rng).id, "text": POISON}
    said = act(world, device, "note.add", ("note", new_id(world)), args)
    world.met["an operation breaks the server"] += said is not None and "id" in said


def forbidden(world: World, device: Device, rng: Random) -> None:
    act(world, device, "visit.cancel", ("visit", a_visit(world, device, rng).id), {"reason": "no"})


def somebody_elses(world: World, device: Device, rng: Random) -> None:
    """Work on a visit of the other organisation."""
    other = rng.choice([visit for visit in world.scenery.visits if visit.house != device.enrolled.house])
    act(world, device, "note.add", ("note", new_id(world)), {"visit": other.id, "text": "not ours"})


def sign(world: World, device: Device, rng: Random) -> None:
    """The client signs: record and documents, in one act with the photo of nothing."""
    looked = world.look(device)
    visits = [] if looked is None else [row for row in looked["rows"] if row[0] == "visit"]
    if looked is None or not visits or looked["meta"]["journal"] is None:
        return
    _, visit, _, value = rng.choice(visits)
    documents = signing.small_documents()
    record = canonical.write(_record(world, device, looked["meta"], visit, value, documents))
    blobs = [{"visit": visit, "data": _b64(data), "filetype": "application/json"} for data in documents]
    act(world, device, "visit.sign", ("visit", visit), {}, sign=_b64(record), blobs=blobs)


def _record(
    world: World, device: Device, meta: dict[str, Any], visit: str, value: dict[str, Any], documents: list[bytes]
) -> dict[str, Any]:
    base = signing.record_value(documents, signing.Tablet())
    clock = {"device": wire_time(world.server.clock.now()), "offset_ms": 0, "offset_age_s": 60, "mono_ms": 1}
    return {
        **base, "record": new_id(world), "org": device.house.org_id, "entity": value["legal_entity"], "visit": visit,
        "site": value["site"], "engineer": device.enrolled.person.id, "base": meta["head"], "clock": clock,
        "device": {"jkt": device.enrolled.jkt, "seq": 1, "prev": chain.start(device.id)},
        "anchor": {"position": meta["head"], "journal": meta["journal"]},
    }  # fmt: skip


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


ACTS: dict[str, tuple[Act, int]] = {
    "note": (note, 10), "answer": (answer, 16), "remark": (remark, 6), "mark": (mark, 6), "time": (spend_time, 3),
    "ticket": (ticket, 4), "ticket note": (ticket_note, 4), "ticket move": (ticket_move, 3), "asset": (asset, 6),
    "new asset": (new_asset, 2), "photo": (photo, 5), "rubbish": (rubbish, 2), "poison": (poison, 1),
    "forbidden": (forbidden, 2), "somebody else's": (somebody_elses, 2), "sign": (sign, 1),
}  # fmt: skip
"""What a person may do on a tablet, and how often against the others."""


# At the console


def ask(
    world: World, device: Device, type_: str, entity: tuple[str, str], args: dict[str, Any], *, old: bool = False
) -> None:
    """One operation of the office of this tablet's organisation."""
    house = device.house
    base = 0 if old else world.judges.head(house.org_id)
    result = house.office("dispatcher").ask(type_, entity, args, base)
    world.judges.office_said(result)


def cancel(world: World, device: Device, rng: Random) -> None:
    ask(world, device, "visit.cancel", ("visit", a_visit(world, device, rng).id), {"reason": "client closed"})
    world.met["cancelled"] += 1


def _assign(world: World, device: Device, visit: Visit, crew: tuple[int, ...]) -> None:
    people = [device.house.person("engineer", nth).id for nth in crew]
    args = {"engineers": people, "lead": people[0] if people else None}
    ask(world, device, "visit.assign", ("visit", visit.id), args)


def crews(device: Device) -> list[tuple[int, ...]]:
    return [(1,)] if device.enrolled.house == "b" else [(1,), (2,), (1, 2), (3,), (2, 3), (4, 1)]


def reassign(world: World, device: Device, rng: Random) -> None:
    _assign(world, device, a_visit(world, device, rng), rng.choice(crews(device)))
    world.met["reassigned"] += 1


def take_and_give_back(world: World, device: Device, rng: Random) -> None:
    visit = a_visit(world, device, rng)
    _assign(world, device, visit, ())
    world.run(world.now + rng.choice((10, 5_000, 90_000)))
    _assign(world, device, visit, visit.crew)
    world.met["taken away and given back"] += 1


def reschedule(world: World, device: Device, rng: Random) -> None:
    start = world.server.clock.now()
    hours = rng.randrange(1, 90)
    later = SetClock(start).advance(hours=hours)
    args = {"starts_at": wire_time(later), "ends_at": wire_time(SetClock(later).advance(hours=2))}
    ask(world, device, "visit.plan", ("visit", a_visit(world, device, rng).id), args, old=rng.random() < 0.2)
    world.met["rescheduled"] += 1


def edit(world: World, device: Device, rng: Random) -> None:
    args = {"title": rng.choice(("Doors", "All doors", "Doors and gates"))}
    ask(world, device, "visit.edit", ("visit", a_visit(world, device, rng).id), args, old=rng.random() < 0.3)


def office_asset(world: World, device: Device, rng: Random) -> None:
    place = {"place": rng.choice(("front", "cellar"))}
    ask(world, device, "asset.edit", ("asset", a_visit(world, device, rng).asset), place)


def move_asset(world: World, device: Device, rng: Random) -> None:
    """It stands elsewhere now: who sees only the old site must lose it, who sees only the new one must get it."""
    there = {"site": a_visit(world, device, rng).site, "place": None}
    ask(world, device, "asset.move", ("asset", a_visit(world, device, rng).asset), there)
    world.met["asset moved"] += 1


def office_answer(world: World, device: Device, rng: Random) -> None:
    """A visit comes into being at the desk, in somebody's name."""
    visit = a_visit(world, device, rng)
    made = new_id(world)
    tickets(world, device).append(made)
    facts = {"kind": "incident", "site": visit.site, "title": "By phone", "channel": "phone"}
    ask(world, device, "ticket.create", ("ticket", made), facts)


def decide(world: World, device: Device, rng: Random) -> None:
    conflict = world.judges.open_conflict(device.house.org_id, rng)
    if conflict is None:
        return
    ask(world, device, "conflict.decide", ("conflict", conflict), {"choice": rng.choice(("current", "candidate"))})
    world.met["conflict decided"] += 1


def settle(world: World, device: Device, rng: Random) -> None:
    """Somebody decides what becomes of one operation that is held."""
    op = world.judges.waiting(device.house.org_id, rng)
    if op is None:
        return
    choices: list[dict[str, Any]] = [{"choice": "carry_out"}, {"choice": "set_aside", "reason": "not needed"}]
    ask(world, device, "held.decide", ("held_decision", op), rng.choice(choices))
    world.met["held work decided"] += 1


def change_role(world: World, device: Device, rng: Random) -> None:
    """The person works in another role for a while."""
    house, person = device.house, device.enrolled.person
    scope = Scope("engineer", "organisation", house.org_id)
    world.met["role changed"] += 1
    with world.server.inside(), unit():
        accounts.withdraw(house.org_id, person.id, scope)
    world.at(world.now + rng.uniform(5_000, 90_000), lambda: give_role(world, device))


def give_role(world: World, device: Device) -> None:
    """The person is an engineer, again or still."""
    house, person = device.house, device.enrolled.person
    if "engineer" in actor_now(house, person).roles:
        return
    with world.server.inside(), unit():
        accounts.grant(house.org_id, person.id, Scope("engineer", "organisation", house.org_id))


def suspend(world: World, device: Device, rng: Random) -> None:
    administrator = device.house.person("administrator").actor
    if world.judges.device_status(device.id) != "active":
        return
    with world.server.inside(), unit():
        devices.suspend(administrator, device.id)
    world.met["device suspended"] += 1

    def resume() -> None:
        if world.judges.device_status(device.id) == "suspended" and world.judges.may_resume(device):
            with world.server.inside(), unit():
                devices.resume(administrator, device.id)

    world.at(world.now + rng.uniform(5_000, 90_000), resume)


def revoke(world: World, device: Device, rng: Random) -> None:
    if world.judges.device_status(device.id) in {"revoked", "unknown"}:
        return
    with world.server.inside(), unit():
        devices.revoke(device.house.person("administrator").actor, device.id)
    world.met["device revoked"] += 1


def retire(world: World, device: Device, rng: Random) -> None:
    """A new checklist is published and withdrawn again."""
    made = new_id(world)
    definition = world.judges.checklist(made[-6:])
    ask(world, device, "checklist.publish", ("checklist", made), {"definition": definition})
    ask(world, device, "checklist.retire", ("checklist", made), {})
    world.met["checklist retired"] += 1


DEEDS: dict[str, tuple[Act, int]] = {
    "cancel": (cancel, 2), "reassign": (reassign, 6), "take and give back": (take_and_give_back, 3),
    "reschedule": (reschedule, 5), "edit": (edit, 4), "office asset": (office_asset, 4), "move asset": (move_asset, 2),
    "phone": (office_answer, 3), "decide": (decide, 6), "settle": (settle, 4), "change role": (change_role, 1),
    "suspend": (suspend, 1), "revoke": (revoke, 1), "retire": (retire, 1),
}  # fmt: skip
"""What the office may do, and how often against the others."""
__all__ = ["ACTS", "DEEDS", "WINDOW"]
