"""One step of set-up: skipped when nothing it reads changed, one line when done, one sentence when it fails.

Everything in this folder runs before the environment exists: standard library only, Python 3.11.
"""

import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".set-up"


class SetUpFailed(Exception):
    """A step could not be done; the message is the one sentence that the person reads."""


@dataclass(frozen=True)
class Log:
    """Where the output of a step's commands goes, out of the way until something fails."""

    words: str
    path: Path

    def run(self, *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
        """Run one command; raise SetUpFailed, naming the log, when it does not end with 0."""
        parts = [str(part) for part in command]
        with self.path.open("a", encoding="utf-8") as out:
            out.write(f"\n$ {' '.join(parts)}\n")
            out.flush()
            merged = {**os.environ, **(env or {})}
            done = subprocess.run(parts, cwd=cwd, env=merged, stdout=out, stderr=out, check=False)
        if done.returncode != 0:
            raise SetUpFailed(
                f"{self.words}: `{Path(parts[0]).name}` ended with {done.returncode}; see {shown(self.path)}."
            )


@dataclass(frozen=True)
class Step:
    """`name` names the stamp, `words` are printed, `inputs` is a digest of all that the result depends on."""

    name: str
    words: str
    inputs: str
    work: Callable[[Log], None]
    outputs: tuple[Path, ...] = field(default=())

    @property
    def stamp(self) -> Path:
        return STATE / f"{self.name}.stamp"

    def is_done(self) -> bool:
        same = self.stamp.exists() and self.stamp.read_text(encoding="utf-8") == self.inputs
        return same and all(path.exists() for path in self.outputs)

    def do(self) -> None:
        """Work unless done already; the stamp is written last, so that an interrupted step is done again."""
        if self.is_done():
            return
        self.stamp.unlink(missing_ok=True)
        log = fresh_log(self.name, self.words)
        started = time.monotonic()
        self.work(log)
        missing = [path for path in self.outputs if not path.exists()]
        if missing:
            raise SetUpFailed(f"{self.words}: {shown(missing[0])} was not made; see {shown(log.path)}.")
        self.stamp.write_text(self.inputs, encoding="utf-8")
        say(self.words, time.monotonic() - started)


def fresh_log(name: str, words: str) -> Log:
    STATE.mkdir(exist_ok=True)
    path = STATE / f"{name}.log"
    path.write_text("", encoding="utf-8")
    return Log(words, path)


def say(words: str, seconds: float) -> None:
    print(f"  {words} ({seconds:.1f} s)", flush=True)


def shown(path: Path) -> str:
    """A path as the person sees it: from the project's folder where it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def side_by_side(*jobs: Callable[[], None]) -> None:
    """Do all jobs at the same time; when any fails, wait for the others and raise the first failure."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(job) for job in jobs]
    for one in running:
        one.result()


def digest_of(*things: str | Path) -> str:
    """SHA-256 over strings and over the bytes of files; a folder counts with all files below it, in order."""
    total = hashlib.sha256()
    for thing in things:
        for name, content in _contents(thing):
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()


def _contents(thing: str | Path) -> Iterable[tuple[str, bytes]]:
    if isinstance(thing, str):
        return [("", thing.encode())]
    if thing.is_dir():
        return [(shown(path), path.read_bytes()) for path in sorted(thing.rglob("*")) if path.is_file()]
    return [(shown(thing), thing.read_bytes() if thing.exists() else b"")]


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of set-up: `make up` and `make test` in two windows must not install over each other."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  waiting for the set-up that runs in another window", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
