"""Who may move in the small model, and what becomes of the whole when they do.

Server, tablets and messages are kept once each and named by a number; what a rule makes of them is worked out once and
remembered. So a state is seven small numbers, and a million of them fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.simulation.small_model.server import REFUSED, Answer, ServerRules, begin
from tests.simulation.small_model.tablet import TabletRules, unsent
from tests.simulation.small_model.things import Problem, Pull, Push, Server, Tablet


@dataclass(frozen=True)
class Bounds:
    """How much may happen. `kinds`: what the two people do; `office`: what the office and the operator do.

    `faults`: timeout (with it every loss and delay), duplicate, crash, refused, cached, died, restore, old_copy.
    """

    name: str
    acts: tuple[int, int]
    kinds: tuple[str, ...]
    office: tuple[str, ...] = ()
    office_acts: int = 0
    faults: tuple[str, ...] = ("timeout", "duplicate", "crash", "refused")
    most_faults: int = 1
    prunes: bool = False


class State(NamedTuple):
    """Numbers of the server, the tablets, the messages under way, the answers that caches keep; then what is left."""

    server: int
    one: int
    two: int
    net: int
    cache: int
    office: int
    faults: int


class Message(NamedTuple):
    """A request or an answer under way. `connection`: the tablet's count of requests when it asked."""

    who: int
    connection: int
    asked: Push | Pull
    answer: Answer | None


Move = tuple[str, State]


