"""The tablets as the office sees them: what each holds and says of itself, its end, and what a rescue file brings."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli import main
from backend.core.clock import SetClock
from backend.core.db import reading
from backend.identity.models import Device
from tests.backend.console.conftest import Desk
from tests.backend.identity.test_wipe import report
from tests.backend.rescue.writing import rescue_file
from tests.makers import House, Tablet

DeskOf = Callable[[str], Desk]


def device(house: House, tablet: Tablet) -> Device:
    with house.app.app_context(), reading() as session:
        return session.get_one(Device, tablet.id)


def gone_ticket(house: House, tablet: Tablet) -> int:
    """An operation that will be held: nobody has its ticket."""
    return tablet.act("ticket.start", ("ticket", house.new_id()), {})


def test_the_list_says_what_each_tablet_holds_and_how_worrying_that_is(
    house: House, tablet: Tablet, desk_of: DeskOf, clock: SetClock
) -> None:
    gone_ticket(house, tablet)
    tablet.push()
    worries = {"offset_ms": -600_000, "free_mb": 700, "readiness": "not_ready", "lacking": ["clock"]}
    report(tablet, made_n=4, unsent=3, photos=2, **worries)
    clock.advance(days=4)

    page = desk_of("dispatcher").see("/console/devices")

    said = ("1 of 4", "3 changes, 2 photos, 1 MB", "10 min fast", "Kept, 0.7 GB free", "Silent for 4 days", "0.1.0")
    for words in said:
        assert words in page, words
    assert "Not ready: clock is wrong" in desk_of("dispatcher").see(f"/console/devices/{tablet.id}")


def test_a_tablet_that_is_all_right_is_said_so(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    report(tablet, made_n=0, unsent=0, photos=0, readiness="ready", lacking=[])

    page = desk_of("dispatcher").see(f"/console/devices/{tablet.id}")

    for words in ("Complete to 0", "Nothing", "Right", "Ready to work offline"):
        assert words in page, words


def test_the_list_is_narrowed_by_state_and_words(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    see = desk_of("dispatcher").see

    assert tablet.code in see("/console/devices?state=active")
    assert tablet.code not in see("/console/devices?state=wiped")
    assert tablet.code in see(f"/console/devices?q={tablet.code.lower()}")
    assert f"{tablet.id}" not in see("/console/devices?q=nothing-like-it")


def test_revoking_says_since_when_others_may_have_used_it(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    desk = desk_of("administrator")
    page = f"/console/devices/{tablet.id}"

    later = desk.send(f"{page}/revoke", compromised_since="2999-01-01T10:00")
    assert "has not come yet" in later.get_data(as_text=True)
    assert "a date and a time" in desk.send(f"{page}/revoke", compromised_since="soon").get_data(as_text=True)
    desk.made(f"{page}/revoke", compromised_since="2026-11-22T10:00")

    row = device(house, tablet)
    assert (row.status, str(row.compromised_since)) == ("revoked", "2026-11-22 02:00:00+00:00")


def test_a_lost_tablet_is_told_to_empty_itself_once(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    page = f"/console/devices/{tablet.id}"
    desk = desk_of("dispatcher")

    desk.made(f"{page}/wipe")

    assert "Wipe asked for" in desk.see(page)
    assert desk.send(f"{page}/wipe").status_code == 409
    assert f'action="{page}/wipe"' not in desk.see(page)


def test_a_tablet_whose_storage_is_empty_makes_room_for_the_next(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    desk = desk_of("dispatcher")

    desk.made(f"/console/devices/{tablet.id}/replace")

    assert "Replaced" in desk.see("/console/devices")
    assert device(house, tablet).ended_as == "replaced"


def test_nobody_else_ends_a_tablet(house: House, tablet: Tablet, desk_of: DeskOf) -> None:
    for role in ("desk_agent", "service_manager"):
        for deed in ("wipe", "replace", "revoke"):
            assert desk_of(role).send(f"/console/devices/{tablet.id}/{deed}").status_code == 409
    assert device(house, tablet).status == "active"


def test_a_rescue_file_is_brought_in_at_the_console_and_the_page_says_what_became_of_it(
    house: House, tablet: Tablet, desk_of: DeskOf
) -> None:
    tablet.pull()
    gone_ticket(house, tablet)
    file = rescue_file(tablet)
    desk = desk_of("dispatcher")

    first = desk.send("/console/devices/rescue", file=(io.BytesIO(file), "T.singgah-rescue")).get_data(as_text=True)
    again = desk.send("/console/devices/rescue", file=(io.BytesIO(file), "T.singgah-rescue")).get_data(as_text=True)

    assert "1 operations wait for somebody to look at them." in first
    assert "1 operations were here already." in again


def test_a_wrong_file_is_said_so_at_the_console(desk_of: DeskOf) -> None:
    desk = desk_of("dispatcher")

    wrong = desk.send("/console/devices/rescue", file=(io.BytesIO(b"%PDF-1.7"), "report.pdf"))
    none = desk.send("/console/devices/rescue")

    assert (wrong.status_code, none.status_code) == (422, 422)
    assert "This is not a rescue file of a tablet." in wrong.get_data(as_text=True)
    assert "Choose the file first." in none.get_data(as_text=True)


class TestTheCommandLine:
    @pytest.fixture
    def run(self, house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
        """`singgah rescue import …` on the same database; its exit code and output."""
        config = house.app.extensions["singgah.config"]
        monkeypatch.setenv("DATABASE_URL", config.database_url)
        monkeypatch.setenv("DATA_DIR", str(config.data_dir))

        def invoke(*words: str) -> tuple[int, str]:
            done = CliRunner().invoke(main, ["rescue", "import", *words])
            return done.exit_code, done.output

        return invoke

    def test_it_reports_in_words_and_as_json(
        self, house: House, tablet: Tablet, tmp_path: Path, run: Callable[..., tuple[int, str]]
    ) -> None:
        tablet.pull()
        gone_ticket(house, tablet)
        file = tmp_path / "lost.singgah-rescue"
        file.write_bytes(rescue_file(tablet))

        code, words = run(str(file))
        _, said = run(str(file), "--json")

        assert (code, "1 operations wait" in words) == (0, True), words
        assert json.loads(said)["operations"]["already"][0]["code"] == "entity_gone"

    def test_a_wrong_file_ends_with_1_and_a_damaged_one_with_3(
        self, house: House, tablet: Tablet, tmp_path: Path, run: Callable[..., tuple[int, str]]
    ) -> None:
        file = tmp_path / "lost.singgah-rescue"
        file.write_bytes(b"nothing")
        assert run(str(file)) == (1, "Error: This is not a rescue file of a tablet.\n")

        tablet.pull()
        gone_ticket(house, tablet)
        file.write_bytes(rescue_file(tablet)[:-3])
        code, words = run(str(file))
        assert (code, "The file is damaged" in words) == (3, True), words
