"""A device as requests that carry its proof need it: a few columns of its row, asked at every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.identity.models import Device


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The members are the row's (see Device)."""

    id: str
    org_id: str
    person_id: str
    kind: str
    code: str
    status: str
    jwk: dict[str, Any]
    jkt: str
    last_seen: datetime | None
    wipe_asked_at: datetime | None
    wiped_at: datetime | None


COLUMNS = (
    Device.id, Device.org_id, Device.person_id, Device.kind, Device.code, Device.status, Device.jwk, Device.jkt,
    Device.last_seen, Device.wipe_asked_at, Device.wiped_at,
)  # fmt: skip
"""In the order of Enrolled's members."""
