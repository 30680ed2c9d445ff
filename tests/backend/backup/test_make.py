"""Making backups: verified or none; what devices are told is durable; what many backups share is kept once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend.backup import make as making
from backend.backup import services
from backend.backup.copying import BackupFailed
from backend.backup.make import Made, make
from backend.core import health, jobs
from backend.core.blobs import FolderBlobs
from backend.core.clock import SetClock
from backend.core.config import Config
from tests.makers import House, Tablet, build_app


def backed_up(app: Flask, clock: SetClock, place: Path, keep: int | None = None) -> Made:
    clock.advance(minutes=1)
    with app.app_context():
        return make(place, keep)


def note(house: House, tablet: Tablet, visit: str, text: str = "Lift is out of order") -> dict:
    return tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": text})


def told(tablet: Tablet) -> tuple[str, int]:
    said = tablet.pull().get_json()
    return said["durability"], said["durable_n"]


def test_without_a_backup_nothing_is_durable(house: House, tablet: Tablet, visit: str) -> None:
    note(house, tablet, visit)

    assert told(tablet) == ("none", 0)


def test_a_verified_backup_makes_durable_what_it_holds_and_no_more(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path
) -> None:
    note(house, tablet, visit)
    note(house, tablet, visit)
    backed_up(app, clock, place)

    tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "after the backup"})
    said = tablet.push().get_json()

    assert (said["durability"], said["ack_n"], said["durable_n"]) == ("backup", 3, 2)
    assert told(tablet) == ("backup", 2)


def test_held_and_rejected_operations_are_durable_too(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path
) -> None:
    note(house, tablet, visit)
    tablet.write("not an operation")
    tablet.act("note.add", ("note", house.new_id()), {"visit": house.new_id(), "text": "of no visit"})
    tablet.push()
    assert {tablet.result(n)["seq"] for n in (2, 3)} == {None}

    backed_up(app, clock, place)

    assert told(tablet) == ("backup", 3)


def test_a_backup_that_differs_from_its_snapshot_is_none(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(house, tablet, visit)
    copier = making.copier_of

    def forgetful(config: Config):
        """Loses one row between reading and writing."""
        inner = copier(config)
        read = inner.read
        inner.read = lambda copy: {name: tally for name, tally in read(copy).items() if name != "journal"}
        return inner

    monkeypatch.setattr(making, "copier_of", forgetful)
    with pytest.raises(BackupFailed, match="table journal"):
        backed_up(app, clock, place)

    assert told(tablet) == ("none", 0)
    assert [path.name for path in place.iterdir() if not path.name.startswith(".")] == ["files"]


def test_files_are_in_it_once_however_often_backups_are_made(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path
) -> None:
    tablet.upload(visit, b"\xff\xd8 first", "image/jpeg")
    first = backed_up(app, clock, place)
    tablet.upload(visit, b"\xff\xd8 second", "image/jpeg")
    second = backed_up(app, clock, place)

    assert (first.manifest.added, second.manifest.added) == (1, 1)
    assert len(second.manifest.snapshot.files) == 2
    assert sorted(FolderBlobs(place / "files").keys()) == second.manifest.snapshot.files


def test_the_keys_are_in_no_backup(house: House, app: Flask, clock: SetClock, place: Path, config: Config) -> None:
    backed_up(app, clock, place)

    kept = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    secrets = [path.read_bytes() for path in config.keys_dir.iterdir() if path.suffix in {".pem", ".key"}]
    assert secrets
    assert not [one for one in secrets if any(one in data for data in kept)]


def test_a_file_that_is_lost_is_said_and_the_rest_is_kept(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path, config: Config
) -> None:
    tablet.upload(visit, b"\xff\xd8 lost", "image/jpeg")
    [blob] = FolderBlobs(config.blobs_dir).keys()
    FolderBlobs(config.blobs_dir).delete(blob)

    with pytest.raises(BackupFailed, match="1 of the files that the database names are missing"):
        backed_up(app, clock, place)

    assert told(tablet)[0] == "none"
    assert len(list(place.glob("2*/manifest.json"))) == 1


@pytest.fixture
def rotten(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path
) -> tuple[Made, FolderBlobs, str]:
    """A backup one file of which has changed on its disk."""
    tablet.upload(visit, b"\xff\xd8 first", "image/jpeg")
    made, files = backed_up(app, clock, place), FolderBlobs(place / "files")
    [name] = files.keys()
    files.path(name).write_bytes(b"rotten")
    return made, files, name


def test_a_file_that_changed_in_the_backup_is_found(
    rotten: tuple[Made, FolderBlobs, str], config: Config
) -> None:
    made, files, name = rotten

    with pytest.raises(BackupFailed, match="damaged in the backup"):
        making.verify(made.folder, making.copier_of(config), files, [name])


def test_and_the_backup_of_its_day_takes_it_again(
    rotten: tuple[Made, FolderBlobs, str], app: Flask, clock: SetClock, place: Path
) -> None:
    _, files, name = rotten

    for _ in range(30):
        clock.advance(days=1)
        backed_up(app, clock, place, keep=2)

    assert hashlib.sha256(files.path(name).read_bytes()).hexdigest() == name


def test_only_so_many_are_kept_and_their_files_with_them(
    house: House, tablet: Tablet, visit: str, app: Flask, clock: SetClock, place: Path
) -> None:
    made = [backed_up(app, clock, place, keep=2) for _ in range(4)]

    assert [one.forgotten for one in made] == [0, 0, 1, 1]
    assert sorted(path.name for path in place.glob("2*")) == [one.manifest.id for one in made[2:]]


def test_what_a_broken_run_left_is_no_backup_and_goes(
    house: House, app: Flask, clock: SetClock, place: Path
) -> None:
    left = place / ".unfinished-2026-11-22T000000Z"
    left.mkdir(parents=True)
    (left / "singgah.db").write_bytes(b"half")

    made = backed_up(app, clock, place)

    assert not left.exists()
    assert [path.name for path in place.glob("2*")] == [made.manifest.id]


def test_a_manifest_names_every_part_with_its_digest(house: House, app: Flask, clock: SetClock, place: Path) -> None:
    made = backed_up(app, clock, place)

    said = json.loads((made.folder / "manifest.json").read_bytes())
    copy = made.folder / said["database"]
    assert said["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert said["files_sha256"] == hashlib.sha256((made.folder / "files.txt").read_bytes()).hexdigest()
    assert said["snapshot"]["organisations"][0]["id"] == house.org_id
    assert said["snapshot"]["schema"] == made.manifest.snapshot.schema


@pytest.fixture
def nightly(config: Config, clock: SetClock, place: Path) -> Iterator[Flask]:
    """The program with BACKUP_DIR set."""
    env = {"DATABASE_URL": config.database_url, "DATA_DIR": str(config.data_dir), "BACKUP_DIR": str(place)}
    with build_app(Config.from_env(env), clock) as app:
        House.found(app, clock, "Sungai Systems")
        yield app


def a_sweep(app: Flask) -> None:
    with app.app_context():
        jobs.post_daily()
        jobs.run_due()


def test_the_worker_makes_one_each_night(nightly: Flask, clock: SetClock, place: Path) -> None:
    for _ in range(3):
        a_sweep(nightly)
        clock.advance(minutes=1)
    assert len(list(place.glob("2*"))) == 1

    clock.advance(hours=24)
    a_sweep(nightly)
    assert len(list(place.glob("2*"))) == 2


def test_health_says_how_old_the_last_one_is(nightly: Flask, clock: SetClock) -> None:
    with nightly.app_context():
        assert health.check()["backup"] == {"ok": True, "last": None, "late": True, "wanted": True}
    a_sweep(nightly)
    with nightly.app_context():
        assert not health.check()["backup"]["late"]
        clock.advance(hours=49)
        assert health.check()["backup"]["late"]
        assert health.check()["ok"]


def test_where_none_is_wanted_health_says_that_there_is_none(house: House, app: Flask) -> None:
    with app.app_context():
        assert health.check()["backup"] == {"ok": True, "last": None, "late": False, "wanted": False}
        assert services.state().at is None
