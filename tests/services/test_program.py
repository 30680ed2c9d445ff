"""The runner of programs, against small programs that behave and misbehave."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.services import children
from tests.services.program import Program, WordFailed

WELL_BEHAVED = """
    import http.server, os, signal, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.headers["Host"] == os.environ["PUBLIC_URL"].split("//")[1]
            self.send_response(200 if self.path == "/health" and known else 404)
            self.end_headers()
    if sys.argv[1] == "serve":
        http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    elif sys.argv[1] == "worker":
        signal.pause()
    else:
        print("settings:", os.environ["DATA_DIR"], os.environ.get("DATABASE_URL", "none"))
"""


@pytest.fixture
def program_of(tmp_path: Path):
    """Maker of a program from its source; whatever still runs is killed at the end."""
    made: list[Program] = []

    def make(source: str, **settings: str) -> Program:
        script = tmp_path / "program.py"
        script.write_text(dedent(source), encoding="utf-8")
        made.append(Program(tmp_path, settings, (sys.executable, script)))
        return made[-1]

    yield make
    for program in made:
        program.kill()


def test_it_is_healthy_once_started_and_gone_once_stopped(program_of) -> None:
    program = program_of(WELL_BEHAVED)
    program.start_web()
    program.start_worker()

    assert program.is_healthy()
    program.stop()
    assert not program.is_healthy()


def test_it_is_asked_by_the_name_in_its_public_address(program_of) -> None:
    program = program_of(WELL_BEHAVED, PUBLIC_URL="http://localhost:1234")
    program.start_web()
    assert program.url == "http://localhost:1234"


def test_after_a_power_cut_it_comes_back_on_the_same_port(program_of) -> None:
    program = program_of(WELL_BEHAVED)
    program.start_web()
    port = program.port
    program.kill()
    assert not program.is_healthy()

    program.start_web()

    assert (program.port, program.is_healthy()) == (port, True)


def test_the_developers_own_settings_do_not_reach_it(program_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/production")
    program = program_of(WELL_BEHAVED)

    assert program.run("accounts") == f"settings: {program.data_dir} none\n"


def test_the_tests_settings_do_reach_it(program_of) -> None:
    program = program_of(WELL_BEHAVED, DATABASE_URL="sqlite:////elsewhere")
    assert "sqlite:////elsewhere" in program.run("accounts")


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(program_of) -> None:
    with pytest.raises(children.DidNotStart, match="ended with 3:\nno database"):
        program_of("import sys; print('no database'); sys.exit(3)").start_web()


def test_a_program_that_is_never_healthy_is_stopped_and_reported(program_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "READY_WITHIN", 0.2)
    with pytest.raises(children.DidNotStart, match="a healthy answer from /health did not come"):
        program_of("import signal; print('waiting', flush=True); signal.pause()").start_web()


def test_a_worker_that_ended_by_itself_is_reported_when_stopping(program_of) -> None:
    program = program_of("print('nothing to do')")
    program.start_worker()
    assert program.worker is not None
    assert program.worker.has_ended_within(10)

    with pytest.raises(AssertionError, match="singgah worker ended by itself with 0:\nnothing to do"):
        program.stop()


def test_a_program_that_does_not_stop_is_killed_and_reported(program_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOP_WITHIN", 0.5)
    program = program_of(WELL_BEHAVED.replace("signal.pause()", STUBBORN))
    program.start_worker()
    assert program.worker is not None
    program.worker.wait_until(lambda: "ignoring" in program.worker.last_words(), "the word that it ignores signals")

    with pytest.raises(AssertionError, match="singgah worker did not stop within"):
        program.stop()
    assert program.worker is None


STUBBORN = """signal.signal(signal.SIGTERM, signal.SIG_IGN); print("ignoring", flush=True)
        while True: signal.pause()"""


def test_a_word_that_fails_says_what_the_program_said(program_of) -> None:
    with pytest.raises(WordFailed, match="singgah migrate ended with 1:\nthe disk is full"):
        program_of("import sys; sys.exit('the disk is full')").run("migrate")
