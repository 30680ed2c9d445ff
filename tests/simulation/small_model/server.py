"""The server of the small model: one commit a push, one snapshot a pull."""

from __future__ import annotations

from typing import Any

from sync import chain
from sync.feed import checksum
from sync.merge import Cell, merge_field
from sync.outcome import Status
from sync.policy import MergeClass, class_of
from tests.simulation.small_model.things import (
    ITEM,
    PAGE,
    RUN,
    TREE,
    VISIT,
    Device,
    Head,
    Line,
    Op,
    Outcome,
    Page,
    Problem,
    Pull,
    Push,
    Pushed,
    Server,
)

Answer = Pushed | Page | Problem
REFUSED = Problem("sign_in")
EVIDENCE: MergeClass = class_of("run", f"answers.{ITEM}")


def begin(people: dict[str, str]) -> Server:
    """A visit with one run; `people` (person -> device) are assigned to it."""
    bare = Server(1, 0, 0, (), (), tuple(enrolled(d, p) for p, d in people.items()), frozenset(), (None, 0, "", 0))
    bare = _write(bare, TREE, "visit", VISIT, (("id", VISIT),))
    bare = _write(bare, TREE, "run", RUN, run_value(None))
    for person in people:
        bare = ServerRules().assign(bare, person)
    return bare


def enrolled(device: str, person: str) -> Device:
    return Device(device, person, 1, chain.start(device))


def run_value(answer: str | None) -> tuple[tuple[str, Any], ...]:
    answers: tuple[tuple[str, str], ...] = () if answer is None else ((ITEM, answer),)
    return (("answers", answers), ("visit", VISIT))


