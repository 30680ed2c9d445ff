"""The real program at its socket: whatever bytes come, it answers by the protocol of HTTP or closes, and goes on."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.core.clock import MachineClock
from backend.core.config import Config
from backend.core.db import reading
from backend.exchange.models import LOG
from tests.browser import SAME_ORIGIN
from tests.fuzz.framing import ATTACKS, CLOSED, PATIENCE, Sound, ask
from tests.kill.wire import HOST, FarTablet
from tests.makers import House, build_app
from tests.services.program import Program

PUSH = "/api/v1/sync/push"
TABLETS = 4
"""A tablet may ask thirty times at once; the attacks are more."""
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


@dataclass
class Front:
    """The program, a house in it, and tablets with work under way."""

    house: House
    program: Program
    visit: str
    tablets: Iterator[FarTablet]

    def sound(self, tablet: FarTablet) -> Sound:
        """The push of one new note, which the tablet has not sent yet."""
        tablet.act("note.add", ("note", self.house.new_id()), {"visit": self.visit, "text": "before the storm"})
        headers = {
            "Host": HOST, "Cookie": tablet.browser.cookie, **SAME_ORIGIN, "DPoP": tablet.proof("POST", PUSH),
            "Content-Type": "application/json",
        }  # fmt: skip
        return Sound("POST", PUSH, headers, json.dumps(tablet.push_body()).encode())

    def check(self, tablet: FarTablet) -> None:
        """The same operation goes through now, once, with these bytes, behind all that were before it."""
        assert tablet.push().status_code == 200
        assert tablet.results[len(tablet.outbox)]["status"] == "applied"
        asked = select(LOG.c.n, LOG.c.sha256).where(LOG.c.device == tablet.id).order_by(LOG.c.n)
        with self.house.app.app_context(), reading() as session:
            logged = [tuple(row) for row in session.execute(asked)]
        sent = [hashlib.sha256(text.encode()).hexdigest() for text in tablet.outbox]
        assert logged == list(enumerate(sent, 1))


@pytest.fixture(scope="module")
def front(
    tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[str, Path, ExitStack], str]
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("framing")
    with ExitStack() as stack:
        settings = {"DATABASE_URL": fresh_database("postgresql", folder, stack), "PUBLIC_URL": f"http://{HOST}"}
        config = Config.from_env({**settings, "DATA_DIR": str(folder / "data")})
        app = stack.enter_context(build_app(config, MachineClock()))  # type: ignore[arg-type]
        house = House.found(app, MachineClock(), "Sungai Systems")  # type: ignore[arg-type]
        crew = [house.person("engineer", nth) for nth in range(1, TABLETS + 1)]
        visit = house.visit(*crew)
        program = Program(folder / "data", settings)
        program.start_web()
        stack.callback(program.stop)
        tablets = [FarTablet(house, person, program.port, nth) for nth, person in enumerate(crew)]
        for tablet in tablets:
            tablet.enrol()
            tablet.fetch()
        yield Front(house, program, visit, cycle(tablets))


@pytest.fixture
def tablet(front: Front) -> FarTablet:
    return next(front.tablets)


@pytest.mark.parametrize("name", ATTACKS)
def test_whatever_comes_in_is_answered_or_closed_and_costs_no_operation(
    front: Front, tablet: FarTablet, name: str
) -> None:
    attack = ATTACKS[name]

    said = ask(front.program.port, attack.bytes_of(front.sound(tablet)))

    statuses = [int(found) for found in STATUS.findall(said)] or [CLOSED]
    behind = [frozenset({400})] * len(statuses)
    allowed = [*attack.answers, *behind][: len(statuses)]
    assert all(status in may for status, may in zip(statuses, allowed, strict=True)), said[:2_000]
    assert b"Traceback" not in said and b"backend/" not in said
    front.check(tablet)


@contextmanager
def held(front: Front, pieces: list[bytes]) -> Iterator[list[socket.socket]]:
    """Connections that each have sent a piece and then nothing; afterwards they are torn off."""
    lines = [socket.create_connection(("127.0.0.1", front.program.port), timeout=PATIENCE) for _ in pieces]
    try:
        for line, piece in zip(lines, pieces, strict=True):
            line.sendall(piece)
        yield lines
    finally:
        for line in lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()


def test_senders_that_stop_in_the_middle_keep_nobody_waiting(front: Front, tablet: FarTablet) -> None:
    whole = front.sound(tablet).whole()
    with held(front, [whole[: len(whole) * part // 12] for part in range(1, 12)]):
        front.check(tablet)
    front.sound(tablet)
    front.check(tablet)


def test_a_body_in_many_small_pieces_is_one_body(front: Front, tablet: FarTablet) -> None:
    whole = front.sound(tablet).whole("Connection: close")
    with held(front, [whole[:10]]) as [line]:
        for at in range(10, len(whole), 7):
            line.sendall(whole[at : at + 7])
        assert STATUS.match(line.recv(65_536)).group(1) == b"200"
    front.check(tablet)


def test_after_all_that_the_program_has_written_down_no_fault_of_its_own(front: Front) -> None:
    said = (front.program.data_dir / "web.said").read_text(errors="replace")
    assert "Traceback" not in said, said[-3_000:]
