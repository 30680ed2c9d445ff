"""What other slices and pages may ask of sign-offs."""

from __future__ import annotations

from sqlalchemy import select

from backend.core.listing import every
from backend.identity.services import Actor
from backend.signoff.evidence import NotSigned, SignedEvidence, gather
from backend.signoff.models import Signoff
from backend.visits.services import visit

__all__ = ["NotSigned", "SignedEvidence", "Signoff", "gather", "signoffs"]


def signoffs(actor: Actor, visit_id: str) -> list[Signoff]:
    """The visit's sign-offs in the order of their arrival; the first one governs."""
    visit(actor, visit_id)
    query = select(Signoff).where(Signoff.org_id == actor.org_id, Signoff.visit == visit_id)
    return every(query.order_by(Signoff.received_at, Signoff.id))
