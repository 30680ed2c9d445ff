"""The parts of a visit's page that tell of more than one truth: two values, late work, decisions, what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.console import deeds, words
from backend.console.differing import of_entity
from backend.console.pages import past
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.identity.services import Actor
from backend.inspections import services as inspections
from backend.signoff import services as signoff
from backend.visits import services as visits


@dataclass(frozen=True)
class Decision:
    """A question about the visit: open, or how it was settled."""

    asked: str
    since: str
    answer: str
    note: str


@dataclass(frozen=True)
class Parted:
    """An item of which the client signed another value than the office has."""

    item: str
    signed: str
    now: str


def of_visit(actor: Actor, row: visits.Visit) -> dict[str, Any]:
    """Values for the visit's template."""
    entities = past.entities_of(actor, row)
    late = [one for one in exchange.history(actor, entities) if one.code == "signed"] if row.signed else []
    tasks = visits.tasks_of(actor, row.id)
    return {
        "pairs": of_entity(actor, entities, {row.id: vars(row)}),
        "late": past.in_words(actor, late),
        "decisions": _decisions(actor, tasks),
        "flags": _flags(row, tasks),
        "parted": _parted(actor, row) if "divergent" in row.flags else [],
    }


def _flags(row: visits.Visit, tasks: Sequence[visits.Task]) -> list[str]:
    """What is so. While the office is asked about it, the question says it, and it is not said twice."""
    asked = {task.what for task in tasks if task.choice is None}
    return [words.FLAGS[flag] for flag in row.flags if flag not in asked]


def _decisions(actor: Actor, tasks: Sequence[visits.Task]) -> list[Decision]:
    names = directory.person_names(actor, {task.settled_by for task in tasks if task.settled_by})
    return [
        Decision(words.TASKS[task.what], words.when(task.since), _answer(task, names), task.note or "")
        for task in tasks
    ]


def _answer(task: visits.Task, names: dict[str, str]) -> str:
    if task.choice is None:
        return ""
    by = names.get(task.settled_by or "", "the office")
    return f"{words.TASK_CHOICES[task.choice]}, {by}, {words.when(task.settled_at)}"


def _parted(actor: Actor, row: visits.Visit) -> list[Parted]:
    found = signoff.signed_differences(actor, row.id)
    runs = inspections.asking(actor, (one.run for one in found))

    def say(run: str, item: str, value: Any) -> str:
        return deeds.field_text("run", f"answers.{item}", value, runs, run, {})

    return [
        Parted(
            deeds.field_name("run", f"answers.{one.item}", runs, one.run),
            say(one.run, one.item, one.signed),
            say(one.run, one.item, one.now),
        )
        for one in found
    ]
