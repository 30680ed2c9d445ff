"""What `make up` does after set-up: migrate, load the demo on the first run, start the programs.

Becomes honcho at the end, so that Ctrl-C goes to the one process that stops the others.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.install import environment
from backend.install.steps import ROOT, SetUpFailed

DEFAULT_PORT = "8000"


def main() -> int:
    try:
        settings = settings_from(os.environ)
        refuse_a_taken_port(settings)
        prepare_data(settings)
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    start(settings)
    return 0


def settings_from(env: Mapping[str, str]) -> dict[str, str]:
    """The environment with every default that both programs must agree on stated.

    honcho counts PORT up for each program: if each made PUBLIC_URL from its own PORT, they would differ.
    """
    port = env.get("PORT") or DEFAULT_PORT
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise SetUpFailed(f"PORT must be a number from 1 to 65535, not {port!r}.")
    data = Path(env.get("DATA_DIR") or ROOT / "data").resolve()
    stated = {
        "PORT": port,
        "DATA_DIR": str(data),
        "PUBLIC_URL": env.get("PUBLIC_URL") or f"http://localhost:{port}",
    }
    return {**env, **environment.path_with_venv(), **stated}


def prepare_data(settings: dict[str, str]) -> None:
    """Migrate always; load the demo where `wants_demo` says so, anew after an interrupted loading."""
    data = Path(settings["DATA_DIR"])
    begun = data / "demo-begun"
    wanted = wants_demo(settings, data, begun)
    if wanted:
        if begun.exists() and not settings.get("DATABASE_URL"):
            clear_half_a_demo(data)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        begun.touch()
    _singgah("migrate", settings)
    if wanted:
        print("  loading the demo: ninety days of a company's work, under a minute", flush=True)
        _singgah("demo", settings)
        begun.unlink()
    _singgah("accounts", settings)


def wants_demo(settings: dict[str, str], data: Path, begun: Path) -> bool:
    """A fresh data folder gets the demo; a database of one's own (DATABASE_URL) only when DEMO=1 asks."""
    if settings.get("DATABASE_URL") and settings.get("DEMO") != "1":
        return False
    if begun.exists():
        return True
    if (data / "demo-accounts.json").exists() or settings.get("DEMO") == "0":
        return False
    return bool(settings.get("DATABASE_URL")) or not (data / "singgah.db").exists()


def clear_half_a_demo(data: Path) -> None:
    """Remove what an interrupted loading left. The mark `demo-begun` is made only where there was no database, and
    goes before anybody is served, so all that lies here came from that loading. Keys stay; they fit the next one.
    """
    print("  the demo was not finished last time: beginning it anew", flush=True)
    for name in ("singgah.db", "singgah.db-wal", "singgah.db-shm", "demo-accounts.json"):
        (data / name).unlink(missing_ok=True)
    for name in ("blobs", "uploads"):
        if (data / name).exists():
            shutil.rmtree(data / name)


def _singgah(word: str, settings: dict[str, str]) -> None:
    done = subprocess.run([environment.command("singgah"), word], env=settings, check=False)
    if done.returncode != 0:
        raise SetUpFailed(f"`singgah {word}` ended with {done.returncode}; what it said stands above.")


def refuse_a_taken_port(settings: Mapping[str, str]) -> None:
    """Said here in one sentence, before the demo is made; gunicorn would try for five seconds and then despair."""
    host = settings.get("BIND") or "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(settings["PORT"])))
        except OSError as why:
            raise SetUpFailed(
                f"Singgah cannot listen on {host}:{settings['PORT']} ({why.strerror}); choose with PORT=…, BIND=…"
            ) from why


def start(settings: dict[str, str]) -> None:
    """The Procfile under honcho; `.env` files are not read, because migrate would not have read them."""
    print("  Ctrl-C stops it.\n", flush=True)
    os.chdir(ROOT)
    os.execve(  # noqa: S606 - honcho takes this process over, and with it the keys typed in this window
        environment.command("honcho"),
        ["honcho", "-e", "/dev/null", "start", "-p", settings["PORT"]],
        settings,
    )


if __name__ == "__main__":
    sys.exit(main())
