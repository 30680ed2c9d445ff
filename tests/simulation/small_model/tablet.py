"""The tablet of the small model: each function is one transaction on its disk, or one answer heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync import chain
from sync.feed import Fate, checksum, fate, leaving, left_audience
from sync.feed import Held as HeldRow
from sync.operation import Operation
from sync.policy import audience_of
from sync.replay import Pending, view
from tests.simulation.small_model.server import Answer
from tests.simulation.small_model.things import (
    BATCH,
    ITEM,
    PAGE,
    TREE,
    VISIT,
    Entry,
    Head,
    Held,
    Op,
    Outcome,
    Page,
    Problem,
    Pull,
    Push,
    Pushed,
    Staged,
    Tablet,
)

Key = tuple[str, str]
ALONE_AFTER = 3
"""Failures of a single operation before it is sent to be set aside."""


class TabletRules:
    """The rules that a broken example may break; everything else is a plain function below."""

    # The person acts

    def act(self, tablet: Tablet, kind: str) -> Tablet:
        """The operation and its number in one transaction."""
        name = f"{tablet.person}{tablet.acts + 1}"
        entry = Entry(tablet.device, self.number(tablet), Op(name, kind, tablet.head, name))
        others = tuple(one for one in tablet.outbox if one[:2] != entry[:2])
        return tablet._replace(
            outbox=(*others, entry), next_n=entry.n + 1, made=(*tablet.made, name), acts=tablet.acts + 1
        )

    def number(self, tablet: Tablet) -> int:
        return tablet.next_n

    # Asking

    def push_request(self, tablet: Tablet) -> Push | None:
        """The push whose outcome is unknown, byte for byte; else one of the oldest operations."""
        if tablet.sent is not None:
            return tablet.sent
        first = tablet.acked_n + 1
        ops = tuple(one.op for one in own(tablet) if one.n >= first)[: tablet.batch]
        if not ops or tablet.epoch is None:
            return None
        alone = len(ops) == 1 and tablet.strikes >= ALONE_AFTER
        nonce = tablet.asked + 1
        prev = link_before(tablet, first)
        return Push(
            tablet.device, tablet.person, tablet.epoch, tablet.resume, nonce, first, prev, ops, alone, tablet.heard
        )

    def pull_request(self, tablet: Tablet) -> Pull:
        if tablet.staged is not None:
            cursor: tuple[int, int | None] | None = tablet.staged.cursor
        else:
            cursor = None if tablet.bootstrapping else tablet.cursor
        return Pull(tablet.device, tablet.person, tablet.epoch, cursor, tablet.asked + 1)

    def crash(self, tablet: Tablet) -> Tablet:
        return tablet._replace(sent=None, waits=None, batch=BATCH, strikes=0, closed=False)

    # Hearing

    def hear(self, tablet: Tablet, asked: Push | Pull, answer: Answer) -> Tablet:
        tablet = tablet._replace(waits=None)
        if isinstance(answer, Pushed):
            fits = isinstance(asked, Push) and self.answers(asked.nonce, answer.nonce)
            return self.settled(tablet, asked, answer) if fits and isinstance(asked, Push) else tablet
        if isinstance(answer, Page):
            fits = isinstance(asked, Pull) and self.answers(asked.nonce, answer.nonce)
            known = tablet.epoch is None or answer.epoch == tablet.epoch
            return self.staged(tablet, answer) if fits and known else tablet
        return self.problem(tablet, answer)

    def answers(self, asked: int, answered: int) -> bool:
        return asked == answered

    def problem(self, tablet: Tablet, said: Problem) -> Tablet:
        match said.code:
            case "epoch_changed":
                return self.start_anew(tablet, said)
            case "device_forked" | "op_mismatch" | "foreign_bytes":
                return self.rekey(tablet)
            case "op_gap":
                return self.rewind(tablet, said.number)
            case "cursor_expired":
                return self.bootstrap(tablet)
            case "server_error":
                return self.shrink(tablet)
            case _:
                return self.refused(tablet)

    def refused(self, tablet: Tablet) -> Tablet:
        """No HTTP status is an outcome."""
        return tablet

    # Pushing

    def settled(self, tablet: Tablet, asked: Push, answer: Pushed) -> Tablet:
        """Outcomes, token and the count in one transaction."""
        results = {(asked.device, n): outcome for n, _, outcome in answer.results}
        outbox = tuple(
            one._replace(outcome=results[one[:2]], retired=self.retires_at_once(results[one[:2]]))
            if one[:2] in results and results[one[:2]] is not None
            else one
            for one in tablet.outbox
        )
        acked = asked.first + len(answer.results) - 1
        told = tablet._replace(
            outbox=outbox, acked_n=acked, resume=answer.resume, durable_n=answer.durable_n, heard=answer.answered,
            sent=None, strikes=0, batch=min(BATCH, tablet.batch * 2),
        )  # fmt: skip
        return self.let_go(retire(told, told.head))

    def retires_at_once(self, outcome: Outcome) -> bool:
        return outcome.seq is None

    def shrink(self, tablet: Tablet) -> Tablet:
        count = len(tablet.sent.ops) if tablet.sent else 1
        strikes = tablet.strikes + (count == 1)
        return tablet._replace(sent=None, batch=max(1, count // 2), strikes=min(ALONE_AFTER, strikes))

    def rewind(self, tablet: Tablet, expected: int) -> Tablet:
        """The server lacks what we thought it had."""
        if expected > tablet.acked_n or link_before(tablet, expected) == "":
            return tablet._replace(closed=True, sent=None)
        reopened = tuple(
            _open(one) if one.device == tablet.device and one.n >= expected else one for one in tablet.outbox
        )
        return tablet._replace(outbox=reopened, acked_n=expected - 1, sent=None)

    def start_anew(self, tablet: Tablet, said: Problem) -> Tablet:
        """The server was restored: everything that it may lack is sent again, everything is fetched."""
        tablet = tablet._replace(sent=None)
        if said.epoch == tablet.epoch:
            return tablet
        anew = tablet._replace(
            epoch=said.epoch, resume=None, heard=0, cursor=None, head=0, staged=None, bootstrapping=True,
            generation=tablet.generation + 1,
        )  # fmt: skip
        if said.number > tablet.next_n:
            return self.rekey(anew)
        return self.send_again(anew, min(said.number, tablet.acked_n + 1))

    def send_again(self, tablet: Tablet, first: int) -> Tablet:
        """From `first` on, and what went under other numbers of ours: the ids tell the server what it has already."""
        if link_before(tablet, first) == "":
            return tablet._replace(closed=True)
        kept = [one for one in tablet.outbox if one.device == tablet.device and one.n < first]
        again = [_open(one) for one in tablet.outbox if one.device != tablet.device or one.n >= first]
        return _numbered(tablet, kept, again, first)._replace(acked_n=first - 1)

    def rekey(self, tablet: Tablet) -> Tablet:
        """An old copy of this storage has been at work: another device, other numbers, the same operations."""
        device = f"{tablet.person}-{tablet.devices + 1}"
        kept = [one for one in tablet.outbox if one.outcome is not None]
        again = [one for one in tablet.outbox if one.outcome is None]
        fresh = tablet._replace(
            device=device, devices=tablet.devices + 1, root=None, acked_n=0, durable_n=0, resume=None, heard=0,
            sent=None,
        )  # fmt: skip
        return _numbered(fresh, kept, again, 1)

    # Pulling

    def staged(self, tablet: Tablet, page: Page) -> Tablet:
        before = tablet.staged.rows if tablet.staged else ()
        staged = Staged(page.cursor, page.head, before + page.rows, not page.more, page.ack_n, page.sums, page.truth)
        return tablet._replace(staged=staged, epoch=page.epoch, durable_n=page.durable_n)

    def may_apply(self, tablet: Tablet) -> bool:
        return tablet.staged is not None and tablet.staged.whole and tablet.waits is None

    def apply(self, tablet: Tablet) -> Tablet:
        """Some rows in one transaction; the last ones with sweep, retired operations and the cursor."""
        assert tablet.staged is not None
        now, later = tablet.staged.rows[:PAGE], tablet.staged.rows[PAGE:]
        for row in now:
            tablet = self.arrive(tablet, row)
        left = tablet.staged._replace(rows=later)
        return tablet._replace(staged=left) if later else self.finish(tablet, left)

    def arrive(self, tablet: Tablet, row: Head) -> Tablet:
        rows = {(one.kind, one.id): one for one in tablet.rows}
        held = rows.get((row.kind, row.id))
        change = {"k": row.kind, "ver": row.ver, "del": row.value is None, "v": dict(row.value or ())}
        known = HeldRow(held.ver, held.generation) if held else None
        match fate(known, change, tablet.generation):
            case Fate.PUT:
                rows[row.kind, row.id] = Held(row.kind, row.id, row.ver, tablet.generation, row.value or ())
            case Fate.REMOVE:
                rows.pop((row.kind, row.id), None)
        left = left_audience(change)
        if left is not None:
            for key in leaving(triples(rows.values()), left, busy(tablet, rows)):
                del rows[key]
        return tablet._replace(rows=_sorted(rows.values()))

    def finish(self, tablet: Tablet, staged: Staged) -> Tablet:
        """Retired first: what only an operation held on to goes with the sweep."""
        done = tablet._replace(
            cursor=staged.cursor, head=staged.head, staged=None, bootstrapping=False, truth=staged.truth
        )
        return _checked(self.let_go(retire(done, staged.head)), staged)

    def let_go(self, tablet: Tablet) -> Tablet:
        """What had to stay while an operation was unretired goes as soon as none is (rule S19)."""
        return tablet if tablet.bootstrapping else sweep(leave_now(tablet))

    def bootstrap(self, tablet: Tablet) -> Tablet:
        return tablet._replace(staged=None, bootstrapping=True, generation=tablet.generation + 1)

    def prune(self, tablet: Tablet) -> Tablet:
        """Forget what the server has for good; the newest settled one stays, its link is the next push's."""
        mine = own(tablet)
        newest = max((one.n for one in mine if one.outcome), default=0)
        old = [one for one in mine if one.retired and one.n <= self.safe_n(tablet) and one.n != newest]
        if not old:
            return tablet
        root = (old[-1].n, link_before(tablet, old[-1].n + 1))
        return tablet._replace(outbox=tuple(one for one in tablet.outbox if one not in old), root=root)

    def safe_n(self, tablet: Tablet) -> int:
        return tablet.durable_n