class ServerRules:
    """The rules that a broken example may break; everything else is a plain function below."""

    def push(self, server: Server, asked: Push) -> tuple[Server, Answer]:
        server = readmit(server, asked.device, asked.person)
        device = place(server, asked.device)
        problem = self.refusal(server, device, asked)
        if problem is not None:
            frozen = device._replace(frozen=True) if problem.code == "foreign_bytes" else device
            return _with_device(server, frozen), problem
        heard = device.answered
        device = self.roll(device, asked.resume, server.epoch)._replace(answered=heard + (asked.heard == heard))
        old = [line for line in server.log if line.device == device.id and line.n >= asked.first]
        old = old[: len(asked.ops)]
        fresh = asked.ops[self.known(old) :]
        if asked.heard < heard - 1:
            server = server._replace(fault="I19: a copy of a storage that is two answers behind was not recognised")
        if any(op.kind == "poison" for op in fresh) and not (asked.isolate and self.isolates()):
            return server, Problem("server_error")
        after, lines = self.carry_out(server, device, fresh)
        link = lines[-1].link if lines else device.link
        device = device._replace(next_n=device.next_n + len(fresh), link=link)
        after = _with_device(after._replace(log=after.log + tuple(lines)), device)
        results = tuple((line.n, line.op.id, line.outcome) for line in [*old[: self.known(old)], *lines])
        return after, Pushed(
            asked.nonce, after.epoch, device.resume, after.seq, self.durable_n(device), device.answered, results
        )

    def dies(self, server: Server, asked: Push | Pull) -> Answer:
        """What comes back when the server ends within its commit: nothing that says that anything was done."""
        return REFUSED

    def durable_n(self, device: Device) -> int:
        return device.durable_n

    def refusal(self, server: Server, device: Device, asked: Push) -> Problem | None:
        if self.epoch_differs(asked.epoch, server.epoch):
            return Problem("epoch_changed", server.epoch, device.next_n)
        if asked.resume not in (device.resume, device.before):
            return Problem("device_forked")
        if asked.first > device.next_n:
            return Problem("op_gap", number=device.next_n)
        if _link_at(server, device.id, asked.first - 1) != asked.prev:
            return Problem("op_mismatch")
        mine = {line.n: line.op for line in server.log if line.device == device.id}
        sent = enumerate(asked.ops, asked.first)
        if any(n in mine and mine[n].text != op.text for n, op in sent):
            return Problem("foreign_bytes")
        return None

    def epoch_differs(self, asked: int | None, now: int) -> bool:
        return asked != now

    def roll(self, device: Device, presented: str | None, epoch: int) -> Device:
        if presented != device.resume:
            return device
        fresh = f"{device.id}.{epoch}.{device.rolled + 1}"
        return device._replace(resume=fresh, before=device.resume, rolled=device.rolled + 1)

    def known(self, old: list[Line]) -> int:
        """How many of the numbers that came before are answered from the log."""
        return len(old)

    def isolates(self) -> bool:
        return True

    def carry_out(self, server: Server, device: Device, ops: tuple[Op, ...]) -> tuple[Server, list[Line]]:
        """All operations of a push in one transaction; every effect has the position that the feed has after it."""
        lines: list[Line] = []
        now, link = server, device.link
        for n, op in enumerate(ops, device.next_n):
            now, outcome, repeats = self._one(now, [*server.log, *lines], device, n, op)
            link = chain.link(link, op.text)
            lines.append(Line(device.id, n, op, link, outcome, repeats))
        done = [self._at(line, now.seq) for line in lines]
        return now, done

    def _at(self, line: Line, seq: int) -> Line:
        if line.repeats or not Status(line.outcome.status).takes_effect:
            return line
        return line._replace(outcome=line.outcome._replace(seq=seq))

    def _one(
        self, server: Server, log: list[Line], device: Device, n: int, op: Op
    ) -> tuple[Server, Outcome, bool]:
        first = self.stored(log, op)
        if first is not None:
            return server, first.outcome, True
        if device.frozen:
            return server, Outcome("held", None, "device_suspended"), False
        if op.kind == "poison":
            return server, Outcome("held", None, "server_error"), False
        if self.blocked(log, device, op):
            return server, Outcome("held", None, "blocked_by"), False
        if op.kind == "note":
            note = (("by", device.person), ("text", op.value), ("visit", VISIT))
            return _write(server, TREE, "note", op.id, note), Outcome("applied", 0), False
        return self._set(server, device, n, op)

    def stored(self, log: list[Line], op: Op) -> Line | None:
        """The same id with the same bytes: the same operation, whatever number it has now."""
        return next((line for line in log if line.op.id == op.id and not line.repeats), None)

    def blocked(self, log: list[Line], device: Device, op: Op) -> bool:
        return any(
            line.device == device.id and line.op.entity == op.entity and line.outcome.status == "held" for line in log
        )

    def _set(self, server: Server, device: Device, n: int, op: Op) -> tuple[Server, Outcome, bool]:
        if server.answer is None:
            return server, Outcome("held", None, "entity_gone"), False
        decision = merge_field(
            EVIDENCE, Cell(*server.answer), Cell(op.value, 0, device.id, n), op.base,
            writer_is_office=device.person == "office", holder_is_office=server.answer[2] == "office",
        )  # fmt: skip
        if decision.apply:
            server = _write(server, TREE, "run", RUN, run_value(op.value))
            server = server._replace(answer=(op.value, server.seq, device.id, n))
        elif decision.outcome is Status.CONFLICT:
            server = self.keep_beside(server, op)
        return server, Outcome(decision.outcome.value, 0, decision.code), False

    def keep_beside(self, server: Server, op: Op) -> Server:
        both = (("candidate", op.value), ("visit", VISIT))
        return _write(server, TREE, "conflict", op.id, both)

    def pull(self, server: Server, asked: Pull) -> tuple[Server, Answer]:
        device = place(readmit(server, asked.device, asked.person), asked.device)
        if asked.epoch is not None and self.epoch_differs(asked.epoch, server.epoch):
            return server, Problem("epoch_changed", server.epoch, device.next_n)
        after, began = asked.cursor or (0, server.seq)
        if self.expired(after if began is None else began, after, server):
            return server, Problem("cursor_expired")
        rows = sorted((head for head in in_scope(server, asked.person) if head.seq > after), key=lambda head: head.seq)
        page, more = tuple(rows[:PAGE]), len(rows) > PAGE
        cursor = (page[-1].seq, began) if more else (server.seq, None)
        sums = None if more or not page or asked.person not in server.scope else sums_of(server)
        truth = truth_of(server, asked.person)
        return server, Page(
            asked.nonce, server.epoch, cursor, more, server.seq, self.ack_n(device), self.durable_n(device), page, sums,
            truth,
        )  # fmt: skip

    def expired(self, oldest: int, after: int, server: Server) -> bool:
        return oldest < server.floor or after > server.seq

    def ack_n(self, device: Device) -> int:
        return device.next_n - 1

    # What the office and the operator do

    def assign(self, server: Server, person: str) -> Server:
        """Enter a scope: its row, and the whole tree anew."""
        server = _write(server, f"u:{person}", "scope", VISIT, (("audience", TREE), ("state", "in")))
        tree = [head for head in server.heads if head.audience == TREE and head.value is not None]
        for head in sorted(tree, key=lambda head: head.seq):
            server = _put(server, head._replace(seq=server.seq + 1))
        return server._replace(scope=server.scope | {person})

    def unassign(self, server: Server, person: str) -> Server:
        server = _write(server, f"u:{person}", "scope", VISIT, (("audience", TREE), ("state", "out")))
        return server._replace(scope=server.scope - {person})

    def drop_run(self, server: Server) -> Server:
        return _write(server, TREE, "run", RUN, None)._replace(answer=None)

    def office_sets(self, server: Server, value: str) -> Server:
        """The console writes through a device of its own, over what it sees."""
        office = Device("office", "office", server.seq + 1, chain.start("office"))
        after = self._set(server, office, 0, Op(f"office-{server.seq}", "set", server.seq, value))[0]
        return after._replace(office_wrote=True)

    def compact(self, server: Server) -> Server:
        """Tombstones go; who has not read them must begin anew."""
        return server._replace(heads=tuple(h for h in server.heads if h.value is not None), floor=server.seq)

    def back_up(self, server: Server) -> Server:
        """A verified copy; from now on each device is told how much of its work is in it."""
        safe = tuple(device._replace(durable_n=device.next_n - 1) for device in server.devices)
        return server._replace(devices=safe, backup=server._replace(backup=None))

    def restore(self, server: Server) -> Server:
        """The copy is put back: another epoch, and other tokens than those that the lost history gave out."""
        assert server.backup is not None
        epoch = server.epoch + 1 if self.raises_epoch() else server.epoch
        known = tuple(
            device._replace(resume=None, before=None, answered=0, durable_n=device.next_n - 1)
            for device in server.backup.devices
        )
        return server.backup._replace(epoch=epoch, devices=known, backup=server.backup)

    def raises_epoch(self) -> bool:
        return True


