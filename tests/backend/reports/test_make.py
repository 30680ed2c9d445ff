"""The whole way of one report, the verifier's command, and the check that lets a file go out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backend.core.keyring import KeyRing
from backend.reports import release_check
from backend.reports.make import ReportFailed, SealedReport, SignedVisit, make_report, release
from backend.reports.release_check import verify_in_child
from backend.reports.verification import CHECKS, State, Verification
from backend.reports.verify import OWN_ROOT, run_verify
from tests.backend.reports.conftest import Workshop
from tests.backend.reports.visits import NOW, Case, full_visit


def visit_of(case: Case) -> SignedVisit:
    return SignedVisit(case.signed.envelope, case.signed.tablet.jwk, case.signed.documents, case.photos)


def made(workshop: Workshop, case: Case, visit: SignedVisit | None = None) -> SealedReport:
    return make_report(
        visit or visit_of(case), case.facts, workshop.entity, workshop.ring, workshop.renderer, now=NOW
    )


@pytest.fixture
def file(workshop: Workshop, tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(workshop.small)
    return path


def test_a_report_is_made_sealed_and_verified_by_another_process(workshop: Workshop) -> None:
    report = made(workshop, workshop.full_case)
    states = {check.name: check.state for check in report.verification.checks}
    assert report.verification.exit_code == 0
    assert states["page"] is State.HOLDS  # printed again from the file alone
    assert states["log"] is states["status"] is State.NOT_APPLICABLE
    assert OWN_ROOT in report.verification.not_proven
    assert report.pages >= 3


def test_made_twice_the_page_is_the_same_and_the_seal_another(workshop: Workshop) -> None:
    first, second = made(workshop, workshop.small_case), made(workshop, workshop.small_case)
    assert first.unsealed_sha256 == second.unsealed_sha256
    assert first.sha256 != second.sha256


def failed(workshop: Workshop, case: Case, visit: SignedVisit) -> ReportFailed:
    with pytest.raises(ReportFailed) as caught:
        made(workshop, case, visit)
    return caught.value


def test_a_document_that_is_missing_or_changed_is_no_evidence(workshop: Workshop) -> None:
    case = workshop.small_case
    digest, data = next(iter(case.signed.documents.items()))
    without = {key: value for key, value in case.signed.documents.items() if key != digest}
    fault = failed(workshop, case, replace(visit_of(case), documents=without))
    assert (fault.step, "is missing" in fault.reason) == ("evidence", True)
    changed = {**case.signed.documents, digest: data[:-1] + b" "}
    fault = failed(workshop, case, replace(visit_of(case), documents=changed))
    assert "not the one that was signed" in fault.reason


def test_a_wrong_signature_is_no_evidence(workshop: Workshop) -> None:
    case = workshop.small_case
    envelope = {**case.signed.envelope, "signature": "A" * 86}
    assert failed(workshop, case, replace(visit_of(case), envelope=envelope)).step == "evidence"


def test_a_report_waits_for_its_photos(workshop: Workshop) -> None:
    case = full_visit("en", 1)
    assert failed(workshop, case, replace(visit_of(case), photos={})).step == "photos"


def test_a_broken_photo_fails_the_printing_and_not_in_silence(workshop: Workshop) -> None:
    case = full_visit("en", 1)
    broken = dict.fromkeys(case.photos, b"x")
    assert failed(workshop, case, replace(visit_of(case), photos=broken)).step == "render"


def test_a_file_that_does_not_hold_is_not_released(workshop: Workshop, tmp_path: Path) -> None:
    stranger = KeyRing.open(tmp_path / "keys", "Tanjong IT", now=NOW)
    with pytest.raises(ReportFailed, match="release: seal"):
        release(workshop.small, stranger)


# The command


def test_verify_answers_nought_and_says_what_is_not_proven(
    file: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verify(file, root, as_json=False) == 0
    said = capsys.readouterr().out
    assert "The report holds." in said
    assert "Not proven by this file:" in said
    assert "its own root was used" not in said
    assert "Tan Mei Ling: accepted" in said


def test_without_a_root_the_installations_own_is_used_and_said(
    file: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verify(file, None, as_json=True, own_root=root) == 0
    assert OWN_ROOT in json.loads(capsys.readouterr().out)["not_proven"]


def test_without_any_root_nothing_is_trusted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(file, None, as_json=False) == CHECKS["seal"]
    assert "give --root" in capsys.readouterr().out


def test_the_exit_code_names_the_check(file: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(file.read_bytes() + b"x")
    code = run_verify(file, root, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert code == told["exit_code"] >= 10
    assert not told["holds"]
    assert told["facts"] == {}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\x00" * 1000, b"%PDF-1.7\n" + b"[" * 200_000, b"GIF89a"])
def test_no_file_brings_a_traceback(data: bytes, root: Path, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(data)
    assert verify_in_child(tmp_path / "x.pdf", root).exit_code == CHECKS["file"]


def test_a_file_that_is_not_there_fails(root: Path, tmp_path: Path) -> None:
    assert verify_in_child(tmp_path / "none.pdf", root).exit_code == CHECKS["file"]


def test_a_verifier_that_dies_is_a_failure(
    file: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_check.sys, "executable", "/bin/false")
    found = verify_in_child(file, root)
    assert (found.exit_code, "status 1" in found.checks[0].reason) == (CHECKS["file"], True)


def test_a_huge_file_is_refused_before_it_is_read_far(root: Path, tmp_path: Path) -> None:
    with (tmp_path / "x.pdf").open("wb") as sparse:
        sparse.write(b"%PDF-1.7\n")
        sparse.truncate(60 * 1024 * 1024)
    assert "larger than" in verify_in_child(tmp_path / "x.pdf", root).checks[0].reason


def test_a_verification_travels_as_json(workshop: Workshop) -> None:
    found = workshop.verify(workshop.small)
    assert Verification.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_every_check_has_a_code_of_its_own_between_10_and_29() -> None:
    assert len(set(CHECKS.values())) == len(CHECKS)
    assert all(10 <= code <= 29 for code in CHECKS.values())
