"""The oracles of the simulation. Each says in a sentence what was broken and begins with the invariant's number.

They look at the server's database by brute force, at tablets' disks, and at every request and answer that passed.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter, defaultdict
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from backend.core.db import reading
from backend.core.envelopes import unb64url
from backend.exchange.conflicts import Conflict
from backend.exchange.models import HEADS, INTERVALS, LOG, ORGS
from backend.identity.models import Device as DeviceRow
from backend.media import services as media
from backend.signoff.models import Signoff
from tests.makers import Row
from tests.simulation.ledger import Ledger
from tests.simulation.oracles import expected_base
from tests.simulation.scenery import CHECKLIST
from tests.simulation.server import POISON, HttpAnswer
from tests.simulation.world import Device, Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

SAMPLE = 0.2
"""Share of the answers after which the database is read whole."""
MOST_REPEATS, MOST_ALONE = 5, 3
SIGNED = Signoff.__table__
FOR_EVER = (
    "id", "visit", "record", "sha256", "outcome", "declined", "locale", "received_at", "envelope", "jkt", "prev",
    "documents",
)  # fmt: skip
"""What of a signed record never changes."""
PUSH, PULL = "/api/v1/sync/push", "/api/v1/sync/pull"
ENDED = {"device_forked", "op_mismatch", "device_revoked", "device_unknown", "device_suspended", "expired", "op_gap"}
"""Codes with which a tablet that was copied, put back or barred may end; its work stays on it."""


class Judges:
    """Everything that is watched while a history runs, and what must hold when it has healed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = Random(f"{world.plan['seed']}/judges")
        self.told: dict[tuple[str, int], dict[str, Any]] = {}
        self.outcomes: Counter[str] = Counter()
        self.repeats: dict[tuple[int, str, str], list[float]] = {}
        self.pages: dict[int, tuple[int, int]] = {}
        self.seen: dict[str, tuple[int, set[int]]] = {}
        self.signed: dict[str, tuple[object, ...]] = {}
        """Signed records as they were first read, by their id."""
        self.alone: Counter[tuple[int, int, int, int, str]] = Counter()
        """How often a life of a tablet heard that an operation, asked for alone, broke the server."""

    # While it runs

    def heard(self, device: Device, said: dict[str, Any]) -> None:
        """After every command: the app is well, and nothing of its own left its view too early."""
        if said["broken"]:
            raise Violation("I10", f"the app on tablet {device.t} stumbled over itself: {said['broken'][0][:600]}")
        if said["early"] is not None:
            row = said["early"]
            raise Violation("I8", f"operation {row['n']} of tablet {device.t} left the view before the base held it")

    def asked(self, device: Device, asked: dict[str, Any]) -> None:
        """I24: the very same request comes at most five times without a growing pause."""
        body = json.loads(asked["text"]) if asked.get("text") else {}
        body.pop("nonce", None)
        about = [value for name, value in sorted(asked["headers"].items()) if name.startswith("Upload-")]
        digest = hashlib.sha256(json.dumps([body, asked.get("bytes"), about]).encode()).hexdigest()
        lane = f"{asked['method']} {asked['path']}"
        key = (device.t, lane, digest)
        times = self.repeats.setdefault(key, [])
        for other in [one for one in self.repeats if one[:2] == key[:2] and one != key]:
            del self.repeats[other]
        times.append(self.world.now)
        if lane.endswith("/head"):
            return
        last = times[-MOST_REPEATS - 2 :]
        if len(last) == MOST_REPEATS + 2 and last[-1] - last[0] < 4_000:
            span = last[-1] - last[0]
            raise Violation("I24", f"tablet {device.t} asked {lane} {len(last)} times within {span:.0f} ms")

    def answered(self, device: Device, asked: dict[str, Any], answer: HttpAnswer | None) -> None:
        """What the server said to this request, whether or not it arrives."""
        if answer is None:
            return
        said = answer.json
        if answer.status == 500 and not self._excused_500(asked):
            raise Violation("3.6", f"the server answered 500 to {asked['method']} {asked['path']}")
        if answer.status >= 400 and "code" in said:
            self.world.met[f"answer {said['code']}"] += 1
        if answer.status == 200 and asked["path"] == PUSH:
            self._pushed(device, said)
        if answer.status == 200 and asked["path"] == PULL:
            self._pulled(device, json.loads(asked["text"]), said)
        if self.rng.random() < SAMPLE:
            self.watch()

    def _excused_500(self, asked: dict[str, Any]) -> bool:
        """By what the tablet wrote: a body that was packed on the way may be spoilt where it does no harm."""
        trap = self.world.server.last_trap
        return (trap is not None and trap.sprung) or POISON in (asked.get("text") or "")

    def failed_alone(self, device: Device, asked: dict[str, Any], answer: HttpAnswer) -> None:
        """I25: an operation that breaks the server holds the others back for three attempts, and not for a fourth."""
        ops = json.loads(asked["text"]).get("ops", []) if asked["path"] == PUSH else []
        if answer.status != 500 or len(ops) != 1 or POISON not in ops[0]:
            return
        key = (device.t, asked["window"], device.lives, self.world.epochs, ops[0])
        self.alone[key] += 1
        if self.alone[key] > MOST_ALONE:
            words = f"tablet {device.t} heard {self.alone[key]} times that one operation, alone, breaks the server"
            raise Violation("I25", words)

    def _pushed(self, device: Device, said: dict[str, Any]) -> None:
        """I4: whatever is asked again is answered as the first time. I18: nothing is called durable that is not."""
        for result in said["results"]:
            before = self.told.setdefault((device.id, result["n"]), result)
            if before != result:
                raise Violation("I4", f"operation {result['n']} of tablet {device.t} was first {before}, then {result}")
        logged = self._last_number(device)
        if said["ack_n"] > logged:
            raise Violation("I3", f"tablet {device.t} was answered up to {said['ack_n']}, its log ends at {logged}")
        self._check_durable(device, said)

    def _check_durable(self, device: Device, said: dict[str, Any]) -> None:
        """I18: nothing is called durable that the newest backup does not hold."""
        backups = [held[device.house.org_id] for held in self.world.server.backups.values()]
        kept = max((held.received.get(device.id, 0) for held in backups), default=0)
        if said["durable_n"] > min(kept, said["ack_n"]):
            words = f"tablet {device.t} is told that {said['durable_n']} are durable; the backup holds {kept}"
            raise Violation("I18", words)

    def _last_number(self, device: Device) -> int:
        """Up to where the device's operations are kept, whatever it was told."""
        with self.world.server.inside(), reading() as session:
            asked = select(func.max(LOG.c.n)).where(LOG.c.org_id == device.house.org_id, LOG.c.device == device.id)
            return session.scalar(asked) or 0

    def _pulled(self, device: Device, asked: dict[str, Any], said: dict[str, Any]) -> None:
        self._count_page(device, asked, said)
        self._check_durable(device, said)
        if self.rng.random() < SAMPLE:
            self._check_scope(device, said)
            self._check_acknowledged(device, said)

    def _count_page(self, device: Device, asked: dict[str, Any], said: dict[str, Any]) -> None:
        """I26: a page that is not the last is full."""
        if said["more"] and len(said["changes"]) < min(asked["limit"], 1_000):
            size = sum(len(json.dumps(one)) for one in said["changes"])
            if size < 500_000:
                raise Violation("I26", f"a page of {len(said['changes'])} rows says that more are to come")

    def _check_scope(self, device: Device, said: dict[str, Any]) -> None:
        """I14, I22: only rows of the person's own audiences, in the person's own organisation."""
        org, person = device.house.org_id, device.enrolled.person.id
        mine = self._audiences(org, person)
        with self.world.server.inside(), reading() as session:
            rows = session.execute(
                select(HEADS.c.kind, HEADS.c.entity_id, HEADS.c.audience).where(HEADS.c.org_id == org)
            ).all()
        where: dict[tuple[str, str], set[str]] = defaultdict(set)
        for kind, entity, audience in rows:
            where[kind, entity].add(audience)
        for change in said["changes"]:
            if not where[change["k"], change["id"]] & mine:
                raise Violation("I14", f"tablet {device.t} was sent {change['k']} {change['id']}, not in its scope")

    def _audiences(self, org: str, person: str) -> set[str]:
        with self.world.server.inside(), reading() as session:
            asked = select(INTERVALS.c.audience).where(
                INTERVALS.c.org_id == org, INTERVALS.c.person == person, INTERVALS.c.leave_seq.is_(None)
            )
            return {"org", f"u:{person}", *session.scalars(asked)}

    def _check_acknowledged(self, device: Device, said: dict[str, Any]) -> None:
        """I7: `ack_n` is exactly what the log holds of this device."""
        logged = max((row.n for row in self.log_of(device.house.org_id) if row.device == device.id), default=0)
        if said["ack_n"] != logged:
            raise Violation("I7", f"ack_n {said['ack_n']}, but the log has {logged} of tablet {device.t}")

    def watch(self) -> None:
        """I1, I2: beside everybody reads somebody who writes down which positions exist; none comes up later below."""
        for org in self.org_ids():
            with self.world.server.inside(), reading() as session:
                seqs = list(session.scalars(select(HEADS.c.seq).where(HEADS.c.org_id == org)))
                top = session.scalar(select(ORGS.c.seq).where(ORGS.c.org_id == org)) or 0
            if len(seqs) != len(set(seqs)) or max(seqs, default=0) > top:
                raise Violation("I1", f"positions repeat, or lie beyond the counter {top}")
            before, known = self.seen.get(org, (0, set()))
            late = [seq for seq in seqs if seq <= before and seq not in known]
            if late:
                raise Violation("I2", f"position {late[0]} became visible after a reader had read to {before}")
            self.seen[org] = (top, set(seqs))
        self._watch_records()

    def _watch_records(self) -> None:
        """I11: what was signed is for ever what was signed, and its digest is that of the bytes in the envelope."""
        with self.world.server.inside(), reading() as session:
            rows = session.execute(select(*(SIGNED.c[name] for name in FOR_EVER))).mappings().all()
        for row in rows:
            facts = tuple(row[name] for name in FOR_EVER)
            if self.signed.setdefault(row["id"], facts) != facts:
                raise Violation("I11", f"the signed record {row['id']} is not what it was")
            payload = str(json.loads(row["envelope"])["payload"])
            if hashlib.sha256(unb64url(payload)).hexdigest() != row["sha256"]:
                raise Violation("I11", f"the signed record {row['id']} has other bytes than its digest says")

    def restored(self) -> None:
        """A new epoch: earlier answers and positions bind nobody."""
        self.told.clear()
        self.seen.clear()
        self.signed.clear()

    def office_said(self, result: dict[str, Any]) -> None:
        self.world.met[f"office {result['status']}"] += 1

    # What others ask the database

    def org_ids(self) -> list[str]:
        return [house.org_id for house in self.world.scenery.houses.values()]

    def log_of(self, org: str) -> list[Any]:
        with self.world.server.inside(), reading() as session:
            return list(session.execute(select(LOG).where(LOG.c.org_id == org).order_by(LOG.c.device, LOG.c.n)).all())

    def logged_ids(self) -> set[str]:
        with self.world.server.inside(), reading() as session:
            return {one for one in session.scalars(select(LOG.c.op_id)) if one is not None}

    def head(self, org: str) -> int:
        with self.world.server.inside(), reading() as session:
            return session.scalar(select(ORGS.c.seq).where(ORGS.c.org_id == org)) or 0

    def open_conflict(self, org: str, rng: Random) -> str | None:
        with self.world.server.inside(), reading() as session:
            mine = select(Conflict.id).where(Conflict.org_id == org, Conflict.state == "open")
            found = list(session.scalars(mine.order_by(Conflict.ver)))
        return rng.choice(found) if found else None

    def waiting(self, org: str, rng: Random) -> str | None:
        """An operation of a tablet that is held and that nobody has decided."""
        asked = select(LOG.c.op_id, LOG.c.device, LOG.c.n).where(
            LOG.c.org_id == org, LOG.c.status == "held", LOG.c.op_id.is_not(None), LOG.c.set_aside_at.is_(None)
        )
        places = {device.id: device.t for device in self.world.devices}
        with self.world.server.inside(), reading() as session:
            found = sorted(session.execute(asked).all(), key=lambda row: (places.get(row.device, -1), row.n))
        return rng.choice(found).op_id if found else None

    def device_status(self, device: str) -> str:
        with self.world.server.inside(), reading() as session:
            return session.scalar(select(DeviceRow.status).where(DeviceRow.id == device)) or "unknown"

    def may_resume(self, device: Device) -> bool:
        """Not one that the program itself has frozen because two copies act as one."""
        family = [one for one in self.world.devices if one.id == device.id]
        return not any(one.rewound for one in family)

    def checklist(self, name: str) -> dict[str, Any]:
        definition = copy.deepcopy(CHECKLIST)
        definition["id"] = f"other-{name}"
        return definition

    def endings(self) -> dict[str, str]:
        """Status and code of each operation, by the tablet's place or "office", and its number."""
        places = {device.id: f"tablet {device.t}" for device in self.world.devices}
        found: dict[str, str] = {}
        for name, house in self.world.scenery.houses.items():
            for row in self.log_of(house.org_id):
                who = places.get(row.device, f"office {name} {row.type}")
                found[f"{who} {row.n}"] = f"{row.status} {row.code or ''}".strip()
        return found

    # In the end

    def judge(self) -> None:
        """Everything that must hold once faults have stopped and everybody has had five rounds."""
        self.watch()
        disks: dict[int, list[dict[str, Any]]] = {}
        for device in self.world.devices:
            looked = self.world.look(device)
            if looked is None:
                self._check_gone(device)
                continue
            disks[device.t] = looked["outbox"]
            if self.is_well(device):
                self._check_synced(device, looked)
            else:
                self._check_ended(device, looked)
            self._check_blobs(device, looked)
        Ledger(self.world, disks).check()

    def is_well(self, device: Device) -> bool:
        """Whether the device must be in agreement with the server in the end."""
        return device.barred is None and self.device_status(device.id) == "active"

    def _check_gone(self, device: Device) -> None:
        if device.barred != "wiped":
            raise Violation("I23", f"the app on tablet {device.t} does not open any more: {self.world.open(device)}")

    def _check_synced(self, device: Device, looked: dict[str, Any]) -> None:
        """I23, I6, I13: nothing waits, and the base is what the server has for this person."""
        status = looked["status"] or {}
        unsent = [row["n"] for row in looked["outbox"] if row["result"] is None]
        waiting = [one for one in looked["blobs"] if one["state"] == "waiting"]
        if unsent or status.get("closed"):
            raise Violation("I23", f"five rounds after all faults tablet {device.t} still holds {unsent[:5]}: {status}")
        if waiting:
            raise Violation("I23", f"tablet {device.t} still holds {len(waiting)} files back: {status}")
        if status.get("divergence"):
            raise Violation("I6", f"tablet {device.t} says that {status['divergence']} differ from the server")
        self._check_base(device, looked)

    def _check_base(self, device: Device, looked: dict[str, Any]) -> None:
        wanted = expected_base(device.house, device.enrolled.person.id)
        held = {(kind, entity): Row(ver, value) for kind, entity, ver, value in looked["rows"]}
        for key in wanted.keys() ^ held.keys():
            where = "lacks" if key in wanted else "still has"
            raise Violation("I6" if key in wanted else "I14", f"tablet {device.t} {where} {key[0]} {key[1]}")
        for key, row in wanted.items():
            if held[key] != row:
                raise Violation("I6", f"tablet {device.t} has {key[0]} {key[1]} as {held[key]}, the server {row}")

    def _check_ended(self, device: Device, looked: dict[str, Any]) -> None:
        """A barred or copied tablet says why it ended. What is on it stays on it (the ledger counts it)."""
        odd = set(device.closed.values()) - ENDED
        if odd and device.barred is None:
            raise Violation("I23", f"tablet {device.t} gave up with {sorted(odd)}")

    def _check_blobs(self, device: Device, looked: dict[str, Any]) -> None:
        """I15: what the tablet believes complete lies at the server, byte for byte."""
        if self.world.epochs:
            return
        for blob in looked["blobs"]:
            if blob["state"] != "complete":
                continue
            with self.world.server.inside():
                try:
                    data = media.read_original(device.house.org_id, blob["visit"], blob["sha256"])
                except media.NoSuchFile:
                    raise Violation("I15", f"tablet {device.t} believes a file complete that is not there") from None
            if hashlib.sha256(data).hexdigest() != blob["sha256"]:
                raise Violation("I15", f"a file of tablet {device.t} has other bytes at the server")


__all__ = ["Judges"]
