"""Passwords as argon2id hashes (OWASP's 19 MiB and two passes: 48 threads at once cannot exhaust the machine)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobody = _hasher.hash("a password that nobody has")
LONGEST_TRIED = 1_024


def hash_of(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


def holds(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one. Takes as long for an account that is not there."""
    if len(password) > LONGEST_TRIED:
        return False
    try:
        return _hasher.verify(kept or _nobody, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)
