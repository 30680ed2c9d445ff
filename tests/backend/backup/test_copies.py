"""The contract of copiers, on both databases: one moment, every row, read back; what is damaged is seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask

from backend.backup.contents import differences
from backend.backup.copying import BackupFailed, Copier
from backend.backup.make import copier_of
from backend.core.config import Config
from tests.makers import House, Tablet


@pytest.fixture
def copier(config: Config) -> Copier:
    return copier_of(config)


@pytest.fixture
def copied(house: House, tablet: Tablet, copier: Copier, tmp_path: Path) -> Path:
    tablet.sync()
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder / copier.file


def test_what_is_read_back_is_what_the_snapshot_held(copied: Path, copier: Copier) -> None:
    snapshot = copier.copy(copied, [])

    assert differences(snapshot.tables, copier.read(copied)) == []
    assert snapshot.tables["device"].rows >= 1
    assert snapshot.tables["journal"].rows > 5


def test_the_snapshot_says_where_organisations_and_their_tablets_stood(
    copied: Path, copier: Copier, house: House, tablet: Tablet
) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "one"})
    tablet.do("note.add", ("note", house.new_id()), {"visit": house.new_id(), "text": "of no visit"})
    tablet.pull()

    [organisation] = copier.copy(copied, []).organisations

    assert (organisation.id, organisation.epoch, organisation.seq) == (house.org_id, tablet.epoch, tablet.head)
    assert tablet.results[2]["seq"] is None
    assert organisation.received == {tablet.id: 2}


def test_the_rest_of_the_program_goes_on_writing_meanwhile(
    copied: Path, copier: Copier, house: House, app: Flask
) -> None:
    stop, written = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            written.append(house.site(f"Store {len(written)}"))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        snapshot = copier.copy(copied, [])
    finally:
        stop.set()
        worker.join()

    assert differences(snapshot.tables, copier.read(copied)) == []
    house.site("afterwards")


def test_files_are_those_that_the_rows_name(copied: Path, copier: Copier) -> None:
    assert copier.copy(copied, [("client", "name")]).files == [
        "Kedai Kopi Group"
    ]


def test_a_damaged_copy_is_seen(copied: Path, copier: Copier) -> None:
    snapshot = copier.copy(copied, [])
    data = bytearray(copied.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4_096] = bytes(byte ^ 0x5A for byte in data[middle : middle + 4_096])
    copied.write_bytes(bytes(data))

    try:
        assert differences(snapshot.tables, copier.read(copied)) != []
    except BackupFailed as failed:
        assert str(failed)


def test_one_changed_row_is_a_difference(copied: Path, copier: Copier, house: House) -> None:
    before = copier.copy(copied, [])
    copied.unlink()
    house.site("one more")

    assert any(line.startswith("table site:") for line in differences(before.tables, copier.copy(copied, []).tables))


def test_something_else_is_no_copy(copier: Copier, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"not a database, and long enough to be looked at" * 100)

    with pytest.raises(BackupFailed, match="cannot be read"):
        copier.read(other)
