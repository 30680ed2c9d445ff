"""What other slices and pages may ask of sign-offs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core.envelopes import unb64url
from backend.core.listing import every
from backend.identity.services import Actor
from backend.media.services import NoSuchFile
from backend.signoff.evidence import NotSigned, SignedEvidence, gather
from backend.signoff.models import Signoff
from backend.signoff.record import SignoffRecord, read_record
from backend.signoff.rules import differences
from backend.visits.services import visit

__all__ = [
    "Difference", "NotSigned", "SignedEvidence", "Signoff", "SignoffRecord", "gather", "record_of",
    "signed_differences", "signoffs",
]  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One item of which another value was signed than the office has. Values as the documents have them."""

    run: str
    item: str
    signed: Any
    now: Any


def signed_differences(actor: Actor, visit_id: str) -> list[Difference]:
    """Where the governing signature and the server part; nothing while the signed documents are still to come."""
    visit(actor, visit_id)
    try:
        evidence = gather(actor.org_id, visit_id)
    except (NotSigned, NoSuchFile):
        return []
    runs = [json.loads(evidence.documents[ref.sha256]) for ref in evidence.record.of_kind("run")]
    signed = {(run["run"], item["item"]): item.get("value") for run in runs for item in run["items"]}
    return [
        Difference(run, item, signed[run, item], evidence.answers.get(run, {}).get("answers", {}).get(item))
        for run, item in differences(runs, evidence.answers)
    ]


def signoffs(actor: Actor, visit_id: str) -> list[Signoff]:
    """The visit's sign-offs in the order of their arrival; the first one governs."""
    visit(actor, visit_id)
    query = select(Signoff).where(Signoff.org_id == actor.org_id, Signoff.visit == visit_id)
    return every(query.order_by(Signoff.received_at, Signoff.id))


def record_of(row: Signoff) -> SignoffRecord:
    """What was signed. The signature over it was verified when it was accepted."""
    return read_record(unb64url(json.loads(row.envelope)["payload"]))
