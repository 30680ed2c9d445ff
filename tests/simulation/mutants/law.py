"""Bugs in the law itself (`sync/`), which the small model carries out."""

from __future__ import annotations

from tests.simulation.mutants.mutant import SMALL_MODEL, Mutant

LAW = (
    Mutant(
        "evidence is overwritten", "Joplin, Kinto", "I12",
        "The later value of an answer replaces the earlier one, which nobody sees again.",
        "sync/merge.py",
        "            return Decision(False, Status.CONFLICT, Keep.INCOMING)\n        case MergeClass.LOW",
        "            return APPLY\n        case MergeClass.LOW", SMALL_MODEL,
    ),
    Mutant(
        "what was seen counts as unseen", "P6", "I12",
        "A value that the writer had before the eyes clashes with the new one.",
        "sync/merge.py", "held.ver <= base or", "held.ver < 0 or", SMALL_MODEL,
    ),
    Mutant(
        "one clashes with oneself", "P12", "I12",
        "A person's second answer is a conflict with the first one.",
        "sync/merge.py", " or held.device == incoming.device:", ":", SMALL_MODEL,
    ),
    Mutant(
        "a tombstone changes nothing", "P18", "I6",
        "A row that is gone on the server stays on the tablet.",
        "sync/feed.py", 'return Fate.REMOVE if change.get("del") else Fate.PUT', "return Fate.PUT", SMALL_MODEL,
    ),
    Mutant(
        "the first bootstrap row wins", "P11", "I6",
        "After a restore a tablet keeps the rows of the history that was lost.",
        "sync/feed.py", "held.generation == generation and held.ver", "held.ver", SMALL_MODEL,
    ),
    Mutant(
        "a busy tree is dropped", "P14", "I8",
        "Who leaves a visit loses from view what is not sent yet.",
        "sync/feed.py", "    if not any(key in busy for key in tree):\n        yield from tree", "    yield from tree",
        SMALL_MODEL,
    ),
    Mutant(
        "unanswered is answered", "P12", "I8",
        "What was applied leaves the view at once, before the base contains it.",
        "sync/replay.py", "pending.status is None or (pending.seq is not None and pending.seq > head)",
        "pending.status is None", SMALL_MODEL,
    ),
    Mutant(
        "the sum counts rows only", "Joplin", "I6",
        "The checksum of a visit does not look at versions.",
        "pwa/src/sync/feed.ts", "fnv1a64(encode(`${kind}/${id}/${ver}`))", "fnv1a64(encode(`${kind}/${id}`))",
    ),
)  # fmt: skip
