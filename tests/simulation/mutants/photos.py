"""Bugs with photos and documents."""

from __future__ import annotations

from tests.simulation.mutants.mutant import ENGINE, Mutant

PHOTOS = (
    Mutant(
        "complete before the digest is compared", "ODK, P31", "I15",
        "An upload whose bytes are others than its digest says is kept as what it claims to be.",
        "backend/media/uploads.py",
        "    if hashlib.sha256(data).hexdigest() != facts.sha256:\n        return WrongDigest()",
        "    if False:\n        return WrongDigest()",
    ),
    Mutant(
        "complete after the first part", "P27", "I15",
        "The tablet calls a photo complete when a part of it has arrived.",
        "pwa/src/exchange/upload.ts", "if (offset === row.size) return keep(turn, complete(turn, row));",
        "if (offset > 0) return keep(turn, complete(turn, row));",
        judge=ENGINE,
    ),
    Mutant(
        "bytes are deleted before they arrived", "P29", "I15",
        "Photos are forgotten by their age alone.",
        "pwa/src/store/planning.ts",
        "if (blob.state !== 'complete' || (blob.completedAt ?? Infinity) >= blobsBefore) continue;",
        "if (blob.completedAt !== null && blob.completedAt >= blobsBefore) continue;",
        judge=ENGINE,
    ),
)  # fmt: skip
