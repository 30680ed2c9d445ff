"""Operations of a tablet that somebody else brings in: the same numbers, bytes and outcomes as from itself.

What continues where the server stands is carried out in the tablet's name, so that a later push of the tablet finds it
done. What does not (something before it is missing, or the numbers hold other bytes) is held for a person to look at,
under the server-side device of the tablet's owner; the tablet may still send it under its own number and is answered
the same. The rolling token is not touched: it is the tablet's own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from backend.core.db import db, reading, unit
from backend.exchange import devices, outrun
from backend.exchange.execute import Batch
from backend.exchange.models import LOG
from backend.exchange.oplog import OperationLog
from backend.exchange.push import BARRED, NOT_ITS_FAULT, Keeping
from backend.exchange.quarantine import GAP, MISMATCH, UNSIGNED
from backend.identity.actor import Actor
from sync import chain
from sync.protocol import LIMITS

log = logging.getLogger("singgah.exchange")

SOME = 500
"""Digests in one question to the database."""

Result = dict[str, Any]


@dataclass
class TakenIn:
    """What became of them, by the tablet's own numbers: results as a push answers them. `already`: it was all here."""

    already: dict[int, Result] = field(default_factory=dict)
    new: dict[int, Result] = field(default_factory=dict)
    beside: dict[int, Result] = field(default_factory=dict)


def take_in(
    owner: Actor, beside: Actor, operations: Mapping[int, str], prev: str | None, *, signed: bool
) -> TakenIn:
    """Carry out what can be. Opens units of work of its own, so that an interrupted import is simply repeated.

    `owner` acts through the tablet, `beside` is the same person through their server-side device. `prev`: the tablet's
    chain before the first operation, None where unknown. Raises Busy and what the database raises.
    """
    done = TakenIn()
    if not operations:
        return done
    before, forked = _standing(owner, operations, prev, done)
    fit = {n: text for n, text in operations.items() if n >= before and (forked is None or n < forked)}
    done.new = _carry_out_in_order(owner, fit) if signed else {}
    rest = {n: text for n, text in operations.items() if n not in done.already and n not in done.new}
    before_now = _known_outcomes(owner, rest)
    for n, code in _why_not(rest, forked, signed=signed).items():
        if n in before_now:
            done.already[n] = before_now[n]
        else:
            done.beside[n] = _set_beside(beside, rest[n], code)
    return done


def _standing(
    owner: Actor, operations: Mapping[int, str], prev: str | None, done: TakenIn
) -> tuple[int, int | None]:
    """The tablet's next number here, and the first number at which its history and ours part."""
    first = min(operations)
    with reading() as session:
        connection = session.connection()
        place = devices.read(connection, owner.org_id, str(owner.device_id))
        oplog = OperationLog(connection, owner.org_id)
        known = oplog.of_device(place.id, first, max(operations))
        link = oplog.link_at(place.id, first - 1)
    if prev is not None and link is not None and prev != link:
        return place.next_n, first
    for n in sorted(operations.keys() & known.keys()):
        if known[n].sha256 != _digest(operations[n]):
            return place.next_n, n
        done.already[n] = json.loads(known[n].outcome)
    return place.next_n, None


def _carry_out_in_order(owner: Actor, operations: Mapping[int, str]) -> dict[int, Result]:
    """From where the server stands, as far as the numbers go without a gap."""
    found: dict[int, Result] = {}
    while news := _next_batch(owner, operations):
        found |= news
    return found


def _next_batch(owner: Actor, operations: Mapping[int, str]) -> dict[int, Result]:
    """The next operations that fit one push; none when there are no more. One that breaks the server is set aside."""
    for most in (LIMITS["push_operations"], 1):
        try:
            return _keep(owner, partial(_run, operations, most, None))
        except NOT_ITS_FAULT:
            raise
        except Exception:
            log.exception("a rescued operation failed", extra={"device": owner.device_id})
    return _keep(owner, partial(_run, operations, 1, "server_error"))


def _run(operations: Mapping[int, str], most: int, code: str | None, first: int) -> tuple[list[str], str | None]:
    """At most so many operations with consecutive numbers from `first`, and the code under which they are held."""
    texts: list[str] = []
    while len(texts) < most and first + len(texts) in operations:
        texts.append(operations[first + len(texts)])
    return texts, code


def _set_beside(beside: Actor, text: str, code: str) -> Result:
    [result] = _keep(beside, lambda _: ([text], code)).values()
    return result


def _keep(actor: Actor, choose: Callable[[int], tuple[list[str], str | None]]) -> dict[int, Result]:
    """One unit of work: `choose(next number)` says what, and under which code it is held."""
    return outrun.again(lambda lock: _kept(actor, choose, lock=lock), str(actor.device_id))


def _kept(actor: Actor, choose: Callable[[int], tuple[list[str], str | None]], *, lock: bool) -> dict[int, Result]:
    with unit(fed=True) as work:
        connection = db.session.connection()
        place = devices.read(connection, actor.org_id, str(actor.device_id), lock=True)
        texts, code = choose(place.next_n)
        batch = Batch(place.next_n, place.last_link, texts, code or BARRED.get(place.status))
        keeping = Keeping(connection, work, actor, place, OperationLog(connection, actor.org_id))
        answers, _ = keeping.carry_out(batch, {}, lock=lock)
    return {place.next_n + at: json.loads(answer) for at, answer in enumerate(answers)}


def _why_not(rest: Mapping[int, str], forked: int | None, *, signed: bool) -> dict[int, str]:
    def code(n: int) -> str:
        if not signed:
            return UNSIGNED
        return MISMATCH if forked is not None and n >= forked else GAP

    return {n: code(n) for n in sorted(rest)}


def _digest(text: str) -> str:
    return chain.sha256_hex(chain.operation_bytes(text))


def _known_outcomes(owner: Actor, rest: Mapping[int, str]) -> dict[int, Result]:
    """Outcomes of those strings that the person's devices have brought before, whatever their numbers."""
    numbers = {_digest(text): n for n, text in rest.items()}
    wanted, found = sorted(numbers), dict[int, Result]()
    with reading() as session:
        for at in range(0, len(wanted), SOME):
            asked = select(LOG.c.sha256, LOG.c.outcome).where(
                LOG.c.org_id == owner.org_id, LOG.c.person == owner.person_id, LOG.c.sha256.in_(wanted[at : at + SOME])
            )
            found |= {numbers[row.sha256]: json.loads(row.outcome) for row in session.execute(asked)}
    return found
