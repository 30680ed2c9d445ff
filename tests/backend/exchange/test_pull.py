"""Pull (sync.md 3.4): the feed behind a cursor, complete, in scope, and nothing else."""

from __future__ import annotations

import gzip

import pytest
from sqlalchemy import event, select, update

from backend.core.db import db, unit
from backend.exchange import events, pull
from backend.exchange.models import HEADS, ORGS, SyncHead, SyncOrg
from backend.identity.models import Device
from sync.feed import checksum, encode_cursor
from tests.makers import House, Tablet


def note(house: House, tablet: Tablet, visit: str, text: str = "x") -> dict:
    return tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": text})


def kinds(tablet: Tablet) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, _ in tablet.rows:
        found[kind] = found.get(kind, 0) + 1
    return found


def test_a_tablet_gets_the_directory_its_visits_and_their_sites_and_no_other(house, tablet):
    mine = house.visit(tablet.person)
    house.visit(house.person("engineer", 2), site=house.site())

    tablet.pull()

    assert {key for key in tablet.rows if key[0] == "visit"} == {("visit", mine)}
    assert {key for key in tablet.rows if key[0] == "site"} == {("site", house.ids["site"])}
    assert kinds(tablet)["client"] == 1
    assert tablet.value("scope", mine) == {"audience": f"v:{mine}", "state": "in"}
    assert tablet.value("device", tablet.id)["code"] == tablet.code


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_pages_of_any_size_give_the_same_base(house, tablet, limit):
    visit = house.visit(tablet.person)
    for text in "abcdef":
        note(house, tablet, visit, text)
    second = house.tablet("engineer")

    tablet.pull()
    while second.pull(limit, pages=3).get_json()["more"]:
        house.clock.advance(seconds=5)

    assert second.rows == tablet.rows
    assert second.head == tablet.head


@pytest.mark.parametrize("stretches", [(), (1,), (1, 3), (4, 1), (1_000, 1)])
@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_however_far_the_feed_is_looked_through_by_position_the_rows_are_the_same(
    house, tablet, monkeypatch, stretches, limit
):
    visit = house.visit(tablet.person)
    other = house.visit(house.person("engineer", 2))
    for text in "abc":
        note(house, tablet, visit, text)
        house.office()("note.add", ("note", house.new_id()), {"visit": other, "text": "of somebody else"})
    tablet.pull()
    monkeypatch.setattr(pull, "STRETCHES", stretches)
    second = house.tablet("engineer")

    while second.pull(limit, pages=1).get_json()["more"]:
        house.clock.advance(seconds=5)

    tablet.pull()
    assert second.rows == tablet.rows
    assert second.head == tablet.head


def test_rows_that_change_between_two_pages_come_again(house, tablet):
    visit = house.visit(tablet.person)
    ids = [house.new_id() for _ in range(4)]
    for entity in ids:
        tablet.do("note.add", ("note", entity), {"visit": visit, "text": "before"})
    fresh = house.tablet("engineer")
    fresh.pull(5, pages=1)

    house.office()("visit.edit", ("visit", visit), {"title": "Changed while paging"})
    contact = {"site": house.ids["site"], "name": "Puan Siti", "capacity": "Store manager"}
    gone = house.new_id()
    house.office()("contact.create", ("contact", gone), contact)
    fresh.pull(5, pages=1)
    house.office()("contact.remove", ("contact", gone), {})
    fresh.pull(5)

    tablet.pull()
    assert fresh.rows == tablet.rows
    assert fresh.value("visit", visit)["title"] == "Changed while paging"


def test_a_pull_says_up_to_which_operation_it_holds_the_effects(house, tablet):
    visit = house.visit(tablet.person)
    tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "x"})
    assert tablet.pull().get_json()["ack_n"] == 0
    tablet.push()

    said = tablet.pull().get_json()

    assert said["ack_n"] == 1
    assert said["head"] >= tablet.result(1)["seq"]


def test_what_is_behind_the_cursor_is_not_sent_again(house, tablet):
    house.visit(tablet.person)
    tablet.pull()

    said = tablet.pull().get_json()

    assert (said["changes"], said["more"], said["sums"]) == ([], False, {})


def test_checksums_of_visits_are_those_of_the_rows(house, tablet):
    visit, other = house.visit(tablet.person), house.visit(tablet.person)
    for text in "abc":
        note(house, tablet, visit, text)
    tablet.pull()

    rows = [
        (kind, entity, row.ver)
        for (kind, entity), row in tablet.rows.items()
        if row.value.get("visit", entity) == visit and kind in {"visit", "note"}
    ]

    assert tablet.sums[f"v:{visit}"] == checksum(rows)
    assert tablet.sums[f"v:{other}"] == checksum([("visit", other, tablet.rows["visit", other].ver)])


