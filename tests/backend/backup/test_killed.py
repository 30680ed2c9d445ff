"""A restore that is killed anywhere: what was there is there still, or the backup is; the next start does the rest."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from backend import schema_version
from backend.backup import history, postgres_copy
from backend.backup.copying import RestoreRefused
from backend.backup.postgres_copy import PostgresCopier
from backend.core.db import reading
from backend.exchange.models import SyncOrg
from backend.identity.models import SessionRow
from tests.backend.backup.installation import Installation, note
from tests.drill.returning import begin_anew
from tests.makers import House, Tablet, build_app

RESTORE = "backend.backup.restore"
STEPS = [
    f"{RESTORE}._put_files",
    f"{RESTORE}.history.doubt",
    f"{RESTORE}.schema_version.migrate",
    f"{RESTORE}.record",
    f"{RESTORE}.bump",
    f"{RESTORE}.history.note",
    f"{RESTORE}.history.note before",
    f"{RESTORE}._put_database",
]
OF_A_FILE = [f"{RESTORE}._one_file", f"{RESTORE}._set_aside", f"{RESTORE}.sync_folder", f"{RESTORE}.sync_folder before"]
OF_A_SERVER = [f"{RESTORE}.put_back", f"{RESTORE}.put_back before"]


ON_A_SERVER = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""A file is put in place by one renaming; it is the server's rows that take their time."""


class Killed(BaseException):
    """Nothing of the program catches it."""


