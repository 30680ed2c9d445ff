"""The states of a visit: the same examples that the tablet runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.visits import rules

VECTORS = json.loads(Path("backend/visits/vectors/states.json").read_text("utf-8"))["cases"]
ANSWERS = {
    "move": lambda case: rules.move(case["state"], case["verb"]),
    "content": lambda case: rules.content(case["state"]),
    "mark_content": lambda case: rules.mark_content(case["state"], case["mark"]),
    "state_after_mark": lambda case: rules.state_after_mark(case["state"], case["mark"]),
    "on_board": lambda case: rules.on_board(case["marks"]),
}
END = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_visit_states(case: dict[str, Any]) -> None:
    assert ANSWERS[case["rule"]](case) == case["expect"]


def test_every_state_of_the_law_says_what_becomes_of_content() -> None:
    assert set(rules.LAW["content"]) == set(rules.STATES)


def test_moves_lead_only_from_and_to_states_of_the_law() -> None:
    ends = {state for move in rules.LAW["moves"].values() for pair in move.items() for state in pair}
    assert ends == set(rules.STATES)


def test_flags_keep_the_order_of_the_law_and_come_once() -> None:
    assert rules.with_flag(["late_scope", "media_pending"], "divergent") == ["media_pending", "divergent", "late_scope"]
    assert rules.with_flag(["divergent"], "divergent") == ["divergent"]


@pytest.mark.parametrize(
    ("now", "near"),
    [
        (END - timedelta(days=90), True),
        (END + timedelta(days=14), True),
        (END + timedelta(days=14, milliseconds=1), False),
    ],
)
def test_a_visit_keeps_its_site_in_scope_until_fourteen_days_after_it(now: datetime, near: bool) -> None:
    assert rules.keeps_site(now, END) is near


def test_who_comes_and_who_goes() -> None:
    assert rules.crew_change(["a", "b"], ["b", "c"]) == (["c"], ["a"])
