"""What the answer to a pull says beside its rows, of the device, the feed and the journal: one statement, one state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select

from backend.core.journal import JournalHead
from backend.exchange.devices import DEVICES
from backend.exchange.flush import POSITION_COLUMNS, Position
from backend.exchange.models import ORGS
from backend.exchange.problems import DeviceUnknown
from backend.identity.services import Beside
from sync import chain


@dataclass(frozen=True)
class Moment:
    """`next_n` and `durable_n` are the device's; `journal` is the hash of the journal's last line."""

    next_n: int
    durable_n: int
    journal: str
    at: Position

    @classmethod
    def of(cls, org_id: str, told: Sequence[Any]) -> Moment:
        """From the values of COLUMNS."""
        next_n, durable_n, journal, *at = told
        return cls(next_n, durable_n, journal or chain.start(org_id), Position(*at))


JOURNAL = cast(Table, JournalHead.__table__)
COLUMNS = (DEVICES.c.next_n, DEVICES.c.durable_n, JOURNAL.c.hash, *POSITION_COLUMNS)
BESIDE = Beside(
    COLUMNS, ((ORGS, ORGS.c.org_id == DEVICES.c.org_id), (JOURNAL, JOURNAL.c.org_id == DEVICES.c.org_id))
)
MOMENT = BESIDE.asked(
    select(DEVICES.c.id).where(DEVICES.c.org_id == bindparam("org"), DEVICES.c.id == bindparam("device"))
)


def read(connection: Connection, org_id: str, device: str) -> Moment:
    """As this connection sees it now. Raises DeviceUnknown."""
    row = connection.execute(MOMENT, {"org": org_id, "device": device}).one_or_none()
    if row is None:
        raise DeviceUnknown
    return Moment.of(org_id, row[1:])
