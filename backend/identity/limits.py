"""Rate limits of identity (identity.md 5.8), kept by Flask-Limiter's storage: memory, or Redis where it is configured.

Signing in counts failures: 10 a minute for an address, 5 in 15 minutes for a name. When the store is away signing in
fails closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from limits.errors import StorageError

from backend.core.config import Config
from backend.core.problems import Busy, TooMany

KEY = "singgah.limits"
_TURNS = tuple(threading.Lock() for _ in range(256))
SIGN_IN_ADDRESS = parse("10/minute")
SIGN_IN_NAME = parse("5/15 minutes")
ENROL_PERSON = parse("3/day")
REPORT_DEVICE = parse("30/hour")
"""How often a tablet may say how it is."""
READ_ADDRESS = parse("30/minute")
"""Public pages of reports, so that nobody guesses their ids."""


class TooManyTries(TooMany):
    """A limit is used up."""

    def __init__(self, item: RateLimitItem) -> None:
        seconds = item.get_expiry()
        super().__init__(
            f"Too many tries. Wait up to {max(1, seconds // 60)} minutes.", headers={"Retry-After": str(seconds)}
        )


def init_app(app: Flask, config: Config) -> None:
    """Open the store of counts."""
    # Set up beside the application, not in it: we ask it ourselves, and it need not look at every request.
    beside = Flask("limits")
    beside.config["RATELIMIT_STORAGE_URI"] = config.redis_url or "memory://"
    # The library's own error for a store that is away, whichever store it is.
    beside.config["RATELIMIT_STORAGE_OPTIONS"] = {"wrap_exceptions": True}
    beside.config["RATELIMIT_STRATEGY"] = "moving-window"
    limiter = Limiter(get_remote_address)
    limiter.init_app(beside)
    app.extensions[KEY] = limiter


@contextmanager
def one_try_at_a_time(address: str, name: str) -> Iterator[None]:
    """Tries of one address or one name wait for each other, so that a burst is not admitted before its first failure is
    counted. Within this process; counts in Redis are shared by all.
    """
    places = sorted({hash(("address", address)) % len(_TURNS), hash(("name", name)) % len(_TURNS)})
    with ExitStack() as held:
        for place in places:
            held.enter_context(_TURNS[place])
        yield


def admit_sign_in(address: str, name: str) -> None:
    """Raises TooManyTries when address or name have failed too often."""
    _admit(SIGN_IN_ADDRESS, "sign-in address", address)
    _admit(SIGN_IN_NAME, "sign-in name", name)


def note_failed_sign_in(address: str, name: str) -> None:
    """Count a failure against both."""
    _count(SIGN_IN_ADDRESS, "sign-in address", address)
    _count(SIGN_IN_NAME, "sign-in name", name)


def spend_enrolment(person: str) -> None:
    """Count one enrolment of a person. Raises TooManyTries."""
    _admit(ENROL_PERSON, "enrol", person)
    _count(ENROL_PERSON, "enrol", person)


def spend_report(device: str) -> None:
    """Count one report of a tablet. Raises TooManyTries."""
    _admit(REPORT_DEVICE, "report", device)
    _count(REPORT_DEVICE, "report", device)


def admit_reader() -> None:
    """Count one look at a public page from this address. Raises TooManyTries."""
    address = get_remote_address()
    _admit(READ_ADDRESS, "read", address)
    _count(READ_ADDRESS, "read", address)


def _admit(item: RateLimitItem, *key: str) -> None:
    if not _ask(lambda: _limiter().limiter.test(item, *key)):
        raise TooManyTries(item)


def _count(item: RateLimitItem, *key: str) -> None:
    _ask(lambda: _limiter().limiter.hit(item, *key))


def _ask(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except StorageError as away:
        raise Busy("Signing in is not possible at the moment. Try again.", headers={"Retry-After": "5"}) from away


def _limiter() -> Limiter:
    return cast(Limiter, current_app.extensions[KEY])
