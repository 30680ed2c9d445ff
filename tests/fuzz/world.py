"""A house to be attacked: it remembers what was ever accepted, and looks after each request whether that stands."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from backend.core.db import reading
from backend.exchange.models import LOG
from backend.identity.models import Device
from tests.makers import House

ANSWERS = {200, 201, 204, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 426, 429, 460, 503}
"""The statuses of the protocol; another one is a fault of the program."""


class World:
    """One tablet with sound work behind it, at the mercy of whoever has its key and its session."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.app.testing = False
        self.tablet = house.tablet("engineer")
        self.visit = house.visit(self.tablet.person)
        self.tablet.pull()
        for nth in range(3):
            self.note(f"sound {nth}")
        self.tablet.sync()
        self.ledger = self.read_ledger()

    def note(self, text: str) -> int:
        return self.tablet.act("note.add", ("note", self.house.new_id()), {"visit": self.visit, "text": text})

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """One request of the tablet, at a pace that is allowed, and what must hold after every one."""
        self.house.clock.advance(seconds=40)
        self.tablet.browser.sign_in()
        answer = self.tablet.call(method, path, **sent)
        self.check(answer)
        return answer

    def check(self, answer: Any) -> None:
        """The answer is one of the protocol's, says why in words, and nothing that was accepted is gone."""
        assert answer.status_code in ANSWERS, f"{answer.status_code}: {answer.text[:500]}"
        if answer.status_code >= 400 and answer.request.method != "HEAD":
            said = json.loads(answer.data)
            assert said["status"] == answer.status_code and said["code"] and said["title"]
            assert "Traceback" not in answer.text
        now = self.read_ledger()
        assert now.items() >= self.ledger.items(), "an operation that was accepted is gone or another one now"
        assert sorted(now) == list(range(1, len(now) + 1)), "numbers have a gap"
        self.ledger = now

    def read_ledger(self) -> dict[int, tuple[str, str, bytes]]:
        """Digest, link and outcome of every operation of the tablet, by number."""
        asked = select(LOG.c.n, LOG.c.sha256, LOG.c.link, LOG.c.outcome).where(LOG.c.device == self.tablet.id)
        with self.house.app.app_context(), reading() as session:
            return {row.n: (row.sha256, row.link, bytes(row.outcome)) for row in session.execute(asked)}

    def catch_up(self) -> None:
        """The tablet's own outbox as the server has it, with what came from a hostile hand."""
        asked = select(LOG.c.n, LOG.c.body, LOG.c.outcome).where(LOG.c.device == self.tablet.id).order_by(LOG.c.n)
        with self.house.app.app_context(), reading() as session:
            rows = session.execute(asked).all()
            place = session.scalars(select(Device).where(Device.id == self.tablet.id)).one()
            resume, status = place.resume, place.status
        tablet = self.tablet
        del tablet.outbox[:], tablet.links[1:]
        for row in rows:
            tablet.write(bytes(row.body).decode("utf-8", "surrogatepass"))
            tablet.results[row.n] = json.loads(bytes(row.outcome))
        tablet.ack_n, tablet.resume = len(rows), resume
        assert status == "active", status

    def still_works(self) -> None:
        """Sound work goes through, whatever came before."""
        self.catch_up()
        n = self.note("after all that")
        assert self.ask("POST", "/api/v1/sync/push", json=self.tablet.push_body()).status_code == 200
        self.catch_up()
        assert self.tablet.results[n]["status"] == "applied"

    def push_body(self) -> dict[str, Any]:
        """A sound push of one new note, not yet in the outbox."""
        self.catch_up()
        operation = {
            "id": self.house.new_id(), "type": "note.add", "v": 1, "entity": ["note", self.house.new_id()],
            "base": 0, "args": {"visit": self.visit, "text": "x"}, "at": "2026-11-23T03:00:00.000Z", "mono": 0,
            "off": 0,
        }  # fmt: skip
        return {**self.tablet.push_body(), "ops": [json.dumps(operation)]}
