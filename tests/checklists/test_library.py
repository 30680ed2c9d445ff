"""The shipped checklists are sound, useful and complete in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from checklists import Definition, InvalidDefinition, parse_definition, shipped_checklists
from checklists.library import FOLDER

LANGUAGES = {"en", "ms", "zh"}
SHIPPED = {shipped.definition.id: shipped for shipped in shipped_checklists()}
EXPECTED = {
    "server-health",
    "backup-restore-test",
    "patch-round",
    "ups-and-power",
    "network-configuration-review",
    "workstation-deployment",
    "incident-first-response",
}
SAME_IN_EVERY_LANGUAGE = {"VPN", "Internet"}


def labels_in(raw: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a plain form that is kept by language."""
    if isinstance(raw, dict):
        if "en" in raw:
            yield path, raw
        for key, value in raw.items():
            yield from labels_in(value, f"{path}.{key}")
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            yield from labels_in(value, f"{path}[{index}]")


def untranslated(raw: Any) -> list[str]:
    """Where a language is missing, Chinese is not in Chinese, or Malay is the English text again."""
    found = []
    for path, labels in labels_in(raw):
        if set(labels) != LANGUAGES:
            found.append(f"{path}: {sorted(labels)}")
        elif labels["en"] not in SAME_IN_EVERY_LANGUAGE:
            if not re.search("[\u4e00-\u9fff]", labels["zh"]):
                found.append(f"{path}: zh is not Chinese")
            if labels["ms"] == labels["en"]:
                found.append(f"{path}: ms is English")
    return found


def substantial(definition: Definition) -> int:
    """How many items have a limit, a unit, a command or a place to look."""
    return sum(bool(item.limits or item.unit or item.command or item.look) for item in definition.items)


def shared(one: Definition, other: Definition) -> set[str]:
    """Items that two checklists have in common, by English label."""
    return {item.label["en"] for item in one.items} & {item.label["en"] for item in other.items}


def test_the_library_holds_what_it_promises() -> None:
    assert set(SHIPPED) >= EXPECTED
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(SHIPPED)
    assert len({shipped.digest for shipped in SHIPPED.values()}) == len(SHIPPED)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_text_is_there_in_english_malay_and_chinese(name: str) -> None:
    assert untranslated(SHIPPED[name].raw) == []


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_checklist_is_what_an_engineer_would_check(name: str) -> None:
    definition = SHIPPED[name].definition

    assert 12 <= len(definition.items) <= 40
    assert 2 * substantial(definition) >= len(definition.items)
    assert definition.references and all(section.items for section in definition.sections)
    assert any(item.when for item in definition.items)
    assert any(item.on_fail and item.on_fail.next for item in definition.items)
    assert any(item.severity == "critical" for item in definition.items)
    assert all(item.required for item in definition.items if item.severity == "critical" and item.type != "computed")


@pytest.mark.parametrize(("one", "other"), list(combinations(sorted(SHIPPED), 2)))
def test_no_two_checklists_share_more_than_three_items(one: str, other: str) -> None:
    assert len(shared(SHIPPED[one].definition, SHIPPED[other].definition)) <= 3


def test_a_missing_or_copied_translation_is_seen() -> None:
    whole = {"en": "Load", "ms": "Beban", "zh": "负载率"}

    assert untranslated({"label": whole}) == []
    assert untranslated({"label": {"en": "Load", "ms": "Beban"}}) == [".label: ['en', 'ms']"]
    assert untranslated([{**whole, "zh": "Load"}]) == ["[0]: zh is not Chinese"]
    assert untranslated([{**whole, "ms": "Load"}]) == ["[0]: ms is English"]


def test_a_shipped_checklist_that_is_not_sound_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("format: 1\nid: broken\n", encoding="utf-8")

    with pytest.raises(InvalidDefinition) as refusal:
        shipped_checklists(tmp_path)

    assert [fault.path for fault in refusal.value.faults] == ["kind", "sections", "title"]


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_checklist_survives_its_own_plain_form(name: str) -> None:
    assert parse_definition(SHIPPED[name].raw) == SHIPPED[name].definition
