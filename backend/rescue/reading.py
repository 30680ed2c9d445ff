"""What a rescue file holds, as values: its manifest, the operations in order of n, whether the device signed them, and
then its photos one by one. Pure; the file is read once from its beginning to its end.

Records: {"kind": "manifest", …}, {"kind": "operations", "ops": [[n, text], …]}, {"kind": "signature", "jws"} over the
digests of all frames before it (absent when the tablet could not open its key), {"kind": "blob", …} and its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from backend.rescue.sealed import BYTES, RECORD, Damaged, Frame
from sync.ids import is_uuid7
from sync.protocol import LIMITS

LARGEST_N = 2**31 - 1
MOST_OPERATIONS = 1_000_000
LONGEST_TEXT = 1024 * 1024


@dataclass(frozen=True)
class Work:
    """The part before the photos. `prev` is the device's chain before the first of `operations`, None where the tablet
    did not know it any more. `jws` signs `digest`. `unreadable`: rows that the tablet itself could not open.
    """

    person: str
    operations: dict[int, str]
    prev: str | None
    unreadable: int
    photos: int
    jws: str | None
    digest: str


@dataclass(frozen=True)
class Photo:
    """A file of a visit."""

    visit: str
    sha256: str
    filetype: str
    data: bytes


class Reader:
    """Reads the frames of one file."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._next: Frame | None = None

    def work(self) -> Work:
        """Everything before the first photo. Raises Damaged, and what the frames raise."""
        manifest, hashed = self._take("manifest"), sha256()
        hashed.update(manifest.digest)
        operations: dict[int, str] = {}
        while (frame := self._look()) is not None and frame.record.get("kind") == "operations":
            hashed.update(frame.digest)
            _gather(operations, frame.record)
            self._next = None
        jws = None
        if frame is not None and frame.record.get("kind") == "signature":
            jws, self._next = _text(frame.record, "jws"), None
        said = manifest.record
        return Work(
            _id(said, "person"), dict(sorted(operations.items())), _optional(said, "prev"), _count(said, "unreadable"),
            _count(said, "photos"), jws, hashed.hexdigest(),
        )  # fmt: skip

    def photos(self) -> Iterator[Photo]:
        """The photos one by one, each at most 25 MiB. Raises Damaged."""
        while (frame := self._look()) is not None:
            if frame.record.get("kind") != "blob":
                raise Damaged("a part of it is not where it belongs")
            self._next = None
            yield self._photo(frame.record)

    def _photo(self, said: dict[str, Any]) -> Photo:
        size, data = _count(said, "size"), bytearray()
        if size > LIMITS["blob_bytes"]:
            raise Damaged("a photo in it is larger than any photo may be")
        while len(data) < size:
            frame = self._look()
            if frame is None or frame.kind != BYTES or not frame.data:
                raise Damaged("a photo in it is incomplete")
            data += frame.data
            self._next = None
        return Photo(_id(said, "visit"), _text(said, "sha256"), _text(said, "filetype"), bytes(data))

    def _take(self, kind: str) -> Frame:
        frame = self._look()
        if frame is None or frame.record.get("kind") != kind:
            raise Damaged("a part of it is missing")
        self._next = None
        return frame

    def _look(self) -> Frame | None:
        """The frame that comes next; None at the end."""
        if self._next is None:
            self._next = next(self._frames, None)
        if self._next is None or self._next.kind in (RECORD, BYTES):
            return self._next
        # The end is the end only when nothing stands behind it.
        return next(self._frames, None)


def _gather(into: dict[int, str], record: dict[str, Any]) -> None:
    lines = record.get("ops")
    if not isinstance(lines, list) or len(into) + len(lines) > MOST_OPERATIONS:
        raise Damaged("its operations cannot be read")
    for line in lines:
        good = isinstance(line, list) and len(line) == 2 and isinstance(line[1], str) and len(line[1]) <= LONGEST_TEXT
        if not good or isinstance(line[0], bool) or not isinstance(line[0], int) or not 1 <= line[0] <= LARGEST_N:
            raise Damaged("an operation in it cannot be read")
        into[line[0]] = line[1]


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise Damaged(f"{name} is missing")
    return value


def _optional(record: dict[str, Any], name: str) -> str | None:
    return None if record.get(name) is None else _text(record, name)


def _id(record: dict[str, Any], name: str) -> str:
    value = _text(record, name)
    if not is_uuid7(value):
        raise Damaged(f"{name} is not an id")
    return value


def _count(record: dict[str, Any], name: str) -> int:
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Damaged(f"{name} is not a number")
    return value
