"""The Debian packages that Singgah needs: installs those missing, or says what to type where it may not."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Sequence

from backend.install.steps import ROOT, SetUpFailed, fresh_log, say

# WeasyPrint draws text with Pango and HarfBuzz; openssl is what the operators' guide checks reports with.
PRODUCT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "openssl")
# Browser, database, queue, and the independent readers of the reports.
TESTS = ("chromium", "postgresql", "redis-server", "poppler-utils", "qpdf", "mupdf-tools", "libnss3-tools", "zstd")
INSTALL = ROOT / "backend/install/debian-install"


def needed_by_product() -> tuple[str, ...]:
    """Debian's python3 alone cannot make a virtual environment."""
    return PRODUCT if importlib.util.find_spec("ensurepip") else ("python3-venv", *PRODUCT)


def missing(packages: Sequence[str]) -> list[str]:
    """Those not installed, by the package database; nothing is installed or asked of the network."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    there = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in packages if name not in there]


def privilege() -> list[str] | None:
    """What to put before a command that only root may run; None where nobody may become root unasked."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install(name: str, words: str, packages: Sequence[str]) -> None:
    """Install what is missing of `packages`; SetUpFailed says what to type where that is not allowed."""
    if shutil.which("dpkg-query") is None:
        print(f"  not a Debian system: please see that these are installed: {' '.join(packages)}", flush=True)
        return
    wanted = missing(packages)
    if not wanted:
        return
    before = privilege()
    if before is None:
        raise SetUpFailed(
            f"{words} are missing; as root: apt-get update && apt-get install {' '.join(wanted)}"
        )
    started = time.monotonic()
    fresh_log(name, words).run(*before, INSTALL, *wanted)
    say(f"{words}: {' '.join(wanted)}", time.monotonic() - started)
