"""The same three scripts against each system, by the client protocol that it documents.

*poller*: writers write at once while one client follows the feed; how many records never reach it?
*lost answer*: the server commits, the answer is lost, the client sends again; lost or doubled?
*restore*: the server is put back to an older backup; what was acknowledged since then, does it come back?
"""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

from tests.bench.driver import Line, Refused, Told
from tests.bench.ours import PUSH, Ours, Seat, dumps
from tests.bench.peers.kinto_server import AUTH, RECORDS, Kinto
from tests.bench.peers.pouchdb_server import JSON, PouchDB
from tests.bench.sizes import Sizes
from tests.services.proxy import running_proxy

PAUSE = 0.004
"""Seconds between two looks of the poller."""
KINTO_PATIENCE = 50
Poll = Callable[[], set[str]]
"""One look at the feed behind what was seen: ids that are new to this client."""


@dataclass(frozen=True)
class Verdict:
    """One line of the table: of `wrote` records so many were `lost` for good and so many `doubled`."""

    who: str
    script: str
    wrote: int
    lost: int
    doubled: int
    how: str


def followed(writers: Sequence[Callable[[], None]], poll: Poll) -> set[str]:
    """What the poller saw while all writers ran, and in three looks after the last of them had ended."""
    over, seen = threading.Event(), set[str]()

    def follow() -> None:
        while not over.wait(PAUSE):
            seen.update(poll())

    with ThreadPoolExecutor(len(writers) + 1) as pool:
        following = pool.submit(follow)
        try:
            for one in [pool.submit(writer) for writer in writers]:
                one.result()
        finally:
            over.set()
        following.result()
    for _ in range(3):
        seen.update(poll())
    return seen


def sent_twice(port: int, send: Callable[[Line], Told], host: str | None = None) -> Told:
    """Send through a network that loses the answer after the server has acted; then send the same again, directly."""
    with running_proxy(port) as proxy:
        fault = proxy.lose_answer("")
        try:
            send(Line(proxy.port, host or f"127.0.0.1:{port}"))
        except (OSError, http.client.HTTPException):
            fault.wait()
        else:
            raise AssertionError("the answer was to be lost")
    return send(Line(port, host))


# Ours


def ours(house: Ours, who: str) -> Iterator[Verdict]:
    """All scripts against us. The restore is the last: it stops and starts the program."""
    yield _ours_poller(house, who)
    yield _ours_lost_answer(house, who)
    yield from _ours_restores(house, who)


