"""Why a definition, an answer or a YAML text was refused. Reasons are codes, the same in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FAULT_REASONS = frozenset(
    {
        "missing_key",
        "unknown_key",
        "wrong_type",
        "unsupported_format",
        "not_an_id",
        "duplicate_id",
        "not_one_of",
        "empty",
        "too_long",
        "too_many",
        "too_many_items",
        "too_deep",
        "too_large",
        "out_of_range",
        "not_a_decimal",
        "not_a_language",
        "not_nfc",
        "not_trimmed",
        "control_character",
        "malformed_text",
        "disordered",
        "duplicate",
        "wrong_count",
        "unknown_item",
        "not_earlier",
        "operator_not_for_type",
        "not_a_value",
        "not_a_condition",
        "never_fails",
    }
)

ANSWER_REASONS = frozenset(
    {
        "wrong_type",
        "takes_no_answer",
        "empty",
        "malformed_text",
        "control_character",
        "too_short",
        "too_long",
        "not_a_decimal",
        "too_many_decimals",
        "too_large",
        "below_minimum",
        "above_maximum",
        "not_a_date",
        "no_such_date",
        "not_a_time",
        "not_a_choice",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: `path` like `sections[2].items[4].limits.warn.max`, `reason` one of FAULT_REASONS."""

    path: str
    reason: str


class InvalidDefinition(ValueError):
    """A definition was refused whole (rule C1); `faults` holds every fault found, in path order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("; ".join(f"{fault.path or 'definition'}: {fault.reason}" for fault in self.faults))


class InvalidAnswer(ValueError):
    """An answer does not fit its item (rule C3); `reason` is one of ANSWER_REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidYaml(ValueError):
    """A YAML text was refused (rule C9); `line` and `column` count from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.reason, self.line, self.column = reason, line, column
