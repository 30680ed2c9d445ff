"""HTTP as nobody should speak it: a request in raw bytes, its head or its framing spoilt in one way each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

CLOSED = 0
"""The connection ended without an answer: the sender knows that nothing is known."""
PATIENCE = 30.0
"""Seconds in which every answer has come."""


@dataclass(frozen=True)
class Sound:
    """A request that the program takes: what a spoilt one is made from."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def head(self, *framing: str, version: str = "HTTP/1.1") -> bytes:
        """The request line and the headers, `framing` lines last, up to the empty line."""
        said = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([f"{self.method} {self.path} {version}", *said, *framing, "", ""]).encode("latin-1")

    def whole(self, *more: str) -> bytes:
        return self.head(*more, f"Content-Length: {len(self.body)}") + self.body


def chunked(body: bytes, size: int = 100) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@dataclass(frozen=True)
class Attack:
    """`bytes_of` a sound request; `answers`: statuses that may come back, in order; the later may lack."""

    bytes_of: Callable[[Sound], bytes]
    answers: Sequence[frozenset[int]]


def _one(*statuses: int) -> tuple[frozenset[int], ...]:
    return (frozenset(statuses),)


def _framed(*framing: str, body: Callable[[Sound], bytes] = lambda sound: sound.body) -> Callable[[Sound], bytes]:
    return lambda sound: sound.head(*framing) + body(sound)


def _in_chunks(spoil: Callable[[bytes], bytes]) -> Callable[[Sound], bytes]:
    return lambda sound: sound.head("Transfer-Encoding: chunked") + spoil(sound.body)


