"""The one spelling of a record and its documents (sync rule S7), in the words of this slice."""

from __future__ import annotations

from backend.signoff.shapes import RecordInvalid
from sync import canonical


def read_canonical(data: bytes) -> object:
    """The value that `data` spells. Raises RecordInvalid with the reason of sync.canonical.NotCanonical."""
    try:
        value: object = canonical.read(data)
    except canonical.NotCanonical as fault:
        raise RecordInvalid(fault.reason, fault.path.lstrip("/").replace("/", ".")) from fault
    return value