def test_who_is_taken_off_a_visit_loses_its_tree_and_the_other_gets_it(house, tablet):
    second = house.tablet("engineer", 2)
    visit = house.visit(tablet.person)
    note(house, tablet, visit)
    tablet.pull()
    second.pull()
    assert ("visit", visit) in tablet.rows and ("visit", visit) not in second.rows

    crew = [second.person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    tablet.pull()
    second.pull()

    assert ("visit", visit) not in tablet.rows
    assert ("site", house.ids["site"]) not in tablet.rows
    assert {kind for kind, _ in second.rows} >= {"visit", "note", "site"}
    # What happens there now concerns the second alone.
    note(house, second, visit, "after")
    assert [change["k"] for change in tablet.pull().get_json()["changes"]] == []


def test_who_comes_back_gets_the_tree_anew_with_what_was_written_meanwhile(house, tablet):
    second = house.tablet("engineer", 2)
    visit, assign = house.visit(tablet.person), house.office()
    both = [tablet.person.id, second.person.id]
    note(house, tablet, visit)
    tablet.pull()
    assign("visit.assign", ("visit", visit), {"engineers": [both[1]], "lead": both[1]})
    note(house, second, visit, "meanwhile")
    assign("visit.assign", ("visit", visit), {"engineers": both, "lead": both[1]})

    tablet.pull()
    second.pull()

    mine = {key: row for key, row in tablet.rows.items() if key[0] not in {"scope", "device"}}
    theirs = {key: row for key, row in second.rows.items() if key[0] not in {"scope", "device"}}
    assert mine == theirs


def test_an_asset_that_moves_to_another_site_leaves_a_tombstone_there(house, tablet):
    second, elsewhere = house.tablet("engineer", 2), house.site()
    house.visit(tablet.person)
    house.visit(second.person, site=elsewhere)
    asset = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS in the rack", "stage": "in_service"}
    house.office()("asset.create", ("asset", asset), facts)
    tablet.pull()
    house.office()("asset.move", ("asset", asset), {"site": elsewhere, "place": "Server room"})

    tablet.pull()
    second.pull()

    assert ("asset", asset) not in tablet.rows
    assert second.value("asset", asset)["site"] == elsewhere


def test_tablets_never_get_what_only_the_office_sees(house, tablet):
    house.visit(tablet.person)
    client = house.ids["client"]
    house.office()("client.edit", ("client", client), {"notes": "pays late", "name": "Kedai Kopi Group"})
    tablet.pull()

    assert tablet.value("client", client) == {"name": "Kedai Kopi Group"}
    with house.app.app_context():
        told = db.session.query(SyncHead).filter_by(kind="agreement").filter(SyncHead.audience != "office")
        assert not told.count()


def test_another_organisation_is_never_seen(house, tablet):
    other = house.other()
    theirs = other.visit(other.person("engineer"))
    stranger = other.tablet("engineer")
    house.visit(tablet.person)

    tablet.pull()
    stranger.pull()

    mine, foreign = {key[1] for key in tablet.rows}, {key[1] for key in stranger.rows}
    assert not mine & foreign
    assert theirs in foreign


def test_a_tablet_that_was_away_too_long_begins_anew_and_gets_everything(house, tablet):
    visit = house.visit(tablet.person)
    tablet.pull()
    note(house, tablet, visit)
    with house.app.app_context(), unit():
        db.session.execute(update(ORGS).values(floor=tablet.head + 1))

    answer = tablet.pull()
    assert (answer.status_code, answer.get_json()["code"]) == (410, "cursor_expired")
    tablet.cursor, tablet.rows = None, {}
    # Its early pages lie before the floor too, and must not be mistaken for an old cursor.
    while tablet.pull(2, pages=2).get_json()["more"]:
        house.clock.advance(seconds=5)

    assert ("visit", visit) in tablet.rows
    assert kinds(tablet)["note"] == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"cursor": "nonsense"}, 400, "invalid"),
        ({"cursor": encode_cursor(10**9)}, 410, "cursor_expired"),
        ({"epoch": "an old one"}, 409, "epoch_changed"),
        ({"proto": 0}, 426, "app_too_old"),
        ({"limit": 0}, 400, "invalid"),
        ({"colour": 1}, 400, "invalid"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused_by_name(house, tablet, change, status, code):
    body = {"proto": 1, "schema": 1, "device": tablet.id, "epoch": None, "cursor": None, "limit": 5, "nonce": "n"}

    answer = tablet.call("POST", "/api/v1/sync/pull", json=body | change)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_an_answer_carries_the_nonce_of_its_request_and_is_never_cached(house, tablet):
    answer = tablet.pull()

    assert answer.get_json()["nonce"] == "n2"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.get_json()["journal"]) == 64


