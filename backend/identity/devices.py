"""Devices: enrolment with proof of possession, confirmation at the console, server-side devices (identity.md 5.4)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import bindparam, func, select, update

from backend.core import clock, journal
from backend.core.db import current_unit, db, glance, reading
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.identity import dpop, enrolled, rules
from backend.identity.actor import Actor
from backend.identity.enrolled import Enrolled
from backend.identity.models import Device
from sync import chain

log = logging.getLogger("singgah.devices")

KEY = "singgah.device-watchers"
Watcher = Callable[[Device], None]


class DeviceTaken(Conflict):
    """The id or the key is in use by another enrolment."""

    code = "device_taken"


class CodeTaken(Conflict):
    """Since a restore another tablet was given the three characters that are in this one's numbers."""

    code = "code_taken"

    def __init__(self, code: str) -> None:
        super().__init__(f"Another tablet has the code {code} now: revoke that one and enrol this one anew.")


class WrongMove(Conflict):
    """The device is not in a state from which this can happen."""

    code = "wrong_state"


class TooManyTablets(Conflict):
    """The person has as many active tablets as allowed."""

    code = "too_many_devices"


def init_app(app: Flask) -> None:
    """Make the list of those who want to hear of devices."""
    app.extensions[KEY] = []


def watch(app: Flask, watcher: Watcher) -> None:
    """Call `watcher` in the unit of work that enrols a tablet or changes its state: exchange feeds it to its owner."""
    cast("list[Watcher]", app.extensions[KEY]).append(watcher)


def enrol(actor: Actor, device_id: str, jwk: Mapping[str, str], jkt: str, facts: Mapping[str, Any]) -> Device:
    """A pending tablet of the actor. The same id with the same key is the same enrolment. Needs a unit of work.

    `facts`: name, standalone, persisted, storage_mb. Raises DeviceTaken.
    """
    known = db.session.scalar(select(Device).where((Device.id == device_id) | (Device.jkt == jkt)))
    if known is not None:
        if (known.id, known.jkt, known.org_id, known.person_id) != (device_id, jkt, actor.org_id, actor.person_id):
            raise DeviceTaken("This device id or key is enrolled already.", field="device")
        return known
    device = _new(actor.org_id, actor.person_id, device_id, "tablet", "pending", facts["name"])
    device.jwk, device.jkt = dict(jwk), jkt
    device.standalone, device.persisted = facts["standalone"], facts["persisted"]
    device.storage_mb = facts["storage_mb"]
    _note(device, "enrol", actor)
    return device


def readmitted(claims: Mapping[str, Any], jwk: Mapping[str, str], jkt: str) -> Device:
    """A pending tablet as its enrolment statement has it, with nothing received yet. Its code is in the numbers of its
    work, so it keeps it. Needs a unit of work. Raises CodeTaken.
    """
    org, person = claims["org"], claims["person"]
    taken = select(Device.id).where(Device.org_id == org, Device.code == claims["code"])
    if db.session.scalar(taken) is not None:
        raise CodeTaken(claims["code"])
    device = _new(org, person["id"], claims["device"], "tablet", "pending", claims["name"], claims["code"])
    device.jwk, device.jkt, device.standalone = dict(jwk), jkt, True
    device.stated = {"name": person["name"], "sign_in": person["sign_in"]}
    _note(device, "readmit", Actor(org, person["id"], frozenset()))
    return device


def _new(
    org_id: str, person_id: str, device_id: str, kind: str, status: str, name: str, code: str | None = None
) -> Device:
    device = Device(
        id=device_id, org_id=org_id, person_id=person_id, kind=kind, status=status, name=name,
        code=code or _free_code(org_id), created_at=clock.now(), last_link=chain.start(device_id),
        next_n=1, durable_n=0, next_number={}, standalone=False, persisted=False,
    )  # fmt: skip
    db.session.add(device)
    db.session.flush()
    return device


def _free_code(org_id: str) -> str:
    taken = set(db.session.scalars(select(Device.code).where(Device.org_id == org_id)))
    if len(taken) > 30_000:
        raise Conflict("The organisation has used up its device codes.")
    while (code := rules.device_code(clock.random(2))) in taken:
        log.info("device code drawn again")
    return code


