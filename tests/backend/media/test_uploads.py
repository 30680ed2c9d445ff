"""Uploads by tus 1.0 (decisions.md 7): resumable, verified, of one visit, and encrypted at rest."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image

from backend.core import blobs, jobs, settings
from backend.core.db import db
from backend.media import services as media
from backend.media import uploads
from backend.media.models import BlobRow, Upload, UploadDay
from tests.makers import House, Tablet


def photo(size: tuple[int, int] = (640, 480), colour: str = "teal", **save) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, save.pop("format", "JPEG"), **save)
    return file.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def run_jobs(house: House) -> None:
    with house.app.app_context():
        jobs.run_due()


def add_photo(house: House, tablet: Tablet, visit: str, data: bytes) -> str:
    entity = house.new_id()
    args = {
        "visit": visit, "on": {"visit": visit}, "sha256": digest(data), "size": len(data), "w": 640, "h": 480,
        "caption": "Rack, front", "visible": "client", "taken_at": "2026-11-23T03:00:00.000Z",
    }  # fmt: skip
    assert tablet.do("photo.add", ("photo", entity), args)["status"] == "applied"
    return entity


def test_a_photo_sent_in_chunks_is_kept_and_everybody_on_the_visit_hears_of_it(house, tablet, visit):
    data = photo()
    entity = add_photo(house, tablet, visit, data)
    tablet.pull()
    assert tablet.value("photo", entity)["state"] == "waiting"

    answer = tablet.upload(visit, data, chunk=1_000)
    run_jobs(house)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(data)))
    tablet.pull()
    assert tablet.value("photo", entity)["state"] == "stored"
    with house.app.app_context():
        assert media.read_original(house.org_id, visit, digest(data)) == data
        assert media.missing(house.org_id, visit, [digest(data), "0" * 64]) == ["0" * 64]


def test_what_is_shown_is_a_derivative_without_any_metadata(house, tablet, visit):
    exif = Image.Exif()
    exif[0x0112] = 6  # on its side
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    exif[0x010F] = "A maker"
    data = photo((4_000, 3_000), exif=exif)
    tablet.upload(visit, data)
    run_jobs(house)

    with house.app.app_context():
        shown = media.read_derivative(house.org_id, visit, digest(data))
        small = media.read_derivative(house.org_id, visit, digest(data), "thumbnail")
    with Image.open(io.BytesIO(shown)) as picture, Image.open(io.BytesIO(small)) as thumbnail:
        assert (picture.format, picture.size) == ("JPEG", (1_536, 2_048))
        assert dict(picture.getexif()) == {}
        assert max(thumbnail.size) == 320
    assert b"A maker" in data and b"A maker" not in shown


def test_a_file_that_is_no_picture_is_kept_and_blocks_nothing(house, tablet, visit):
    data = b"GIF89a not a picture that we take" * 10
    entity = add_photo(house, tablet, visit, data)
    assert tablet.upload(visit, data).status_code == 204
    run_jobs(house)

    tablet.pull()
    assert tablet.value("photo", entity)["state"] == "unreadable"
    with house.app.app_context():
        assert media.read_original(house.org_id, visit, digest(data)) == data
        assert media.read_derivative(house.org_id, visit, digest(data)) is None


def test_a_document_is_kept_as_it_is(house, tablet, visit):
    data = b'{"kind":"shown"}'

    assert tablet.upload(visit, data, "application/json").status_code == 204
    run_jobs(house)

    with house.app.app_context():
        assert media.read_original(house.org_id, visit, digest(data)) == data


def test_nothing_lies_readable_on_the_disk_and_erasing_the_key_erases_the_file(house, tablet, visit):
    data = b'{"secret":"the signature of a person"}'
    tablet.upload(visit, data, "application/json")

    with house.app.app_context():
        row = db.session.query(BlobRow).one()
        assert b"secret" not in blobs.store().get(row.original)
        assert not list(settings.current().uploads_dir.iterdir())
        media.erase(house.org_id, visit)
        with pytest.raises(LookupError):
            media.read_original(house.org_id, visit, digest(data))


def test_no_piece_of_a_photo_lies_readable_on_the_disk(house, tablet, visit):
    data = photo((900, 700), comment=b"where the safe is")
    tablet.upload(visit, data)
    run_jobs(house)

    with house.app.app_context():
        shown = media.read_derivative(house.org_id, visit, digest(data))
        kept = [file.read_bytes() for file in settings.current().blobs_dir.rglob("*") if file.is_file()]
    assert len(kept) == 3, "the original, the picture, the thumbnail"
    for whole in (data, shown):
        for piece in (whole[:16], whole[len(whole) // 2 :][:16], b"where the safe is"):
            assert not any(piece in file for file in kept)


def test_a_broken_upload_goes_on_where_it_ended(house, tablet, visit):
    data = photo((1_000, 1_000), "red")
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    tablet.send_chunk(place, data[:1_000], 0)

    again = tablet.begin_upload(visit, data, "image/jpeg")

    assert (again.status_code, again.headers["Location"], again.headers["Upload-Offset"]) == (201, place, "1000")
    head = tablet.call("HEAD", place, headers={"Tus-Resumable": "1.0.0"})
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("1000", str(len(data)))
    assert tablet.send_chunk(place, data[1_000:], 1_000).status_code == 204


def test_a_file_that_is_there_already_for_this_visit_is_not_sent_again(house, tablet, visit):
    data = photo()
    tablet.upload(visit, data)

    again = tablet.begin_upload(visit, data, "image/jpeg")

    assert again.headers["Upload-Offset"] == str(len(data))
    head = tablet.call("HEAD", again.headers["Location"], headers={"Tus-Resumable": "1.0.0"})
    assert head.headers["Upload-Offset"] == str(len(data))


def test_the_same_file_on_another_visit_is_another_file(house, tablet, visit):
    data = photo()
    other = house.visit(tablet.person)
    tablet.upload(visit, data)

    assert tablet.begin_upload(other, data, "image/jpeg").headers["Upload-Offset"] == "0"
    with house.app.app_context():
        assert media.missing(house.org_id, other, [digest(data)]) == [digest(data)]


def test_a_chunk_at_the_wrong_place_is_told_where_to_go_on(house, tablet, visit):
    data = photo()
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    tablet.send_chunk(place, data[:500], 0)

    answer = tablet.send_chunk(place, data[:500], 0)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "500")


def test_a_damaged_chunk_is_refused_and_nothing_of_it_is_kept(house, tablet, visit):
    data = photo()
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    answer = tablet.send_chunk(place, data[:500], 0, **{"Upload-Checksum": f"sha256 {other}"})

    assert answer.status_code == 460
    head = tablet.call("HEAD", place, headers={"Tus-Resumable": "1.0.0"})
    assert head.headers["Upload-Offset"] == "0"


def test_a_file_that_is_not_what_its_digest_names_is_refused_and_can_be_sent_again(house, tablet, visit):
    data = photo()
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    forged = b"x" * len(data)

    answer = tablet.send_chunk(place, forged, 0)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "wrong_digest")
    with house.app.app_context():
        assert db.session.query(BlobRow).count() == db.session.query(Upload).count() == 0
    assert tablet.upload(visit, data).status_code == 204


def test_an_upload_that_waited_too_long_is_gone_and_is_begun_anew(house, tablet, visit):
    data = photo()
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    tablet.send_chunk(place, data[:500], 0)
    house.clock.advance(days=7)
    tablet.browser.sign_in()

    assert tablet.send_chunk(place, data[500:], 500).status_code == 410
    fresh = tablet.begin_upload(visit, data, "image/jpeg")
    assert fresh.headers["Upload-Offset"] == "0"
    assert fresh.headers["Location"] != place


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "Tus-Resumable"),
        ({"Upload-Length": "many"}, 400, "Upload-Length"),
        ({"Upload-Length": "0"}, 400, "Upload-Length"),
        ({"Upload-Length": str(25 * 1024 * 1024 + 1)}, 413, "Upload-Length"),
        ({"Upload-Metadata": "visit eA=="}, 400, "Upload-Metadata.sha256"),
        ({"Upload-Metadata": "visit %%"}, 400, "Upload-Metadata.visit"),
        ({"Upload-Metadata": ""}, 400, "Upload-Metadata"),
    ],
)
def test_a_wrong_header_is_refused_by_name(house, tablet, visit, headers, status, field):
    answer = tablet.begin_upload(visit, photo(), "image/jpeg", **headers)

    assert (answer.status_code, answer.get_json()["field"]) == (status, field)


@pytest.mark.parametrize("filetype", ["image/svg+xml", "text/html", "application/pdf", "image/gif"])
def test_other_types_of_file_are_refused(house, tablet, visit, filetype):
    assert tablet.begin_upload(visit, b"x", filetype).status_code == 415


def test_a_document_has_its_own_smaller_limit(house, tablet, visit):
    answer = tablet.begin_upload(visit, b"x" * (256 * 1024 + 1), "application/json")

    assert answer.status_code == 413


def test_nobody_sends_files_for_a_visit_that_is_not_theirs(house, tablet, visit):
    stranger = house.tablet("engineer", 2)
    foreign = house.other().tablet("engineer")
    place = tablet.begin_upload(visit, photo(), "image/jpeg").headers["Location"]

    for other in (stranger, foreign):
        assert other.begin_upload(visit, photo(), "image/jpeg").status_code == 404
        assert other.call("HEAD", place, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


@pytest.mark.parametrize("days", [0, 15])
def test_who_left_the_visit_still_brings_the_photos_of_what_was_done_before(house, tablet, visit, days):
    data = photo()
    add_photo(house, tablet, visit, data)
    house.office()("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    house.clock.advance(days=days)
    tablet.browser.sign_in()

    assert tablet.upload(visit, data).status_code == 204


@pytest.fixture
def small_quota(house: House) -> int:
    """As if a tablet might send two thousand bytes in a day."""
    config = house.app.extensions[settings.KEY]
    house.app.extensions[settings.KEY] = replace(config, upload_quota=2_000)
    return 2_000


@pytest.mark.usefixtures("small_quota")
def test_who_has_sent_enough_for_today_waits_and_goes_on_tomorrow_where_it_stopped(house, tablet, visit):
    first, second = b"a" * 1_500, b"b" * 900
    assert tablet.upload(visit, first).status_code == 204
    place = tablet.begin_upload(visit, second, "image/jpeg").headers["Location"]
    assert tablet.send_chunk(place, second[:400], 0).status_code == 204

    refused = tablet.send_chunk(place, second[400:], 400)

    assert (refused.status_code, refused.get_json()["code"]) == (429, "upload_quota")
    assert "midnight" in refused.get_json()["title"]
    wait = int(refused.headers["Retry-After"])
    assert tablet.call("HEAD", place, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "400"
    assert tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "x"})["status"] == "applied"

    house.clock.advance(seconds=wait - 1)
    tablet.browser.sign_in()
    assert tablet.send_chunk(place, second[400:], 400).status_code == 429
    house.clock.advance(seconds=1)
    assert tablet.send_chunk(place, second[400:], 400).status_code == 204
    run_jobs(house)
    with house.app.app_context():
        assert media.read_original(house.org_id, visit, digest(second)) == second


@pytest.mark.usefixtures("small_quota")
def test_only_what_was_taken_counts_and_each_tablet_for_itself(house, tablet, visit):
    data, second = b"a" * 1_500, house.tablet("engineer", 2)
    crew = [tablet.person.id, second.person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    place = tablet.begin_upload(visit, data, "image/jpeg").headers["Location"]
    for _ in range(3):
        assert tablet.send_chunk(place, b"z" * 1_000, 0, **{"Upload-Checksum": "sha256 AAAA"}).status_code in (400, 460)
        assert tablet.send_chunk(place, b"z" * 1_000, 7).status_code == 409
    assert tablet.send_chunk(place, data, 0).status_code == 204

    assert second.upload(visit, b"c" * 1_500).status_code == 204
    assert tablet.upload(visit, b"d" * 501).status_code == 429


@pytest.mark.usefixtures("small_quota")
def test_counts_of_days_that_are_over_are_forgotten(house, tablet, visit):
    tablet.upload(visit, b"a" * 1_500)
    house.clock.advance(days=1)
    with house.app.app_context():
        assert [one.bytes for one in db.session.query(UploadDay)] == [1_500]
        uploads.sweep(None)
        assert db.session.query(UploadDay).count() == 0


def test_what_is_begun_while_old_files_are_swept_away_stays(house, tablet, visit, monkeypatch):
    data, forget = photo(), uploads.quota.forget
    begun = []

    def begin(*_):
        forget()
        begun.append(uploads.place("0193-of-an-upload-that-begins-now"))
        begun[0].write_bytes(data)

    def begun_since():
        return begin() if not begun else forget()

    monkeypatch.setattr(uploads.quota, "forget", begun_since)
    with house.app.app_context():
        uploads.sweep(None)

        assert begun[0].read_bytes() == data
        uploads.sweep(None)
        assert not begun[0].exists(), "nobody names it any more"


def test_the_door_says_what_it_can(app):
    answer = app.test_client().options("/api/v1/blobs")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256"


def test_a_photo_is_answered_so_that_it_can_never_run(house, tablet, visit):
    data = photo()
    tablet.upload(visit, data)
    run_jobs(house)

    with house.app.test_request_context():
        answer = media.photo_response(house.org_id, visit, digest(data))

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content_type == "image/jpeg"
