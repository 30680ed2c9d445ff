"""A history as data: who takes part, what each does when, and what may go wrong. Shrinking takes parts of it away."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.faults import NETWORK, SQL
from tests.simulation.mishaps import MISHAPS
from tests.simulation.people import ACTS, DEEDS

Plan = dict[str, Any]
PAUSES, PAUSE_MS, BURST_MS = 0.05, 6_000, 120
RUIN = {"wipe", "clone", "old copy", "keep copy"}
"""After these a device can end for good, so a history has few of them."""


def plan_of(seed: int) -> Plan:
    """The history of this seed: 3 to 8 tablets, 100 to 150 operations, and a random choice of what may go wrong."""
    rng = Random(f"history/{seed}")
    count = rng.choice((3, 3, 4, 4, 5, 6, 8))
    devices = list(range(count)) if rng.random() < 0.6 else sorted(rng.sample(range(8), count))
    operations = rng.randint(110, 150)
    kinds = [name for name in MISHAPS if rng.random() < 0.5]
    if seed % 3:
        kinds = [name for name in kinds if name not in RUIN]
    return {
        "seed": seed,
        "devices": devices,
        "fresh": [t for t in range(count) if rng.random() < 0.15],
        "page": rng.choice((17, 60, 1_000)),
        "batch": rng.choice((3_000, 20_000, 1_048_576)),
        "rates": _rates(rng),
        "steps": _steps(rng, count, operations, kinds),
    }


def _rates(rng: Random) -> dict[str, float]:
    chosen = [name for name in (*NETWORK, *SQL) if rng.random() < 0.45]
    return {name: round(rng.uniform(0.005, 0.04), 4) for name in chosen}


def _steps(rng: Random, count: int, operations: int, kinds: list[str]) -> list[dict[str, Any]]:
    steps = [_step(rng, ACTS, "person") for _ in range(operations * 5 // 6)]
    steps += [_step(rng, DEEDS, "office") for _ in range(operations - len(steps))]
    befalls = {name: MISHAPS[name] for name in kinds}
    if befalls:
        steps += [_step(rng, befalls, "mishap") for _ in range(rng.randint(8, 24))]
    rng.shuffle(steps)
    for step in steps:
        step["t"] = rng.randrange(count)
        # People work in bursts; between them tablets have time to send.
        step["gap"] = round(rng.expovariate(1 / (PAUSE_MS if rng.random() < PAUSES else BURST_MS)))
    return steps


def _step(rng: Random, among: dict[str, tuple[Any, int]], who: str) -> dict[str, Any]:
    names = list(among)
    [name] = rng.choices(names, [among[one][1] for one in names])
    return {"who": who, "do": name, "r": rng.randrange(1 << 30)}
