"""Which merge class a field has, which audience a row belongs to: data of policy.json (rules S12, S18)."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final


class MergeClass(StrEnum):
    """The five ways of rule S12."""

    APPEND = "append"
    EVIDENCE = "evidence"
    PLANNING = "planning"
    LOW_STAKES = "low_stakes"
    STATE = "state"


_PAGE = json.loads((Path(__file__).parent / "policy.json").read_text("utf-8"))

FIELDS: Final[Mapping[str, MergeClass]] = {name: MergeClass(word) for name, word in _PAGE["fields"].items()}
AUDIENCES: Final[Mapping[str, Mapping[str, str]]] = _PAGE["audiences"]


def class_of(kind: str, field: str) -> MergeClass:
    """The class of a field; `answers.p3` has that of `answers`. KeyError names one that policy.json lacks."""
    return FIELDS[f"{kind}.{field.split('.', 1)[0]}"]


def audience_of(kind: str, entity: str, value: Mapping[str, Any]) -> str | None:
    """The audience that a row of the wire belongs to: org, u, s:<site>, v:<visit>, None for an unknown kind.

    On a tablet every row of a person is its own person's, so `u` needs no id.
    """
    rule = AUDIENCES.get(kind)
    if rule is None:
        return None
    if "by" not in rule:
        return rule["of"]
    owner = entity if rule["by"] == "id" else value.get(rule["by"])
    return f"{rule['of']}:{owner}" if owner else rule.get("else")
