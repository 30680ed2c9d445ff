"""Push: operations in, outcomes out (sync.md 3.3). One transaction; the answer exists only after its commit."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from backend.core import clock, jobs, journal
from backend.core.db import Unit, db, unit
from backend.core.log import trace
from backend.core.problems import Problem
from backend.core.sqlite import QueueFull
from backend.exchange import devices, outrun, poke, quarantine, registry
from backend.exchange.clashes import is_office
from backend.exchange.devices import Place
from backend.exchange.execute import Batch, Done, run
from backend.exchange.flush import Position, position
from backend.exchange.oplog import Logged, OperationLog
from backend.exchange.outrun import Outrun
from backend.exchange.problems import EpochChanged, OpGap, OpMismatch
from backend.identity import rules
from backend.identity.actor import Actor
from backend.identity.devices import freeze
from sync import chain

log = logging.getLogger("singgah.exchange")

NOT_ITS_FAULT = (Problem, OperationalError, InterfaceError, NoConnection, QueueFull, MemoryError)
"""What says nothing about the operation at hand: the request is refused, or the server cannot take it now."""
BARRED = {status: f"device_{status}" for status in rules.BARRED}
"""Device states whose operations go to quarantine, and the code under which they are held."""


@dataclass(frozen=True)
class Push:
    """A push request. `texts` are operation strings with consecutive numbers from `first`. `directives` go out with the
    answer: what the device is to do.
    """

    epoch: str | None
    device: str
    resume: str | None
    nonce: str
    first: int
    prev: str
    texts: Sequence[str]
    isolate: bool = False
    directives: Sequence[Mapping[str, Any]] = ()


class ForeignBytes(OpMismatch):
    """The same number with other bytes: two devices act as one. It is frozen for review."""


def push(actor: Actor, asked: Push) -> bytes:
    """The JSON answer, made only after the commit. Raises the problems of sync.md 3.6."""
    try:
        return _isolated(actor, asked)
    except ForeignBytes:
        with unit():
            freeze(actor.org_id, asked.device)
        raise


def _isolated(actor: Actor, asked: Push) -> bytes:
    if not asked.isolate or len(asked.texts) != 1:
        return _tried(actor, asked, None)
    try:
        return _tried(actor, asked, None)
    except NOT_ITS_FAULT:
        raise
    except Exception:
        # The tablet has seen this operation fail three times and asks us to set it aside, whatever it is.
        log.exception("an isolated operation failed", extra={"device": asked.device, "n": asked.first})
        return _tried(actor, asked, "server_error")


def _tried(actor: Actor, asked: Push, quarantine: str | None) -> bytes:
    """Whoever sends an id again is a copied tablet: rare enough to suppose at first that nobody does."""
    try:
        return _once(actor, asked, quarantine, lock=False, fresh=True)
    except NOT_ITS_FAULT:
        raise
    except (Outrun, IntegrityError) as fault:
        log.info("done again", extra={"device": asked.device, "why": type(fault).__name__})
    except Exception:
        # What was carried out once need not be possible again; if this is no such thing, it fails again.
        log.exception("a push failed and is done again, its ids looked up", extra={"device": asked.device})
    return outrun.again(lambda lock: _once(actor, asked, quarantine, lock=lock, fresh=False), asked.device)


def _once(actor: Actor, asked: Push, quarantine: str | None, *, lock: bool, fresh: bool) -> bytes:
    with unit(fed=True) as work:
        connection = db.session.connection()
        place = devices.read(connection, actor.org_id, asked.device, lock=True)
        at = position(connection, actor.org_id)
        token = _admit(asked, place, at)
        oplog = OperationLog(connection, actor.org_id)
        old = _replayed(oplog, asked, place)
        code = quarantine or BARRED.get(place.status)
        batch = Batch(place.next_n, place.last_link, asked.texts[len(old) :], code, fresh)
        keeping = Keeping(connection, work, actor, place, oplog)
        answers, seq = keeping.carry_out(batch, token, lock=lock)
    results = [line.outcome for line in old] + answers
    next_n = place.next_n + len(batch.texts)
    return _answer(asked, token.get("resume", place.resume), at, next_n - 1, place.durable_n, seq, results)


def _admit(asked: Push, place: Place, at: Position) -> dict[str, Any]:
    """What becomes of the token; or a problem with the request as a whole."""
    if asked.epoch != at.epoch:
        raise EpochChanged(at.epoch, place.next_n)
    token = devices.roll(place, asked.resume)
    if asked.first > place.next_n:
        raise OpGap(place.next_n)
    return token


def _replayed(oplog: OperationLog, asked: Push, place: Place) -> list[Logged]:
    """The recorded lines of what was sent before: same number, same bytes, in order."""
    follows = asked.first == place.next_n
    if (place.last_link if follows else oplog.link_at(place.id, asked.first - 1)) != asked.prev:
        raise OpMismatch("prev")
    last = min(place.next_n, asked.first + len(asked.texts)) - 1
    found = oplog.of_device(place.id, asked.first, last) if last >= asked.first else {}
    lines = []
    for n in range(asked.first, last + 1):
        if chain.sha256_hex(chain.operation_bytes(asked.texts[n - asked.first])) != found[n].sha256:
            raise ForeignBytes(f"ops.{n - asked.first}")
        lines.append(found[n])
    return lines


@dataclass(frozen=True)
class Keeping:
    """One transaction that carries a batch out and writes all that comes of it."""

    connection: Connection
    unit: Unit
    actor: Actor
    place: Place
    oplog: OperationLog

    def carry_out(self, batch: Batch, token: dict[str, Any], *, lock: bool) -> tuple[list[bytes], int]:
        """The answer lines and the feed's position. Raises Outrun, and whatever a handler raises."""
        now, numbers = clock.now(), self.place.next_number
        if not batch.texts:
            devices.move(self.connection, self.place, token)
            return [], position(self.connection, self.actor.org_id).seq
        kinds = registry.current()
        done = run(self.connection, kinds, self.actor, batch, now, numbers=numbers, lock=lock)
        seq = done.write(now)
        facts = {
            "device": self.place.id,
            "person": self.actor.person_id,
            "sent_by": self.actor.sent_by,
            "office": is_office(self.actor.roles),
            "request_id": trace(),
        }
        answers = self.oplog.write(done.entries, seq, facts, now)
        link = done.entries[-1].link
        if done.work.done.settled:
            quarantine.settle(self.actor.org_id, done.work.done.settled, self.actor.person_id, now)
        self._letters(done, link, batch.first)
        news = {"next_n": batch.first + len(done.entries), "last_link": link, **token}
        if done.work.done.numbers:
            news["next_number"] = {**numbers, **done.work.done.numbers}
        devices.move(self.connection, self.place, news)
        if seq != done.began:
            poke.announce(self.connection, self.unit, self.actor.org_id, seq)
        return answers, seq

    def _letters(self, done: Done, link: str, first: int) -> None:
        """Jobs and journal. One line says which operations came: its digest is the device's chain after them."""
        layer, org = done.work.done, self.actor.org_id
        for letter in layer.letters:
            jobs.post(org, letter.kind, letter.args, letter.key)
        came = journal.Line("operations", f"{self.place.id}:{first}+{len(done.entries)}", link)
        lines = [journal.Line(line.kind, line.ref, line.digest) for line in layer.lines]
        journal.append_all(org, [came, *lines], done.work.now)


def _answer(
    asked: Push, resume: str | None, at: Position, ack_n: int, durable_n: int, seq: int, results: list[bytes]
) -> bytes:
    """The stored lines go out byte for byte as they were first answered."""
    head: dict[str, Any] = {
        "epoch": at.epoch,
        "nonce": asked.nonce,
        "resume": resume,
        "ack_n": ack_n,
        "durable_n": durable_n,
        "durability": at.durability,
        "seq": seq,
        "directives": list(asked.directives),
    }
    return json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"results":[' + b",".join(results) + b"]}"


def without_ids(answer: bytes) -> bytes:
    """An answer whose lines are told apart by their numbers alone: ids are two thirds of it, and cannot be packed."""
    head, results, lines = answer.partition(b',"results":[')
    return head + results + _NAMED.sub(rb'{"n":\1,"id":null', lines)


_NAMED = re.compile(rb'\{"n":(\d+),"id":"[0-9a-f-]{36}"')
