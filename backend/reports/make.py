"""The whole way of one report, as one call: verified bytes in, a sealed and independently verified PDF out."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from backend.core.keyring import Entity, KeyRing
from backend.reports.building import PhotoMissing, build_view
from backend.reports.enclosures import enclose
from backend.reports.evidence import EvidenceInvalid, gather
from backend.reports.facts import Facts
from backend.reports.fonts import FontSet, FontsMissing
from backend.reports.release_check import verify_in_child
from backend.reports.render import render_report
from backend.reports.renderer import Renderer, RenderFailed
from backend.reports.sign import SealFailed, seal_pdf
from backend.reports.verification import Verification


class ReportFailed(Exception):
    """No report. `reason` is one sentence; `step` is evidence, photos, render, seal or release.

    Evidence fails for good; photos are waited for; the others may be tried again.
    """

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


@dataclass(frozen=True)
class SealedReport:
    """A report that may go out. `unsealed_sha256` is that of the page before sealing, the same at each making;
    `replaced` lists characters shown by their code."""

    pdf: bytes
    sha256: str
    unsealed_sha256: str
    pages: int
    replaced: tuple[str, ...]
    verification: Verification


@dataclass(frozen=True)
class SignedVisit:
    """What came from the tablet: the envelope, the key on record for its device, documents by SHA-256, and the
    photos' derivatives by the SHA-256 of the upload (None: the upload could not be decoded)."""

    envelope: Mapping[str, str]
    jwk: Mapping[str, Any]
    documents: Mapping[str, bytes]
    photos: Mapping[str, bytes | None]


def make_report(
    visit: SignedVisit, facts: Facts, entity: Entity, ring: KeyRing, renderer: Renderer, *, now: datetime
) -> SealedReport:
    """Verify, print, seal with the entity's seal at `now` (aware UTC), and verify again in another process.

    Raises ReportFailed. `facts.seal_name` must be the entity's name.
    """
    try:
        fonts = FontSet.load()
        evidence = gather(visit.envelope, visit.jwk, visit.documents)
        view = build_view(evidence, visit.photos, facts)
        files = enclose(evidence, visit.photos, facts, ring, fonts)
        printed = render_report(view, files, renderer, fonts)
        pdf = seal_pdf(printed.pdf, ring, ring.seal(entity, now), now)
    except EvidenceInvalid as fault:
        raise ReportFailed("evidence", str(fault)) from fault
    except PhotoMissing as fault:
        raise ReportFailed("photos", str(fault)) from fault
    except (RenderFailed, FontsMissing) as fault:
        raise ReportFailed("render", str(fault)) from fault
    except SealFailed as fault:
        raise ReportFailed("seal", str(fault)) from fault
    verification = release(pdf, ring)
    return SealedReport(
        pdf, hashlib.sha256(pdf).hexdigest(), printed.sha256, printed.pages, printed.replaced, verification
    )


def release(pdf: bytes, ring: KeyRing) -> Verification:
    """Open the file anew in another process with nothing but the root. Raises ReportFailed("release")."""
    with tempfile.TemporaryDirectory(prefix="singgah-release-") as place:
        file, root = Path(place) / "report.pdf", Path(place) / "root.pem"
        file.write_bytes(pdf)
        root.write_bytes(ring.root.public_bytes(Encoding.PEM))
        verification = verify_in_child(file, root, independent=False)
    if verification.failed is not None:
        raise ReportFailed("release", f"{verification.failed.name}: {verification.failed.reason}")
    return verification
