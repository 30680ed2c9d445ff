"""Every door of a tablet under hostile bytes: an answer of the protocol, never a 500, never a lost operation."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.problems import Problem
from backend.exchange import bodies
from sync.protocol import LIMITS
from tests.conftest import MOMENT
from tests.fuzz.hostile import BOMB, encoded, header_texts, packed, raw_values, spoiled
from tests.fuzz.world import World
from tests.makers import House, build_app

PUSH, PULL, BLOBS = "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/blobs"
JSON = {"Content-Type": "application/json"}

if settings.get_current_profile_name() != "long":
    settings.load_profile("fixed")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    fresh_database: Callable[[str, Path, ExitStack], str],
) -> Iterator[World]:
    """One house for the whole page: what one example left behind the next one meets."""
    folder = tmp_path_factory.mktemp("fuzz")
    with ExitStack() as stack:
        url = fresh_database(request.param, folder, stack)
        config = Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder / "data")})
        clock = SetClock(MOMENT, seed="fuzz")
        app = stack.enter_context(build_app(config, clock))
        yield World(House.found(app, clock, "Sungai Systems"))


@pytest.fixture(autouse=True)
def afterwards(world: World) -> Iterator[None]:
    """Whatever a test did, sound work still goes through."""
    yield
    world.still_works()


@given(st.data())
def test_a_push_with_spoiled_members(world: World, data: st.DataObject) -> None:
    body = encoded(data.draw(spoiled(world.push_body())))
    if data.draw(st.booleans()):
        world.ask("POST", PUSH, data=body, headers=JSON)
    else:
        world.ask("POST", PUSH, data=gzip.compress(body), headers={**JSON, "Content-Encoding": "gzip"})


@given(st.data())
def test_a_push_of_spoiled_operations_gives_each_its_outcome(world: World, data: st.DataObject) -> None:
    body = world.push_body()
    sound = json.loads(body["ops"][0])
    sound["type"] = data.draw(st.sampled_from(sorted({name for name, _ in operations(world)})))
    kind = data.draw(st.sampled_from(("note", "visit", "ticket", "run", "photo", "signoff", "x")))
    sound["entity"] = [kind, data.draw(st.sampled_from((world.visit, sound["id"], "x")))]
    sound["args"] = {"visit": world.visit, "text": "x", "site": world.house.ids["site"]}
    spoilt = data.draw(st.lists(spoiled(sound), min_size=1, max_size=4))
    args = data.draw(spoiled(sound["args"]))
    spoilt.append(json.dumps({**sound, "id": world.house.new_id(), "args": "@"}).replace('"@"', args))
    body["ops"] = [encoded(text).decode("utf-8", "replace") for text in spoilt]

    answer = world.ask("POST", PUSH, json=body)

    if answer.status_code == 200:
        assert [one["n"] for one in answer.get_json()["results"]] == list(
            range(body["first"], body["first"] + len(spoilt))
        )


def operations(world: World) -> dict[tuple[str, int], Any]:
    return world.house.app.extensions["singgah.exchange"].operations  # type: ignore[no-any-return]


@given(st.data())
def test_a_packed_push_in_every_state_of_decay(world: World, data: st.DataObject) -> None:
    body = data.draw(packed(encoded(json.dumps(world.push_body()))))
    encoding = data.draw(st.sampled_from(("gzip", "gzip", "GZIP", "identity", "", "br", "gzip, gzip", "deflate")))
    kind = data.draw(
        st.sampled_from(("application/json", "application/json", "text/plain", "", "application/json;x=é"))
    )
    world.ask("POST", PUSH, data=body, headers={"Content-Type": kind, "Content-Encoding": encoding})


@given(st.binary(max_size=400), st.sampled_from((PUSH, PULL, "/api/v1/devices", "/api/v1/session")))
def test_any_bytes_at_any_door(world: World, body: bytes, path: str) -> None:
    world.ask("POST", path, data=body, headers=JSON)


@given(st.data())
def test_a_pull_with_spoiled_members(world: World, data: st.DataObject) -> None:
    sound = {"proto": 1, "schema": 1, "device": world.tablet.id, "epoch": world.tablet.epoch, "cursor": None}
    world.ask("POST", PULL, data=encoded(data.draw(spoiled({**sound, "limit": 5, "nonce": "n"}))), headers=JSON)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
def test_any_text_as_a_cursor(world: World, cursor: str) -> None:
    body = {"proto": 1, "schema": 1, "device": world.tablet.id, "epoch": None, "cursor": cursor, "nonce": "n"}
    answer = world.ask("POST", PULL, json=body)
    assert answer.status_code in (200, 400, 410)


UPLOAD = ("Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset", "Upload-Checksum", "Content-Type")


@given(st.data())
def test_uploads_with_hostile_headers(world: World, data: st.DataObject) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5"}
    headers |= data.draw(st.dictionaries(st.sampled_from(UPLOAD), header_texts, max_size=4))
    world.ask("POST", BLOBS, headers=headers)


@given(st.data())
def test_chunks_with_hostile_headers_and_bytes(world: World, data: st.DataObject) -> None:
    place = world.tablet.begin_upload(world.visit, b"12345", "image/jpeg").headers.get("Location", f"{BLOBS}/x")
    others = [f"{BLOBS}/{name}" for name in ("x", world.visit, "%00", "..%2f")]
    place = data.draw(st.sampled_from((place, *others)))
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    headers |= data.draw(st.dictionaries(st.sampled_from(UPLOAD), header_texts, max_size=3))
    world.ask(data.draw(st.sampled_from(("PATCH", "PATCH", "HEAD", "DELETE"))), place, headers=headers,
              data=data.draw(st.binary(max_size=64)))  # fmt: skip


@given(st.data())
def test_an_enrolment_with_spoiled_members(world: World, data: st.DataObject) -> None:
    sound = {
        "device": world.house.new_id(), "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "name": "Tablet",
        "standalone": True, "persisted": True, "storage_mb": 4_000,
    }  # fmt: skip
    world.ask("POST", "/api/v1/devices", data=encoded(data.draw(spoiled(sound))), headers=JSON)


@given(header_texts | raw_values.filter(str.isascii).map(lambda text: "".join(filter(str.isprintable, text[:300]))))
def test_any_text_as_a_device_proof(world: World, proof: str) -> None:
    browser = world.tablet.browser.sign_in()
    answer = browser.post(PUSH, json=world.push_body(), headers={"DPoP": proof})
    world.check(answer)
    assert answer.status_code == 401


# What is old, copied or forged


def test_a_request_that_is_years_old_is_answered_byte_for_byte_as_then(world: World) -> None:
    world.catch_up()
    tablet = world.tablet
    n = world.note("long ago")
    then = world.ask("POST", PUSH, json=tablet.push_body())
    resume = tablet.resume
    for _ in range(5):
        world.house.clock.advance(days=365)
        world.catch_up()
        again = world.ask("POST", PUSH, json=tablet.push_body(first=n, ops=tablet.outbox[n - 1 : n]))
        assert again.data[again.data.index(b'"results":') :] == then.data[then.data.index(b'"results":') :]
    old = world.ask("POST", PUSH, json=tablet.push_body(first=n, ops=tablet.outbox[n - 1 : n], resume=resume))
    assert (old.status_code, old.get_json()["code"]) in [(200, None), (409, "device_forked")] or old.status_code == 200


@given(st.integers(1, 3), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_chain_that_is_not_this_devices_takes_nothing(world: World, first: int, prev: str) -> None:
    body = world.push_body() | {"first": first, "prev": prev}
    before = len(world.ledger)
    assert world.ask("POST", PUSH, json=body).status_code in (200, 409)
    assert len(world.ledger) == before


# Bounded work


class Meter:
    """Counts the bytes that were unpacked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unpacked = 0
        self.asked = bodies.zlib.decompressobj
        monkeypatch.setattr(bodies.zlib, "decompressobj", self.make)

    def make(self, *words: int) -> Meter:
        self.inner = self.asked(*words)
        return self

    def decompress(self, data: bytes, most: int) -> bytes:
        found = self.inner.decompress(data, most)
        self.unpacked += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_body_makes_the_server_unpack_too_much(data: st.DataObject, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = data.draw(st.binary(max_size=200)) * data.draw(st.sampled_from((1, 30, 3_000)))
    body = data.draw(packed(plain))
    with monkeypatch.context() as patched:
        meter = Meter(patched)
        try:
            assert bodies.unpack(body) == plain or len(body) > 0
        except Problem as refused:
            assert refused.status in (400, 413)
        assert meter.unpacked <= min(LIMITS["decompressed_bytes"], 20 * len(body)) + 1


def test_a_bomb_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter(monkeypatch)
    with pytest.raises(Problem) as refused:
        bodies.unpack(BOMB)
    assert refused.value.status == 413
    assert meter.unpacked <= min(LIMITS["decompressed_bytes"], 20 * len(BOMB)) + 1
