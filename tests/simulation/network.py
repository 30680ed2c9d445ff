"""Between tablets and server: everything that can befall a request, its answer, or the server over it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from email.utils import format_datetime
from random import Random
from typing import TYPE_CHECKING, Any

from tests.simulation.server import HttpAnswer, Trap
from tests.simulation.world import Device, Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

TIME_LIMIT = 30_000
"""After which the tablet gives a request up, milliseconds."""
SQL_DEPTH = {"death at a statement": 45, "busy": 2, "queue full": 2}
"""Among how many chances the fault chooses its moment; 1 for the others."""
UPLOADS = ("bytes changed", "bytes changed with their sum")
PORTAL = "<!doctype html><title>Welcome to Free Wi-Fi</title>"
Asked = dict[str, Any]


class Network:
    """Carries requests, badly. `rates` gives each fault its probability per request."""

    def __init__(self, world: World, rates: dict[str, float]) -> None:
        self.world, self.rates = world, rates
        self.rng = Random(f"{world.plan['seed']}/network")
        self.carried = 0
        self.forced: dict[int, str] = {}
        """The fault of the n-th request of the history; a sweep sets it."""
        self.cached: dict[tuple[int, str], dict[str, Any]] = {}
        self.repeated: dict[tuple[int, int, str], tuple[str, int, float]] = {}

    def carry(self, device: Device, asked: Asked) -> None:
        """A request has left the tablet; what becomes of it is queued."""
        self.world.judges.asked(device, asked)
        self.carried += 1
        fault = self.forced.get(self.carried) or (None if self.world.calm else self._fault())
        there = self.rng.uniform(5, 120)
        if fault is not None and self._before(device, asked, fault, there):
            return
        if fault == "reordered":
            self._met(fault)
            there += self.rng.uniform(2_000, 20_000)
        self.world.at(self.world.now + there, lambda: self._arrive(device, asked, fault))

    def _fault(self) -> str | None:
        roll = self.rng.random()
        for name, rate in self.rates.items():
            roll -= rate
            if roll < 0:
                return name
        return None

    def _met(self, fault: str) -> None:
        self.world.met[fault] += 1

    # Before the server

    def _before(self, device: Device, asked: Asked, fault: str, there: float) -> bool:
        """Whether the fault is one that keeps the request, or this copy of it, from the server."""
        world, request = self.world, asked["id"]
        if fault == "refused":
            self._met(fault)
            world.at(world.now + there, lambda: world.bring(device, request, failed="network"))
        elif fault == "request lost":
            self._met(fault)
            self._time_out(device, asked)
        elif fault == "delayed past a later one":
            self._met(fault)
            self._time_out(device, asked)
            world.at(world.now + TIME_LIMIT + self.rng.uniform(500, 30_000), lambda: self._ask(device, asked))
        elif fault in {"proxy 429", "proxy 503", "proxy 504"}:
            self._met(fault)
            headers = {"Retry-After": "3"} if self.rng.random() < 0.5 else {}
            self._answer_after(there, device, asked, HttpAnswer(int(fault[-3:]), headers, b"<h1>busy</h1>"))
        elif fault == "captive portal":
            self._met(fault)
            self._answer_after(there, device, asked, HttpAnswer(200, {"Content-Type": "text/html"}, PORTAL.encode()))
        elif fault == "stale cached answer" and (device.t, asked["path"]) in self.cached:
            self._met(fault)
            old = self.cached[device.t, asked["path"]]
            world.at(world.now + there, lambda: world.bring(device, request, **old))
        else:
            return False
        return True

    def _time_out(self, device: Device, asked: Asked) -> None:
        self.world.at(self.world.now + TIME_LIMIT, lambda: self.world.bring(device, asked["id"], failed="timeout"))

    # At the server

    def _arrive(self, device: Device, asked: Asked, fault: str | None) -> None:
        if device.partition == "requests vanish" and not self.world.calm:
            self._time_out(device, asked)
            return
        if fault == "duplicated":
            self._met(fault)
            self.world.at(self.world.now + self.rng.uniform(1, 4_000), lambda: self._ask(device, asked))
        answer = self._ask(device, asked, fault)
        if self.world.plan.get("twice"):
            answer = self._ask(device, asked) or answer
        back = self.rng.uniform(5, 120)
        if answer is None:
            self._met(str(fault))
            self.world.at(self.world.now + back, lambda: self.world.bring(device, asked["id"], failed="network"))
            return
        self._back(device, asked, answer, fault, back)

    def _ask(self, device: Device, asked: Asked, fault: str | None = None) -> HttpAnswer | None:
        """One execution at the server. None when it died over it."""
        headers, body = dict(asked["headers"]), _body(asked)
        if fault == "request cut" and body:
            self._met(fault)
            body = body[: self.rng.randrange(len(body))]
        if fault in UPLOADS and "bytes" in asked and body:
            self._met(fault)
            headers, body = self._changed(headers, body, fault)
        if fault == "gzip corrupted" and body and asked["path"].startswith("/api/v1/sync"):
            self._met(fault)
            headers, body = self._corrupted(headers, body)
        if fault in SQL_DEPTH or fault in {"death before commit", "death after commit", "unknown commit"}:
            self.world.server.trap = Trap(fault, self.rng.randrange(SQL_DEPTH.get(fault, 1)))
        return self.ask_server(device, asked, headers, body)

    def ask_server(self, device: Device, asked: Asked, headers: dict[str, str], body: bytes) -> HttpAnswer | None:
        """The request as it stands, by the session of the tablet's browser."""
        trap = self.world.server.trap
        headers |= {"Cookie": f"singgah={device.token}", "Sec-Fetch-Site": "same-origin"}
        answer = self.world.server.answer(asked["method"], asked["path"], headers, body)
        if answer is None:
            self.world._adopt()
        elif trap is not None and trap.sprung:
            self._met(trap.kind)
        self.world.judges.answered(device, asked, answer)
        return answer

    def _corrupted(self, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        packed = bytearray(gzip.compress(body, mtime=0))
        packed[self.rng.randrange(10, len(packed))] ^= 1 << self.rng.randrange(8)
        return headers | {"Content-Encoding": "gzip"}, bytes(packed)

    def _changed(self, headers: dict[str, str], body: bytes, fault: str) -> tuple[dict[str, str], bytes]:
        """Another byte somewhere; and the checksum is of what it became, when memory and not the line is at fault."""
        other = bytearray(body)
        other[self.rng.randrange(len(other))] ^= 1 << self.rng.randrange(8)
        if fault == "bytes changed":
            return headers, bytes(other)
        digest = base64.b64encode(hashlib.sha256(other).digest()).decode()
        return headers | {"Upload-Checksum": f"sha256 {digest}"}, bytes(other)

    # On the way back

    def _back(self, device: Device, asked: Asked, answer: HttpAnswer, fault: str | None, back: float) -> None:
        world = self.world
        if device.partition == "answers vanish" and not world.calm:
            self._time_out(device, asked)
            return
        if fault in {"answer lost", "slow beyond the time limit"}:
            self._met(fault)
            self._time_out(device, asked)
            return
        brought = self._brought(answer)
        if fault is None and device.asleep_until <= world.now:
            world.judges.failed_alone(device, asked, answer)
        if fault == "answer cut":
            self._met(fault)
            brought["cut"] = True
        elif fault == "answer cut in its JSON" and answer.body:
            self._met(fault)
            brought["body"] = brought["body"][: self.rng.randrange(len(brought["body"]))]
        elif fault == "crossed nonce" and "nonce" in answer.json:
            self._met(fault)
            brought["body"] = json.dumps({**answer.json, "nonce": "somebody-elses"})
        elif answer.status == 200:
            self.cached[device.t, asked["path"]] = brought
        world.at(world.now + back, lambda: world.bring(device, asked["id"], **brought))

    def _answer_after(self, ms: float, device: Device, asked: Asked, answer: HttpAnswer) -> None:
        brought = self._brought(answer)
        self.world.at(self.world.now + ms, lambda: self.world.bring(device, asked["id"], **brought))

    def _brought(self, answer: HttpAnswer) -> dict[str, Any]:
        moment = self.world.server.clock.now().replace(microsecond=0)
        headers = {"Date": format_datetime(moment, usegmt=True), **answer.headers}
        return {"status": answer.status, "headers": headers, "body": answer.body.decode("utf-8", "replace")}


def _body(asked: Asked) -> bytes:
    if "bytes" in asked:
        return base64.b64decode(asked["bytes"])
    return str(asked.get("text", "")).encode()


__all__ = ["Network", "Violation"]