def own(tablet: Tablet) -> list[Entry]:
    """Operations under the device that this tablet is now, in the order of their numbers."""
    return sorted(one for one in tablet.outbox if one.device == tablet.device)


def unsent(tablet: Tablet) -> int:
    return sum(one.outcome is None for one in tablet.outbox)


def link_before(tablet: Tablet, n: int) -> str:
    """link(n - 1); "" when the operations that it needs were pruned."""
    at, link = tablet.root or (0, chain.start(tablet.device))
    mine = {one.n: one.op for one in own(tablet)}
    if n - 1 < at:
        return ""
    for number in range(at + 1, n):
        link = chain.link(link, mine[number].text)
    return link


def retire(tablet: Tablet, head: int) -> Tablet:
    """What the base contains is no longer laid on top."""
    return tablet._replace(
        outbox=tuple(
            one._replace(retired=True)
            if not one.retired and one.outcome and one.outcome.seq is not None and one.outcome.seq <= head
            else one
            for one in tablet.outbox
        )
    )


def busy(tablet: Tablet, rows: Mapping[Key, Held]) -> set[Key]:
    """What an unretired operation names, and the visit which that belongs to."""
    named = {one.op.entity for one in tablet.outbox if not one.retired}
    return named | {("visit", VISIT) for key in named if key in rows}


