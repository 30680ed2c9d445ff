"""From the office to a sealed report, with the network off and the browser closed in between."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from backend.core.envelopes import unb64url
from tests.journeys import outsiders
from tests.journeys.browsers import NETWORK_IS_OFF, Watch
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import ChineseClient, Engineer
from tests.journeys.house import House
from tests.journeys.pictures import CAMERA, photo_with_place, place_in

SITE, SIGNER = "Bayan laundry", "Chia Boon Keng"
VISIT, TICKET = "Half-yearly check of the power", "Label printer at the press drops off the network"
ENGINEER = ("hafiz", "Muhammad Hafiz bin Osman")
CHECKLIST = "UPS and power check"
WHY = "No fresh backup today"
ALARM = "Overload alarm E04 since Monday"


@dataclass
class Journey:
    """What was seen on the way."""

    visit: str
    read: str
    receipt: str
    envelope: dict[str, str]
    photo: bytes
    kept_photos: list[bytes]
    pdf: bytes


@pytest.fixture(scope="module")
def journey(house: House, watch: Watch, dispatcher: Dispatcher, engineer: Callable[..., Engineer]) -> Journey:
    name, full_name = ENGINEER
    hafiz = engineer(name)
    dispatcher.confirms_the_tablet(full_name, hafiz.signs_in(house.passwords[name]))
    hafiz.comes_in()
    visit = plan(house, dispatcher)

    hafiz.syncs_now()
    hafiz.opens_the_visit(SITE)
    dispatcher.sees_live("Seen")
    hafiz.notes_the_steps("Travelling", "At the desk")

    watch.expect(NETWORK_IS_OFF)
    house.network.refuse()
    hafiz.tablet.close()
    hafiz.tablet.open()
    hafiz.unlocks()
    hafiz.opens_the_visit(SITE)
    hafiz.notes_the_steps("Working")
    photo = photo_with_place("OVERLOAD E04")
    fill_the_checklist(hafiz, photo)
    hafiz.resolves_the_ticket(TICKET, cause="The switch port renegotiates", action="Fixed speed, new patch cord")
    hafiz.notes_the_steps("Finished")
    hafiz.prepares_the_sign_off("中文")
    client = ChineseClient(hafiz.page)
    read = client.reads()
    receipt = client.signs(SIGNER)
    client.gives_it_back()
    hafiz.unlocks()
    hafiz.sees_waiting("to send")

    house.network.accept()
    hafiz.syncs_now()
    dispatcher.looks_at(visit)
    dispatcher.sees_live("Accepted")
    pdf = dispatcher.opens_the_report(visit)
    return Journey(visit, read, receipt, signed_by(hafiz), photo, dispatcher.photos(), pdf)


def signed_by(engineer: Engineer) -> dict[str, str]:
    """The envelope that left the tablet."""
    operations = [json.loads(op) for body in engineer.tablet.pushed for op in json.loads(body)["ops"]]
    [envelope] = {json.dumps(op["args"]["envelope"]) for op in operations if op["type"] == "visit.sign"}
    signed: dict[str, str] = json.loads(envelope)
    return signed


def plan(house: House, dispatcher: Dispatcher) -> str:
    ticket = dispatcher.takes_a_ticket(SITE, TICKET)
    return dispatcher.plans_a_visit(
        SITE,
        VISIT,
        house.now() + timedelta(minutes=10),
        engineer=ENGINEER[1],
        checklist=CHECKLIST,
        ticket=ticket,
    )


def fill_the_checklist(hafiz: Engineer, photo: bytes) -> None:
    """Every required item; one fails with a photo, one number is beyond its limit, one item comes by a condition."""
    hafiz.opens_the_checklist(CHECKLIST)
    hafiz.scans_the_tag("Asset label")
    hafiz.chooses("No alarm on the display", "Fail")
    hafiz.remarks("No alarm on the display", ALARM)
    hafiz.photographs("No alarm on the display", photo)
    hafiz.makes_a_follow_up("No alarm on the display")
    hafiz.measures("Input voltage", "270.5")
    hafiz.remarks("Input voltage", "Measured twice at the socket")
    hafiz.measures("Load", "64")
    hafiz.measures("Temperature at the battery", "26.5")
    hafiz.measures("Date of the battery set", "2024-11-01")
    hafiz.measures("Age of the battery set", "2")
    hafiz.chooses("Batteries are not swollen, leaking or corroded", "Pass")
    hafiz.measures("Runtime shown at the present load", "12.5")
    assert hafiz.item("Why no self-test").count() == 0
    hafiz.chooses("Self-test", "Not run")
    hafiz.measures("Why no self-test", WHY)
    hafiz.chooses("The UPS tells the servers to shut down in time", "Yes")
    hafiz.chooses("Vents are free of dust with 10 cm of air around", "Pass")
    hafiz.photographs("Front panel with load and runtime", photo_with_place("64 % 12 min"))
    hafiz.finishes_the_checklist()


@pytest.fixture(scope="module")
def file(journey: Journey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    path.write_bytes(journey.pdf)
    return path


def test_pdfsig_says_that_the_total_document_is_signed_and_valid(file: Path, house: House, tmp_path: Path) -> None:
    said = outsiders.pdfsig(file, house.root_certificate, tmp_path)
    assert said.count("Signature #") == 1
    assert "Total document signed" in said
    assert "Not total" not in said
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said


def test_qpdf_finds_it_clean(file: Path) -> None:
    said = outsiders.told("qpdf", "--check", file)
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


def test_the_embedded_record_is_what_the_tablet_signed_and_the_client_has_the_receipt_of(
    journey: Journey, file: Path, tmp_path: Path
) -> None:
    record = outsiders.embedded(file, "record.json", tmp_path)
    assert record == unb64url(journey.envelope["payload"])
    assert json.loads(outsiders.embedded(file, "envelope.json", tmp_path)) == journey.envelope
    code = base64.b32encode(hashlib.sha256(record).digest()[:5]).decode()
    assert journey.receipt == f"{code[:4]}-{code[4:]}"


def test_what_the_client_read_is_embedded_line_by_line(journey: Journey, file: Path, tmp_path: Path) -> None:
    [name] = [name for name in outsiders.attachments(file) if name.startswith("document-shown-")]
    shown = json.loads(outsiders.embedded(file, name, tmp_path))
    read = [line.strip() for line in journey.read.splitlines() if line.strip()]
    assert read == [line["text"] for line in shown["lines"]]
    assert f"不合格：显示屏无告警（不合格）。{ALARM}" in read
    assert any("270.5 V" in line for line in read), "the number beyond its limit"
    [run] = [name for name in outsiders.attachments(file) if name.startswith("document-run-")]
    assert WHY in outsiders.embedded(file, run, tmp_path).decode(), "the conditional item"
    assert any(line.endswith("No alarm on the display") and line.startswith("T-") for line in read), "the follow-up"


def test_verify_believes_it(file: Path, house: House) -> None:
    code, said = outsiders.verify(house, file)
    assert (code, said["holds"]) == (0, True), said


@pytest.mark.parametrize("part", [0.02, 0.5, 0.97])
def test_verify_refuses_it_with_one_byte_flipped(file: Path, house: House, tmp_path: Path, part: float) -> None:
    changed = bytearray(file.read_bytes())
    changed[int(len(changed) * part)] ^= 1
    forged = tmp_path / "flipped.pdf"
    forged.write_bytes(changed)
    code, said = outsiders.verify(house, forged)
    assert (code != 0, said["holds"]) == (True, False), said


def test_verify_refuses_it_with_an_annotation_appended(file: Path, house: House, tmp_path: Path) -> None:
    forged = tmp_path / "annotated.pdf"
    forged.write_bytes(outsiders.annotated(file.read_bytes(), "paid in full"))
    assert forged.read_bytes().startswith(file.read_bytes())
    code, said = outsiders.verify(house, forged)
    assert (code != 0, said["holds"]) == (True, False), said


def test_neither_the_tablet_nor_the_report_tells_where_a_photo_was_taken(
    journey: Journey, file: Path, tmp_path: Path
) -> None:
    assert place_in(journey.photo) != {}
    assert len(journey.kept_photos) == 2
    for kept in journey.kept_photos:
        assert place_in(kept) == {}
        assert CAMERA not in kept
    outsiders.told("pdfimages", "-all", file, tmp_path / "image")
    pictures = [path.read_bytes() for path in tmp_path.glob("*.jpg")]
    assert len(pictures) >= 2
    assert [place_in(picture) for picture in pictures] == [{}] * len(pictures)
    assert not any(CAMERA in picture for picture in pictures)


def test_the_engineer_saw_nothing_doubled(journey: Journey, dispatcher: Dispatcher) -> None:
    dispatcher.looks_at(journey.visit)
    assert dispatcher.counts() == {"Checklists": 1, "Tickets": 1, "Photos": 2}
