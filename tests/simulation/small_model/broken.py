"""Protocols with one fault each. The search must find every one of them, and says how it comes about.

Each names the pitfall that it is, and the bounds within which it shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.merge import same
from tests.simulation.small_model import tablet as plain
from tests.simulation.small_model.server import Answer, ServerRules, _put
from tests.simulation.small_model.tablet import TabletRules
from tests.simulation.small_model.things import (
    Device,
    Entry,
    Head,
    Line,
    Op,
    Outcome,
    Page,
    Problem,
    Pull,
    Push,
    Server,
    Staged,
    Tablet,
)
from tests.simulation.small_model.world import Bounds


@dataclass(frozen=True)
class Broken:
    """A protocol that is wrong in one rule. `breaks`: how the first sentence of what is found begins."""

    pitfall: str
    bounds: Bounds
    breaks: str
    server: ServerRules = field(default_factory=ServerRules)
    tablet: TabletRules = field(default_factory=TabletRules)

    @property
    def name(self) -> str:
        kinds = (type(self.server), type(self.tablet))
        return next(kind.__name__ for kind in kinds if kind not in (ServerRules, TabletRules))


# What a tablet may do wrong


class RetiresOnAck(TabletRules):
    def retires_at_once(self, outcome: Outcome) -> bool:
        return True


class CursorBeforeRows(TabletRules):
    """The cursor is written when the page comes, its rows later, and a crash forgets them."""

    def staged(self, tablet: Tablet, page: Page) -> Tablet:
        return super().staged(tablet, page)._replace(cursor=page.cursor, head=page.head, truth=page.truth)

    def crash(self, tablet: Tablet) -> Tablet:
        return super().crash(tablet)._replace(staged=None)


class RevealsEachPage(TabletRules):
    def staged(self, tablet: Tablet, page: Page) -> Tablet:
        for row in page.rows:
            tablet = self.arrive(tablet, row)
        return super().staged(tablet, page._replace(rows=()))


class RefusalIsAnOutcome(TabletRules):
    def refused(self, tablet: Tablet) -> Tablet:
        asked = tablet.sent.ops if tablet.sent else ()
        return tablet._replace(outbox=tuple(one for one in tablet.outbox if one.op not in asked), sent=None)


class NonceNotChecked(TabletRules):
    def answers(self, asked: int, answered: int) -> bool:
        return True


class TwoWindowsOneNumber(TabletRules):
    """The second window takes the number that it read before the first one wrote."""

    def number(self, tablet: Tablet) -> int:
        return max(1, tablet.next_n - 1) if tablet.acts % 2 else tablet.next_n


class LeavingTakesWork(TabletRules):
    def arrive(self, tablet: Tablet, row: Head) -> Tablet:
        out = row.kind == "scope" and dict(row.value or ()).get("state") == "out"
        kept = tuple(one for one in tablet.outbox if one.retired) if out else tablet.outbox
        return super().arrive(tablet._replace(outbox=kept), row)


class FreshStartTakesWork(TabletRules):
    def bootstrap(self, tablet: Tablet) -> Tablet:
        return super().bootstrap(tablet)._replace(outbox=(), sent=None, next_n=tablet.acked_n + 1)


class FreshStartKeepsGhosts(TabletRules):
    """A row that an operation held on to stays for ever: the sweep comes before the operation is let go."""

    def let_go(self, tablet: Tablet) -> Tablet:
        return plain.leave_now(tablet)

    def finish(self, tablet: Tablet, staged: Staged) -> Tablet:
        return super().finish(plain.sweep(tablet) if tablet.bootstrapping else tablet, staged)


class KeepsWhatWasTold(TabletRules):
    """After a restore only what never had an outcome is sent."""

    def send_again(self, tablet: Tablet, first: int) -> Tablet:
        waiting = [one for one in tablet.outbox if one.outcome is None]
        told = [one for one in tablet.outbox if one.outcome is not None]
        return plain._numbered(tablet, told, waiting, first)._replace(acked_n=first - 1)


class ForgetsWhatIsNotSafe(TabletRules):
    def safe_n(self, tablet: Tablet) -> int:
        return tablet.acked_n


class NewIdsForTheCopy(TabletRules):
    """Who must be another device makes other operations of the same work."""

    def rekey(self, tablet: Tablet) -> Tablet:
        fresh = super().rekey(tablet)
        renamed = tuple(_renamed(one) if one.outcome is None else one for one in fresh.outbox)
        made = tuple(f"{name}*" if any(one.op.id == f"{name}*" for one in renamed) else name for name in fresh.made)
        return fresh._replace(outbox=renamed, made=made)


def _renamed(entry: Entry) -> Entry:
    return entry._replace(op=entry.op._replace(id=f"{entry.op.id}*"))


class StartsAtTheEnd(TabletRules):
    """A push after a gap goes on where the tablet is, not where the server is."""

    def start_anew(self, tablet: Tablet, said: Problem) -> Tablet:
        return super().start_anew(tablet, said._replace(number=tablet.acked_n + 1))

    def rewind(self, tablet: Tablet, expected: int) -> Tablet:
        return tablet


# What a server may do wrong


class TokenNotRolled(ServerRules):
    def roll(self, device: Device, presented: str | None, epoch: int) -> Device:
        return device


class TokenAlwaysRolled(ServerRules):
    """Two lost answers, and an honest tablet is called a copy."""

    def roll(self, device: Device, presented: str | None, epoch: int) -> Device:
        return super().roll(device, device.resume, epoch)


class NumbersNotRemembered(ServerRules):
    def known(self, old: list[Line]) -> int:
        return 0

    def stored(self, log: list[Line], op: Op) -> Line | None:
        return None


class IdsNotRemembered(ServerRules):
    """The same operation under another number is taken for another one."""

    def stored(self, log: list[Line], op: Op) -> Line | None:
        return None


class OldEpochTaken(ServerRules):
    def epoch_differs(self, asked: int | None, now: int) -> bool:
        return False


class RestoredUnsaid(ServerRules):
    def raises_epoch(self) -> bool:
        return False


class CountOfAnotherSnapshot(ServerRules):
    """`ack_n` is read after the rows: it counts a push that they lack."""

    def ack_n(self, device: Device) -> int:
        return device.next_n


class HeldDoesNotBlock(ServerRules):
    def blocked(self, log: list[Line], device: Device, op: Op) -> bool:
        return False

    def _set(self, server: Server, device: Device, n: int, op: Op) -> tuple[Server, Outcome, bool]:
        """One value is refused, so that the next one on the same row can overtake it."""
        if op.id.endswith("1"):
            return server, Outcome("held", None, "wrong_state"), False
        return super()._set(server, device, n, op)


class FloorIgnored(ServerRules):
    def expired(self, oldest: int, after: int, server: Server) -> bool:
        return False


class NoIsolation(ServerRules):
    def isolates(self) -> bool:
        return False


class AnswersBeforeItCommits(ServerRules):
    def dies(self, server: Server, asked: Push | Pull) -> Answer:
        return self.push(server, asked)[1] if isinstance(asked, Push) else self.pull(server, asked)[1]


class CandidateOverwritten(ServerRules):
    def keep_beside(self, server: Server, op: Op) -> Server:
        return server


class LeavingUnsaid(ServerRules):
    def unassign(self, server: Server, person: str) -> Server:
        return server._replace(scope=server.scope - {person})


class EnteringWithoutTheTree(ServerRules):
    def assign(self, server: Server, person: str) -> Server:
        row = next(head for head in server.heads if head.audience == f"u:{person}")
        value = tuple((name, "in" if name == "state" else inner) for name, inner in row.value or ())
        seq = server.seq + 1
        return _put(server, row._replace(seq=seq, ver=seq, value=value))._replace(scope=server.scope | {person})


class SafeBeforeItIs(ServerRules):
    """`durable_n` counts what was acknowledged, backup or not."""

    def durable_n(self, device: Device) -> int:
        return device.next_n - 1


class HalfAPageSaysItIsWhole(ServerRules):
    """The last row of a full page is cut, and the cursor stands behind it."""

    def pull(self, server: Server, asked: Pull) -> tuple[Server, Answer]:
        after, page = super().pull(server, asked)
        if isinstance(page, Page) and not page.more and len(page.rows) > 1:
            return after, page._replace(rows=page.rows[:-1])
        return after, page


class LaterClockWins(ServerRules):
    """Evidence is settled by whose name sorts later, as a clock would: nobody saw both, one value is gone."""

    def _set(self, server: Server, device: Device, n: int, op: Op) -> tuple[Server, Outcome, bool]:
        held = server.answer
        if held is None or held[0] is None or same(held[0], op.value) or held[1] <= op.base or held[2] == device.id:
            return super()._set(server, device, n, op)
        return server, Outcome("conflict", 0), False


def _plain(name: str, acts: tuple[int, int], kinds: tuple[str, ...], *faults: str, most: int = 1) -> Bounds:
    return Bounds(name, acts, kinds, (), 0, faults, most)


NETWORK = _plain("a lost answer", (2, 0), ("note",), "timeout", "duplicate", "crash", "refused")
CACHES = _plain("a cache between", (2, 0), ("note",), "timeout", "cached", "died", most=2)
POISON = _plain("poison", (2, 0), ("poison", "set"), "timeout")
CLASH = _plain("two answers", (1, 1), ("set",), "timeout")
COPY = _plain("an old copy", (3, 0), ("note",), "old_copy", "timeout", most=2)
SCOPE = Bounds("leaving and coming back", (1, 1), ("note",), ("assigns",), 2, ("timeout",))
FLOOR = Bounds("away too long", (1, 1), ("set",), ("drops", "compacts"), 2, ("timeout",))
BACKUP = Bounds("a backup put back", (2, 0), ("note",), ("backs_up",), 1, ("restore", "timeout"), 2, prunes=True)

EXAMPLES: tuple[Broken, ...] = (
    Broken("P12", NETWORK, "I8", tablet=RetiresOnAck()),
    Broken("P19", _plain("pages", (2, 1), ("note",), "crash"), "I6", tablet=CursorBeforeRows()),
    Broken("P16", _plain("pages", (2, 2), ("note",), "timeout"), "I6", tablet=RevealsEachPage()),
    Broken("P23", NETWORK, "I9", tablet=RefusalIsAnOutcome()),
    Broken("P20", CACHES, "I", tablet=NonceNotChecked()),
    Broken("P21", NETWORK, "I9", tablet=TwoWindowsOneNumber()),
    Broken("P14", SCOPE, "I17", tablet=LeavingTakesWork()),
    Broken("P18", FLOOR, "I9", tablet=FreshStartTakesWork()),
    Broken("P18", FLOOR, "I6", tablet=FreshStartKeepsGhosts()),
    Broken("P11", BACKUP, "I", tablet=KeepsWhatWasTold()),
    Broken("P11", BACKUP, "I", tablet=ForgetsWhatIsNotSafe()),
    Broken("P10", COPY, "I", tablet=NewIdsForTheCopy()),
    Broken("P9", BACKUP, "I", tablet=StartsAtTheEnd()),
    Broken("P10", COPY, "I19", server=TokenNotRolled()),
    Broken("P10", _plain("two lost answers", (1, 0), ("note",), "timeout", most=2), "I19", server=TokenAlwaysRolled()),
    Broken("P8", NETWORK, "I", server=NumbersNotRemembered()),
    Broken("P10", COPY, "I4", server=IdsNotRemembered()),
    Broken("P11", BACKUP, "I", server=OldEpochTaken()),
    Broken("P11", BACKUP, "I", server=RestoredUnsaid()),
    Broken("P12", NETWORK, "I7", server=CountOfAnotherSnapshot()),
    Broken("P13", _plain("two answers of one", (2, 0), ("set",), "timeout"), "order", server=HeldDoesNotBlock()),
    Broken("P18", FLOOR, "I6", server=FloorIgnored()),
    Broken("P13", POISON, "I23", server=NoIsolation()),
    Broken("P26", CACHES, "I", server=AnswersBeforeItCommits()),
    Broken("P6", CLASH, "I12", server=LaterClockWins()),
    Broken("I12", CLASH, "I12", server=CandidateOverwritten()),
    Broken("P14", SCOPE, "I6", server=LeavingUnsaid()),
    Broken("P14", SCOPE, "I13", server=EnteringWithoutTheTree()),
    Broken("P11", BACKUP, "I", server=SafeBeforeItIs()),
    Broken("P17", _plain("pages", (1, 1), ("note",), "timeout"), "I13", server=HalfAPageSaysItIsWhole()),
)