CHUNKED = "Transfer-Encoding: chunked"
BROKEN = _one(400, CLOSED)
"""What is refused before all of it was read may cost the answer: the connection is torn off behind it."""
LENGTHS = {
    "the same length twice": lambda sound: sound.whole(f"Content-Length: {len(sound.body)}"),
    "two lengths": lambda sound: sound.whole("Content-Length: 5"),
    "a length of zero and the true one": lambda sound: sound.whole("Content-Length: 0"),
    "a list of lengths": lambda sound: sound.head(f"Content-Length: {len(sound.body)}, {len(sound.body)}") + sound.body,
    "a length and chunks": lambda sound: sound.head(CHUNKED, "Content-Length: 5") + chunked(sound.body),
    "chunks and the true length": lambda sound: sound.whole(CHUNKED),
    **{f"a length of {text[:9]!r}": _framed(f"Content-Length: {text}") for text in
       ("-1", "+5", "1e3", "0x10", "5;", "5 5", "", "٣".encode().decode("latin-1"), "1.0")},
}  # fmt: skip
CODINGS = {
    f"coding {said!r}": _framed(f"Transfer-Encoding: {said}", body=lambda sound: chunked(sound.body))
    for said in ("chunked, chunked", "chunked, identity", "xchunked", "identity", "gzip", "", "\x0bchunked")
} | {"chunks twice": _framed(CHUNKED, CHUNKED, body=lambda sound: chunked(sound.body))}  # fmt: skip
CHUNKS = {
    "a size that is no number": _in_chunks(lambda body: b"zz\r\n" + body),
    "a negative size": _in_chunks(lambda body: b"-5\r\n" + body),
    "a size beyond all memory": _in_chunks(lambda body: b"f" * 40 + b"\r\n" + body),
    "no end": _in_chunks(lambda body: chunked(body)[:-5]),
    "an end in the middle": _in_chunks(lambda body: chunked(body)[:150]),
    "no line end behind a chunk": _in_chunks(lambda body: b"5\r\n" + body[:5] + b"5\r\n"),
    "a size with an underscore": _in_chunks(lambda body: b"1_0\r\n" + body),
    "nothing at all": _in_chunks(lambda _: b""),
    "bare line feeds": _in_chunks(lambda body: chunked(body).replace(b"\r\n", b"\n")),
    "a long line of size": _in_chunks(lambda body: b"5;" + b"x" * 100_000 + b"\r\n" + body),
}
HEADS = {
    "a flood of headers": _framed(*(f"X-{nth}: x" for nth in range(2_000))),
    "a header without end": _framed("X-Long: " + "x" * 200_000),
    "a header without a name": _framed(": x"),
    "a header with a blank": _framed("Content Length : 5"),
    "a folded header": _framed("X-Folded: a\r\n b"),
    "a header with NUL": _framed("X-Nul: a\x00b"),
    "a bare line feed": _framed("X-Feed: a\nContent-Length: 5"),
    "no colon": _framed("words"),
    "an address without end": lambda sound: sound.whole().replace(b" /", b" /" + b"x" * 100_000, 1),
    "another version": lambda sound: sound.head("Content-Length: 5", version="HTTP/9.9"),
    "a version of nothing": lambda sound: sound.head("Content-Length: 5", version=""),
    "a method of signs": lambda sound: sound.whole().replace(b"POST", b"P()ST", 1),
    "an expectation of nothing known": _framed("Expect: the unexpected"),
}
JUNK = {
    "bytes of TLS": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "the preface of HTTP/2": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30),
    "line ends": lambda _: b"\r\n" * 500,
    "NUL": lambda _: bytes(1_000),
    "half a line": lambda _: b"POST /api/v1/sync/pu",
    "half a head": lambda sound: sound.whole()[:200],
    "nothing": lambda _: b"",
}
BODIES = {
    "a body that stops": lambda sound: sound.whole()[:-10],
    "a length beyond the body": lambda sound: sound.head("Content-Length: 999999") + sound.body,
    "a body without a length": lambda sound: sound.head() + sound.body,
}
LARGE = {
    "a length beyond all memory": lambda sound: sound.head(f"Content-Length: {'9' * 30}") + sound.body,
    "chunks beyond the limit": _in_chunks(lambda _: chunked(b" " * 1_100_000, 65_536)),
    "a length beyond the limit": lambda sound: sound.head("Content-Length: 1100000") + b" " * 1_100_000,
}
SECOND = b"GET /health HTTP/1.1\r\nHost: localhost:8000\r\n\r\n"
GOOD = {
    "sound chunks": _in_chunks(chunked),
    "chunks of one byte": _in_chunks(lambda body: chunked(body, 1)),
    "junk behind a sound one": lambda sound: sound.whole() + b"\x00\xffjunk\r\n\r\n",
    "a second one cut off": lambda sound: sound.whole() + sound.whole()[:300],
}
ATTACKS: dict[str, Attack] = {
    **{name: Attack(make, BROKEN) for name, make in LENGTHS.items()},
    **{name: Attack(make, _one(400, 501, CLOSED)) for name, make in CODINGS.items()},
    **{f"chunks with {name}": Attack(make, BROKEN) for name, make in CHUNKS.items()},
    **{name: Attack(make, _one(400, 414, 417, 431, 505, CLOSED)) for name, make in HEADS.items()},
    **{name: Attack(make, BROKEN) for name, make in JUNK.items()},
    **{name: Attack(make, BROKEN) for name, make in BODIES.items()},
    **{name: Attack(make, _one(400, 413, CLOSED)) for name, make in LARGE.items()},
    **{name: Attack(make, _one(200)) for name, make in GOOD.items()},
    "a coding that the body has not": Attack(
        _framed("Transfer-Encoding: gzip, chunked", body=lambda sound: chunked(sound.body)), _one(200, 400, 501)
    ),
    "chunks with a trailer": Attack(
        _in_chunks(lambda body: chunked(body)[:-2] + b"Content-Length: 5\r\n\r\n"), _one(200, 400)
    ),
    "another one behind it": Attack(lambda sound: sound.whole() + SECOND, (frozenset({200}), frozenset({200}))),
}


def ask(port: int, data: bytes) -> bytes:
    """Send, say that nothing more comes, and read all that comes back until the program closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        said = b""
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                said += part
        except OSError as broken:
            if isinstance(broken, TimeoutError):
                raise
    return said
