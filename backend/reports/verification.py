"""What a verifier found, as data: each check holds, fails or does not apply, with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "not_applicable"


CHECKS: Mapping[str, int] = {
    "file": 10,
    "one_signature": 11,
    "byte_range": 12,
    "profile": 13,
    "seal": 14,
    "time_stamp": 15,
    "coverage": 16,
    "attachments": 17,
    "record": 18,
    "device_signature": 19,
    "enrolment": 20,
    "page": 21,
    "log": 22,
    "status": 23,
}
"""Every check in its order, with the exit code when it is the first to fail."""


class Failed(Exception):
    """A check fails; the message says why in one sentence."""


class NotApplicable(Exception):
    """A check cannot be made here; the message says why in one sentence."""


@dataclass(frozen=True)
class Check:
    name: str
    state: State
    reason: str

    @property
    def exit_code(self) -> int:
        return CHECKS[self.name]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Check:
        return cls(value["name"], State(value["state"]), value["reason"])


@dataclass(frozen=True)
class Verification:
    """All checks in order, what the file says (`facts`, empty when it fails), and what nobody has proven."""

    checks: tuple[Check, ...]
    facts: Mapping[str, str]
    not_proven: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when no check fails. Those that do not apply are named in the output."""
        return self.failed is None

    @property
    def failed(self) -> Check | None:
        """The first check that fails."""
        return next((check for check in self.checks if check.state is State.FAILS), None)

    @property
    def exit_code(self) -> int:
        """0, or 10 to 29 by the first failing check."""
        return self.failed.exit_code if self.failed else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "exit_code": self.exit_code,
            "checks": [{"name": c.name, "state": c.state.value, "reason": c.reason} for c in self.checks],
            "facts": dict(self.facts),
            "not_proven": list(self.not_proven),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Verification:
        checks = tuple(map(Check.from_json, value["checks"]))
        return cls(checks, value["facts"], tuple(value["not_proven"]))

    def as_text(self) -> str:
        """For a terminal: one line a check, then who signed what, then what is not proven."""
        marks = {State.HOLDS: "ok  ", State.FAILS: "FAIL", State.NOT_APPLICABLE: "n/a "}
        lines = [
            f"{marks[check.state]} {check.name.replace('_', ' ')}: {check.reason}" for check in self.checks
        ]
        lines += ["", *(f"{name}: {text}" for name, text in self.facts.items())]
        lines += ["", "Not proven by this file:", *(f"- {sentence}" for sentence in self.not_proven)]
        verdict = "The report holds." if self.holds else f"The report does NOT hold (exit {self.exit_code})."
        return "\n".join([*lines, "", verdict])


def failure(name: str, reason: str) -> Verification:
    """A verification that could not get beyond one check."""
    return Verification((Check(name, State.FAILS, reason),), {}, ())


def skipped(names: Sequence[str], because: str) -> list[Check]:
    return [Check(name, State.NOT_APPLICABLE, because) for name in names]