def server_device(org_id: str, person_id: str) -> Device:
    """The server-side device through which a person acts at the console or portal, made at first need. Needs a unit."""
    current_unit()
    asked = select(Device).where(
        Device.org_id == org_id, Device.person_id == person_id, Device.kind == "server", Device.status == "active"
    )
    found = db.session.scalar(asked.order_by(Device.created_at).limit(1).with_for_update())
    if found is not None:
        return found
    device = _new(org_id, person_id, clock.new_id(), "server", "active", "Server")
    _note(device, "make", Actor(org_id, person_id, frozenset()))
    return device


def is_enrolled(actor: Actor, device_id: str, jkt: str) -> bool:
    """Whether this very enrolment of the actor is known already."""
    with reading() as session:
        device = session.get(Device, device_id)
    return device is not None and (device.jkt, device.person_id) == (jkt, actor.person_id)


def note_recovery(actor: Actor, device_id: str) -> Device:
    """Write down that the owner had something opened that an active tablet sealed. Needs a unit of work.

    Raises NotFound for a device of somebody else, WrongMove for one that is not active.
    """
    current_unit()
    asked = select(Device).where(
        Device.id == device_id, Device.org_id == actor.org_id, Device.person_id == actor.person_id
    )
    device = db.session.scalar(asked)
    if device is None:
        raise NotFound("There is no such device.")
    if device.status != "active":
        raise WrongMove(f"This device is {device.status}.")
    _note(device, "recover", actor)
    return device


BY_KEY = select(*enrolled.COLUMNS).where(Device.jkt == bindparam("jkt"))
"""Asked at every request of a tablet, so it is put together once."""


def by_key(jkt: str) -> Enrolled | None:
    """The device with this key's thumbprint."""
    with glance() as connection:
        row = connection.execute(BY_KEY, {"jkt": jkt}).one_or_none()
    return None if row is None else Enrolled(*row)


def find_tablet(org_id: str, device_id: str) -> Device | None:
    """A tablet of the organisation, whatever became of it."""
    with reading() as session:
        asked = select(Device).where(Device.id == device_id, Device.org_id == org_id, Device.kind == "tablet")
        return session.scalar(asked)


def signed_by(device: Device, text: str, typ: str) -> dict[str, Any] | None:
    """The claims of a compact JWS of this type by the device's key; None when it is none."""
    try:
        return dpop.read_signed(device.jwk or {}, text, typ)
    except (dpop.BadProof, KeyError):
        return None


def get(actor: Actor, device_id: str) -> Device:
    """A device of the actor's own, or of the organisation for the office. Raises NotFound."""
    with reading() as session:
        device = session.get(Device, device_id)
    mine = device is not None and device.org_id == actor.org_id
    if device is None or not mine or not (device.person_id == actor.person_id or actor.has(*rules.OFFICE)):
        raise NotFound("There is no such device.")
    return device


def tablets(actor: Actor) -> list[Device]:
    """The organisation's tablets for the office, the actor's own otherwise; the newest first."""
    asked = select(Device).where(Device.org_id == actor.org_id, Device.kind == "tablet")
    if not actor.has(*rules.OFFICE):
        asked = asked.where(Device.person_id == actor.person_id)
    with reading() as session:
        return list(session.scalars(asked.order_by(Device.created_at.desc())))


def confirm(actor: Actor, device_id: str) -> Device:
    """Pending → active, by a dispatcher or administrator who has compared the characters on both screens.

    Needs a unit of work. Raises NotFound, Forbidden (also for one's own), WrongMove, TooManyTablets.
    """
    device = _to_move(actor, device_id)
    if device.person_id == actor.person_id:
        raise Forbidden("Somebody else must confirm your own device.")
    return _move(actor, device, "active")


def suspend(actor: Actor, device_id: str) -> Device:
    """Active → suspended: it may not send until it is resumed. Needs a unit of work."""
    return _move(actor, _to_move(actor, device_id), "suspended")


def freeze(org_id: str, device_id: str) -> None:
    """Active → suspended by the program itself, because two copies act as one device. Needs a unit of work."""
    current_unit()
    device = db.session.scalar(
        select(Device).where(Device.id == device_id, Device.org_id == org_id).with_for_update()
    )
    if device is not None and device.status == "active":
        _move(Actor(org_id, org_id, frozenset({rules.SYSTEM})), device, "suspended")


def resume(actor: Actor, device_id: str) -> Device:
    """Suspended → active. Needs a unit of work."""
    device = _to_move(actor, device_id)
    if device.status != "suspended":
        raise WrongMove(f"This device is {device.status}.")
    return _move(actor, device, "active")