def sweep(tablet: Tablet) -> Tablet:
    """Rows of an older generation go, but for those that are busy."""
    holding = busy(tablet, {(one.kind, one.id): one for one in tablet.rows})
    kept = (one for one in tablet.rows if one.generation == tablet.generation or (one.kind, one.id) in holding)
    return tablet._replace(rows=tuple(kept))


def leave_now(tablet: Tablet) -> Tablet:
    """Rule S19: a tree that was left goes as soon as no unretired operation names any of it."""
    rows = {(one.kind, one.id): one for one in tablet.rows}
    if is_in(tablet) or ("scope", VISIT) not in rows:
        return tablet
    for key in leaving(triples(rows.values()), TREE, busy(tablet, rows)):
        del rows[key]
    return tablet._replace(rows=_sorted(rows.values()))


def is_in(tablet: Tablet) -> bool:
    """Whether the base says that the visit is ours."""
    return any(one.kind == "scope" and dict(one.value)["state"] == "in" for one in tablet.rows)


def shown(tablet: Tablet) -> dict[str, Mapping[str, Any]]:
    """What the person sees: base and own operations, by `sync.replay`."""
    base = {f"{one.kind}/{one.id}": plain(one.value) for one in tablet.rows}
    laid = [_pending(place, one) for place, one in enumerate(tablet.outbox) if not one.retired]
    return view(base, laid, tablet.head, tablet.person)


