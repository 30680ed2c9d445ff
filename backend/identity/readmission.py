"""Tablets that a restored server does not know: what it once said of them, in its own signature, admits them again.

The statement is signed when an active tablet asks for it, and the tablet keeps it. It is no pass: a device that is
admitted by it waits, as a new one does, until somebody compares the eight characters and confirms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import select

from backend.core.db import current_unit, db, reading
from backend.core.problems import Invalid
from backend.core.schema import wire_time
from backend.identity import devices, statement
from backend.identity.actor import Actor
from backend.identity.models import Account, Device, Membership

KIND = "enrolment"
KEY = "singgah.name-of"

NameOf = Callable[[str, str], str]
"""(organisation, person) → the person's name, "" when it has none."""


def name_people(app: Flask, name_of: NameOf) -> None:
    """Say where the names of people are."""
    app.extensions[KEY] = name_of


def state(actor: Actor, device_id: str) -> str:
    """The enrolment statement of an active tablet of the actor's own. Raises NotFound, WrongMove."""
    device = devices.get(actor, device_id)
    if device.status != "active" or device.jkt is None or device.person_id != actor.person_id:
        raise devices.WrongMove(f"This device is {device.status}.")
    name_of = cast(NameOf, current_app.extensions[KEY])
    person = {"id": device.person_id, "name": name_of(device.org_id, device.person_id), "sign_in": _sign_in(device)}
    return statement.sign(
        {
            "kind": KIND, "device": device.id, "jkt": device.jkt, "org": device.org_id, "code": device.code,
            "name": device.name, "person": person, "from": wire_time(device.created_at),
        }
    )  # fmt: skip


def _sign_in(device: Device) -> str:
    with reading() as session:
        asked = select(Account.sign_in).where(Account.org_id == device.org_id, Account.person_id == device.person_id)
        return session.scalar(asked) or ""


def readmit(text: str, jwk: dict[str, str], jkt: str) -> Device:
    """The tablet with this key, as it is known, or pending by its statement. Needs a unit of work.

    Raises Invalid for a statement that is not ours or of another key, DeviceTaken, CodeTaken.
    """
    current_unit()
    claims = read(text, jkt)
    known = db.session.scalar(select(Device).where((Device.id == claims["device"]) | (Device.jkt == jkt)))
    if known is not None:
        if (known.id, known.jkt) != (claims["device"], jkt):
            raise devices.DeviceTaken("This device id or key is enrolled already.", field="statement")
        return known
    return devices.readmitted(claims, jwk, jkt)


def read(text: str, jkt: str) -> dict[str, Any]:
    """The claims of our statement about the device with this key. Raises Invalid."""
    try:
        claims = statement.verify(text, KIND)
    except statement.BadStatement as wrong:
        raise Invalid("This was not signed by this installation.", field="statement") from wrong
    if claims["jkt"] != jkt:
        raise Invalid("This statement is of another device.", field="statement")
    with reading() as session:
        if session.scalar(select(Membership.id).where(Membership.org_id == claims["org"]).limit(1)) is None:
            raise Invalid("This statement is of an organisation that is not here.", field="statement")
    return claims


def is_known(org_id: str, person_id: str) -> bool:
    """Whether the person has an account. One made since the backup has none until an administrator makes it again."""
    with reading() as session:
        asked = select(Account.id).where(Account.org_id == org_id, Account.person_id == person_id)
        return session.scalar(asked) is not None
