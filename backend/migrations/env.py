"""Alembic's way to this application's database: one transaction, so that a migration is done whole or not at all."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, text

from backend.core import one_way
from backend.core.db import Base, UtcDateTime, db

LOCK = 5_117_104
"""Two programs that migrate at once take turns (PostgreSQL; SQLite's BEGIN IMMEDIATE does the same)."""


def render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Migrations stand on SQLAlchemy alone: our own types are written as what they are in the database."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, JSON):
        return "JSON"
    return False


def run() -> None:
    """Carry out what alembic asks on the application's connection."""
    with db.engine.execution_options(fed=one_way.MIGRATION).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render,
            compare_type=True,
            transactional_ddl=True,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()


run()
