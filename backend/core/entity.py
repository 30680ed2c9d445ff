"""What every table of the feed has in common.

A row is one (organisation, kind, id). Times are text in one form, RFC 3339 UTC with milliseconds, so that a row's value
is its wire value, compares without a time zone, and sorts as the days went on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Connection, MetaData, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from backend.core import one_way
from backend.core.db import Base, Json

ID = String(36)
TIME = String(24)
DAY = String(10)
WORD = String(40)
JSON_VALUE = Json


class Entity(Base):
    """`ver` is the feed position of the last change of content, `field_ver` {field: [ver, device, n]}."""

    __abstract__ = True

    org_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    ver: Mapped[int] = mapped_column(BigInteger, default=0)
    field_ver: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE, default=dict)


def fed_tables() -> frozenset[str]:
    """Names of all tables of the feed."""
    classes = (mapper.class_ for mapper in Base.registry.mappers)
    return frozenset(one.__tablename__ for one in classes if issubclass(one, Entity))


@event.listens_for(Base.metadata, "after_create")
def _guard_new_tables(_: MetaData, connection: Connection, tables: Iterable[Table] = (), **__: Any) -> None:
    """Tables made from the models are guarded as those that migrations make."""
    one_way.guard_tables(connection, fed_tables() & {table.name for table in tables})
