"""The form of a rescue file, opened. The tablet writes it (pwa/src/store/rescue_file.ts).

    singgah-rescue/1 LF
    header LF        JSON: organisation, device, made_at, key {epk, iv, ct}
    frames           each: 4 bytes, big-endian, length of what follows; AES-256-GCM of one byte of kind and the content

`key` is 32 random bytes sealed as recovery envelopes are (core/envelopes.py), for the device that the header names.
Frame i has the IV i (12 bytes, big-endian) under that key, used once, and the header's SHA-256 as additional data: no
frame can be left out, moved, or put into another file. The last frame has the kind END; a file without it is cut off.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.core.envelopes import KEY_BYTES, EnvelopeInvalid
from sync import strict_json
from sync.ids import is_uuid7

MAGIC = b"singgah-rescue/1\n"
LONGEST_HEADER = 2_048
LONGEST_FRAME = 2 * 1024 * 1024
"""A frame holds at most 1 MiB of operations, or half a MiB of a photo."""
LARGEST_FILE = 1024 * 1024 * 1024
"""Bytes of one file: some 500 photos as tablets take them."""
RECORD, BYTES, END = 1, 2, 3
TAG = 16
HEADER_DEPTH, RECORD_DEPTH = 3, 4


class NotARescueFile(Exception):
    """Another kind of file."""


class Damaged(Exception):
    """The file was changed or cut off; what was read from it before is good."""


class WrongKey(Exception):
    """Sealed for another organisation, or the header was changed."""


@dataclass(frozen=True)
class Header:
    """What a file says in clear: random ids and a time of the tablet's clock, in milliseconds."""

    organisation: str
    device: str
    made_at: int
    key: Mapping[str, Any]
    digest: bytes


@dataclass(frozen=True)
class Frame:
    """`record` is the JSON of a RECORD frame, `data` the content of any, `digest` its SHA-256 with the kind."""

    kind: int
    data: bytes
    record: dict[str, Any]
    digest: bytes


def read_header(file: IO[bytes]) -> Header:
    """The clear part. Raises NotARescueFile, Damaged."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotARescueFile
    line = file.readline(LONGEST_HEADER)
    try:
        said = strict_json.read(line.decode("utf-8"), HEADER_DEPTH)
        ids = said["organisation"], said["device"]
        if not line.endswith(b"\n") or not all(map(is_uuid7, ids)) or not isinstance(said["made_at"], int):
            raise ValueError("not a header")
        return Header(*ids, said["made_at"], dict(said["key"]), sha256(line).digest())
    except (ValueError, KeyError, TypeError) as wrong:
        raise Damaged("its first lines cannot be read") from wrong


def frames(file: IO[bytes], header: Header, unseal: Callable[[Mapping[str, Any], str], bytes]) -> Iterator[Frame]:
    """All frames in order, the last of kind END. `unseal(envelope, device)` opens the file's key.

    Raises WrongKey before the first; Damaged at the first that does not hold.
    """
    try:
        key = unseal(header.key, header.device)
    except EnvelopeInvalid as wrong:
        raise WrongKey from wrong
    if len(key) != KEY_BYTES:
        raise WrongKey
    cipher, at = AESGCM(key), 0
    while True:
        frame = _frame(_opened(cipher, at, _sealed(file), header.digest))
        yield frame
        if frame.kind == END:
            break
        at += 1
    if file.read(1):
        raise Damaged("something was put behind its end")


def _sealed(file: IO[bytes]) -> bytes:
    head = file.read(4)
    if len(head) < 4:
        raise Damaged("it ends too early")
    (length,) = struct.unpack(">I", head)
    if not TAG < length <= LONGEST_FRAME:
        raise Damaged("a part has an impossible length")
    data = file.read(length)
    if len(data) < length:
        raise Damaged("it ends too early")
    return data


def _opened(cipher: AESGCM, at: int, sealed: bytes, header: bytes) -> bytes:
    try:
        return cipher.decrypt(at.to_bytes(12, "big"), sealed, header)
    except InvalidTag as wrong:
        raise Damaged("a part of it was changed") from wrong


def _frame(plain: bytes) -> Frame:
    kind, data = plain[0], plain[1:]
    if kind not in (RECORD, BYTES, END):
        raise Damaged("it holds a part that this version does not know")
    record = _record(data) if kind == RECORD else {}
    return Frame(kind, data, record, sha256(plain).digest())


def _record(data: bytes) -> dict[str, Any]:
    try:
        # Not the strict reader: a lone surrogate inside an operation is the exchange's to refuse, not ours.
        value = json.loads(data)
    except (ValueError, RecursionError) as wrong:
        raise Damaged("a part of it cannot be read") from wrong
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise Damaged("a part of it cannot be read")
    return value
