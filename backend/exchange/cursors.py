"""Where a pull is, and the opaque text that says so."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.problems import Invalid
from backend.exchange.flush import Position
from backend.exchange.problems import CursorExpired
from sync.feed import BadCursor, decode_cursor, encode_cursor


@dataclass(frozen=True)
class Place:
    """Everything up to `seq` was delivered, of the kinds that the tablet's `schema` knew.

    `began` is set while a bootstrap has pages to come: the head when it began, so that its early positions are not
    mistaken for those of a tablet that was away too long. `filled` is set while kinds that a newer schema knows are
    fetched from the feed's beginning: how far that has come.
    """

    seq: int
    began: int | None = None
    schema: int = 1
    filled: int | None = None

    @classmethod
    def read(cls, cursor: str | None, head: int, schema: int) -> Place:
        """Raises Invalid for a cursor that nobody gave out. Without one all begins, for a tablet of this schema."""
        if cursor is None:
            return cls(0, head, schema)
        try:
            seq, began, known, filled = _numbers(cursor)
            place = cls(seq or 0, began, 1 if known is None else known, filled)
        except (BadCursor, ValueError) as wrong:
            raise Invalid("This cursor was never given out.", field="cursor") from wrong
        if place.cursor != cursor:
            raise Invalid("This cursor was never given out.", field="cursor")
        return place

    @property
    def cursor(self) -> str:
        """Up to four numbers behind each other; a schema of 1 is not said, as in the first cursors."""
        known = None if self.schema == 1 and self.filled is None else self.schema
        parts = [self.seq, self.began, known, self.filled]
        return ".".join("" if part is None else encode_cursor(part) for part in parts).rstrip(".")

    def check(self, at: Position) -> None:
        """Raises CursorExpired when tombstones that it needs are gone, or it lies beyond the feed."""
        if (self.seq if self.began is None else self.began) < at.floor or self.seq > at.seq:
            raise CursorExpired


def _numbers(cursor: str) -> list[int | None]:
    parts = cursor.split(".")
    if len(parts) > 4:
        raise BadCursor(cursor)
    found = [decode_cursor(part) if part else None for part in parts]
    return [*found, *[None] * (4 - len(found))]
