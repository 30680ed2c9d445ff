"""Ten attacks on a sealed file, flips in every region, and insiders who seal what nobody signed."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
import rfc8785
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator import ValidationContext

from backend.core.keyring import KeyRing
from backend.reports.building import build_view
from backend.reports.enclosures import ENROLMENT, RECORD, described, state_enrolment
from backend.reports.render import Enclosure
from backend.reports.sign import SealFailed, as_asn1, seal_pdf
from backend.reports.timestamps import InternalTimeStamper
from backend.reports.verification import CHECKS, State, Verification
from backend.reports.verify import verify_pdf
from tests.backend.reports.conftest import Workshop, rename
from tests.backend.reports.visits import NOW, Case, facts_of
from tests.backend.signoff.signing import Tablet, document, sign_off, small_documents, uuid_of

SEED = 20261123
FLIPS = 5  # in each region


def first_failure(found: Verification) -> str:
    assert found.failed is not None, found.as_text()
    assert found.exit_code == CHECKS[found.failed.name]
    assert found.facts == {}
    return found.failed.name


def test_the_untouched_file_holds(workshop: Workshop) -> None:
    found = workshop.verify(workshop.small)
    assert found.exit_code == 0, found.as_text()
    assert [check.name for check in found.checks] == list(CHECKS)


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def paid(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 200, 90))),
            generic.pdf_name("/Contents"): generic.pdf_string("PAID"),
        }
    )
    page[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def other_record(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1]["/EF"]["/F"]
    stream._data = b'{"outcome":"accepted"}'
    stream._encoded_data = None
    writer.update_container(stream)


def runs_a_script(writer: IncrementalPdfFileWriter) -> None:
    action = {
        generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
        generic.pdf_name("/JS"): generic.pdf_string("1"),
    }
    writer.root[generic.pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def hidden_field(writer: IncrementalPdfFileWriter) -> None:
    """pyHanko itself refuses to sign over P=1, so the field is added by hand."""
    field = {
        generic.pdf_name("/FT"): generic.pdf_name("/Sig"),
        generic.pdf_name("/T"): generic.pdf_string("Second"),
    }
    listed = writer.root["/AcroForm"]["/Fields"]
    listed.append(writer.add_object(generic.DictionaryObject(field)))
    writer.update_container(listed)


def with_later_time_stamp(workshop: Workshop, pdf: bytes) -> bytes:
    context = ValidationContext(trust_roots=[as_asn1(workshop.ring.root)], allow_fetching=False, moment=NOW)
    out = io.BytesIO()
    stamper = signers.PdfTimeStamper(InternalTimeStamper(workshop.ring.tsa, NOW))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
    stamper.timestamp_pdf(writer, "sha256", context, output=out)
    return out.getvalue()


def rewritten(pdf: bytes, folder: Path) -> bytes:
    (folder / "in.pdf").write_bytes(pdf)
    subprocess.run(["qpdf", folder / "in.pdf", folder / "out.pdf"], check=True)
    return (folder / "out.pdf").read_bytes()


def container(pdf: bytes) -> tuple[int, int]:
    """Where the signature's hex digits begin and end."""
    found = re.search(rb"/Contents <([0-9A-F]+)>", pdf)
    assert found
    return found.span(1)


