"""The operators' guide is kept true: its settings are those of the code, its packages those that are installed."""

import re

from backend.install import debian
from backend.install.steps import ROOT

GUIDE = (ROOT / "docs/operators-guide.md").read_text(encoding="utf-8")
READ = re.compile(r"(?:env|settings)(?:\.get\(|\[)\"([A-Z_]+)\"")
OF_THE_SHELL = {"PATH"}


def test_the_table_of_settings_holds_what_the_program_reads_and_nothing_else() -> None:
    sources = [ROOT / "backend/core/config.py", ROOT / "backend/install/up.py"]
    read = {name for source in sources for name in READ.findall(source.read_text(encoding="utf-8"))} - OF_THE_SHELL
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, re.MULTILINE))
    assert read == told


def test_the_packages_it_names_are_those_that_are_installed() -> None:
    assert f"`{' '.join(debian.PRODUCT)}`" in GUIDE
