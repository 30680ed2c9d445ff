"""Making a failing history small: parts are taken away as long as the same oracle still speaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.plan import Plan

if TYPE_CHECKING:
    from tests.simulation.history import Stage

TRIES = 150


def shrink(stage: Stage, plan: Plan, rule: str) -> Plan:
    """The smallest plan found in at most TRIES plays for which `rule` is still broken."""
    tries, size = 0, max(1, len(plan["steps"]) // 2)
    while size and tries < TRIES:
        for smaller in _smaller(plan, size):
            tries += 1
            if tries > TRIES:
                break
            if stage.play(smaller).rule == rule:
                plan = smaller
                break
        else:
            size //= 2
    return plan


def _smaller(plan: Plan, size: int) -> Iterator[Plan]:
    """Each way to leave out `size` steps in a row, one fault, or the last tablet."""
    steps = plan["steps"]
    for at in range(0, len(steps), size):
        yield {**plan, "steps": steps[:at] + steps[at + size :]}
    for name in plan["rates"]:
        yield {**plan, "rates": {one: rate for one, rate in plan["rates"].items() if one != name}}
    last = len(plan["devices"]) - 1
    if last and all(step["t"] != last for step in steps):
        yield {**plan, "devices": plan["devices"][:-1], "fresh": [t for t in plan["fresh"] if t != last]}
