"""What the documents say and a program can check is true: paths, words of make and singgah, settings, doors, codes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import backend.app  # noqa: F401 - defines every Problem
from backend.cli import main as singgah
from backend.core.config import Config
from backend.core.problems import Problem
from backend.identity.guards import DeviceNotActive
from backend.identity.rules import BARRED
from tests.architecture.imports import ROOT

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*/README.md")))
README = (ROOT / "README.md").read_text("utf-8")
PROTOCOL = (ROOT / "docs/protocol.md").read_text("utf-8")
GUIDE = (ROOT / "docs/operators-guide.md").read_text("utf-8")
READ_BY_MAKE_UP_ONLY = {"DEMO"}
OF_DEVICES = {(DeviceNotActive.status, f"device_{state}") for state in BARRED | {"pending"}}
"""Codes that are made of a device's state."""


def links(text: str) -> set[str]:
    """The targets of links inside the project."""
    return {target.split("#")[0] for target in re.findall(r"\]\(([^):]+)\)", text)} - {""}


def folders_on_the_map(text: str) -> set[str]:
    """`name/` at the start of a column of the README's tree, below the room whose line is not indented."""
    found, room = set[str](), ""
    for line in text.split("## The map")[1].split("```")[1].splitlines():
        if line and not line.startswith(" "):
            room, _, line = line.partition(" ")
            found.add(room)
        found |= {room + name for name in re.findall(r"(?:^| )([a-z_]+/)(?= |$)", line)}
    return found


def words_of(program: str, text: str) -> set[str]:
    """The words after the program's name, in code only: `make up`, or a line of a code block."""
    return set(re.findall(rf"(?:`|^|&& |[A-Z_]+=\S+ ){program} ([a-z][a-z-]*)", text, re.MULTILINE))


def codes(text: str) -> set[tuple[int, str]]:
    """Status and code as the protocol's table and sentences pair them: `| 409 | `op_gap`, ...` and 410 `x`."""
    rows = re.findall(r"^\| (\d{3}) \|([^|]*)\|", text, re.MULTILINE)
    inline = re.findall(r"\b(4\d\d|5\d\d)( `[a-z_]+`)", text)
    return {(int(status), code) for status, cell in rows + inline for code in re.findall(r"`([a-z_]+)`", cell)}


def doors(text: str) -> set[tuple[str, str]]:
    return {(method.lower(), path) for method, path in re.findall(r"\b([A-Z]+) (/api/v1/[a-z/]+[a-z])", text)}


def problems(kind: type[Problem] = Problem) -> Iterator[tuple[int, str]]:
    yield kind.status, kind.code
    for narrower in kind.__subclasses__():
        yield from problems(narrower)


class Noted(dict[str, str]):
    """An empty environment that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override] # dict's is generic
        self.asked.add(name)
        return default


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def settings_read() -> set[str]:
    env = Noted()
    Config.from_env(env)
    return env.asked


def test_links_lead_somewhere() -> None:
    for page in DOCUMENTS:
        assert [target for target in links(page.read_text("utf-8")) if not (page.parent / target).exists()] == []
    assert links("[a](b/c.md#d) [e](https://f)") == {"b/c.md"}


def test_the_map_names_folders_that_exist() -> None:
    found = folders_on_the_map(README)

    assert {"backend/desk/", "backend/signoff/", "backend/portal/", "pwa/src/store/"} <= found
    assert [name for name in sorted(found) if not (ROOT / name).is_dir()] == []


def test_the_map_leaves_no_slice_out() -> None:
    slices = {f"backend/{path.parent.name}/" for path in (ROOT / "backend").glob("*/__init__.py")}
    assert slices - folders_on_the_map(README) - {"backend/install/", "backend/migrations/"} == set()


def test_the_words_of_make_exist() -> None:
    words = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    used = set().union(*(words_of("make", page.read_text("utf-8")) for page in DOCUMENTS))

    assert {"up", "test", "help"} <= used <= words
    assert words_of("make", "`make tea`\nmake coffee\nto make sure") == {"tea", "coffee"}


def test_the_words_of_singgah_exist() -> None:
    used = set().union(*(words_of("singgah", page.read_text("utf-8")) for page in DOCUMENTS))
    assert {"verify", "migrate", "serve"} <= used <= singgah.commands.keys()


def test_the_guide_lists_the_settings_that_are_read() -> None:
    assert settings_in(GUIDE) == settings_read() | READ_BY_MAKE_UP_ONLY


def test_the_protocol_names_codes_that_are_answered() -> None:
    named = codes(PROTOCOL)

    assert {(409, "op_gap"), (401, "use_dpop_nonce"), (410, "cursor_expired")} <= named
    assert named - set(problems()) - OF_DEVICES == set()
    assert codes("| 409 | `op_gap`, `x` | stops |\n410 `gone`") == {(409, "op_gap"), (409, "x"), (410, "gone")}


def test_the_protocol_names_doors_that_exist() -> None:
    described: Mapping[str, Mapping[str, object]] = json.loads((ROOT / "backend/openapi.json").read_text("utf-8"))[
        "paths"
    ]

    there = {(method, path) for path, methods in described.items() for method in methods}

    assert ("post", "/api/v1/sync/push") in doors(PROTOCOL)
    assert doors(PROTOCOL) - there == set()