def _pending(place: int, entry: Entry) -> Pending:
    status, seq = (entry.outcome.status, entry.outcome.seq) if entry.outcome else (None, None)
    return Pending(place, operation(entry.op), status, seq)


def operation(op: Op) -> Operation:
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "set": ("answer.set", {"item": ITEM, "value": op.value}),
        "note": ("note.add", {"visit": VISIT, "text": op.value}),
        "poison": ("poison", {}),
    }
    type_, args = kinds[op.kind]
    return Operation(op.id, type_, 1, op.entity, op.base, args, "2026-11-23T09:14:05.120Z", 0, None)


def plain(value: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return {name: dict(inner) if isinstance(inner, tuple) else inner for name, inner in value}


def triples(rows: Iterable[Held]) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [(one.kind, one.id, dict(one.value)) for one in rows]


def _sorted(rows: Iterable[Held]) -> tuple[Held, ...]:
    return tuple(sorted(rows, key=lambda one: one[:2]))


def _open(entry: Entry) -> Entry:
    return entry._replace(outcome=None, retired=False)


def _numbered(tablet: Tablet, kept: list[Entry], again: list[Entry], first: int) -> Tablet:
    """`again` under this device's numbers from `first`."""
    numbered = [one._replace(device=tablet.device, n=n) for n, one in enumerate(again, first)]
    return tablet._replace(outbox=(*kept, *numbered), next_n=first + len(numbered))


def astray(tablet: Tablet) -> set[tuple[str, str, int]]:
    """How the base differs from what the server had at its head, but for what unretired operations hold on to."""
    kept = {one.op.entity for one in tablet.outbox if not one.retired}
    have = {row[:3] for row in tablet.rows}
    gone = {row for row in have - tablet.truth if row[:2] in kept or (_is_of_tree(row) and kept and not is_in(tablet))}
    return (have - gone) ^ tablet.truth


def _is_of_tree(row: tuple[str, str, int]) -> bool:
    return row[0] != "scope"


def _checked(tablet: Tablet, staged: Staged) -> Tablet:
    """I7 and rule S20, at the one moment when they can be seen: a pull was applied whole."""
    have = {row[:3] for row in tablet.rows}
    if staged.sums and have == staged.truth:
        tree = [r[:3] for r in tablet.rows if audience_of(r.kind, r.id, dict(r.value)) == TREE]
        sums = checksum(tree)
        if sums != staged.sums:
            return tablet._replace(fault="S20: the checksum differs although the rows are the same")
    return tablet._replace(fault=None if tablet.forked else _acknowledged(tablet, staged.ack_n))


def _acknowledged(tablet: Tablet, ack_n: int) -> str | None:
    """I7. (Of a device that runs twice the server counts the operations of both.)"""
    notes = {row.id for row in tablet.rows if row.kind == "note" and row.generation == tablet.generation}
    mine = [one for one in own(tablet) if one.op.kind == "note"]
    early = {one.op.id for one in mine if one.n > ack_n} & notes
    if early:
        return f"I7: the base holds {early}, which ack_n does not count"
    late = {one.op.id for one in mine if one.n <= ack_n and one.outcome is None} - notes
    return f"I7: ack_n counts {late}, which the base lacks" if late and is_in(tablet) else None