def test_a_page_is_packed_for_who_can_unpack_it(house, tablet):
    visit = house.visit(tablet.person)
    for text in "abcdefgh":
        note(house, tablet, visit, text * 200)
    body = {"proto": 1, "schema": 1, "device": tablet.id, "epoch": None, "cursor": None, "nonce": "n"}

    plain = tablet.call("POST", "/api/v1/sync/pull", json=body)
    packed = tablet.call("POST", "/api/v1/sync/pull", json=body, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2


def test_a_page_has_at_most_a_mebibyte(house, tablet):
    visit = house.visit(tablet.person)
    for _ in range(3):
        for _ in range(100):
            args = {"visit": visit, "text": "y" * 4_000}
            tablet.act("note.add", ("note", house.new_id()), args)
        tablet.push()
    second = house.tablet("engineer")

    sizes = []
    while True:
        answer = second.pull(pages=1)
        sizes.append(len(answer.data))
        if not answer.get_json()["more"]:
            break

    assert max(sizes) < (1 << 20) + 2_000
    assert len(sizes) == 2
    assert kinds(second)["note"] == 300


def test_a_pull_writes_nothing_but_that_the_tablet_was_heard_once_a_minute(house, tablet):
    house.visit(tablet.person)
    tablet.pull()
    before = heard(house, tablet)
    house.clock.advance(seconds=59)
    tablet.pull()
    assert heard(house, tablet) == before
    house.clock.advance(seconds=2)
    tablet.pull()

    assert heard(house, tablet) == house.clock.now()


def heard(house: House, tablet: Tablet):
    with house.app.app_context():
        return db.session.get_one(Device, tablet.id).last_seen


def test_the_head_is_known_without_a_pull(house, tablet):
    house.visit(tablet.person)
    tablet.pull()

    assert tablet.call("GET", "/api/v1/sync/head").get_json()["head"] == tablet.head
    house.visit(tablet.person)
    with house.app.app_context():
        now = db.session.scalar(select(SyncOrg.seq).where(SyncOrg.org_id == house.org_id))
    assert tablet.call("GET", "/api/v1/sync/head").get_json()["head"] == now > tablet.head


def statements(house: House, act) -> int:
    """How many statements reach the database while `act` runs."""
    seen = []
    with house.app.app_context():
        engine = db.engine
    note_one = lambda *_: seen.append(1)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note_one)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note_one)
    return len(seen)


def test_who_asks_for_the_head_again_costs_no_database(house, tablet, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(events.clock, "stopwatch", lambda: now[0])

    def ask() -> None:
        assert tablet.call("GET", "/api/v1/sync/head").get_json()["head"] > 0

    assert statements(house, ask) > 0
    assert statements(house, ask) == 0
    now[0] += events.FRESH_S
    position = statements(house, ask)
    assert 0 < position <= 2
    now[0] += events.ADMITTED_S
    assert statements(house, ask) > position


def test_a_pull_that_finds_nothing_new_is_one_statement(house, tablet):
    house.visit(tablet.person)
    tablet.pull()

    assert statements(house, tablet.pull) == 1
    house.visit(tablet.person)
    assert statements(house, tablet.pull) > 1


def test_what_is_committed_behind_that_statement_comes_with_the_next_pull(house, tablet):
    house.visit(tablet.person)
    tablet.pull()
    head, made = tablet.head, []

    def write(*_: object) -> None:
        if not made:
            made.append("")
            made[0] = house.visit(tablet.person)

    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", write)
    try:
        said = tablet.pull().get_json()
    finally:
        event.remove(engine, "after_cursor_execute", write)

    assert (said["head"], said["changes"], said["more"]) == (head, [], False)
    tablet.pull()
    assert tablet.value("visit", made[0])


def test_who_was_never_let_in_learns_no_head(house, tablet):
    assert tablet.call("GET", "/api/v1/sync/head").status_code == 200
    assert house.app.test_client().get("/api/v1/sync/head").status_code == 401
    tablet.browser.client.set_cookie("singgah", "somebody else's")
    assert tablet.call("GET", "/api/v1/sync/head").status_code == 401


def test_positions_are_never_given_twice(house, tablet):
    visit = house.visit(tablet.person)
    for text in "abc":
        note(house, tablet, visit, text)
    house.visit(tablet.person)

    with house.app.app_context():
        seqs = list(db.session.execute(select(HEADS.c.seq).where(HEADS.c.org_id == house.org_id)).scalars())
        top = db.session.scalar(select(SyncOrg.seq).where(SyncOrg.org_id == house.org_id))
    assert len(seqs) == len(set(seqs))
    assert max(seqs) == top
