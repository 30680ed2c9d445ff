"""A device's place in the protocol: its next number, its chain, its rolling token. Identity owns who it is."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select, update

from backend.core import clock
from backend.exchange.problems import DeviceForked, DeviceUnknown
from backend.identity.models import Device

DEVICES = cast(Table, Device.__table__)
COLUMNS = (
    "id", "org_id", "person_id", "kind", "code", "status", "next_n", "last_link", "resume", "resume_before",
    "durable_n", "next_number",
)  # fmt: skip
PLACE = select(*(DEVICES.c[name] for name in COLUMNS)).where(
    DEVICES.c.org_id == bindparam("org"), DEVICES.c.id == bindparam("device")
)
PLACE_LOCKED = PLACE.with_for_update()


@dataclass(frozen=True)
class Place:
    """A device row as the exchange reads it."""

    id: str
    org_id: str
    person_id: str
    kind: str
    code: str
    status: str
    next_n: int
    last_link: str
    resume: str | None
    resume_before: str | None
    durable_n: int
    next_number: Mapping[str, int]


def read(connection: Connection, org_id: str, device: str, *, lock: bool = False) -> Place:
    """The device's place; with `lock` it stays ours until the transaction ends. Raises DeviceUnknown."""
    row = connection.execute(PLACE_LOCKED if lock else PLACE, {"org": org_id, "device": device}).one_or_none()
    if row is None:
        raise DeviceUnknown
    return Place(*row)


def roll(place: Place, presented: str | None) -> dict[str, Any]:
    """What becomes of the token (decisions.md 11): rolled when the current one is presented, unchanged when it is the
    one before (its answer may have been lost, however often). Anything older raises DeviceForked.
    """
    if presented == place.resume:
        fresh = base64.urlsafe_b64encode(clock.random(18)).decode()
        return {"resume": fresh, "resume_before": place.resume}
    if presented == place.resume_before and place.resume is not None:
        return {}
    raise DeviceForked


def move(connection: Connection, place: Place, values: Mapping[str, Any]) -> None:
    """Write the device's new place."""
    if values:
        mine = update(DEVICES).where(DEVICES.c.org_id == place.org_id, DEVICES.c.id == place.id)
        connection.execute(mine.values(**values))
