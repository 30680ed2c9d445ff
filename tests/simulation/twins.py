"""Two histories that differ in what must not matter end alike: metamorphic judgement, and one database against another.

A calm history has people and office, and no chance but theirs: tablets take turns, and each has sent and fetched before
the next begins. Then the outcomes may not depend on whether requests arrive twice, on the clocks of the devices, on the
size of batches and pages, on the order of those who have nothing to do with each other, nor on the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation.faults import SQL
from tests.simulation.history import Stage, Verdict
from tests.simulation.people import ACTS, DEEDS
from tests.simulation.plan import Plan

TURNS, IN_A_TURN = 10, 6
TURN_MS, BETWEEN_MS = 330_000, 200
HOUR = 3_600_000
PLACES = [0, 2, 4]
"""Of the scenery: two engineers of one organisation who share visits, and one of the other."""
COLLEAGUES, STRANGER = (0, 1), 2
CLASHING = ("answer", "answer", "remark", "asset", "note")


def calm_plan(seed: int) -> Plan:
    """Tablets of both organisations take turns, and the office in between; nothing goes wrong."""
    rng = Random(f"calm/{seed}")
    turns = [_apart(rng) if rng.random() < 0.5 else [_turn(rng, rng.randrange(len(PLACES)))] for _ in range(TURNS)]
    steps = [step for turn in turns for part in turn for step in _spaced(part)]
    return {"seed": f"calm/{seed}", "devices": PLACES, "fresh": [], "page": 1_000, "batch": 1_048_576, "rates": {},
            "steps": steps}  # fmt: skip


def _turn(rng: Random, t: int) -> list[dict[str, Any]]:
    return [_step(rng, t) for _ in range(IN_A_TURN)]


def _apart(rng: Random) -> list[list[dict[str, Any]]]:
    """Two who see the same work without a network, and come back one after the other: what they wrote clashes."""
    two = rng.sample(COLLEAGUES, 2)
    parts = [[_wire("off line", t) for t in two]]
    for t in two:
        work = [{**_step(rng, t), "who": "person", "do": rng.choice(CLASHING)} for _ in range(IN_A_TURN)]
        parts.append(work)
    return [*parts, *([_wire("on line", t)] for t in two)]


def _wire(what: str, t: int) -> dict[str, Any]:
    return {"who": "wire", "do": what, "t": t, "r": 0}


def _step(rng: Random, t: int) -> dict[str, Any]:
    kind, among = ("office", DEEDS) if rng.random() < 0.2 else ("person", ACTS)
    names = [name for name in among if name not in AT_CHANCE]
    [name] = rng.choices(names, [among[one][1] for one in names])
    return {"who": kind, "do": name, "t": t, "r": rng.randrange(1 << 30)}


AT_CHANCE = {"take and give back", "change role", "suspend", "revoke", "poison", "sign"}
"""What lasts for a time of its own, and so beyond the turn; and what is signed, which states the device's clock."""


def _spaced(turn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**step, "gap": BETWEEN_MS if at else TURN_MS} for at, step in enumerate(turn)]


def twins(plan: Plan) -> Iterator[tuple[str, str, Plan]]:
    """Each way to change what must not matter: the promise that says so, words for it, and the plan."""
    yield "I4", "every request arrives twice", {**plan, "twice": True}
    yield "I20", "the clocks are wrong", {**plan, "skews": {str(t): skew for t, skew in enumerate(SKEWS)}}
    yield "I5", "small batches and pages", {**plan, "batch": 3_000, "page": 17}
    yield "I22", "the other organisation goes first", {**plan, "steps": _regrouped(plan)}


SKEWS = (-26 * HOUR, 400 * 24 * HOUR, 9 * HOUR)


def _regrouped(plan: Plan) -> list[dict[str, Any]]:
    """The turns of one organisation before those of the other, each in their own order."""
    strange = [step for step in plan["steps"] if step["t"] == STRANGER]
    return strange + [step for step in plan["steps"] if step["t"] != STRANGER]


def differences(one: Verdict, other: Verdict) -> list[str]:
    """Operations that ended otherwise, in words. Status and code count; flags and stated times may move (I20)."""
    keys = sorted(one.outcomes.keys() | other.outcomes.keys())
    return [
        f"operation {key} ended {one.outcomes.get(key)} and {other.outcomes.get(key)}"
        for key in keys
        if one.outcomes.get(key) != other.outcomes.get(key)
    ]


def judge(stage: Stage, seed: int) -> Verdict:
    """The calm history of this seed and its twins: caught when one of them ended otherwise, or was not well itself."""
    plan = calm_plan(seed)
    whole = stage.play(plan)
    for rule, words, twin in twins(plan):
        if whole.kind != "well":
            break
        verdict = stage.play(twin)
        whole.met.update([words])
        differing = differences(whole, verdict) if verdict.kind == "well" else [verdict.words]
        if differing:
            kind = "broke" if verdict.kind == "broke" else "caught"
            whole = replace(whole, kind=kind, rule=verdict.rule or rule, words=f"{rule}: {words}, and {differing[0]}")
    return replace(whole, seed=seed)


def both(one: Stage, other: Stage, plan: Plan) -> list[str]:
    """What differs when the same history is played on two databases: outcomes, and whether it is well."""
    first, second = one.play(plan), other.play(plan)
    if (first.kind, second.kind) != ("well", "well"):
        return [f"{first.kind} {first.words}", f"{second.kind} {second.words}"]
    return differences(first, second)


def without_deaths(plan: Plan) -> Plan:
    """What befalls one request inside a server depends on its statements, and those on the database."""
    return {**plan, "rates": {name: rate for name, rate in plan["rates"].items() if name not in SQL}}
