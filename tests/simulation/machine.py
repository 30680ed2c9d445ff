"""Three tablets, a dispatcher and a network that loses, repeats and reorders: rules for Hypothesis to interleave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from checklists import digest
from tests.makers import House, Tablet
from tests.simulation.oracles import check_account, check_acknowledged, check_base, check_feed, check_is_no_copy

CHECKLIST: dict[str, Any] = {
    "format": 1,
    "id": "door-check",
    "title": {"en": "Door check"},
    "kind": "preventive",
    "sections": [
        {
            "id": "door",
            "title": {"en": "Door"},
            "items": [
                {"id": "closes", "type": "pass_fail", "label": {"en": "Closes"}, "required": True},
                {"id": "gap", "type": "number", "label": {"en": "Gap"}, "unit": "mm", "decimals": 1},
            ],
        }
    ],
}
ANSWERS = {"closes": ("pass", "fail"), "gap": ("1.5", "2.0", "3.5")}
FAULTS = Counter[str]()
"""How often each fault and each outcome happened in this process: a run that never met one proves nothing about it."""

tablets = st.integers(0, 2)
visits = st.integers(0, 1)


class Agreement(RuleBasedStateMachine):
    """`build` makes a house on a fresh database; `close` throws it away."""

    build: Callable[[], tuple[House, Callable[[], None]]]

    def __init__(self) -> None:
        super().__init__()
        self.house, self.close = type(self).build()
        self.sent: list[tuple[Tablet, dict[str, Any]]] = []

    @initialize()
    def begin(self) -> None:
        house = self.house
        one, two = house.person("engineer", 1), house.person("engineer", 2)
        # Two tablets of one person, so that their bases can be compared, and one of another.
        self.tablets = [house.tablet("engineer", 1), house.tablet("engineer", 1), house.tablet("engineer", 2)]
        self.office = house.office()
        self.office("checklist.publish", ("checklist", house.new_id()), {"definition": CHECKLIST})
        self.visits = [house.visit(one, two), house.visit(one, two, site=house.site())]
        self.runs = [house.new_id() for _ in self.visits]
        self.assets = [house.new_id() for _ in self.visits]
        for visit, run, asset in zip(self.visits, self.runs, self.assets, strict=True):
            site = self._site(visit)
            facts = {"site": site, "type": "door", "name": "Door", "stage": "in_service"}
            self.office("asset.create", ("asset", asset), facts)
            args = {"run": run, "checklist": digest(CHECKLIST), "asset": None}
            self.office("visit.add_run", ("visit", visit), args)
        for tablet in self.tablets:
            tablet.pull()

    def _site(self, visit: str) -> str:
        self.tablets[0].pull()
        return str(self.tablets[0].value("visit", visit)["site"])

    # People act

    @rule(t=tablets, v=visits, text=st.sampled_from(["short", "同一句话", "emoji 🙂", 'with "quotes"']))
    def notes(self, t: int, v: int, text: str) -> None:
        args = {"visit": self.visits[v], "text": text}
        self.tablets[t].act("note.add", ("note", self.house.new_id()), args)

    @rule(t=tablets, v=visits, data=st.data())
    def answers(self, t: int, v: int, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(ANSWERS)))
        value = data.draw(st.sampled_from([*ANSWERS[item], None]))
        self.tablets[t].act("answer.set", ("run", self.runs[v]), {"item": item, "value": value})

    @rule(t=tablets, v=visits, place=st.sampled_from(["front", "back", "roof"]))
    def moves_an_asset(self, t: int, v: int, place: str) -> None:
        self.tablets[t].act("asset.edit", ("asset", self.assets[v]), {"place": place})

    @rule(t=tablets, v=visits, mark=st.sampled_from(["travelling", "at_desk", "working", "left"]))
    def marks(self, t: int, v: int, mark: str) -> None:
        self.tablets[t].act("visit.mark", ("visit", self.visits[v]), {"mark": mark})

    @rule(t=tablets, text=st.sampled_from(["", "{}", "nonsense", '{"id":1}']))
    def sends_rubbish(self, t: int, text: str) -> None:
        self.tablets[t].write(text)

    @rule(t=tablets, v=visits)
    def does_what_is_not_allowed(self, t: int, v: int) -> None:
        self.tablets[t].act("visit.cancel", ("visit", self.visits[v]), {"reason": "no"})

    # The office acts

    @rule(v=visits, crew=st.sampled_from([(1,), (2,), (1, 2), ()]))
    def assigns(self, v: int, crew: tuple[int, ...]) -> None:
        people = [self.house.person("engineer", nth).id for nth in crew]
        args = {"engineers": people, "lead": people[0] if people else None}
        self.office.ask("visit.assign", ("visit", self.visits[v]), args, self._head())

    @rule(v=visits, title=st.sampled_from(["Doors", "All doors", "Doors and gates"]), old=st.booleans())
    def edits(self, v: int, title: str, old: bool) -> None:
        self.office.ask("visit.edit", ("visit", self.visits[v]), {"title": title}, 0 if old else self._head())

    @rule(v=visits, place=st.sampled_from(["front", "cellar"]))
    def office_moves_an_asset(self, v: int, place: str) -> None:
        self.office.ask("asset.edit", ("asset", self.assets[v]), {"place": place}, self._head())

    @rule(v=visits)
    def cancels(self, v: int) -> None:
        self.office.ask("visit.cancel", ("visit", self.visits[v]), {"reason": "client closed"}, self._head())

    @rule()
    def decides(self) -> None:
        for tablet in self.tablets:
            for (kind, entity), row in tablet.rows.items():
                if kind == "conflict" and row.value["state"] == "open":
                    self.office.ask("conflict.decide", ("conflict", entity), {"choice": "candidate"}, self._head())
                    FAULTS["decided"] += 1
                    return

    def _head(self) -> int:
        return max(tablet.head for tablet in self.tablets)

    # The network

    @rule(t=tablets, most=st.sampled_from([1, 2, 200]))
    def pushes(self, t: int, most: int) -> None:
        self._push(self.tablets[t], most, lose=False)

    @rule(t=tablets)
    def pushes_again_and_again(self, t: int) -> None:
        for _ in range(2):
            self._push(self.tablets[t], 1, lose=False)

    @rule(t=tablets, most=st.sampled_from([1, 200]))
    def pushes_and_hears_nothing(self, t: int, most: int) -> None:
        self._push(self.tablets[t], most, lose=True)
        FAULTS["push answer lost"] += 1

    def _push(self, tablet: Tablet, most: int, *, lose: bool) -> None:
        self._wait()
        self.sent.append((tablet, tablet.push_body(most)))
        answer = tablet.push(most, lose=lose)
        check_is_no_copy(answer)
        assert answer.status_code == 200, answer.text

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def an_old_request_arrives_again(self, data: st.DataObject) -> None:
        """Duplicated, delayed or reordered: it is answered as the first time, or refused as a whole."""
        self._wait()
        tablet, body = data.draw(st.sampled_from(self.sent))
        answer = tablet.call("POST", "/api/v1/sync/push", json=body)
        said = answer.get_json()
        if answer.status_code == 200:
            FAULTS["old push answered"] += 1
            for result in said["results"]:
                assert tablet.results.get(result["n"], result) == result
        else:
            FAULTS[f"old push {said['code']}"] += 1
            assert (answer.status_code, said["code"]) == (409, "device_forked")

    @rule(t=tablets, limit=st.sampled_from([2, 5, 1000]), pages=st.sampled_from([1, 2, None]), lose=st.booleans())
    def pulls(self, t: int, limit: int, pages: int | None, lose: bool) -> None:
        self._wait(20)
        tablet = self.tablets[t]
        answer = tablet.pull(limit, pages=pages or (10 if limit < 10 else None), lose=lose and pages is not None)
        assert answer.status_code == 200, answer.text
        FAULTS["pull answer lost" if lose and pages else "pulled"] += 1
        if not answer.get_json()["more"] and not (lose and pages):
            check_acknowledged(self.house, tablet, answer.get_json())

    @rule(days=st.sampled_from([1, 15]))
    def days_pass(self, days: int) -> None:
        if self.house.clock.now().day + days < 29:
            self.house.clock.advance(days=days)
            FAULTS["days passed"] += 1

    def _wait(self, seconds: int = 3) -> None:
        self.house.clock.advance(seconds=seconds)

    # In the end

    def teardown(self) -> None:
        """I23: when the faults stop, all agree."""
        try:
            if hasattr(self, "runs"):
                self._heal()
        finally:
            self.close()

    def _heal(self) -> None:
        for _ in range(2):
            for tablet in self.tablets:
                self._wait(30)
                tablet.browser.sign_in()
                tablet.sync()
        for tablet in self.tablets:
            check_base(self.house, tablet)
            check_account(self.house, tablet)
            assert tablet.ack_n == len(tablet.outbox)
            FAULTS.update(f"{one['status']} {one.get('code', '')}".strip() for one in tablet.results.values())
        assert self.tablets[0].rows == self.tablets[1].rows
        check_feed(self.house)
