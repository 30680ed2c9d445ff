"""Versions of agreements: what was known stays known, and the day decides (field.md A3)."""

from __future__ import annotations

from backend.directory import rules

OLD = {"effective_from": "2026-01-01", "known_at": "2025-12-01T00:00:00.000Z", "windows": {"P1": "24x7"}}
NEW = {"effective_from": "2026-07-01", "known_at": "2026-06-01T00:00:00.000Z", "windows": {"P1": "office"}}
LATE = {"effective_from": "2026-07-01", "known_at": "2026-08-01T00:00:00.000Z", "windows": {"P1": "late"}}


def test_the_version_in_effect_is_the_latest_that_has_begun() -> None:
    assert rules.version_on([OLD, NEW], "2026-06-30") is OLD
    assert rules.version_on([OLD, NEW], "2026-07-01") is NEW
    assert rules.version_on([OLD, NEW], "2025-12-31") is None


def test_of_two_versions_of_one_day_the_later_known_counts() -> None:
    assert rules.version_on([OLD, LATE, NEW], "2026-07-01") is LATE


def test_versions_may_be_added_and_never_changed_or_taken_away() -> None:
    untold = {key: value for key, value in OLD.items() if key != "known_at"}
    assert rules.extends([OLD], [untold, NEW])
    assert not rules.extends([OLD, NEW], [OLD])
    assert not rules.extends([OLD], [{**OLD, "windows": {}}])
    assert not rules.extends([OLD], [{**OLD, "known_at": "2020-01-01T00:00:00.000Z"}])


def test_the_server_says_when_a_version_became_known() -> None:
    pretended = {**NEW, "known_at": "2020-01-01T00:00:00.000Z"}
    stamped = rules.stamped([OLD], [OLD, pretended], "2026-06-02T00:00:00.000Z")
    assert [version["known_at"] for version in stamped] == [OLD["known_at"], "2026-06-02T00:00:00.000Z"]


def test_the_last_day_of_an_agreement_belongs_to_it() -> None:
    agreement = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    assert rules.in_force(agreement, "2026-12-31")
    assert not rules.in_force(agreement, "2027-01-01")
    assert not rules.in_force(agreement, "2025-12-31")


def test_of_several_agreements_the_one_that_began_last_governs() -> None:
    first = {"number": "A", "starts_on": "2026-01-01", "ends_on": None}
    second = {"number": "B", "starts_on": "2026-06-01", "ends_on": None}
    assert rules.governing([second, first], "2026-07-01") is second
    assert rules.governing([second, first], "2026-05-01") is first
