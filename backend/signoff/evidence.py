"""All that a report needs of one signed visit, gathered for the job that makes it. The job has no actor of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core.db import reading
from backend.directory.services import LegalEntity, Organisation, Person
from backend.identity.services import Device
from backend.inspections.services import Run
from backend.media import services as media
from backend.signoff.models import Signoff
from backend.signoff.record import SignoffRecord, read_record, verify_envelope
from backend.signoff.rules import differences
from backend.visits.services import Visit


class NotSigned(Exception):
    """The visit has no sign-off: there is nothing to report."""


@dataclass(frozen=True)
class SignedEvidence:
    """Rows as the database has them, and the bytes that came from the tablet.

    `documents` by SHA-256. `photos`: derivatives by the SHA-256 of the upload, None where it cannot be decoded.
    `legal_entity` is the one that the record names, or else the visit's.
    """

    visit: Visit
    signoff: Signoff
    record: SignoffRecord
    envelope: Mapping[str, str]
    device: Device
    person_name: str
    organisation: Organisation
    legal_entity: LegalEntity
    documents: Mapping[str, bytes]
    photos: Mapping[str, bytes | None]
    answers: Mapping[str, Mapping[str, Any]]

    @property
    def divergent(self) -> bool:
        """Whether an answer that was signed is not the one that the server has."""
        runs = [json.loads(self.documents[ref.sha256]) for ref in self.record.of_kind("run")]
        return bool(differences(runs, self.answers))


def gather(org_id: str, visit_id: str) -> SignedEvidence:
    """The governing sign-off of a visit. Raises NotSigned, and media.NoSuchFile while an upload is missing."""
    with reading() as session:
        visit = session.get(Visit, (org_id, visit_id))
        if visit is None or visit.signed is None:
            raise NotSigned(visit_id)
        signoff = session.get_one(Signoff, (org_id, visit.signed["record"]))
        device = session.scalars(select(Device).where(Device.jkt == signoff.jkt)).one()
        person = session.get(Person, (org_id, device.person_id))
        runs = session.scalars(select(Run).where(Run.org_id == org_id, Run.visit == visit_id))
        answers = {run.id: {"answers": run.answers} for run in runs}
        organisation = session.get_one(Organisation, (org_id, org_id))
        envelope = json.loads(signoff.envelope)
        record = read_record(verify_envelope(envelope, device.jwk or {}))
        entity = session.get(LegalEntity, (org_id, record.entity))
        legal_entity = entity or session.get_one(LegalEntity, (org_id, visit.legal_entity))
        documents = {ref.sha256: media.read_original(org_id, visit_id, ref.sha256) for ref in record.documents}
        photos = {digest: media.read_derivative(org_id, visit_id, digest) for digest in _photos(record, documents)}
    name = person.name if person is not None else ""
    return SignedEvidence(
        visit, signoff, record, envelope, device, name, organisation, legal_entity, documents, photos, answers
    )


def _photos(record: SignoffRecord, documents: Mapping[str, bytes]) -> list[str]:
    """Digests of the photos that the record's own list names."""
    return [
        entry["sha256"] for ref in record.of_kind("photos") for entry in json.loads(documents[ref.sha256])["entries"]
    ]