class World:
    """All moves under one set of rules and bounds."""

    def __init__(self, bounds: Bounds, server: ServerRules, tablet: TabletRules) -> None:
        self.bounds, self.rules, self.tablet_rules = bounds, server, tablet
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._done: dict[Any, int] = {}
        self._exchanged: dict[tuple[int, int], tuple[int, int]] = {}

    def first(self) -> State:
        one, two = Tablet("A", "A-1"), Tablet("B", "B-1")
        server = begin({"A": "A-1", "B": "B-1"})
        nothing = self.number(())
        bounds = self.bounds
        state = State(
            self.number(server), self.number(one), self.number(two), nothing, self.number((None, None)),
            bounds.office_acts, bounds.most_faults,
        )  # fmt: skip
        return self.synced(state)

    def synced(self, state: State) -> State:
        """Both tablets have read everything once: the morning before the day that is searched."""
        for who in (0, 1):
            state = self.exchange_all(state, who)
        return state

    # Keeping things once

    def number(self, value: Any) -> int:
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def become(self, rule: Callable[..., Any], *what: Any) -> int:
        """The number of what `rule` makes of the values with these numbers (first one) and these arguments."""
        key = (rule.__name__, *what)
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self.number(rule(self.values[what[0]], *what[1:]))
        return found

    def tablet(self, state: State, who: int) -> Tablet:
        found: Tablet = self.values[state[1 + who]]
        return found

    def server(self, state: State) -> Server:
        found: Server = self.values[state.server]
        return found

    def with_tablet(self, state: State, who: int, number: int) -> State:
        return state._replace(one=number) if who == 0 else state._replace(two=number)

    # Moves

    def moves(self, state: State) -> Iterator[Move]:
        for who in (0, 1):
            yield from self._acts(state, who)
            yield from self._asks(state, who)
            yield from self._keeps(state, who)
            if state.faults:
                yield from self._tablet_faults(state, who)
        yield from self._messages(state)
        yield from self._office(state)

    def _acts(self, state: State, who: int) -> Iterator[Move]:
        tablet = self.tablet(state, who)
        there = {row.kind for row in tablet.rows}
        # People act on what is on their screen.
        for kind in self.bounds.kinds if tablet.acts < self.bounds.acts[who] else ():
            if ("visit" if kind == "note" else "run") in there:
                number = self.become(self.tablet_rules.act, state[1 + who], kind)
                yield f"{'AB'[who]} acts: {kind}", self.with_tablet(state, who, number)

    def _asks(self, state: State, who: int) -> Iterator[Move]:
        tablet = self.tablet(state, who)
        if tablet.waits is not None or tablet.closed:
            return
        push = self.tablet_rules.push_request(tablet)
        if push is not None:
            yield f"{'AB'[who]} pushes {[op.id for op in push.ops]} from {push.first}", self._send(state, who, push)
        if self._wants_pull(state, tablet):
            yield f"{'AB'[who]} pulls", self._send(state, who, self.tablet_rules.pull_request(tablet))

    def _wants_pull(self, state: State, tablet: Tablet) -> bool:
        if self.tablet_rules.may_apply(tablet):
            return False
        server = self.server(state)
        news = (server.seq, server.epoch) != (tablet.head, tablet.epoch)
        return news or tablet.bootstrapping or tablet.staged is not None

    def _send(self, state: State, who: int, request: Push | Pull) -> State:
        asking = self.become(_asking, state[1 + who], request)
        connection = self.values[asking].asked
        message = Message(who, connection, request, None)
        return self.with_tablet(state, who, asking)._replace(net=self._put(state.net, message))

    def _keeps(self, state: State, who: int) -> Iterator[Move]:
        tablet, rules = self.tablet(state, who), self.tablet_rules
        if rules.may_apply(tablet):
            yield f"{'AB'[who]} applies rows", self.with_tablet(state, who, self.become(rules.apply, state[1 + who]))
        if self.bounds.prunes:
            pruned = self.become(rules.prune, state[1 + who])
            if pruned != state[1 + who]:
                yield f"{'AB'[who]} forgets what is safe", self.with_tablet(state, who, pruned)
        if who == 0 and "old_copy" in self.bounds.faults and tablet.copy is None and tablet.devices == 1:
            yield "a copy of A's storage is made", self.with_tablet(state, 0, self.become(_copied, state.one))

    def _tablet_faults(self, state: State, who: int) -> Iterator[Move]:
        tablet, faults = self.tablet(state, who), self.bounds.faults
        worse = state._replace(faults=state.faults - 1)
        if "timeout" in faults and tablet.waits is not None:
            yield f"{'AB'[who]} gives up waiting", self.with_tablet(worse, who, self.become(_gave_up, state[1 + who]))
        if "crash" in faults:
            crashed = self.become(self.tablet_rules.crash, state[1 + who])
            if crashed != state[1 + who] or tablet.staged is not None:
                yield f"{'AB'[who]} crashes", self.with_tablet(worse, who, crashed)
        if tablet.copy is not None:
            yield "A's storage is put back to the copy", worse._replace(one=self.become(_rolled_back, state.one))

    def _messages(self, state: State) -> Iterator[Move]:
        messages: tuple[Message, ...] = self.values[state.net]
        for message in messages:
            who, name = message.who, "AB"[message.who]
            rest = state._replace(net=self.number(tuple(one for one in messages if one != message)))
            if message.answer is not None:
                yield f"{name} hears {_called(message.answer)}", self._heard(rest, message)
                continue
            served = self._served(rest, message)
            yield f"the server gets {name}'s {_called(message.asked)}", served
            if state.faults:
                yield from self._message_faults(state, rest, served, message)
            assert who in (0, 1)

    def _message_faults(self, state: State, rest: State, served: State, message: Message) -> Iterator[Move]:
        faults, name, what = self.bounds.faults, "AB"[message.who], _called(message.asked)
        less = state.faults - 1
        awaited = self.tablet(state, message.who).waits == message.connection
        if "duplicate" in faults:
            again = served._replace(net=self._put(served.net, message), faults=less)
            yield f"the server gets {name}'s {what}, and will get it again", again
        if "refused" in faults and awaited:
            yield f"{name}'s {what} is refused", self._answered(rest, message, REFUSED)._replace(faults=less)
        if "died" in faults and awaited:
            said = self.rules.dies(self.server(state), message.asked)
            lost = self._answered(rest, message, said)._replace(faults=less)
            yield f"the server dies while it commits {name}'s {what}", lost
        cached = self.values[state.cache][message.who]
        if "cached" in faults and awaited and cached is not None:
            yield f"a cache answers {name}'s {what}", self._answered(rest, message, cached)._replace(faults=less)

    def _served(self, state: State, message: Message) -> State:
        asked = self.number(message.asked)
        done = self._exchanged.get((state.server, asked))
        if done is None:
            serve = self.rules.push if isinstance(message.asked, Push) else self.rules.pull
            after, answer = serve(self.server(state), message.asked)  # type: ignore[arg-type] # as the line above says
            done = self._exchanged[state.server, asked] = (self.number(after), self.number(answer))
        state = state._replace(server=done[0])
        # Whoever asked may have stopped waiting: then the answer reaches nobody.
        if self.tablet(state, message.who).waits != message.connection:
            return state
        return self._answered(state, message, self.values[done[1]])

    def _answered(self, state: State, message: Message, answer: Answer) -> State:
        return state._replace(net=self._put(state.net, message._replace(answer=answer)))

    def _heard(self, state: State, message: Message) -> State:
        assert message.answer is not None
        if self.tablet(state, message.who).waits != message.connection:
            return state
        heard = self.become(self.tablet_rules.hear, state[1 + message.who], message.asked, message.answer)
        if "cached" in self.bounds.faults and not isinstance(message.answer, Problem):
            kept = list(self.values[state.cache])
            kept[message.who] = message.answer
            state = state._replace(cache=self.number(tuple(kept)))
        return self.with_tablet(state, message.who, heard)

    def _put(self, net: int, message: Message) -> int:
        return self.number(tuple(sorted({*self.values[net], message}, key=repr)))

    def _office(self, state: State) -> Iterator[Move]:
        server, rules = self.server(state), self.rules
        if state.office:
            less = state._replace(office=state.office - 1)
            if "sets" in self.bounds.office and server.answer is not None:
                yield "the office answers", less._replace(server=self.become(rules.office_sets, state.server, "office"))
            if "drops" in self.bounds.office and server.answer is not None:
                yield "the office drops the run", less._replace(server=self.become(rules.drop_run, state.server))
            if "assigns" in self.bounds.office:
                word, rule = ("unassigns", rules.unassign) if "B" in server.scope else ("assigns", rules.assign)
                yield f"the office {word} B", less._replace(server=self.become(rule, state.server, "B"))
            if "compacts" in self.bounds.office and server.floor != server.seq:
                yield "tombstones are dropped", less._replace(server=self.become(rules.compact, state.server))
            if "backs_up" in self.bounds.office:
                yield "a backup is made", less._replace(server=self.become(rules.back_up, state.server))
        if state.faults and "restore" in self.bounds.faults and server.backup is not None:
            restored = self.become(rules.restore, state.server)
            yield "the backup is put back", state._replace(server=restored, faults=state.faults - 1)

    # Without faults

    def exchange_all(self, state: State, who: int, most: int = 24) -> State:
        """One tablet talks until it has nothing to do: a round after the faults."""
        for _ in range(most):
            after = self._exchange_once(state, who)
            if after == state:
                return state
            state = after
        return state

    def _exchange_once(self, state: State, who: int) -> State:
        tablet, rules = self.tablet(state, who), self.tablet_rules
        if rules.may_apply(tablet):
            return self.with_tablet(state, who, self.become(rules.apply, state[1 + who]))
        if tablet.closed:
            return state
        request: Push | Pull | None = rules.push_request(tablet)
        if request is None and (self._wants_pull(state, tablet) or unsent(tablet)):
            request = rules.pull_request(tablet)
        if request is None:
            return state
        quiet = self._send(state._replace(net=self.number(())), who, request)
        [message] = self.values[quiet.net]
        quiet = self._served(quiet._replace(net=self.number(())), message)
        [answer] = self.values[quiet.net]
        return self._heard(quiet._replace(net=self.number(())), answer)

    def healed(self, state: State, rounds: int = 5) -> State:
        """Faults stop, what was under way is lost, and each tablet has so many rounds."""
        state = state._replace(net=self.number(()), cache=self.number((None, None)), office=0, faults=0)
        for who in (0, 1):
            state = self.with_tablet(state, who, self.become(_gave_up, state[1 + who]))
        for _ in range(rounds):
            before = state
            for who in (0, 1):
                state = self.exchange_all(state, who)
            if state == before:
                return state
        return state


def _asking(tablet: Tablet, request: Push | Pull) -> Tablet:
    asked = tablet.asked + 1
    return tablet._replace(sent=request if isinstance(request, Push) else tablet.sent, waits=asked, asked=asked)


def _gave_up(tablet: Tablet) -> Tablet:
    return tablet._replace(waits=None)


def _copied(tablet: Tablet) -> Tablet:
    return tablet._replace(copy=tablet._replace(sent=None, waits=None, asked=0))


def _rolled_back(tablet: Tablet) -> Tablet:
    """What was made after the copy and not sent is physically gone; nobody's protocol can bring it back."""
    assert tablet.copy is not None
    return tablet.copy._replace(asked=tablet.asked, acts=tablet.acts, devices=tablet.devices, forked=True)


def _called(what: Any) -> str:
    if isinstance(what, Problem):
        return what.code
    name = type(what).__name__.lower()
    if isinstance(what, Push):
        return f"push {[op.id for op in what.ops]} from {what.first}"
    if hasattr(what, "results"):
        return "outcomes " + ", ".join(f"{n}: {outcome.status}" for n, _, outcome in what.results)
    return name if not hasattr(what, "more") else ("a page, more to come" if what.more else "the last page")
