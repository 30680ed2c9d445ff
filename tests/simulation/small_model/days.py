"""The bounds that are searched: small days that are searched whole, and the full one as far as it is asked for."""

from __future__ import annotations

from tests.simulation.small_model.world import Bounds

DAYS: tuple[Bounds, ...] = (
    Bounds("two notes and a timeout", (1, 1), ("note",), faults=("timeout",)),
    Bounds("two answers to one question", (1, 1), ("set",), ("sets",), 1, ("timeout",)),
    Bounds("a network of every fault", (2, 1), ("set", "note"), ("sets",), 1),
    Bounds("the run is dropped under an answer", (2, 1), ("set", "note"), ("drops",), 1, ("timeout", "crash")),
    Bounds("leaving and coming back", (1, 2), ("set", "note"), ("assigns",), 2, ("timeout", "crash")),
    Bounds("away too long", (1, 0), ("set",), ("drops", "compacts"), 2, ("timeout",)),
    Bounds("yesterday's backup", (3, 1), ("note", "set"), ("backs_up",), 1, ("restore", "timeout"), 2, prunes=True),
    Bounds("an answer that a restore takes back", (1, 0), ("set",), ("sets", "backs_up"), 2, ("restore",)),
    Bounds("an old copy of a storage", (3, 0), ("note", "set"), (), 0, ("old_copy", "timeout", "duplicate"), 2),
    Bounds("an old copy and a backup", (2, 0), ("note",), ("backs_up",), 1, ("old_copy", "restore", "timeout"), 2),
    Bounds("an operation that breaks the server", (3, 0), ("poison", "set"), (), 0, ("timeout", "died"), 2),
    Bounds("a cache between", (2, 0), ("note", "set"), (), 0, ("timeout", "cached", "died"), 2),
    Bounds(
        "the full day", (3, 3), ("set", "note"), ("sets", "drops", "assigns", "compacts", "backs_up"), 3,
        ("timeout", "duplicate", "crash", "refused", "restore"), 2, prunes=True,
    ),
)  # fmt: skip
IN_TEST, IN_PROVE = 8_000, 120_000
"""States of each day at which a search stops."""