def revoke(
    actor: Actor, device_id: str, *, compromised_since: datetime | None = None, ended_as: str | None = None
) -> Device:
    """Any state → revoked, for ever. Needs a unit of work.

    `compromised_since`: from when on somebody else may have used it; not later than now, or Invalid. `ended_as`: one of
    rules.ENDED.
    """
    if ended_as is not None and ended_as not in rules.ENDED:
        raise ValueError(ended_as)
    if compromised_since is not None and compromised_since > clock.now():
        raise Invalid("This moment has not come yet.", field="compromised_since")
    device = _to_move(actor, device_id)
    device.compromised_since, device.ended_as = compromised_since, ended_as
    return _move(actor, device, "revoked")


def ask_wipe(actor: Actor, device_id: str) -> Device:
    """From now on every answer to this tablet tells it to send what it holds and to empty itself. One that still
    works is revoked. Needs a unit of work. Raises NotFound, Forbidden, WrongMove.
    """
    device = _to_move(actor, device_id)
    if device.status not in ("active", "suspended", "revoked") or device.wipe_asked_at is not None:
        raise WrongMove("This device cannot be told to empty itself, or was told already.")
    device.wipe_asked_at = clock.now()
    if device.status != "revoked":
        return _move(actor, device, "revoked")
    _note(device, "wipe", actor)
    return device


def note_wiped(device_id: str, left: Mapping[str, int]) -> None:
    """Revoked → wiped, by the tablet's own signed word. Twice is once. Needs a unit of work. Raises WrongMove.

    `left`: how many operations and photos it could not send.
    """
    current_unit()
    device = db.session.scalar(select(Device).where(Device.id == device_id).with_for_update())
    if device is None or device.wipe_asked_at is None:
        raise WrongMove("Nobody asked this device to empty itself.")
    if device.status == "wiped":
        return
    device.wiped_at, device.report = clock.now(), {**(device.report or {}), "left": dict(left)}
    _move(Actor(device.org_id, device.person_id, frozenset()), device, "wiped")


def note_report(device_id: str, report: Mapping[str, Any]) -> None:
    """Keep what a tablet says of itself in place of what it said before. Needs a unit of work."""
    current_unit()
    news = {"report": dict(report), "reported_at": clock.now(), "app": report["app"]}
    db.session.execute(update(Device).where(Device.id == device_id).values(**news))


def is_barred(device_id: str) -> bool:
    """Whether the device may only send, into quarantine."""
    with reading() as session:
        device = session.get(Device, device_id)
    return device is not None and device.status in rules.BARRED


def _to_move(actor: Actor, device_id: str) -> Device:
    current_unit()
    if not actor.has(*rules.CONFIRMERS):
        raise Forbidden("Only a dispatcher or an administrator may do this.")
    asked = select(Device).where(Device.id == device_id, Device.org_id == actor.org_id, Device.kind == "tablet")
    device = db.session.scalar(asked.with_for_update())
    if device is None:
        raise NotFound("There is no such device.")
    return device


def _move(actor: Actor, device: Device, becomes: str) -> Device:
    if not rules.may_move(device.status, becomes):
        raise WrongMove(f"This device is {device.status}.")
    if becomes == "active" and _active_tablets(device) >= rules.MOST_TABLETS:
        raise TooManyTablets(f"This person has {rules.MOST_TABLETS} active tablets already.")
    device.status = becomes
    _note(device, becomes, actor)
    return device


def _active_tablets(device: Device) -> int:
    others = select(func.count()).where(
        Device.org_id == device.org_id,
        Device.person_id == device.person_id,
        Device.kind == "tablet",
        Device.status == "active",
    )
    return db.session.scalar(others) or 0


def saw(device_id: str, app: str | None = None, schema: int | None = None) -> None:
    """Note that a device was heard, at most once a minute. Needs a unit of work."""
    current_unit()
    at = clock.now()
    stale = (Device.last_seen.is_(None)) | (Device.last_seen < at - rules.SEEN)
    news = {"last_seen": at} | ({"app": app} if app else {}) | ({"schema": schema} if schema else {})
    db.session.execute(update(Device).where(Device.id == device_id, stale).values(**news))


def _note(device: Device, what: str, actor: Actor) -> None:
    db.session.flush()
    if device.kind == "tablet":
        # Before the journal: every writer locks the feed's counter first and the journal last.
        for watcher in cast("list[Watcher]", current_app.extensions[KEY]):
            watcher(device)
    facts = {"device": device.id, "person": device.person_id, "status": device.status, "by": actor.person_id}
    journal.append(device.org_id, f"device.{what}", device.id, journal.salted(facts), clock.now())
