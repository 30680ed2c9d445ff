"""The project's own Python environment, .venv: made from requirements.lock, every file checked by digest."""

import os
import re
import subprocess
import sys
from pathlib import Path

from backend.install.steps import ROOT, STATE, Log, SetUpFailed, Step, digest_of

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
UV = VENV / "bin/uv"
LOCK = ROOT / "requirements.lock"
# A patch release changes nothing in an environment; another minor release needs a new one.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ROOMS = ("backend", "sync", "checklists")


def make() -> None:
    """Make or complete .venv; each part is skipped when what it reads has not changed."""
    for step in (_venv(), _uv(), _packages(), _singgah()):
        step.do()


def _venv() -> Step:
    identity = digest_of(VERSION, sys.base_prefix)
    return Step("venv", "Python environment", identity, _make_venv, (PYTHON,))


def _make_venv(log: Log) -> None:
    """An environment that works with this Python is kept: somebody may be running from it."""
    if not _works():
        log.run(sys.executable, "-m", "venv", "--clear", VENV)


def _works() -> bool:
    if not PYTHON.exists():
        return False
    ask = [str(PYTHON), "-c", "import pip, sys; print(*sys.version_info[:2], sep='.')"]
    asked = subprocess.run(ask, capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout.strip() == VERSION


def _uv() -> Step:
    pinned = lines_of("uv", LOCK.read_text(encoding="utf-8"))
    wanted = STATE / "uv.lock-lines"

    def work(log: Log) -> None:
        wanted.write_text(pinned, encoding="utf-8")
        log.run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", wanted)

    return Step("uv", "installer (uv)", digest_of(pinned, VERSION), work, (UV,))


def lines_of(package: str, lock: str) -> str:
    """The lines of one package in the text of a lock file: its pin and its digests."""
    found = re.search(rf"^{re.escape(package)}==[^\n]*(?:\n +--hash[^\n]*)*", lock, re.MULTILINE)
    if found is None:
        raise SetUpFailed(f"requirements.lock does not pin {package}; run make lock.")
    return found.group(0).rstrip("\\ ") + "\n"


def _packages() -> Step:
    def work(log: Log) -> None:
        log.run(UV, "pip", "sync", "--require-hashes", LOCK, env=uv_settings())

    return Step("packages", "Python packages", digest_of(LOCK, VERSION), work, (VENV / "bin/honcho",))


def _singgah() -> Step:
    """Installed in place; done again when a room appears, because the install lists the rooms by name."""
    rooms = " ".join(room for room in ROOMS if (ROOT / room / "__init__.py").exists())
    inputs = digest_of(ROOT / "pyproject.toml", rooms, VERSION)

    def work(log: Log) -> None:
        log.run(UV, "pip", "install", "--no-deps", "--no-build-isolation", "-e", ".", env=uv_settings())

    return Step("singgah", "the singgah command", inputs, work, (VENV / "bin/singgah",))


def uv_settings() -> dict[str, str]:
    """uv does not read pip's configuration: hand it the index that this machine's pip is told to use."""
    settings = {"VIRTUAL_ENV": str(VENV)}
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return settings
    ask = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(ask, capture_output=True, text=True, check=False)
    index = os.environ.get("PIP_INDEX_URL") or (asked.stdout.strip() if asked.returncode == 0 else "")
    return {**settings, "UV_DEFAULT_INDEX": index} if index else settings


def command(name: str) -> Path:
    """A command of the environment, by its path."""
    return VENV / "bin" / name


def path_with_venv() -> dict[str, str]:
    return {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
