"""The real program as `make up` runs it: `singgah serve` and `singgah worker`, with a data folder of its own.

    with running_program(tmp_path, env={"PUBLIC_URL": proxy.url}) as program:
        proxy.upstream = program.port

Whoever puts a proxy in between hands its address as PUBLIC_URL, because the program answers for one origin only.
"""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.services import children
from tests.services.ports import free_port

SINGGAH = Path(sys.executable).with_name("singgah")
ATTEMPTS = 3
WORD_WITHIN = 300.0  # seconds for one word of the command line; the demo is the longest
# What a developer's shell may hold must not reach a program under test.
OWN_SETTINGS = ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "PORT", "BIND", "PUBLIC_URL", "DEMO", "UPLOAD_QUOTA_MB")


class WordFailed(Exception):
    """A word of the command line ended with something else than 0; the message holds what it said."""


@dataclass
class Program:
    """One installation: its data folder, and while they run its web server and its worker.

    `command` is the program to run, another one only in the tests of this page.
    """

    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str | Path, ...] = (SINGGAH,)
    port: int = 0
    web: children.Child | None = None
    worker: children.Child | None = None

    @property
    def url(self) -> str:
        """The one origin that people and browsers use."""
        return self.settings.get("PUBLIC_URL") or f"http://localhost:{self.port}"

    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port or 8000), "PUBLIC_URL": self.url}
        return {**kept, **own, **self.settings}

    def run(self, *words: str) -> str:
        """One word of the command line, such as `run("migrate")`; what it printed, or WordFailed."""
        done = subprocess.run(
            [*self.command, *words], env=self.env(), capture_output=True, text=True, check=False, timeout=WORD_WITHIN
        )
        if done.returncode != 0:
            raise WordFailed(f"singgah {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start_web(self) -> None:
        """Start and wait until it is healthy; on the same port as before when it ran before (browsers know it)."""
        if self.port:
            self._try_to_serve()
            return
        for attempt in range(ATTEMPTS):
            self.port = free_port()
            try:
                self._try_to_serve()
            except children.DidNotStart as failure:
                if attempt + 1 == ATTEMPTS or "in use" not in str(failure):
                    raise
            else:
                return

    def _try_to_serve(self) -> None:
        web = children.start("singgah serve", (*self.command, "serve"), self.data_dir / "web.said", self.env())
        web.wait_until(self.is_healthy, "a healthy answer from /health")
        self.web = web

    def start_worker(self) -> None:
        """Start it; that it works is seen by the work that gets done."""
        said = self.data_dir / "worker.said"
        self.worker = children.start("singgah worker", (*self.command, "worker"), said, self.env())

    def is_healthy(self) -> bool:
        """Whether GET /health is answered with 200, asked as a browser asks: by the name in PUBLIC_URL."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health", headers={"Host": urlsplit(self.url).netloc})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):  # not listening yet, or not yet speaking
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop both, as Ctrl-C does; AssertionError when one had ended by itself or does not stop."""
        try:
            self._stop_one(self.worker)
        finally:
            self._stop_one(self.web)
            self.web = self.worker = None

    def _stop_one(self, child: children.Child | None) -> None:
        if child is None:
            return
        if child.has_ended_within(0):
            raise AssertionError(f"{child.name} ended by itself with {child.process.returncode}:\n{child.last_words()}")
        child.stop()

    def kill(self) -> None:
        """What a power cut does to both."""
        for child in (self.web, self.worker):
            if child is not None:
                child.kill()
        self.web = self.worker = None


@contextmanager
def running_program(
    data_dir: Path, env: Mapping[str, str] | None = None, *, worker: bool = True, demo: bool = False
) -> Iterator[Program]:
    """Migrate, load the demo if asked, serve, and stop at the end; yields the program once it is healthy."""
    program = Program(data_dir, env or {})
    program.run("migrate")
    if demo:
        program.run("demo")
    try:
        program.start_web()
        if worker:
            program.start_worker()
        yield program
    finally:
        program.stop()
