"""Every single crash: small days of work, broken once at each transaction, request and statement, must all heal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tests.simulation.history import Stage, Verdict
from tests.simulation.plan import Plan

WAIT = 4_000
DISK = ("before", "middle", "after", "abort", "lost")
PHASES = ("refused", "request lost", "answer lost", "duplicated", "delayed past a later one", "answer cut")
"""What can happen to a request: before it leaves, on its way, after it was carried out, twice, too late, half."""


def person(do: str, t: int = 0, gap: int = 100) -> dict[str, Any]:
    return {"who": "person", "do": do, "t": t, "gap": gap, "r": 7}


def office(do: str, gap: int = WAIT) -> dict[str, Any]:
    return {"who": "office", "do": do, "t": 0, "gap": gap, "r": 7}


def mishap(do: str, t: int = 0, gap: int = WAIT) -> dict[str, Any]:
    return {"who": "mishap", "do": do, "t": t, "gap": gap, "r": 7}


SCENARIOS: dict[str, list[dict[str, Any]]] = {
    "a note": [person("note")],
    "an answer": [person("answer")],
    "a mark": [person("mark")],
    "a remark": [person("remark")],
    "time": [person("time")],
    "a ticket and its note": [person("ticket"), person("ticket note")],
    "a ticket that moves": [person("ticket"), person("ticket move", gap=WAIT)],
    "an asset": [person("new asset"), person("asset")],
    "a photo": [person("photo")],
    "a signature with its documents": [person("sign")],
    "rubbish before work": [person("rubbish"), person("note")],
    "something forbidden between work": [person("note"), person("forbidden"), person("note")],
    "work for another organisation": [person("somebody else's"), person("note")],
    "two tablets of one person": [person("note"), person("note", t=1), person("answer", t=1, gap=WAIT)],
    "two people, one field": [person("asset"), person("asset", t=2), person("asset", gap=WAIT)],
    "a conflict that is decided": [person("answer"), person("answer", t=2), office("decide")],
    "a visit that is cancelled meanwhile": [person("note"), office("cancel", gap=10), person("note")],
    "a visit that is reassigned meanwhile": [person("note"), office("reassign", gap=10), person("note")],
    "a visit that goes and comes": [person("note"), office("take and give back"), person("note")],
    "a schedule that moves": [office("reschedule", gap=10), person("mark"), office("edit")],
    "a killed app": [person("note"), mishap("kill", gap=10), person("note", gap=30_000)],
    "two windows": [mishap("second window", gap=10), person("note"), person("note", gap=WAIT)],
    "a session that ends": [mishap("session", gap=10), person("note")],
    "a server that is put back": [mishap("backup", gap=10), person("note"), mishap("restore"), person("note")],
    "an old copy of the storage": [mishap("old copy", gap=10), person("note"), mishap("old copy", gap=9_000)],
}
"""What happens in each; tablets 0 and 1 are one person's, 2 another's."""


def plan_for(name: str, **broken: Any) -> Plan:
    base: Plan = {
        "seed": f"sweep: {name}", "devices": [0, 1, 2], "fresh": [], "page": 17, "batch": 1_048_576, "rates": {},
        "steps": SCENARIOS[name],
    }  # fmt: skip
    return {**base, **broken}


def points(stage: Stage, name: str) -> Iterator[tuple[str, Plan]]:
    """Each way to break the scenario once, with words for it. The unbroken one is played first, to count."""
    whole = stage.world(plan_for(name))
    verdict = stage.play(plan_for(name), whole)
    yield "unbroken", plan_for(name)
    assert verdict.kind == "well", verdict.words
    for k in range(whole.devices[0].began):
        for what in DISK:
            yield f"transaction {k} {what}", plan_for(name, disk={"0": [[k, what]]})
    for nth in range(1, whole.network.carried + 1):
        for what in PHASES:
            yield f"request {nth} {what}", plan_for(name, forced={str(nth): what})
    for nth in range(1, stage.server.statements + 1):
        yield f"death before statement {nth}", plan_for(name, die_at=nth)


def sweep(
    stage: Stage, names: list[str], every: int = 1, first: int = 1, most: int | None = None
) -> Iterator[tuple[int, str, Verdict]]:
    """Play each `every`-th point of the named scenarios, from the `first` on and at most so many; its number over all
    of them, its words and its verdict.
    """
    named = ((f"{name}: {words}", plan) for name in names for words, plan in points(stage, name))
    chosen = itertools.islice(enumerate(named, 1), first - 1, None, every)
    for nth, (words, plan) in itertools.islice(chosen, most):
        yield nth, words, stage.play(plan)
