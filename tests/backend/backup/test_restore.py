"""Restoring: what any tablet had acknowledged and kept comes back (I17); what does not fit is refused."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from backend.backup import history, running
from backend.backup.copying import BackupFailed, RestoreRefused
from backend.backup.restore import restore
from backend.core import journal
from backend.core.config import Config
from backend.core.db import db, reading, unit
from backend.exchange.models import SyncOrg
from backend.media.models import BlobRow
from backend.media.services import read_original
from tests.backend.backup.installation import Installation, note, sync_again
from tests.makers import House, Tablet


def test_after_restoring_yesterday_a_tablet_gives_back_everything_since(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    note(house, tablet, visit, "yesterday")
    installation.back_up()
    note(house, tablet, visit, "today")
    note(house, tablet, visit, "today too")
    before = installation.ids()

    installation.put_back()
    assert installation.ids() < before
    sync_again(installation.meet(tablet))

    assert installation.ids() == before
    assert [row.value["text"] for key, row in sorted(tablet.rows.items()) if key[0] == "note"] != []


def test_the_epoch_is_new_and_the_journal_says_so(installation: Installation, tablet: Tablet, house: House) -> None:
    tablet.pull()
    installation.back_up()

    done = installation.put_back()

    with house.app.app_context(), reading() as session:
        epoch = session.scalar(select(SyncOrg.epoch))
        lines = list(session.scalars(select(journal.JournalEntry.kind)))
        assert journal.first_fault(house.org_id) is None
    assert done.epochs == {house.org_id: epoch}
    assert epoch != tablet.epoch
    assert lines[-1] == "server.epoch"


def test_everybody_signs_in_anew(installation: Installation, house: House, tablet: Tablet) -> None:
    tablet.pull()
    installation.back_up()
    installation.put_back()

    tablet.browser.app = house.app
    assert tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body()).status_code == 401


def test_what_the_backup_holds_is_durable_after_it_was_put_back(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    note(house, tablet, visit)
    installation.back_up()
    installation.put_back()

    sync_again(installation.meet(tablet))

    assert tablet.pull().get_json()["durable_n"] == 1


def test_what_lies_in_a_backup_that_counts_as_none_is_durable_by_no_restore(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    tablet.upload(visit, b"\xff\xd8 a photo")
    note(house, tablet, visit)
    shutil.rmtree(installation.config.blobs_dir)
    with pytest.raises(BackupFailed, match="counts as none"):
        installation.back_up()

    installation.put_back()
    sync_again(installation.meet(tablet))

    told = tablet.pull().get_json()
    assert (told["durable_n"], told["durability"]) == (0, "none")


def test_a_backup_of_what_was_put_back_can_be_put_back(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    note(house, tablet, visit)
    before = installation.ids()
    installation.back_up()
    installation.put_back()

    installation.back_up()
    installation.put_back()

    assert installation.ids() == before


def test_photos_of_the_backup_can_be_read_again(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    photo = b"\xff\xd8 a photo"
    tablet.upload(visit, photo)
    installation.back_up()
    shutil.rmtree(installation.config.blobs_dir)

    assert installation.put_back().files == 1

    with house.app.app_context(), reading() as session:
        digest = session.scalars(select(BlobRow.sha256)).one()
        assert read_original(house.org_id, visit, digest) == photo


def test_a_file_under_way_is_begun_anew(installation: Installation, house: House, tablet: Tablet, visit: str) -> None:
    photo = bytes(300_000)
    begun = tablet.begin_upload(visit, photo, "image/jpeg")
    tablet.send_chunk(begun.headers["Location"], photo[:262_144], 0)
    installation.back_up()
    installation.put_back()

    answer = installation.meet(tablet).begin_upload(visit, photo, "image/jpeg")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")


def test_a_database_that_is_there_is_not_overwritten_unasked(
    installation: Installation, house: House, tablet: Tablet, visit: str
) -> None:
    installation.back_up()
    note(house, tablet, visit)
    before = installation.ids()

    with pytest.raises(RestoreRefused, match="--force"):
        installation.put_back(force=False)

    assert installation.ids() == before


def test_never_under_a_program_that_has_the_database_open(installation: Installation, house: House) -> None:
    installation.back_up()
    with house.app.app_context(), db.engine.connect(), pytest.raises(RestoreRefused, match="stop"):
        restore(installation.config, installation.place, installation.open, force=True)


def test_never_under_a_running_program(installation: Installation) -> None:
    installation.back_up()
    handle = running.say_so(installation.config.data_dir)
    try:
        with pytest.raises(RestoreRefused, match="running here"):
            installation.put_back()
    finally:
        os.close(handle)


def damaged_database(folder: Path) -> None:
    [copy] = folder.glob("singgah.*")
    copy.write_bytes(copy.read_bytes()[:-100])


def damaged_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def shorter_list(folder: Path) -> None:
    (folder / "files.txt").write_text("")


def without_a_file(folder: Path) -> None:
    shutil.rmtree(folder.parent / "files")


def changed(folder: Path, **facts: object) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), **facts}))


def of_a_newer_format(folder: Path) -> None:
    changed(folder, format=2, program="9.0")


def of_a_newer_database(folder: Path) -> None:
    snapshot = json.loads((folder / "manifest.json").read_bytes())["snapshot"]
    changed(folder, snapshot={**snapshot, "schema": "9999"})


def of_the_other_database(folder: Path) -> None:
    kind = json.loads((folder / "manifest.json").read_bytes())["kind"]
    changed(folder, kind="sqlite" if kind == "postgresql" else "postgresql")


def of_other_keys(folder: Path) -> None:
    changed(folder, keys="0" * 16)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (damaged_database, "database in the backup .* is damaged"),
        (damaged_manifest, "manifest .* is damaged"),
        (without_manifest, "is no backup"),
        (shorter_list, "list of files .* is damaged"),
        (without_a_file, "not whole"),
        (of_a_newer_format, "newer Singgah"),
        (of_a_newer_database, "newer Singgah"),
        (of_the_other_database, "the settings name"),
        (of_other_keys, "not those with which"),
    ],
)
def test_what_is_no_good_backup_is_refused_and_nothing_changes(
    installation: Installation, house: House, tablet: Tablet, visit: str, spoil, why: str
) -> None:
    tablet.upload(visit, b"\xff\xd8 a photo")
    made = installation.back_up()
    note(house, tablet, visit)
    before = installation.ids()
    spoil(made.folder)

    with pytest.raises(RestoreRefused, match=why):
        installation.put_back(made.folder)

    assert installation.ids() == before


def test_without_the_keys_nothing_is_put_back(installation: Installation) -> None:
    installation.back_up()
    installation.stop()
    shutil.rmtree(installation.config.keys_dir)

    with pytest.raises(RestoreRefused, match="put your copy of them"):
        installation.put_back()


def test_a_database_put_back_by_hand_is_noticed(
    installation: Installation, house: House, tablet: Tablet, visit: str, config: Config
) -> None:
    """Without `singgah restore`: the next start, and the worker, see a position that lies behind the noted one."""
    with house.app.app_context():
        assert history.watch() == {}
    note(house, tablet, visit)
    with house.app.app_context():
        assert history.watch() == {}
        epoch = db.session.scalar(select(SyncOrg.epoch))
        db.session.rollback()
        with unit():
            db.session.execute(SyncOrg.__table__.update().values(seq=1))
        bumped = history.watch()
        assert list(bumped) == [house.org_id]
        assert bumped[house.org_id] != epoch
        assert history.watch() == {}


def test_another_timeline_is_another_history(house: House, app: Flask, config: Config) -> None:
    with app.app_context():
        history.watch()
        note_file = config.data_dir / history.NAME
        told = json.loads(note_file.read_bytes())
        note_file.write_text(json.dumps({**told, "timeline": "7312345678901234567/00000001"}))
        assert list(history.watch()) == [house.org_id]


def test_a_damaged_note_is_a_doubt(house: House, app: Flask, config: Config) -> None:
    with app.app_context():
        history.watch()
        (config.data_dir / history.NAME).write_text("{")
        assert list(history.watch()) == [house.org_id]


def test_a_restore_that_stopped_half_way_is_a_doubt(house: House, app: Flask, config: Config) -> None:
    with app.app_context():
        history.watch()
        history.doubt(config.data_dir, [house.org_id])
        assert list(history.watch()) == [house.org_id]
