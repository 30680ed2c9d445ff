"""The program itself, started as people start it: serves, works, stops, on both databases."""

import json
import signal
import sys
from pathlib import Path

import pytest

from backend.install.steps import ROOT
from tests.services import children
from tests.services.ports import free_port
from tests.services.program import Program, running_program
from tests.services.proxy import Proxy


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of one kind of installation."""
    if request.param == "embedded":
        return {}
    names = {"DATABASE_URL": "postgres_url", "REDIS_URL": "redis_url"}
    return {name: request.getfixturevalue(fixture) for name, fixture in names.items()}


@pytest.mark.parametrize(
    ("settings", "kind"), [("embedded", "sqlite"), ("servers", "postgresql")], indirect=["settings"]
)
def test_both_programs_come_up_say_that_they_are_well_and_stop(
    settings: dict[str, str], kind: str, tmp_path: Path
) -> None:
    with running_program(tmp_path, settings) as program:
        health = json.loads(program.run("health", "--json"))
        assert (health["ok"], health["database"]["kind"]) == (True, kind)

    assert not program.is_healthy()


def test_a_fresh_installation_that_is_not_migrated_refuses_to_serve(tmp_path: Path) -> None:
    with pytest.raises(children.DidNotStart, match="run `singgah migrate` first"):
        Program(tmp_path).start_web()


def test_through_a_proxy_it_answers_for_the_proxys_address_and_a_lost_answer_does_not_hurt_it(tmp_path: Path) -> None:
    proxy = Proxy(upstream=0)
    proxy.accept()
    try:
        with running_program(tmp_path, {"PUBLIC_URL": proxy.url}, worker=False) as program:
            proxy.upstream = program.port
            through = Program(tmp_path, {"PUBLIC_URL": proxy.url}, port=proxy.port)
            fault = proxy.lose_answer("GET /health")
            assert not through.is_healthy()
            fault.wait()
            assert through.is_healthy()
    finally:
        proxy.stop()


def test_ctrl_c_stops_what_make_up_started(tmp_path: Path) -> None:
    port = free_port()
    program = Program(tmp_path / "data", {"DEMO": "0"}, port=port)
    command = (sys.executable, "-m", "backend.install.up")
    env = {**program.env(), "PYTHONPATH": str(ROOT)}
    up = children.start("make up", command, tmp_path / "said", env, signal.SIGINT)
    up.wait_until(lambda: "Ctrl-C stops it" in up.last_words(), "a migrated database and the word how to stop")
    up.wait_until(program.is_healthy, "a healthy answer from /health")

    assert up.stop() == 128 + signal.SIGINT

    assert not program.is_healthy()
    assert "worker.1 stopped" in up.last_words()
