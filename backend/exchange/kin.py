"""What a tablet brings on from the tablet that it was: a copied storage becomes a device of its own."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table, select

from backend.exchange.models import LOG
from backend.identity.models import Device

DEVICES = cast(Table, Device.__table__)


def has_code(connection: Connection, org_id: str, person: str, code: str) -> bool:
    """Whether a tablet of this person has the device code: numbers made under it stay that person's."""
    asked = select(DEVICES.c.id).where(
        DEVICES.c.org_id == org_id,
        DEVICES.c.person_id == person,
        DEVICES.c.kind == "tablet",
        DEVICES.c.code == code,
    )
    return connection.execute(asked).first() is not None


def sent_again(connection: Connection, org_id: str, device: str, before: tuple[str, int]) -> bool:
    """Whether the device has brought the operation that was first (device, n) `before`: then it is its own as well."""
    first = select(LOG.c.sha256).where(LOG.c.org_id == org_id, LOG.c.device == before[0], LOG.c.n == before[1])
    asked = select(LOG.c.n).where(
        LOG.c.org_id == org_id,
        LOG.c.device == device,
        LOG.c.op_id.is_(None),
        LOG.c.sha256 == first.scalar_subquery(),
    )
    return connection.execute(asked).first() is not None
