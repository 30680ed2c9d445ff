"""What can go wrong, by name. A run over the standard number of seeds in which one of these never happened fails."""

from __future__ import annotations

NETWORK = (
    "refused", "request lost", "answer lost", "slow beyond the time limit", "duplicated", "delayed past a later one",
    "reordered", "request cut", "answer cut", "answer cut in its JSON", "gzip corrupted", "stale cached answer",
    "crossed nonce", "proxy 429", "proxy 503", "proxy 504", "captive portal", "bytes changed",
    "bytes changed with their sum",
)  # fmt: skip
"""Faults of one request; the last two those of a part of a photo."""

PARTITIONS = ("requests vanish", "answers vanish")
"""A one-way partition, for a while."""

DISK = ("before", "middle", "after", "abort", "quota", "lost")
"""What happens to one IndexedDB transaction: power gone before, in the middle of or after it; aborted; no room; the
connection lost (one or several times running)."""

SQL = ("death at a statement", "death before commit", "death after commit", "unknown commit", "busy", "queue full")
"""What happens to one request inside the server."""

CLIENT = (
    "killed", "locked", "second window", "storage wiped", "older copy put back", "cloned", "clock ten years back",
    "clock ten years on", "clock step back", "slept for days", "session expired", "another person signed in",
    "app updated in another window", "app rolled back", "hidden", "an operation breaks the server",
    "acted in two windows at once",
)  # fmt: skip

OFFICE = (
    "cancelled", "reassigned", "taken away and given back", "rescheduled", "conflict decided", "role changed",
    "device suspended", "device revoked", "checklist retired", "asset moved", "held work decided",
)  # fmt: skip

SERVER = ("restarted", "put back to an earlier backup", "compacted", "worker retried")

OUTCOMES = ("applied", "merged", "conflict", "held", "rejected")

ANSWERS = ("device_forked", "epoch_changed", "cursor_expired", "use_dpop_nonce", "device_suspended")
"""Refusals of a whole request that must have been met."""

ALL = (
    *NETWORK, *PARTITIONS, *(f"disk: {name}" for name in DISK), *SQL, *CLIENT, *OFFICE, *SERVER,
    *(f"outcome {name}" for name in OUTCOMES), *(f"answer {name}" for name in ANSWERS),
)  # fmt: skip
