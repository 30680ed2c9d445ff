"""What other people's programs say of a sealed report. Their exit codes prove nothing, so their words are read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms

from tests.backend.reports.conftest import Workshop


@pytest.fixture(scope="module")
def file(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "report.pdf"
    path.write_bytes(workshop.full)
    return path


def told(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd=cwd)
    return done.stdout + done.stderr


def test_pdfsig_says_total_valid_and_trusted(file: Path, root: Path, tmp_path: Path) -> None:
    told("certutil", "-N", "-d", "sql:nss", "--empty-password", cwd=tmp_path)
    (tmp_path / "nss").mkdir()
    told("certutil", "-N", "-d", "sql:nss", "--empty-password", cwd=tmp_path)
    told("certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "CT,C,C", "-a", "-i", root, cwd=tmp_path)
    said = told("pdfsig", "-nssdir", "nss", file, cwd=tmp_path)
    assert said.count("Signature #") == 1
    assert "Total document signed" in said
    assert "Not total" not in said
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "ETSI.CAdES.detached" in said


def test_mutool_says_unchanged_since_signing(file: Path) -> None:
    assert "unchanged since signing" in told("mutool", "sign", "-v", file)


def test_qpdf_finds_no_fault_in_the_syntax(file: Path) -> None:
    said = told("qpdf", "--check", file)
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


def signed_parts(pdf: bytes) -> tuple[bytes, bytes]:
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[: start - 1] + pdf[end + 1 :], bytes.fromhex(pdf[start:end].decode()).rstrip(b"\0")


def test_openssl_verifies_signature_and_time_stamp(workshop: Workshop, root: Path, tmp_path: Path) -> None:
    signed, container = signed_parts(workshop.full)
    [signer] = cms.ContentInfo.load(container)["content"]["signer_infos"]
    token = signer["unsigned_attrs"][0]["values"][0].dump()
    for name, data in (("signed", signed), ("cms", container), ("token", token), ("value", signer["signature"].native)):
        (tmp_path / name).write_bytes(data)
    at = ["-attime", "1795500000", "-CAfile", root]
    said = told("openssl", "cms", "-verify", "-binary", "-purpose", "any", "-inform", "DER", "-in", "cms",
                "-content", "signed", "-out", "/dev/null", *at, cwd=tmp_path)
    assert "Verification successful" in said
    said = told("openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "value", *at, cwd=tmp_path)
    assert "Verification: OK" in said


def test_the_attachments_come_out_byte_for_byte(workshop: Workshop, file: Path, tmp_path: Path) -> None:
    told("pdfdetach", "-saveall", "-o", tmp_path, file)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert files == {enclosed.name: enclosed.data for enclosed in workshop.files(workshop.full_case)}
    assert files["record.json"] == workshop.full_case.signed.payload
    assert json.loads(files["envelope.json"]) == workshop.full_case.signed.envelope
