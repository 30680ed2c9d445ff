"""A rescue file is brought in: nothing is lost, nothing doubled, and what cannot be is said in words."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from backend.core.db import unit
from backend.core.problems import Forbidden, Problem
from backend.exchange import rescued
from backend.exchange import services as exchange
from backend.identity import devices
from backend.media import services as media
from backend.rescue import sealed
from backend.rescue.importing import Report, bring_in
from tests.backend.rescue.writing import rescue_file
from tests.makers import House, Tablet

PHOTO = b"\xff\xd8 a photo " * 90_000
DIGEST = sha256(PHOTO).hexdigest()


@pytest.fixture
def work(house: House, tablet: Tablet, visit: str) -> list[str]:
    """Ids of four tickets raised on the tablet and never sent."""
    tickets = [house.new_id() for _ in range(4)]
    for ticket in tickets:
        raise_ticket(house, tablet, ticket)
    return tickets


def raise_ticket(house: House, tablet: Tablet, ticket: str) -> int:
    args = {"kind": "incident", "site": house.ids["site"], "title": "UPS beeps", "channel": "tablet"}
    args["number"] = tablet.next_number("T")
    return tablet.act("ticket.create", ("ticket", ticket), args)


def bring(house: House, data: bytes, role: str | None = "dispatcher") -> Report:
    with house.app.app_context():
        return bring_in(io.BytesIO(data), None if role is None else house.person(role).actor)


def refusal(house: House, data: bytes, role: str = "dispatcher") -> Problem:
    with pytest.raises(Problem) as refused:
        bring(house, data, role)
    return refused.value


def held_codes(house: House) -> list[str | None]:
    with house.app.app_context():
        return [one.code for one in exchange.held(house.person("dispatcher").actor)]


def tickets_here(house: House) -> set[str]:
    colleague = house.tablet("engineer")
    colleague.pull()
    return {entity for kind, entity in colleague.rows if kind == "ticket"}


def test_what_the_tablet_never_sent_is_here_as_if_it_had(
    house: House, tablet: Tablet, work: list[str], visit: str
) -> None:
    report = bring(house, rescue_file(tablet, photos=[(visit, PHOTO)]))

    assert report.counts == {"applied": 4, "already": 0, "beside": 0}, report.as_json()
    assert report.photos == {"new": [DIGEST], "already": [], "refused": []}
    assert set(work) <= tickets_here(house)
    with house.app.app_context():
        assert media.read_original(house.org_id, visit, DIGEST) == PHOTO


def test_the_same_file_again_changes_nothing(house: House, tablet: Tablet, work: list[str], visit: str) -> None:
    file = rescue_file(tablet, photos=[(visit, PHOTO)])
    bring(house, file)
    with house.app.app_context():
        before = exchange.head(house.org_id)

    again = bring(house, file)

    assert again.counts == {"already": 4, "beside": 0}
    assert again.photos == {"new": [], "already": [DIGEST], "refused": []}
    with house.app.app_context():
        assert exchange.head(house.org_id) == before


def test_a_tablet_that_comes_back_after_all_finds_its_work_done_once(
    house: House, tablet: Tablet, work: list[str]
) -> None:
    report = bring(house, rescue_file(tablet))

    tablet.sync()

    assert [tablet.result(n)["status"] for n in range(1, 5)] == ["applied"] * 4
    assert [tablet.result(n) for n in range(1, 5)] == [report.operations.new[n] for n in range(1, 5)]
    assert tablet.push(first=1).get_json()["ack_n"] == 4
    assert raise_ticket(house, tablet, house.new_id()) == 5
    tablet.sync()
    assert tablet.result(5)["status"] == "applied"


def test_brought_into_another_tablet_of_the_person_and_the_office_too_it_counts_once(
    house: House, tablet: Tablet, work: list[str]
) -> None:
    other = house.tablet("engineer")
    mine = raise_ticket(house, other, house.new_id())
    other.outbox += tablet.outbox
    other.sync()
    copies = [other.result(n) for n in range(mine + 1, mine + 5)]
    with house.app.app_context():
        before = exchange.head(house.org_id)

    bring(house, rescue_file(tablet))
    tablet.sync()

    assert [one["status"] for one in copies] == ["applied"] * 4
    outcomes = [(one["id"], one["status"], one["seq"]) for one in copies]
    assert [(one["id"], one["status"], one["seq"]) for one in map(tablet.result, range(1, 5))] == outcomes
    with house.app.app_context():
        assert exchange.head(house.org_id) == before
        assert exchange.held(house.person("dispatcher").actor) == []


def test_two_imports_of_one_file_at_once_set_nothing_aside_twice(
    house: House, tablet: Tablet, work: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, ask, reports = rescue_file(tablet, numbers=[2, 3, 4]), rescued._known_outcomes, list[Report]()

    def slow(*asked: Any) -> dict[int, Any]:
        """The other import runs from beginning to end between the question and what is done by its answer."""
        answer = ask(*asked)
        monkeypatch.setattr(rescued, "_known_outcomes", ask)
        if not reports:
            reports.append(bring(house, file))
        return answer

    monkeypatch.setattr(rescued, "_known_outcomes", slow)
    reports.append(bring(house, file))

    assert len(reports) == 2
    assert held_codes(house) == ["rescue_gap"] * 3


def test_what_lies_behind_a_gap_waits_for_a_person_and_is_not_doubled_later(
    house: House, tablet: Tablet, work: list[str]
) -> None:
    report = bring(house, rescue_file(tablet, numbers=[1, 2, 4], unreadable=1))

    assert report.counts == {"applied": 2, "already": 0, "beside": 1}
    assert report.operations.beside[4]["code"] == "rescue_gap"
    assert held_codes(house) == ["rescue_gap"]
    assert bring(house, rescue_file(tablet, numbers=[1, 2, 4])).counts == {"already": 3, "beside": 0}
    tablet.sync()
    assert [tablet.result(n)["status"] for n in range(1, 5)] == ["applied", "applied", "applied", "held"]


def test_another_history_under_the_same_numbers_is_set_aside_and_both_are_kept(
    house: House, tablet: Tablet, work: list[str]
) -> None:
    tablet.push(most=2)
    other = tablet.outbox[1].replace("UPS beeps", "UPS is silent").replace(work[1], house.new_id())
    other = other.replace(json.loads(other)["id"], house.new_id())

    report = bring(house, rescue_file(tablet, texts={2: other}))

    assert report.counts == {"already": 1, "beside": 3}
    assert {result["code"] for result in report.operations.beside.values()} == {"rescue_mismatch"}


def test_without_the_tablets_signature_everything_waits_for_a_person(
    house: House, tablet: Tablet, work: list[str], visit: str
) -> None:
    file = rescue_file(tablet, signed=False, photos=[(visit, PHOTO), (house.new_id(), PHOTO)])

    report = bring(house, file)

    assert report.counts == {"already": 0, "beside": 4}
    assert held_codes(house) == ["rescue_unsigned"] * 4
    assert report.photos == {"new": [DIGEST], "already": [], "refused": [DIGEST]}


@pytest.mark.parametrize("choice", ["carry_out", "set_aside"])
def test_what_a_rescue_file_brought_beside_its_tablet_is_decided_like_all_that_is_held(
    house: House, tablet: Tablet, work: list[str], choice: str
) -> None:
    bring(house, rescue_file(tablet, signed=False))
    args = {"choice": choice, "reason": "Her tablet fell into the sea"}

    with house.app.app_context():
        waiting = exchange.held(house.person("dispatcher").actor)
    ended = [house.office().ask("held.decide", ("held_decision", str(one.id)), args)["status"] for one in waiting]

    assert ended == ["applied"] * 4
    assert held_codes(house) == []
    assert (set(work) & tickets_here(house)) == (set(work) if choice == "carry_out" else set())


def test_a_revoked_tablets_work_goes_to_quarantine(house: House, tablet: Tablet, work: list[str]) -> None:
    with house.app.app_context(), unit():
        devices.revoke(house.person("administrator").actor, tablet.id)

    report = bring(house, rescue_file(tablet))

    assert report.counts == {"held": 4, "already": 0, "beside": 0}
    assert set(held_codes(house)) == {"device_revoked"}


def test_a_signature_of_another_tablet_is_damage(house: House, tablet: Tablet, work: list[str]) -> None:
    file = rescue_file(tablet, signer=house.tablet("engineer", 2))

    assert "signature does not hold" in refusal(house, file).title
    assert held_codes(house) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda file: b"%PDF-1.7\n" + file, "not a rescue file"),
        (lambda file: b"", "not a rescue file"),
        (lambda file: file[:200], "damaged"),
        (lambda file: file.replace(b'"made_at":', b'"made_at": '), "damaged"),
        (lambda file: file[:-400] + bytes([file[-400] ^ 1]) + file[-399:], "damaged"),
    ],
    ids=["another file", "empty", "cut in its head", "header changed", "a bit flipped"],
)
def test_a_wrong_or_damaged_file_is_refused_in_words_and_nothing_is_taken_in(
    house: House, tablet: Tablet, work: list[str], spoil: Callable[[bytes], bytes], words: str
) -> None:
    wrong = refusal(house, spoil(rescue_file(tablet)))

    assert words in wrong.title.lower()
    assert (wrong.status, wrong.field) == (400, "file")
    assert tablet.push().get_json()["ack_n"] == 4, "nothing stands in the tablet's way"


def test_of_a_file_that_is_cut_off_among_its_photos_the_rest_is_taken_in(
    house: House, tablet: Tablet, work: list[str], visit: str
) -> None:
    whole = rescue_file(tablet, photos=[(visit, PHOTO), (visit, PHOTO + b"2")])

    report = bring(house, whole[: -len(PHOTO) // 2])

    assert report.counts["applied"] == 4
    assert report.photos["new"] == [DIGEST]
    assert report.damage == "it ends too early"


def test_something_behind_the_end_is_said(house: House, tablet: Tablet, work: list[str]) -> None:
    assert bring(house, rescue_file(tablet) + b"x").damage == "something was put behind its end"


def test_a_photo_with_other_bytes_than_its_digest_is_refused(house: House, tablet: Tablet, visit: str) -> None:
    report = bring(house, rescue_file(tablet, photos=[(visit, PHOTO)], sha256="0" * 64))

    assert report.photos == {"new": [], "already": [], "refused": ["0" * 64]}


def test_the_file_of_another_organisation_opens_for_nobody_here(house: House, tablet: Tablet, work: list[str]) -> None:
    stranger = house.other()

    assert refusal(stranger, rescue_file(tablet)).code == "other_organisation"
    assert refusal(stranger, rescue_file(tablet, organisation=stranger.org_id)).code == "device_unknown"
    assert refusal(house, rescue_file(tablet, device=house.new_id())).code == "other_organisation"


def test_the_operator_imports_for_whichever_organisation_the_file_names(
    house: House, tablet: Tablet, work: list[str]
) -> None:
    assert bring(house, rescue_file(tablet), None).counts["applied"] == 4


def test_nothing_is_taken_in_of_a_tablet_that_nobody_has_confirmed(house: House, work: list[str]) -> None:
    claims = Tablet(house, house.person("engineer", 2))
    claims.ask_to_be_enrolled()
    claims.act("visit.mark", ("visit", house.new_id()), {"mark": "seen"})

    assert refusal(house, rescue_file(claims)).code == "device_pending"
    assert held_codes(house) == []


def test_only_dispatcher_and_administrator_import(house: House, tablet: Tablet, work: list[str]) -> None:
    for role in ("engineer", "desk_agent", "service_manager", "client_contact"):
        with pytest.raises(Forbidden):
            bring(house, rescue_file(tablet), role)


def test_a_file_beyond_the_limit_is_not_even_opened(
    house: House, tablet: Tablet, work: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.rescue.importing.LARGEST_FILE", 1_000)

    assert refusal(house, rescue_file(tablet)).status == 413


def test_one_that_breaks_the_server_does_not_keep_the_others(
    house: House, tablet: Tablet, work: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.exchange.execute import Execution

    handle = Execution._handle

    def broken(self: Execution, kind: object, op: object, n: int, args: dict[str, object]) -> object:
        if n == 2:
            raise RuntimeError("a defect of ours")
        return handle(self, kind, op, n, args)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(Execution, "_handle", broken)

    report = bring(house, rescue_file(tablet))

    assert report.operations.new[2]["code"] == "server_error"
    assert report.counts == {"applied": 3, "held": 1, "already": 0, "beside": 0}


def test_the_form_has_its_limits_said() -> None:
    assert (sealed.LONGEST_FRAME, sealed.LARGEST_FILE) == (2 * 2**20, 2**30)
