"""What the log of operations must say in the end, read by brute force: one outcome each, in order, by who may."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.core import journal
from backend.core.db import reading
from backend.exchange.conflicts import Conflict
from backend.exchange.models import HEADS, INTERVALS
from backend.identity.models import Device as DeviceRow
from backend.media import services as media
from sync import chain
from tests.simulation.world import Device, Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

TAKES_EFFECT = {"applied", "merged", "conflict"}
LATE = timedelta(days=14)
"""For so long who left a visit may still send what was done there (sync/README.md)."""
MAKES = {"note.add", "photo.add", "time.add", "ticket.create", "asset.create"}
"""Types whose operation makes the thing that it names."""
Disks = dict[int, list[dict[str, Any]]]


class Ledger:
    """The log of both organisations once all has healed. `disks`: the outbox of each tablet that still opens."""

    def __init__(self, world: World, disks: Disks) -> None:
        self.world, self.disks = world, disks
        self.logs = {org: world.judges.log_of(org) for org in world.judges.org_ids()}
        self.runs = {visit.run: visit.id for visit in world.scenery.visits}

    def check(self) -> None:
        """Raises Violation."""
        for org, log in self.logs.items():
            self._check_chains(org, log)
            self._check_order(log)
            self._check_refused(org, log)
            self._check_positions(org, log)
            self._check_standing(org, log)
            self._check_conflicts(org, log)
            self._check_photos(org, log)
            for row in log:
                self.world.judges.outcomes[f"outcome {row.status}"] += 1
        self._check_repeats()
        self._check_account()

    def _check_chains(self, org: str, log: list[Any]) -> None:
        """I5, I16: each device's log is whole, in order and chained, and the journal holds."""
        last: dict[str, tuple[int, str]] = {}
        for row in log:
            n, link = last.get(row.device, (0, chain.start(row.device)))
            if row.n != n + 1:
                raise Violation("I5", f"the log of device {row.device} goes from {n} to {row.n}")
            if row.link != chain.link(link, bytes(row.body)):
                raise Violation("I16", f"the chain of device {row.device} breaks at {row.n}")
            last[row.device] = (row.n, row.link)
        self._check_places(org, last)
        with self.world.server.inside():
            fault = journal.first_fault(org)
        if fault is not None:
            raise Violation("I16", f"the journal does not verify: {fault}")

    def _check_places(self, org: str, last: dict[str, tuple[int, str]]) -> None:
        """I3: log and place of a device were written together."""
        with self.world.server.inside(), reading() as session:
            rows = session.execute(
                select(DeviceRow.id, DeviceRow.next_n, DeviceRow.last_link).where(DeviceRow.org_id == org)
            ).all()
        for device, next_n, link in rows:
            if (next_n - 1, link) != last.get(device, (0, chain.start(device))):
                raise Violation("I3", f"device {device} is at {next_n}, its log ends at {last.get(device)}")

    def _check_order(self, log: list[Any]) -> None:
        """I5: behind what is held on a thing, nothing of the same device takes effect there until it is decided."""
        decided = {row.sha256: row.set_aside_at for row in log if row.op_id is not None}
        held: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in self._of_tablets(log):
            key = (row.device, row.entity_id)
            if row.status == "held":
                held[key].append(decided[row.sha256])
            elif row.status in TAKES_EFFECT and any(at is None or at > row.received_at for at in held[key]):
                words = f"operation {row.n} of {row.device} overtook one that is held on the same {row.kind}"
                raise Violation("I5", words)

    def _check_refused(self, org: str, log: list[Any]) -> None:
        """I3: what took no effect has left nothing: no row is there which only refused or held operations made."""
        decided = {row.sha256: row.set_aside_at for row in log if row.op_id is not None}
        made = {row.entity_id for row in log if row.status in TAKES_EFFECT or decided.get(row.sha256) is not None}
        with self.world.server.inside(), reading() as session:
            there = set(session.scalars(select(HEADS.c.entity_id).where(HEADS.c.org_id == org, ~HEADS.c.deleted)))
        for row in log:
            if row.type in MAKES and row.entity_id in there - made:
                raise Violation("I3", f"operation {row.n} of {row.device} is {row.status}, and its {row.kind} is there")

    def _check_positions(self, org: str, log: list[Any]) -> None:
        """I8: the position of a result is none before its effect, or the act would leave the view too early."""
        with self.world.server.inside(), reading() as session:
            # Nothing changes a note that is there: its version is the position at which it came.
            notes = HEADS.c.org_id == org, HEADS.c.kind == "note", ~HEADS.c.deleted
            asked = session.execute(select(HEADS.c.entity_id, HEADS.c.ver).where(*notes))
            there = {row.entity_id: row.ver for row in asked}
        for row in log:
            told, ver = json.loads(row.outcome)["seq"], there.get(row.entity_id, 0)
            if row.type == "note.add" and row.status in TAKES_EFFECT and told < ver:
                raise Violation("I8", f"operation {row.n} of {row.device} is said to lie at {told}, and does at {ver}")

    def _of_tablets(self, log: list[Any]) -> list[Any]:
        tablets = {device.id for device in self.world.devices}
        return [row for row in log if row.device in tablets]

    def _check_standing(self, org: str, log: list[Any]) -> None:
        """P14: what was done on a visit is taken from who is on it or left it within 14 days, and from nobody else."""
        spans = self._spans(org)
        for row in self._of_tablets(log):
            visit = self._visit_of(row)
            mine = spans[row.person, f"v:{visit}"]
            if visit is None or row.op_id is None:
                continue
            left = [leave for _, leave in mine if leave is not None and leave < row.received_at]
            if row.code == "out_of_scope" and any(row.received_at - leave <= LATE for leave in left):
                words = f"operation {row.n} of {row.device} is held though its person left the visit {left[-1]}"
                raise Violation("I9", words)
            if row.status in TAKES_EFFECT and not any(enter <= row.seq for enter, _ in mine):
                raise Violation("I14", f"operation {row.n} of {row.device} wrote to a visit that it never saw")

    def _spans(self, org: str) -> dict[tuple[str, str], list[tuple[int, Any]]]:
        """For each person and audience: where the person came in, and when the person left."""
        spans: dict[tuple[str, str], list[tuple[int, Any]]] = defaultdict(list)
        with self.world.server.inside(), reading() as session:
            for row in session.execute(select(INTERVALS).where(INTERVALS.c.org_id == org)):
                spans[row.person, row.audience].append((row.enter_seq, row.left_at))
        return spans

    def _visit_of(self, row: Any) -> str | None:
        """The visit on which the operation was done, None where it is none."""
        if row.kind == "run":
            return self.runs.get(row.entity_id)
        if row.kind in ("note", "photo"):
            visit: str = _args(row)["visit"]
            return visit
        return None

    def _check_conflicts(self, org: str, log: list[Any]) -> None:
        """I12: of a conflict both values are kept."""
        with self.world.server.inside(), reading() as session:
            known = {one.id: one for one in session.scalars(select(Conflict).where(Conflict.org_id == org))}
        for row in log:
            wanted = json.loads(row.outcome).get("conflict_id")
            if wanted is None and row.status != "conflict":
                continue
            if wanted not in known or not known[wanted].candidate or not known[wanted].current:
                raise Violation("I12", f"conflict {wanted} of operation {row.n} does not hold both values")

    def _check_photos(self, org: str, log: list[Any]) -> None:
        """I15: a photo that was kept in one act with its operation has arrived with it, and never another one."""
        whole = {device.id for device in self.world.devices if self._kept_all(device)}
        for row in log:
            if row.type != "photo.add" or row.status not in TAKES_EFFECT or row.device not in whole:
                continue
            args = _args(row)
            with self.world.server.inside():
                gone = media.missing(org, args["visit"], [args["sha256"]])
            if gone:
                raise Violation("I15", f"the photo of operation {row.n} of {row.device} has never arrived")

    def _kept_all(self, device: Device) -> bool:
        """Whether all that was ever made on this tablet still counts: it was not copied, put back or thrown away."""
        return self.world.judges.is_well(device) and not device.rewound and not self.world.epochs

    def _check_repeats(self) -> None:
        """I4, I9: what came again, under whatever number and from whatever copy, has the outcome of the first time."""
        for log in self.logs.values():
            first = {(row.person, row.sha256): row for row in log if row.op_id is not None}
            for row in log:
                once = first.get((row.person, row.sha256))
                if once is not None and (once.status, once.code) != (row.status, row.code):
                    both = f"{once.status} {once.code or ''} and {row.status} {row.code or ''}"
                    words = f"operation {once.op_id} is {both}"
                    raise Violation("I4", words)

    def _check_account(self) -> None:
        """I9, I10, I17: each operation that was made has one outcome, or lies on a tablet that cannot send it."""
        rows = [row for log in self.logs.values() for row in log]
        logged = {(row.device, row.n): row for row in rows}
        known = {row.op_id for row in rows if row.op_id is not None}
        bodies = {bytes(row.body) for row in rows}
        on_disk = {row["id"]: (t, row) for t, kept in self.disks.items() for row in kept}
        for made in self.world.kept.values():
            if made.id in known or made.id in on_disk or made.id in self.world.excused:
                continue
            if self.world.raw.get(made.id, "\0").encode() in bodies:
                continue
            raise Violation("I9", f"operation {made.n} ({made.id}) of tablet {made.t} is nowhere")
        for t, row in on_disk.values():
            self._check_told(self.world.devices[t], row, logged)

    def _check_told(self, device: Device, row: dict[str, Any], logged: dict[tuple[str, int], Any]) -> None:
        """What the tablet believes of an operation is what the log says."""
        there = logged.get((device.id, row["n"]))
        if row["result"] is None or not self.world.judges.is_well(device):
            return
        if there is None:
            raise Violation("I17", f"operation {row['n']} of tablet {device.t} was answered, and the server has it not")
        if bytes(there.body) != chain.operation_bytes(row["text"]):
            raise Violation("I19", f"number {row['n']} of tablet {device.t} stands for two different operations")
        if not _is_told(row["result"], json.loads(there.outcome)):
            words = f"operation {row['n']} of tablet {device.t}: told {row['result']}, logged {there.outcome}"
            raise Violation("I9", words)


def _is_told(told: dict[str, Any], logged: dict[str, Any]) -> bool:
    """The tablet asks for answers without ids: the number tells which line it is."""
    return told == logged or told == {**logged, "id": None}


def _args(row: Any) -> dict[str, Any]:
    args: dict[str, Any] = json.loads(row.body)["args"]
    return args
