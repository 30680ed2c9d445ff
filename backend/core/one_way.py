"""One way in: a table that is fed to tablets changes only inside the exchange's own unit of work.

Two guards. The engine looks at every statement of this program, whoever made it: ORM, Core or text. On PostgreSQL a
trigger on each fed table refuses whoever else comes, and a change whose `ver` did not move, which no tablet would see.
Both ask for the same word: the execution option `fed`, and the transaction's own setting `singgah.feed`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, text

FEED = "on"
MIGRATION = "migration"
"""A migration may change rows as it must; where tablets should hear of it, it ends with a new epoch."""
LOCK_TIMEOUT = "2s"
"""How long the exchange waits for anybody's lock before it answers 503 (P3)."""
EXCHANGE = {"singgah.feed": FEED, "lock_timeout": LOCK_TIMEOUT, "plan_cache_mode": "force_custom_plan"}
"""PostgreSQL's settings for one transaction of the exchange."""

_CHANGES = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)"
    r"\s+(?:ONLY\s+)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\s*(?:INSERT|REPLACE|UPDATE|DELETE|TRUNCATE|WITH)\b", re.IGNORECASE)

FUNCTION = """
CREATE OR REPLACE FUNCTION singgah_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way text := current_setting('singgah.feed', true);
BEGIN
    IF way IS DISTINCT FROM 'on' AND way IS DISTINCT FROM 'migration' THEN
        RAISE EXCEPTION '% is fed to tablets and changes only through an operation', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND way = 'on' THEN
        IF NEW.ver <= OLD.ver THEN
            RAISE EXCEPTION 'a change of % did not move its ver: no tablet would hear of it', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
EACH_ROW = """
CREATE TRIGGER singgah_one_way BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION singgah_one_way()
"""
WHOLE = """
CREATE TRIGGER singgah_one_way_whole BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION singgah_one_way()
"""


def changed_table(statement: str) -> str | None:
    """The table that a statement changes, None when it only reads."""
    found = _CHANGES.search(statement) if _BEGINS.match(statement) else None
    return found[1] if found else None


def is_refused(connection: Connection, statement: str, fed: Collection[str]) -> str | None:
    """The fed table that the statement would change on a connection that may not."""
    table = changed_table(statement)
    return table if table in fed and not connection.get_execution_options().get("fed") else None


def opening(way: str | None) -> str:
    """What says to PostgreSQL, for one transaction only, that it is the exchange (or a migration) that comes.

    The exchange has its statements planned each time: a plan that is kept from when a table was nearly empty reads all
    of it later, and a batch asks for hundreds of rows at once.
    """
    if way == MIGRATION:
        return f"SET LOCAL singgah.feed = '{MIGRATION}'"
    return "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in EXCHANGE.items()) if way else ""


def guard_tables(connection: Connection, names: Iterable[str]) -> None:
    """Set the triggers on these tables (PostgreSQL; elsewhere nothing)."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(FUNCTION))
    for name in sorted(names):
        connection.exec_driver_sql(EACH_ROW.format(table=name))
        connection.exec_driver_sql(WHOLE.format(table=name))
