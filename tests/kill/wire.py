"""A tablet's way to the real program: plain HTTP, and the patience of the real one when there is no answer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from tests.browser import SAME_ORIGIN, Browser
from tests.makers import House, Person
from tests.tablet import Tablet

HOST = "localhost:8000"
"""The origin that tests' proofs are made for; the program is told that this is its address."""
PATIENCE = 400
"""Tries of one request; each waits at most a second."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    headers: http.client.HTTPMessage
    data: bytes

    def get_json(self) -> Any:
        return json.loads(self.data)

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")


class NoAnswer(Exception):
    """The connection broke, or nobody listens: what became of the request is unknown."""


class Line(Browser):
    """A browser that speaks to a real server on loopback instead of the application in this process."""

    def __init__(self, house: House, person: Person, port: int) -> None:
        super().__init__(house.app, person)
        self.port = port
        self.cookie = ""

    def sign_in(self) -> Line:
        super().sign_in()
        cookie = self.client.get_cookie("singgah")
        assert cookie is not None
        self.cookie = f"singgah={cookie.value}"
        return self

    def open(self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any) -> Any:
        """One request; raises NoAnswer."""
        body = json.dumps(sent["json"]).encode() if "json" in sent else sent.get("data")
        said = {"Host": HOST, "Cookie": self.cookie, **SAME_ORIGIN, **(headers or {})}
        if "json" in sent:
            said["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException) as broken:
            raise NoAnswer(str(broken)) from broken
        finally:
            connection.close()


class FarTablet(Tablet):
    """A tablet that reaches the program over HTTP and asks again whatever happens."""

    def __init__(self, house: House, person: Person, port: int, nth: int) -> None:
        super().__init__(house, person)
        self.browser = Line(house, person, port)
        self.nth = nth
        self.asked = 0
        self.statuses: dict[int, int] = {}
        self.pausing = Event()

    def settle_all(self, batch: int) -> None:
        """Push until every operation has its outcome; what is unknown is asked again with the same bytes."""
        for _ in range(PATIENCE):
            if self.ack_n >= len(self.outbox):
                return
            self.patiently(lambda: self.push(batch))
        raise AssertionError(f"tablet {self.nth} is stuck at {self.ack_n} of {len(self.outbox)}: {self.statuses}")

    def fetch(self) -> None:
        """Pull until the last page."""
        for _ in range(PATIENCE):
            if self.patiently(self.pull) == 200:
                return
        raise AssertionError(f"tablet {self.nth} cannot pull: {self.statuses}")

    def patiently(self, ask: Any) -> int:
        """One try and what the status table says to do about its answer; 0 when there was none."""
        self.asked += 1
        try:
            answer = ask()
        except NoAnswer:
            self.statuses[0] = self.statuses.get(0, 0) + 1
            self.pausing.wait(0.2)
            return 0
        status = int(answer.status_code)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 409 and answer.get_json()["code"] == "epoch_changed":
            self.begin_anew(answer.get_json())
        elif status in (429, 503):
            self.pausing.wait(min(1.0, float(answer.headers.get("Retry-After", "1"))))
        else:
            assert status == 200, f"tablet {self.nth}: {status} {answer.text}"
        return status

    def begin_anew(self, said: dict[str, Any]) -> None:
        """The server was restored: what it lacks is sent again, then everything is fetched."""
        self.epoch, self.resume, self.cursor, self.head = said["epoch"], None, None, 0
        self.rows, self.inbox = {}, []
        self.ack_n = said["next_n"] - 1
        self.results = {n: result for n, result in self.results.items() if n <= self.ack_n}