def _ours_poller(house: Ours, who: str) -> Verdict:
    sizes, crew = house.sizes, house.crew
    writing, looking = crew[: sizes.writers], crew[sizes.writers :]
    for seat in writing:
        house.page(seat, None, 1)
    turn, wrote = _Turns(looking, house), set[str]()
    lock = threading.Lock()

    def writer(seat: Seat) -> Callable[[], None]:
        def write() -> None:
            line = Line(house.port, "localhost:8000")
            for _ in range(sizes.poller_rows // sizes.writers // 4):
                for _ in range(4):
                    house.note(seat, house.large)
                _pushed(house, seat, line, 4)
            with lock:
                wrote.update(json.loads(text)["entity"][1] for text in seat.tablet.outbox)

        return write

    seen = followed([writer(seat) for seat in writing], turn.poll)
    mine = {one for one in wrote if one not in turn.before}
    how = f"{sizes.writers} tablets, batches of 4; pull with one cursor"
    return Verdict(who, "poller", len(mine), len(mine - seen), 0, how)


def _pushed(house: Ours, seat: Seat, line: Line, most: int) -> Told:
    told = line.must("POST", PUSH, dumps(seat.tablet.push_body(most)), seat.headers("POST", PUSH))
    seat.tablet.settle(told.json())
    return told


class _Turns:
    """One poller with one cursor. It asks through many tablets of people with the same visit, because each of them may
    ask only so often; a position of the feed is the same for all.
    """

    def __init__(self, seats: Sequence[Seat], house: Ours) -> None:
        self.seats, self.house = cycle(seats), house
        self.cursor: str | None = None
        self.before = self.poll()

    def poll(self) -> set[str]:
        """Everything behind the cursor."""
        ids, more = set[str](), True
        while more:
            said = self.house.page(next(self.seats), self.cursor, 1_000).json()
            self.cursor, more = said["cursor"], said["more"]
            ids |= {one["id"] for one in said["changes"] if one["k"] == "note"}
        return ids


def _ours_lost_answer(house: Ours, who: str) -> Verdict:
    seat, count = house.crew[0], house.sizes.kept
    house.page(seat, None, 1)
    before = _note_ids(house, house.crew[1])
    for _ in range(count):
        house.note(seat, house.large)
    body = dumps(seat.tablet.push_body(200))
    told = sent_twice(
        house.port, lambda line: line.must("POST", PUSH, body, seat.headers("POST", PUSH)), "localhost:8000"
    )
    seat.tablet.settle(told.json())
    after = [one for one in _note_ids(house, house.crew[1]) if one not in set(before)]
    asked = {json.loads(text)["entity"][1] for text in seat.tablet.outbox[-count:]}
    how = "the same request again; the stored results are answered"
    return Verdict(who, "lost answer", count, len(asked - set(after)), len(after) - len(set(after)), how)


def _note_ids(house: Ours, seat: Seat) -> list[str]:
    """All notes that a tablet gets from the beginning, doubled ones twice."""
    ids, cursor, more = [], None, True
    while more:
        said = house.page(seat, cursor, 1_000).json()
        ids += [one["id"] for one in said["changes"] if one["k"] == "note" and not one.get("del")]
        cursor, more = said["cursor"], said["more"]
    return ids


def _ours_restores(house: Ours, who: str) -> Iterator[Verdict]:
    """Backup, work, restore; then the tablet sends from where the server says that it is, whoever comes first."""
    assert house.program is not None
    mine, other, reader = house.crew[2], house.crew[3], house.crew[5]
    for first_to_come in ("this client", "another client"):
        _work(house, mine, house.sizes.kept)
        shelf = house.folder / f"backups-{first_to_come.split()[0]}"
        house.program.run("backup", "--to", str(shelf))
        lost = _work(house, mine, house.sizes.lost_work)
        house.stop_serving()
        house.program.run("restore", str(shelf), "--force")
        house.serve_again()
        for seat in (mine, other) if first_to_come == "this client" else (other, mine):
            if seat is other:
                house.note(other, house.large)
            _resend(house, seat)
        there = _note_ids(house, _anew(reader))
        gone = lost - set(there)
        yield Verdict(
            who, f"restore, {first_to_come} first", len(lost), len(gone), len(there) - len(set(there)),
            "epoch_changed names the next number; what was kept since then is sent again",
        )  # fmt: skip


def _work(house: Ours, seat: Seat, count: int) -> set[str]:
    if seat.tablet.epoch is None:
        house.page(seat, None, 1)
    first = len(seat.tablet.outbox)
    for _ in range(count):
        house.note(seat, house.large)
    while seat.tablet.ack_n < len(seat.tablet.outbox):
        house.push(seat, 200)
    return {json.loads(text)["entity"][1] for text in seat.tablet.outbox[first:]}


def _anew(seat: Seat) -> Seat:
    seat.tablet.epoch = None
    return seat


def _resend(house: Ours, seat: Seat) -> None:
    """As the tablet's engine: 409 epoch_changed says the epoch and the next number; all from there is sent again."""
    if seat.tablet.epoch is None:
        house.page(seat, None, 1)
    body = dumps(seat.tablet.push_body(200, first=seat.tablet.ack_n + 1, ops=[]))
    told = house.asked(seat, PUSH, body)
    if told.status == 409:
        said = told.json()
        tablet = seat.tablet
        tablet.epoch, tablet.ack_n, tablet.resume = said["epoch"], said["next_n"] - 1, None
        tablet.results = {n: result for n, result in tablet.results.items() if n < said["next_n"]}
    while seat.tablet.ack_n < len(seat.tablet.outbox):
        house.push(seat, 200)


# Kinto


def kinto(server: Kinto, sizes: Sizes, who: str) -> Iterator[Verdict]:
    """By kinto.js: ids of the client, PUT with If-None-Match: *, `_since` with the last ETag."""
    yield _kinto_poller(server, sizes, who)
    yield _kinto_lost_answer(server, sizes, who)
    for first in ("this client", "another client"):
        yield _kinto_restore(server, sizes, who, first)


def _kinto_poller(server: Kinto, sizes: Sizes, who: str) -> Verdict:
    ids = [[str(uuid.uuid4()) for _ in range(sizes.poller_rows // sizes.writers)] for _ in range(sizes.writers)]
    line, since = server.line(), [""]

    def writer(mine: list[str]) -> Callable[[], None]:
        def write() -> None:
            own = server.line()
            for start in range(0, len(mine), 4):
                _kinto_insistently(server, own, mine[start : start + 4])

        return write

    def poll() -> set[str]:
        query = f"?_since={quote(since[0])}" if since[0] else ""
        told = line.ask("GET", f"/v1{RECORDS}{query}", None, AUTH)
        if told.status != 200:  # as a client does: ask again later
            return set()
        since[0] = told.headers["etag"]
        return {one["id"] for one in told.json()["data"]}

    seen = followed([writer(mine) for mine in ids], poll)
    wrote = {one for mine in ids for one in mine}
    absent = wrote - set(server.ids(server.line()))
    how = f"{sizes.writers} clients, batches of 4, _since=ETag; {len(absent)} of them answered 201 but not stored"
    return Verdict(who, "poller", len(wrote), len(wrote - seen), 0, how)


def _kinto_insistently(server: Kinto, line: Line, ids: Sequence[str]) -> None:
    """What is answered 409 (another transaction had the same moment) is sent again until all is answered 201 or 412."""
    left = list(ids)
    for _ in range(KINTO_PATIENCE):
        body = server.push_body([{"id": one, "text": "x"} for one in left])
        answers = line.must("POST", "/v1/batch", body, AUTH).json()["responses"]
        left = [one for one, answer in zip(left, answers, strict=True) if answer["status"] not in (201, 412)]
        if not left:
            return
    raise Refused(f"Kinto did not take {len(left)} records in {KINTO_PATIENCE} attempts")


def _kinto_lost_answer(server: Kinto, sizes: Sizes, who: str) -> Verdict:
    ids = [str(uuid.uuid4()) for _ in range(sizes.kept)]
    before = server.ids(server.line())
    body = server.push_body([{"id": one, "text": "x"} for one in ids])
    sent_twice(server.port, lambda line: line.must("POST", "/v1/batch", body, AUTH))
    after = [one for one in server.ids(server.line()) if one not in set(before)]
    how = "the same batch again; each is answered 412, which kinto.js shows as a conflict"
    return Verdict(who, "lost answer", len(ids), len(set(ids) - set(after)), len(after) - len(set(after)), how)


def _kinto_restore(server: Kinto, sizes: Sizes, who: str, first: str) -> Verdict:
    """kinto.js marks what was published as synced. It sends it again when it sees that the server's ETag is older than
    its own ("flushed"), which its page answers with resetSyncStatus(); it cannot see it once somebody else has written.
    """
    mine = [{"id": str(uuid.uuid4()), "text": "x"} for _ in range(sizes.kept)]
    server.push(server.line(), server.push_body(mine))
    copy = server.back_up()
    lost = [{"id": str(uuid.uuid4()), "text": "x"} for _ in range(sizes.lost_work)]
    server.push(server.line(), server.push_body(lost))
    last = _etag(server)
    server.restore(copy)
    if first == "another client":
        server.push(server.line(), server.push_body([{"id": str(uuid.uuid4()), "text": "x"}]))
    if _etag(server) < last:
        line = server.line()
        line.must("POST", "/v1/batch", server.push_body([*mine, *lost][:200]), AUTH)
    there = server.ids(server.line())
    gone = {one["id"] for one in lost} - set(there)
    how = "resetSyncStatus() when the server's ETag is older than the client's"
    return Verdict(who, f"restore, {first} first", len(lost), len(gone), len(there) - len(set(there)), how)


def _etag(server: Kinto) -> int:
    return int(server.line().must("HEAD", f"/v1{RECORDS}", None, AUTH).headers["etag"].strip('"'))


# PouchDB


def pouchdb(server: PouchDB, sizes: Sizes, who: str) -> Iterator[Verdict]:
    """By CouchDB's replication: revisions of the client, the changes feed, checkpoints on both sides."""
    yield _pouch_poller(server, sizes, who)
    yield _pouch_lost_answer(server, sizes, who)
    for first in ("this client", "another client"):
        yield _pouch_restore(server, sizes, who, first)


def _records(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}-{uuid.uuid4()}", "text": "x"} for _ in range(count)]


def _pouch_poller(server: PouchDB, sizes: Sizes, who: str) -> Verdict:
    records = [_records("poll", sizes.poller_rows // sizes.writers) for _ in range(sizes.writers)]
    line, since = server.line(), [0]

    def writer(mine: list[dict[str, Any]]) -> Callable[[], None]:
        def write() -> None:
            own = server.line()
            for start in range(0, len(mine), 4):
                server.push(own, server.push_body(mine[start : start + 4]))

        return write

    def poll() -> set[str]:
        said = line.must("GET", f"/bench/_changes?since={since[0]}", None, JSON).json()
        since[0] = said["last_seq"]
        return {one["id"] for one in said["results"]}

    seen = followed([writer(mine) for mine in records], poll)
    wrote = {one["id"] for mine in records for one in mine}
    return Verdict(who, "poller", len(wrote), len(wrote - seen), 0, f"{sizes.writers} clients, batches of 4; _changes")


def _pouch_lost_answer(server: PouchDB, sizes: Sizes, who: str) -> Verdict:
    records = _records("lost", sizes.kept)
    before = server.ids(server.line())
    body = server.replicated_body(records)
    sent_twice(server.port, lambda line: line.must("POST", "/bench/_bulk_docs", body, JSON))
    after = [one for one in server.ids(server.line()) if one not in set(before)]
    asked = {one["id"] for one in records}
    how = "the same revisions again, new_edits=false"
    return Verdict(who, "lost answer", len(asked), len(asked - set(after)), len(after) - len(set(after)), how)


def _pouch_restore(server: PouchDB, sizes: Sizes, who: str, first: str) -> Verdict:
    client, other = (server.folder / f"{name}-{first.split()[0]}" for name in ("client", "other"))
    prefix = first.split()[0]
    server.replicate(client, f"{prefix}-kept-", sizes.kept)
    copy = server.back_up()
    server.replicate(client, f"{prefix}-work-", sizes.lost_work)
    server.restore(copy)
    if first == "another client":
        server.replicate(other, f"{prefix}-other-", 1)
    server.replicate(client, f"{prefix}-later-", 1)
    there = server.ids(server.line())
    lost = {f"{prefix}-work-{n}" for n in range(sizes.lost_work)} - set(there)
    how = "replicate.to() of a real client; it goes back to the last checkpoint that both know"
    return Verdict(who, f"restore, {first} first", sizes.lost_work, len(lost), len(there) - len(set(there)), how)

