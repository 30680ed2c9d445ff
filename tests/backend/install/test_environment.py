import re
import subprocess

import pytest

from backend.install import debian
from backend.install.environment import LOCK, lines_of
from backend.install.steps import ROOT, SetUpFailed

TWO = """uv==0.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via -r requirements.in
uvloop==1 \\
    --hash=sha256:cc
"""


def test_the_installer_is_taken_from_the_lock_with_its_digests() -> None:
    assert lines_of("uv", TWO) == "uv==0.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


def test_a_lock_without_the_installer_says_what_to_do() -> None:
    with pytest.raises(SetUpFailed, match=r"requirements.lock does not pin uv; run make lock"):
        lines_of("uv", "flask==3 \\\n    --hash=sha256:aa\n")


def test_every_package_of_the_lock_is_pinned_with_a_digest_and_no_address_is_named() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all(re.match(r"[a-z0-9][a-z0-9.-]*==\S+ (; .* )?\\$", pin) for pin in pins)
    assert "://" not in lock


def test_the_tablets_locks_name_no_address() -> None:
    for lock in (ROOT / "pwa/package-lock.json", ROOT / "pwa/openapi/package-lock.json"):
        assert '"resolved": "http' not in lock.read_text(encoding="utf-8")


def test_packages_that_are_missing_are_found_without_the_network() -> None:
    assert debian.missing(["dpkg", "no-such-package-as-this"]) == ["no-such-package-as-this"]


def test_who_may_not_install_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "privilege", lambda: None)
    with pytest.raises(SetUpFailed, match="as root: apt-get update && apt-get install no-such-package-as-this"):
        debian.install("debian-product", "Debian packages", ["dpkg", "no-such-package-as-this"])


def test_make_help_names_every_word() -> None:
    """The Makefile's words and its help cannot part: a target without a description is one nobody finds."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    words = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"python"}
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in said.splitlines() if line.startswith("  make ")} == words
