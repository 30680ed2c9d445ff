"""What a report says, without a PDF."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from backend.reports import drawings
from backend.reports.building import PhotoMissing, build_view
from backend.reports.evidence import gather
from backend.reports.facts import DeviceStatement, Facts, Receipt
from backend.reports.view import ReportView
from tests.backend.reports.visits import Case, facts_of, full_visit
from tests.backend.signoff.signing import document, sign_off, small_documents, uuid_of


def view_of(case: Case) -> ReportView:
    evidence = gather(case.signed.envelope, case.signed.tablet.jwk, case.signed.documents)
    return build_view(evidence, case.photos, case.facts)


def small(*more: bytes, flags: tuple[str, ...] = (), **changes: Any) -> ReportView:
    signed = sign_off([*small_documents(), *more], **changes)
    facts = facts_of(signed.tablet)
    return view_of(Case(signed, {}, replace(facts, receipt=replace(facts.receipt, flags=flags))))


def test_the_summary_tells_what_was_found_done_and_left_open() -> None:
    found, done, still_open = view_of(full_visit("en", 0)).columns
    assert found.lines[0].text == "KF-UPS-01 · Battery runtime under load · 6.5\u00a0min"
    assert done.lines[0].text.startswith("T-7K3-41")
    assert still_open.lines[1].text == "Follow-up T-7K3-42: Replace UPS battery set"


def test_a_long_summary_says_how_much_more_there_is() -> None:
    still_open = small(document("open_items", items=[f"thing {n}" for n in range(9)])).columns[2]
    assert (len(still_open.lines), still_open.more) == (6, "and 3 more, see below")


def test_an_empty_column_says_so_in_words() -> None:
    assert [column.lines[0].text for column in small().columns] == [
        "Nothing outside its limits.",
        "No work was recorded.",
        "Nothing is left open.",
    ]


def run_of(verdict: str, *verdicts: str) -> bytes:
    item = {"section": "", "label": "x", "type": "pass_fail", "value": None, "shown": "", "unit": "", "limits": None,
            "remark": "", "severity": None, "photos": [], "last": None}
    items = [{**item, "item": f"i{n}", "verdict": one} for n, one in enumerate(verdicts)]
    return document("run", run=uuid_of("run"), checklist="11" * 32, title="Room", asset=None, verdict=verdict,
                    items=items)


@pytest.mark.parametrize(
    ("run", "headline"),
    [
        (run_of("fail", "fail", "warn", "missing"), "1 to put right · 1 to watch"),
        (run_of("warn", "warn", "ok"), "1 to watch"),
        (run_of("missing", "missing", "missing", "ok"), "2 not answered, nothing else to report"),
        (run_of("ok", "ok", "na"), "All checks are in order"),
    ],
)
def test_the_headline_is_the_worst_and_never_calls_an_open_question_in_order(run: bytes, headline: str) -> None:
    assert small(run).headline.text == headline


def test_a_visit_without_a_checklist_says_so() -> None:
    assert small().headline.text == "No checklist on this visit"


def test_the_three_signatures_are_never_mixed_up() -> None:
    client, tablet, seal = small().signatures
    assert client.title == "Client's electronic signature"
    assert client.picture is not None
    assert "tablet 7K3" in tablet.text
    assert "not the client's signature" in seal.text


def test_a_declined_signature_tells_the_reason_and_draws_nothing() -> None:
    documents = [*small_documents()[:2], document("reason", code="hours", text="Two hours too many.")]
    signed = sign_off(documents, outcome="declined", declined="hours", authorised=None)
    client = view_of(Case(signed, {}, facts_of(signed.tablet))).signatures[0]
    assert client.picture is None
    assert "Signature declined (the hours)" in client.text
    assert client.pairs[-1].text == "the hours · Two hours too many."


def test_an_unauthorised_signer_is_named_as_one() -> None:
    assert "not name this person as authorised" in small(authorised=False).signatures[0].text


def test_time_has_bounds_and_the_tablets_clock_is_only_what_it_said() -> None:
    bounds = small().bounds
    assert bounds == (
        "Signed between 23 Nov 2026 08:12:05 and 23 Nov 2026 11:58:40; "
        "the tablet's clock said 23 Nov 2026 11:40:12. (UTC+8)"
    )


def test_without_a_known_anchor_there_is_only_an_upper_bound() -> None:
    signed = sign_off()
    facts = replace(facts_of(signed.tablet), receipt=Receipt(1, "2026-11-23T03:58:40.120Z"))
    assert view_of(Case(signed, {}, facts)).bounds.startswith("Signed before 23 Nov 2026 11:58:40")


def test_flags_are_told_even_those_that_came_later() -> None:
    notes = small(flags=("clock", "something_new")).notes
    assert notes[0].startswith("The tablet's clock was wrong")
    assert notes[1] == "Flag: something_new"


def test_internal_photos_are_counted_and_not_printed() -> None:
    entry = {"photo": "01936000-0000-7000-8000-0000000000aa", "sha256": "cd" * 32, "caption": "", "w": 1, "h": 1,
             "on": {"visit": "01936000-0000-7000-8000-0000000000a1"}, "visible": "internal"}
    view = small(document("photos", entries=[entry]))
    assert view.photos == ()
    assert view.photos_note == "Internal photos that are not printed: 1."


def test_a_photo_that_is_not_here_yet_is_waited_for() -> None:
    with pytest.raises(PhotoMissing):
        view_of(replace(full_visit("en", 1), photos={}))


def test_a_waived_photo_names_its_witness() -> None:
    case = full_visit("en", 0)
    run = next(d for d in case.signed.documents.values() if b'"kind":"run"' in d and b'"cabling"' in d)
    waiver = {"run": str(run.split(b'"run":"')[1][:36].decode()), "item": "cabling", "rule": "no_photography",
              "witness": "Lim Kok Wai"}
    documents = [*case.signed.documents.values(), document("waivers", entries=[waiver])]
    signed = sign_off(documents, outcome="accepted_with_open_items")
    view = view_of(Case(signed, {}, case.facts))
    notes = [note for checklist in view.checklists for s in checklist.sections for row in s.rows for note in row.notes]
    assert notes == ["Photo not allowed here; witness: Lim Kok Wai"]


def test_a_second_revision_says_so() -> None:
    signed = sign_off()
    assert view_of(Case(signed, {}, replace(facts_of(signed.tablet), revision=2))).revision == "Revision 2"


def test_the_link_carries_no_number_and_no_name() -> None:
    view = small()
    assert view.link == "https://service.example/r/k5n2qv7d3xw6t4ha2jzr8m5c3p"
    assert view.number not in view.link


def test_facts_and_device_come_back_from_json() -> None:
    facts = facts_of(sign_off().tablet)
    device = DeviceStatement.from_json(facts.device.as_json())
    assert Facts.from_json(facts.as_json(), device) == facts


@pytest.mark.parametrize("verdict", ["ok", "warn", "fail", "na", "missing"])
def test_each_verdict_has_a_shape_of_its_own(verdict: str) -> None:
    others = {drawings.sign(v) for v in ("ok", "warn", "fail", "na", "missing") if v != verdict}
    assert drawings.sign(verdict) not in others


def test_a_bar_without_limits_is_not_drawn() -> None:
    assert drawings.bar("5", {"warn": None, "fail": {"min": None, "max": None}}, None) is None


@pytest.mark.parametrize(
    ("value", "limits", "last"),
    [
        ("0", {"warn": {"min": "0", "max": "0"}, "fail": None}, None),
        ("-40", {"warn": None, "fail": {"min": "-45.5", "max": None}}, "-41"),
        ("999999999999999", {"warn": {"min": None, "max": "1"}, "fail": {"min": None, "max": "2"}}, "0"),
        ("0.000000001", {"warn": {"min": "0.000000002", "max": None}, "fail": None}, None),
    ],
)
def test_a_bar_stays_within_its_frame(value: str, limits: Any, last: str | None) -> None:
    drawn = drawings.bar(value, limits, last)
    assert drawn is not None
    scale = drawings.Scale([Decimal("-40"), Decimal("41")])
    assert 0 <= scale.at(Decimal("-40")) < scale.at(Decimal("41")) <= drawings.BAR_WIDTH
    assert b"nan" not in drawn.lower()


def test_ink_is_one_path_of_numbers() -> None:
    drawn = drawings.ink(100, 50, [[[1, 2]], [[0, 0], [10, 10], [20, 0]]])
    assert drawn.count(b"<path") == 1
    assert b"M1 2L1 2" in drawn
    assert b"M0 0Q10 10 15 5L20 0" in drawn
