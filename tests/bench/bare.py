"""Two bare Flask routes under the same web server: one does nothing, one joins the bytes that a pull joins.

No session, no proof, no checks, no JSON around the rows: the least that such an answer can cost.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from backend.cli import gunicorn_options
from backend.core.config import Config
from backend.install.steps import ROOT
from tests.bench.driver import Line
from tests.bench.ours import Ours
from tests.services import children
from tests.services.ports import free_port

LAST = "X-Last"


def create_app() -> Flask:
    """What gunicorn loads. The database is DATABASE_URL's."""
    from sqlalchemy import create_engine, select

    from backend.exchange.models import HEADS

    app = Flask("bare")
    engine = create_engine(os.environ["DATABASE_URL"])

    @app.post("/noop")
    def nothing() -> bytes:
        return b"{}"

    @app.post("/pull")
    def pull() -> Response:
        asked = json.loads(request.get_data())
        query = select(HEADS.c.seq, HEADS.c.body).where(
            HEADS.c.org_id == asked["org"], HEADS.c.seq > asked["after"], HEADS.c.audience.in_(asked["audiences"])
        )
        with engine.connect() as connection:
            rows = connection.execute(query.order_by(HEADS.c.seq).limit(asked["limit"])).all()
        body = b",".join([b'{"s":%d,' % row.seq + bytes(row.body) for row in rows])
        return Response(body, headers={LAST: f"{rows[-1].seq if rows else 0} {len(rows)}"})

    return app


@dataclass
class Bare:
    """The running routes, and what the pull asks."""

    port: int
    asked: dict[str, Any]

    def pull(self, line: Line, limit: int) -> tuple[int, float]:
        """All pages: rows, seconds."""
        after, rows, seconds = 0, 0, 0.0
        while True:
            body = json.dumps({**self.asked, "after": after, "limit": limit}).encode()
            told = line.must("POST", "/pull", body)
            last, found = (int(word) for word in told.headers[LAST.lower()].split())
            after, rows, seconds = last, rows + found, seconds + told.seconds
            if found < limit:
                return rows, seconds


@contextmanager
def running_bare(ours: Ours) -> Iterator[Bare]:
    """Gunicorn with the options of `singgah serve`, on the same database; asks for what the crew sees."""
    port = free_port()
    env = {**os.environ, "DATABASE_URL": ours.url, "PORT": str(port)}
    options = gunicorn_options(Config.from_env(env))
    command = [sys.executable, "-m", "gunicorn", *options, f"--chdir={ROOT}", "tests.bench.bare:create_app()"]
    child = children.start("bare route", command, ours.folder / "bare.said", env)
    try:
        child.wait_until(lambda: _answers(port), "an answer to a request")
        yield Bare(port, {"org": ours.house.org_id, "audiences": ours.audiences(ours.crew[0])})
    finally:
        child.stop()


def _answers(port: int) -> bool:
    try:
        return Line(port).ask("POST", "/noop", b"").status == 200
    except OSError:
        return False