def killed_at(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The process ends right after the step, or right before it."""
    place, _, before = step.partition(" ")
    path, name = place.rsplit(".", 1)
    owner = import_module(RESTORE) if path == RESTORE else getattr(import_module(RESTORE), path.rsplit(".", 1)[1])
    real = getattr(owner, name)

    def last(*args: object, **more: object) -> None:
        if not before:
            real(*args, **more)
        raise Killed

    monkeypatch.setattr(owner, name, last)


def start(installation: Installation) -> None:
    """As `make up` does: the database is migrated, and the program looks whether it is the one of before."""
    installation.house.app = installation.stack.enter_context(build_app(installation.config, installation.clock))
    with installation.house.app.app_context():
        schema_version.migrate()
        history.watch()


def come_back(tablet: Tablet) -> bool:
    """Whether the tablet was told to begin anew."""
    said = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body())
    anew = said.status_code != 200
    if anew:
        told = said.get_json()
        assert told["code"] == "epoch_changed", told
        begin_anew(tablet, told["epoch"], told["next_n"])
    tablet.sync()
    return anew


@pytest.mark.parametrize("noted", [True, False], ids=["same machine", "new machine"])
@pytest.mark.parametrize(
    ("database_url", "step"),
    [
        *(("sqlite", step) for step in (*STEPS, *OF_A_FILE)),
        *(("postgresql", step) for step in (*STEPS, *OF_A_SERVER)),
    ],
    indirect=["database_url"],
)
def test_wherever_a_restore_is_killed_the_next_start_loses_nothing(
    installation: Installation,
    house: House,
    tablet: Tablet,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    noted: bool,
) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    note(house, tablet, visit, "yesterday")
    installation.back_up()
    note(house, tablet, visit, "today")
    before = installation.ids()
    with house.app.app_context():
        history.watch()
    if not noted:
        (installation.config.data_dir / history.NAME).unlink()

    with monkeypatch.context() as patches, pytest.raises(Killed):
        killed_at(patches, step)
        installation.put_back()
    if installation.config.sqlite:
        # Without a file the next start would make an empty database, and a demo in it.
        assert Path(str(make_url(installation.config.database_url).database)).stat().st_size > 0
    start(installation)

    if installation.ids() < before:
        with house.app.app_context(), reading() as session:
            assert session.scalar(select(func.count()).select_from(SessionRow)) == 0, "a session lives again"
            assert session.scalar(select(SyncOrg.epoch)) != tablet.epoch
    come_back(installation.meet(tablet))
    assert installation.ids() == before


def test_a_restore_that_was_killed_can_simply_be_done_again(
    installation: Installation, house: House, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.back_up()
    with monkeypatch.context() as patches, pytest.raises(Killed):
        killed_at(patches, f"{RESTORE}.record")
        installation.put_back()

    done = installation.put_back()

    assert list(done.epochs) == [house.org_id]
    assert come_back(installation.meet(tablet))


CHILD = """
import sys
from pathlib import Path
from backend.backup import postgres_copy as copying
url, dump, fake = sys.argv[1:]
real = copying.client
copying.client = lambda name, failed: fake if name == "pg_restore" else real(name, failed)
copying.put_back(copying.PostgresCopier(url), Path(dump))
"""


@pytest.fixture
def dump(installation: Installation) -> Path:
    """Of a database that has changed since."""
    made = installation.back_up()
    installation.house.site("since the backup")
    installation.stop()
    return made.folder / "singgah.dump"


REAL = postgres_copy.client


def pg_restore(folder: Path, cut: str, then: str) -> Path:
    """A program that gives out only a part of the script, and then does something else."""
    fake = folder / "pg_restore"
    fake.write_text(f'#!/bin/sh\n"{REAL("pg_restore", RestoreRefused)}" "$@" | {cut}\n{then}\n')
    fake.chmod(0o700)
    return fake


def tables_of(copier: PostgresCopier, folder: Path) -> dict[str, object]:
    return dict(copier.copy(folder / "now.dump", []).tables)


@ON_A_SERVER
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999, 1.0], ids=str)
def test_killed_in_the_middle_of_the_rows_postgresql_has_what_it_had(
    installation: Installation, dump: Path, tmp_path: Path, share: float
) -> None:
    copier, url = PostgresCopier(installation.config.database_url), installation.config.database_url
    words = [REAL("pg_restore", RestoreRefused), "--exit-on-error", "--no-owner", "--no-privileges", "--file=-"]
    script = subprocess.run([*words, str(dump)], capture_output=True, check=True).stdout
    fake = pg_restore(tmp_path, f"head -c {int(len(script) * share)}", "kill -9 $PPID")
    before = tables_of(copier, tmp_path)

    ended = subprocess.run([sys.executable, "-c", CHILD, url, str(dump), str(fake)], check=False)

    assert ended.returncode == -signal.SIGKILL
    # Reading waits by itself until PostgreSQL has taken the half transaction back.
    assert tables_of(copier, tmp_path) == before


@ON_A_SERVER
@pytest.mark.parametrize(
    ("end", "said"),
    [
        ('echo "disk is gone" >&2; exit 1', "pg_restore failed: disk is gone"),
        ("kill -9 $$", "pg_restore failed: it did not say why"),
    ],
)
def test_a_dump_that_breaks_off_changes_nothing_and_says_so(
    installation: Installation, dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, said: str
) -> None:
    copier = PostgresCopier(installation.config.database_url)
    fake = pg_restore(tmp_path, "head -c 20000", end)
    before = tables_of(copier, tmp_path)
    monkeypatch.setattr(
        postgres_copy, "client", lambda name, failed: str(fake) if name == "pg_restore" else REAL(name, failed)
    )

    with pytest.raises(RestoreRefused, match=said):
        postgres_copy.put_back(copier, dump)

    assert tables_of(copier, tmp_path) == before


@ON_A_SERVER
def test_half_a_dump_changes_nothing_and_says_why(
    installation: Installation, dump: Path, tmp_path: Path
) -> None:
    copier = PostgresCopier(installation.config.database_url)
    before = tables_of(copier, tmp_path)
    broken = tmp_path / "broken.dump"
    broken.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])

    with pytest.raises(RestoreRefused, match="failed"):
        postgres_copy.put_back(copier, broken)

    assert tables_of(copier, tmp_path) == before

