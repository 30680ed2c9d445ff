"""The row of a job, what a handler is given, and the office of an application: who does what, and who is woken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from flask import Flask, current_app
from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id, Json

KEY = "singgah.jobs"


class JobRow(Base):
    """One job. States: waiting, running, done, dead. `error` is the exception's name, never its text."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("org_id", "key"), Index("ix_job_state_due_at", "state", "due_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    trace: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Job:
    """What a handler is given. `tries` counts this one."""

    id: str
    org_id: str
    kind: str
    key: str
    args: Mapping[str, Any]
    trace: str | None
    tries: int


Handler = Callable[[Job], None]


class Waker(Protocol):
    """Tells workers that a row is due. May lose what it was told: the sweep repeats it."""

    def wake(self, job_id: str) -> None:
        """Somebody should claim this row soon. Never raises because a broker is away."""


class PollerWakes:
    """Without a broker workers look at the rows themselves."""

    def wake(self, job_id: str) -> None:
        """Nothing to tell."""


@dataclass(frozen=True)
class Period:
    """How often something is done, and how long after midnight UTC periods begin."""

    length: timedelta
    begins: timedelta

    def number(self, at: datetime) -> str:
        """Of the period that `at` lies in; another length counts anew."""
        seconds = int(self.length.total_seconds())
        return f"{seconds}s-{int((at - self.begins).timestamp()) // seconds}"


class Office:
    """The kinds of job that this application can do, and how its workers are woken."""

    def __init__(self, waker: Waker) -> None:
        self.handlers: dict[str, Handler] = {}
        self.daily: set[str] = set()
        self.periods: dict[str, Period] = {}
        self.waker = waker


def office(app: Flask | None = None) -> Office:
    """That of `app`, else of the current application."""
    return cast(Office, (app or current_app).extensions[KEY])
