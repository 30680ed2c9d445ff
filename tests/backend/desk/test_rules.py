"""The states of a ticket: the same examples that the tablet runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.desk import rules

VECTORS = json.loads(Path("backend/desk/vectors/states.json").read_text("utf-8"))["cases"]
ANSWERS = {
    "move": lambda case: rules.move(case["state"], case["verb"]),
    "is_open": lambda case: rules.is_open(case["state"]),
    "priority": lambda case: rules.priority(case["impact"], case["urgency"]),
}


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_ticket_states(case: dict[str, Any]) -> None:
    assert ANSWERS[case["rule"]](case) == case["expect"]


def test_a_repeat_is_keyed_by_the_asset_before_the_user() -> None:
    assert rules.repeat_key("incident", "network", "a1", "s1", "Mei") == "asset:a1:network"


def test_a_repeat_without_asset_is_keyed_by_the_user_however_the_name_is_written() -> None:
    one = rules.repeat_key("incident", "network", None, "s1", "Mei  Ling")
    other = rules.repeat_key("incident", "network", None, "s1", " mei ling ")
    assert one == other is not None
    assert "mei" not in str(one)
    assert one != rules.repeat_key("incident", "network", None, "s2", "Mei Ling")


def test_a_request_never_repeats() -> None:
    assert rules.repeat_key("request", "network", "a1", "s1", "Mei") is None


def test_nobody_and_nothing_known_has_no_key() -> None:
    assert rules.repeat_key("incident", "network", None, "s1", None) is None