def readmit(server: Server, device: str, person: str) -> Server:
    """A device that the server does not know (it was restored, or the device is new) begins with 1."""
    if any(one.id == device for one in server.devices):
        return server
    return server._replace(devices=(*server.devices, enrolled(device, person)))


def place(server: Server, device: str) -> Device:
    return next(one for one in server.devices if one.id == device)


def in_scope(server: Server, person: str) -> list[Head]:
    mine = {"org", f"u:{person}"} | ({TREE} if person in server.scope else set())
    return [head for head in server.heads if head.audience in mine]


def truth_of(server: Server, person: str) -> frozenset[tuple[str, str, int]]:
    """What a tablet of this person must hold at the feed's head, exactly."""
    return frozenset((h.kind, h.id, h.ver) for h in in_scope(server, person) if h.value is not None)


def sums_of(server: Server) -> str:
    return checksum((h.kind, h.id, h.ver) for h in server.heads if h.audience == TREE and h.value is not None)


def _link_at(server: Server, device: str, n: int) -> str | None:
    if n == 0:
        return chain.start(device)
    return next((line.link for line in server.log if line.device == device and line.n == n), None)


def _with_device(server: Server, device: Device) -> Server:
    return server._replace(devices=tuple(device if one.id == device.id else one for one in server.devices))


def _write(
    server: Server, audience: str, kind: str, entity: str, value: tuple[tuple[str, Any], ...] | None
) -> Server:
    seq = server.seq + 1
    return _put(server, Head(audience, kind, entity, seq, seq, value))


def _put(server: Server, head: Head) -> Server:
    others = tuple(one for one in server.heads if (one.audience, one.kind, one.id) != head[:3])
    return server._replace(seq=head.seq, heads=tuple(sorted((*others, head), key=lambda one: one[:4])))
