from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from backend.core.keyring import Entity, KeyRing
from backend.reports.building import build_view
from backend.reports.enclosures import enclose
from backend.reports.evidence import Evidence, gather
from backend.reports.fonts import FontSet
from backend.reports.render import Enclosure, Rendered, render_report
from backend.reports.renderer import Renderer
from backend.reports.sign import seal_pdf
from backend.reports.verification import Verification
from backend.reports.verify import verify_pdf
from backend.reports.view import ReportView
from tests.backend.reports.visits import NOW, Case, facts_of, full_visit
from tests.backend.signoff.signing import ENTITY, sign_off


@dataclass
class Workshop:
    """Makes reports step by step, so that a test can do one step wrong."""

    ring: KeyRing
    renderer: Renderer

    entity = Entity(ENTITY, "Tanjong IT Services Pte Ltd", "201912345K")

    def evidence(self, case: Case) -> Evidence:
        return gather(case.signed.envelope, case.signed.tablet.jwk, case.signed.documents)

    def view(self, case: Case) -> ReportView:
        return build_view(self.evidence(case), case.photos, case.facts)

    def files(self, case: Case) -> tuple[Enclosure, ...]:
        return enclose(self.evidence(case), case.photos, case.facts, self.ring, FontSet.load())

    def printed(
        self, case: Case, view: ReportView | None = None, files: Sequence[Enclosure] | None = None
    ) -> Rendered:
        return render_report(
            view or self.view(case), self.files(case) if files is None else files, self.renderer
        )

    def sealed(
        self, case: Case, view: ReportView | None = None, files: Sequence[Enclosure] | None = None
    ) -> bytes:
        return seal_pdf(self.printed(case, view, files).pdf, self.ring, self.ring.seal(self.entity, NOW), NOW)

    def verify(self, pdf: bytes, *, print_again: bool = False) -> Verification:
        return verify_pdf(pdf, [self.ring.root], renderer=self.renderer if print_again else None)

    @cached_property
    def small_case(self) -> Case:
        signed = sign_off()
        return Case(signed, {}, facts_of(signed.tablet))

    @cached_property
    def small(self) -> bytes:
        """The smallest sealed report; attacks begin with it."""
        return self.sealed(self.small_case)

    @cached_property
    def full_case(self) -> Case:
        return full_visit("en", 2)

    @cached_property
    def full(self) -> bytes:
        return self.sealed(self.full_case)


def rename(case: Case, **changes: Any) -> Case:
    return replace(case, facts=replace(case.facts, **changes))


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("workshop")
    ring = KeyRing.open(folder / "keys", "Tanjong IT", now=NOW)
    with Renderer() as renderer:
        yield Workshop(ring, renderer)


@pytest.fixture(scope="session")
def root(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root certificate as a file."""
    path = tmp_path_factory.mktemp("root") / "root.pem"
    path.write_bytes(workshop.ring.root.public_bytes(Encoding.PEM))
    return path
