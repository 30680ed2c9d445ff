"""Identity's decisions, tried as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.identity import rules
from sync.ids import is_device_code

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        ({"engineer"}, "engineer"),
        ({"client_contact"}, "client"),
        ({"client_contact", "engineer"}, "engineer"),
        ({"dispatcher", "engineer"}, "office"),
        ({"desk_agent"}, "office"),
        ({"administrator", "engineer"}, "administrator"),
        (set(), "office"),
    ],
)
def test_the_strictest_role_decides_how_long_a_session_lives(roles: set[str], kind: str) -> None:
    assert rules.session_kind(roles) == kind


@pytest.mark.parametrize(
    ("kind", "idle", "absolute"),
    [
        ("engineer", timedelta(days=30), timedelta(days=90)),
        ("office", timedelta(minutes=30), timedelta(hours=12)),
        ("administrator", timedelta(minutes=30), timedelta(hours=8)),
        ("client", timedelta(minutes=60), timedelta(hours=24)),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(kind: str, idle: timedelta, absolute: timedelta) -> None:
    expires, blink = NOON + absolute, timedelta(milliseconds=1)

    assert rules.is_living(kind, NOON, expires, NOON + idle - blink)
    assert not rules.is_living(kind, NOON, expires, NOON + idle)
    assert rules.is_living(kind, expires - blink, expires, expires - blink)
    assert not rules.is_living(kind, expires, expires, expires)


def test_fresh_is_ten_minutes() -> None:
    assert rules.is_fresh(NOON, NOON + timedelta(minutes=10))
    assert not rules.is_fresh(NOON, NOON + timedelta(minutes=10, milliseconds=1))


def test_a_device_moves_only_as_written() -> None:
    states = ("pending", "active", "suspended", "revoked")
    moves = {(was, becomes) for was in states for becomes in states if rules.may_move(was, becomes)}

    assert moves == {
        ("pending", "active"),
        ("pending", "revoked"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("active", "revoked"),
        ("suspended", "revoked"),
    }


def test_device_codes_use_every_letter_of_crockford() -> None:
    codes = {rules.device_code(value.to_bytes(2, "big")) for value in range(65_536)}

    assert len(codes) == 32**3
    assert all(is_device_code(code) for code in codes)


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [
        ("/console/visits?day=today", "/console/visits?day=today"),
        ("//evil.example", None),
        ("https://evil.example", None),
        ("/\\evil.example", None),
        ("/console\r\nSet-Cookie: a=b", None),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
    ],
)
def test_sign_in_never_sends_anybody_to_another_site(asked: str | None, becomes: str | None) -> None:
    assert rules.safe_next(asked) == becomes


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct horse battery", True),
        ("密码密码钥匙钥匙开门", True),
        ("short", False),
        ("x" * 129, False),
        ("aaaaaaaaaaaa", False),
        ("my-tan.mei-password", False),
    ],
)
def test_passwords_are_long_and_not_the_name(password: str, good: bool) -> None:
    assert (rules.password_fault(password, "tan.mei") is None) is good


@pytest.mark.parametrize(
    ("roles", "home"),
    [
        ({"dispatcher"}, "/console/"),
        ({"engineer", "desk_agent"}, "/console/"),
        ({"engineer"}, "/app/"),
        ({"client_contact"}, "/portal/"),
    ],
)
def test_each_role_has_its_home(roles: set[str], home: str) -> None:
    assert rules.home_of(roles) == home