def test_one_byte_changed_in_a_stream(workshop: Workshop) -> None:
    pdf = bytearray(workshop.small)
    pdf[len(pdf) // 3] ^= 1
    assert first_failure(workshop.verify(bytes(pdf)))


def test_junk_after_the_end(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(workshop.small + b"\n% paid\n")) in ("file", "byte_range")


def test_an_annotation_appended(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(appended(workshop.small, paid))) == "byte_range"


def test_the_embedded_record_replaced(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(appended(workshop.small, other_record))) == "byte_range"


def test_the_whole_file_rewritten(workshop: Workshop, tmp_path: Path) -> None:
    assert first_failure(workshop.verify(rewritten(workshop.small, tmp_path)))


def test_the_signature_removed(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(workshop.printed(workshop.small_case).pdf)) == "one_signature"


@pytest.mark.parametrize("kept", [0, 4, 1000, 0.5, 0.99])
def test_the_file_broken_off(workshop: Workshop, kept: float) -> None:
    size = int(kept if kept > 1 else len(workshop.small) * kept)
    assert first_failure(workshop.verify(workshop.small[:size])) == "file"


def test_the_signature_zeroed(workshop: Workshop) -> None:
    start, end = container(workshop.small)
    zeroed = workshop.small[:start] + b"0" * (end - start) + workshop.small[end:]
    assert first_failure(workshop.verify(zeroed)) in ("one_signature", "byte_range")


def test_a_later_revision_even_a_lawful_one(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(with_later_time_stamp(workshop, workshop.small)))


def test_sealed_again_by_a_root_of_the_same_name(workshop: Workshop, tmp_path: Path) -> None:
    stranger = KeyRing.open(tmp_path / "keys", "Tanjong IT", now=NOW)
    printed = workshop.printed(workshop.small_case)
    forged = seal_pdf(printed.pdf, stranger, stranger.seal(workshop.entity, NOW), NOW)
    assert first_failure(workshop.verify(forged)) == "seal"


def test_a_second_field_hidden(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(appended(workshop.small, hidden_field))) == "one_signature"


def test_a_script_added(workshop: Workshop) -> None:
    assert first_failure(workshop.verify(appended(workshop.small, runs_a_script))) == "one_signature"


def test_a_digit_in_the_padding(workshop: Workshop) -> None:
    _, end = container(workshop.small)
    for place in (end - 1, end - 60):
        changed = workshop.small[:place] + b"1" + workshop.small[place + 1 :]
        assert first_failure(workshop.verify(changed)) == "byte_range"


def test_the_case_of_a_hex_letter(workshop: Workshop) -> None:
    start, end = container(workshop.small)
    place = next(n for n in range(start, end) if workshop.small[n : n + 1] in b"ABCDEF")
    changed = workshop.small[:place] + workshop.small[place : place + 1].lower() + workshop.small[place + 1 :]
    assert first_failure(workshop.verify(changed)) == "byte_range"


@pytest.mark.parametrize("blank", [b" ", b"\n", b"\0"])
def test_white_space_in_the_hex(workshop: Workshop, blank: bytes) -> None:
    _, end = container(workshop.small)
    changed = workshop.small[: end - 2] + blank * 2 + workshop.small[end:]
    assert first_failure(workshop.verify(changed)) == "byte_range"


def test_a_gap_wider_than_the_signature(workshop: Workshop) -> None:
    def wider(match: re.Match[bytes]) -> bytes:
        first, second, rest = (int(match.group(n)) for n in (1, 2, 3))
        new = b"/ByteRange [0 %d %d %d]" % (first, second + 1, rest - 1)
        return new.ljust(len(match.group(0)))

    changed = re.sub(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", wider, workshop.small)
    assert changed != workshop.small
    assert first_failure(workshop.verify(changed)) == "byte_range"


def regions(pdf: bytes, printed: int) -> dict[str, tuple[int, int]]:
    start, end = container(pdf)
    der = len(bytes.fromhex(pdf[start:end].decode()).rstrip(b"\0")) * 2
    ranged = re.search(rb"/ByteRange \[[0-9 ]+\]", pdf)
    assert ranged
    return {
        "header": (0, 400),
        "streams": (400, printed - 2_000),
        "first xref": (printed - 2_000, printed),
        "revocation data": (printed, start - 1),
        "signature": (start, start + der),
        "padding": (start + der, end),
        "byte range": ranged.span(),
        "trailer": (ranged.end(), len(pdf)),
    }


REGIONS = [
    "header",
    "streams",
    "first xref",
    "revocation data",
    "signature",
    "padding",
    "byte range",
    "trailer",
]


@pytest.mark.parametrize("region", REGIONS)
def test_a_flip_anywhere_is_seen(workshop: Workshop, region: str) -> None:
    pdf = workshop.small
    start, end = regions(pdf, len(workshop.printed(workshop.small_case).pdf))[region]
    chance = random.Random(f"{SEED}/{region}")
    print(f"seed {SEED}/{region}")
    for _ in range(FLIPS):
        place, bit = chance.randrange(start, end), 1 << chance.randrange(8)
        changed = pdf[:place] + bytes([pdf[place] ^ bit]) + pdf[place + 1 :]
        assert workshop.verify(changed).exit_code, f"byte {place} of {region}, bit {bit}"


def test_a_changed_byte_of_the_container_spelled_properly_is_seen(workshop: Workshop) -> None:
    """Certificates, algorithm names and versions lie outside the signed digest: each byte must still count."""
    pdf = workshop.small
    start, end = container(pdf)
    der = bytes.fromhex(pdf[start:end].decode()).rstrip(b"\0")
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    places = [*range(24), *chance.sample(range(24, len(der)), 24)]
    for place in places:
        changed = der[:place] + bytes([der[place] ^ 1 << chance.randrange(8)]) + der[place + 1 :]
        digits = changed.hex().upper().encode().ljust(end - start, b"0")
        assert workshop.verify(pdf[:start] + digits + pdf[end:]).exit_code, f"byte {place}"


def test_verifying_never_takes_long_whatever_the_keys(workshop: Workshop, tmp_path: Path) -> None:
    """asn1crypto took for ever on some containers and not on others (README, Hard-won)."""
    for number in range(6):
        ring = KeyRing.open(tmp_path / str(number), "Tanjong IT", now=NOW)
        sealed = Workshop(ring, workshop.renderer).small
        before = process_time()
        assert verify_pdf(sealed, [ring.root]).exit_code == 0
        assert process_time() - before < 5


# Insiders: they hold the seal key and seal something else


def with_file(files: tuple[Enclosure, ...], name: str, data: bytes) -> list[Enclosure]:
    return [described(name, data) if file.name == name else file for file in files]


def test_an_attachment_more_than_the_manifest_names(workshop: Workshop) -> None:
    files = [*workshop.files(workshop.small_case), Enclosure("extra.json", b"{}", "extra")]
    assert first_failure(workshop.verify(workshop.sealed(workshop.small_case, files=files))) == "attachments"


def test_two_attachments_of_one_name(workshop: Workshop) -> None:
    files = workshop.files(workshop.small_case)
    found = workshop.verify(workshop.sealed(workshop.small_case, files=[*files, files[0]]))
    assert first_failure(found) == "one_signature"


def test_an_attachment_fewer(workshop: Workshop) -> None:
    files = [file for file in workshop.files(workshop.small_case) if file.name != ENROLMENT]
    assert first_failure(workshop.verify(workshop.sealed(workshop.small_case, files=files))) == "attachments"


def test_an_attachment_that_the_manifest_does_not_mean(workshop: Workshop) -> None:
    files = with_file(workshop.files(workshop.small_case), RECORD, b"{}")
    assert first_failure(workshop.verify(workshop.sealed(workshop.small_case, files=files))) == "attachments"


def relisted(workshop: Workshop, case: Case, changed: dict[str, bytes]) -> list[Enclosure]:
    """The files with some replaced, and a manifest that says so."""

    files = [described(f.name, changed.get(f.name, f.data)) for f in workshop.files(case)]
    manifest = json.loads(files[-1].data)
    manifest["attachments"] = [{"name": f.name, "sha256": f.sha256, "bytes": len(f.data)} for f in files[:-1]]
    return [*files[:-1], described("manifest.json", rfc8785.dumps(manifest))]


def test_an_invented_record_without_a_tablet(workshop: Workshop) -> None:
    invented = sign_off(small_documents(), visit=uuid_of("another visit")).payload
    files = relisted(workshop, workshop.small_case, {RECORD: invented})
    found = workshop.verify(workshop.sealed(workshop.small_case, files=files))
    assert first_failure(found) == "device_signature"


def test_a_record_in_another_spelling(workshop: Workshop) -> None:
    spaced = workshop.small_case.signed.payload.replace(b'"base":', b'"base": ')
    files = relisted(workshop, workshop.small_case, {RECORD: spaced})
    assert first_failure(workshop.verify(workshop.sealed(workshop.small_case, files=files))) == "record"


def test_a_document_exchanged(workshop: Workshop) -> None:
    name = next(f.name for f in workshop.files(workshop.small_case) if f.name.startswith("document-signer"))
    other = document("signer", name="Somebody Else", capacity="", contact=None, reference="")
    files = relisted(workshop, workshop.small_case, {name: other})
    assert first_failure(workshop.verify(workshop.sealed(workshop.small_case, files=files))) == "record"


@pytest.mark.parametrize(
    "change",
    [{"person": uuid_of("somebody")}, {"org": uuid_of("elsewhere")}, {"since": "2027-01-01T00:00:00.000Z"}],
)
def test_the_tablet_of_somebody_else(workshop: Workshop, change: dict[str, str]) -> None:
    device = replace(workshop.small_case.facts.device, **change)
    case = rename(workshop.small_case, device=device)
    assert first_failure(workshop.verify(workshop.sealed(case))) == "enrolment"


def test_a_key_that_nobody_enrolled(workshop: Workshop, tmp_path: Path) -> None:
    signed = sign_off(tablet=Tablet(scalar=99))
    case = Case(signed, {}, facts_of(signed.tablet))
    stranger = KeyRing.open(tmp_path / "keys", "Tanjong IT", now=NOW)
    own_word = state_enrolment(case.facts.device, stranger)
    files = relisted(workshop, case, {ENROLMENT: own_word})
    assert first_failure(workshop.verify(workshop.sealed(case, files=files))) == "enrolment"


def test_the_seal_of_another_legal_entity(workshop: Workshop) -> None:
    case = rename(workshop.small_case, seal_name="Tanjong Holdings Sdn Bhd")
    assert first_failure(workshop.verify(workshop.sealed(case))) == "record"


def test_a_page_that_says_something_else(workshop: Workshop) -> None:
    case = workshop.full_case
    kinder = replace(build_view(workshop.evidence(case), case.photos, case.facts), remark="All was perfect.")
    pdf = workshop.sealed(case, view=kinder)
    assert workshop.verify(pdf).exit_code == 0  # everything but the page holds
    assert first_failure(workshop.verify(pdf, print_again=True)) == "page"


def test_the_same_page_printed_again_is_the_same(workshop: Workshop) -> None:
    found = workshop.verify(workshop.full, print_again=True)
    page = next(check for check in found.checks if check.name == "page")
    assert (found.exit_code, page.state) == (0, State.HOLDS)


# Time and revocation


def test_a_file_stamped_after_the_keys_year_is_refused(workshop: Workshop) -> None:
    seal = workshop.ring.seal(workshop.entity, NOW)
    late = NOW + timedelta(days=400)
    pdf = seal_pdf(workshop.printed(workshop.small_case).pdf, workshop.ring, seal, late)
    assert first_failure(workshop.verify(pdf)) == "time_stamp"


def test_a_seal_revoked_before_the_stamp_is_refused_and_after_it_holds(
    tmp_path: Path, workshop: Workshop
) -> None:
    ring = KeyRing.open(tmp_path / "keys", "Tanjong IT", now=NOW)
    shop = Workshop(ring, workshop.renderer)
    seal, pdf = ring.seal(shop.entity, NOW), shop.small
    ring.revoke(seal.certificate.serial_number, NOW + timedelta(days=1))
    later = ring.crl(NOW + timedelta(days=2))
    assert verify_pdf(pdf, [ring.root], crls=[later]).exit_code == 0
    with pytest.raises(SealFailed):
        seal_pdf(shop.printed(shop.small_case).pdf, ring, seal, NOW + timedelta(days=2))
    other = KeyRing.open(tmp_path / "other", "Tanjong IT", now=NOW)
    shop = Workshop(other, workshop.renderer)
    pdf = shop.small
    other.revoke(other.seal(shop.entity, NOW).certificate.serial_number, NOW - timedelta(days=1))
    found = verify_pdf(pdf, [other.root], crls=[other.crl(NOW + timedelta(days=1))])
    assert first_failure(found) == "seal"


def test_without_a_time_stamp_there_is_no_seal(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(*_: object) -> None:
        raise OSError("no clock")

    monkeypatch.setattr(InternalTimeStamper, "async_request_tsa_response", unreachable)
    with pytest.raises(SealFailed, match="no clock"):
        workshop.sealed(workshop.small_case)
