"""Bringing a rescue file in: opened, checked, and fed into the way that the tablet itself would have taken."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Any

from backend.core import clock, journal, keys
from backend.core.db import unit
from backend.core.problems import Conflict, Forbidden, Invalid, TooLarge
from backend.core.schema import wire_time
from backend.exchange import services as exchange
from backend.exchange.services import TakenIn
from backend.identity import services as identity
from backend.identity.services import Actor, Device
from backend.media import services as media
from backend.rescue.reading import Photo, Reader, Work
from backend.rescue.sealed import (
    LARGEST_FILE,
    Damaged,
    Header,
    NotARescueFile,
    WrongKey,
    frames,
    read_header,
)

SIGNED_TYPE = "singgah-rescue+json"
IMPORTERS = ("dispatcher", "administrator")


class WrongFile(Invalid):
    """Not a rescue file, or one that nobody can read any more."""

    code = "wrong_file"


class OtherOrganisation(Invalid):
    """A rescue file of somebody else's tablet."""

    code = "other_organisation"


class DeviceIsNotHere(Conflict):
    """The tablet that made the file is not known on this server."""

    code = "device_unknown"


class DeviceIsPending(Conflict):
    """Nobody has said yet that the tablet is the one it claims to be."""

    code = "device_pending"


@dataclass
class Report:
    """What was in the file and what became of it. `made_at` by the tablet's clock. `damage`: where reading ended early,
    in words; what came before it is in.
    """

    device: str
    code: str
    person: str
    made_at: str
    signed: bool
    unreadable: int
    operations: TakenIn
    photos: dict[str, list[str]] = field(default_factory=lambda: {"new": [], "already": [], "refused": []})
    damage: str | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many operations were new, by outcome; were there already; wait in quarantine because of the file."""
        new = Counter(result["status"] for result in self.operations.new.values())
        return {**new, "already": len(self.operations.already), "beside": len(self.operations.beside)}

    def as_json(self) -> dict[str, Any]:
        """Everything, with the outcome of each operation."""
        lines = {
            name: [{**result, "n": n} for n, result in sorted(getattr(self.operations, name).items())]
            for name in ("new", "already", "beside")
        }
        said = {"device": self.device, "code": self.code, "person": self.person, "made_at": self.made_at}
        facts = {"signed": self.signed, "unreadable": self.unreadable, "damage": self.damage}
        return {**said, **facts, "operations": lines, "photos": self.photos}


def bring_in(file: IO[bytes], by: Actor | None) -> Report:
    """Import a file for the organisation of `by`; None is the operator of this installation, for whichever it names.

    Repeating it changes nothing. Raises Forbidden, TooLarge, WrongFile, OtherOrganisation, DeviceIsNotHere,
    DeviceIsPending.
    """
    if by is not None and not by.has(*IMPORTERS):
        raise Forbidden("Only a dispatcher or an administrator may import a rescue file.")
    if _size(file) > LARGEST_FILE:
        raise TooLarge(f"A rescue file may have {LARGEST_FILE // 2**20} MB.", field="file")
    try:
        return _brought_in(file, read_header(file), by)
    except NotARescueFile as wrong:
        raise WrongFile("This is not a rescue file of a tablet.", field="file") from wrong
    except WrongKey as wrong:
        raise OtherOrganisation("This file was sealed for somebody else, or was changed.", field="file") from wrong
    except Damaged as wrong:
        raise WrongFile(f"The file is damaged: {wrong}. Nothing of it was taken in.", field="file") from wrong


def _brought_in(file: IO[bytes], header: Header, by: Actor | None) -> Report:
    if by is not None and header.organisation != by.org_id:
        raise OtherOrganisation("This file comes from a tablet of another organisation.", field="file")
    reader = Reader(frames(file, header, keys.ring().open_recovery))
    work = reader.work()
    device = _device(header, work)
    signed = _is_signed(device, work)
    owner = _owner(device, by)
    taken = exchange.take_in(owner, exchange.through_server(owner), work.operations, work.prev, signed=signed)
    made_at = wire_time(datetime.fromtimestamp(header.made_at / 1000, UTC)) if 0 <= header.made_at < 2**43 else ""
    report = Report(device.id, device.code, device.person_id, made_at, signed, work.unreadable, taken)
    try:
        for photo in reader.photos():
            report.photos[_keep(owner, photo, trusted=signed)].append(photo.sha256)
    except Damaged as wrong:
        report.damage = str(wrong)
    _note(header, by)
    return report


def _device(header: Header, work: Work) -> Device:
    device = identity.find_tablet(header.organisation, header.device)
    if device is None:
        raise DeviceIsNotHere(
            "The tablet that made this file is not known here. Sign in on it, so that it is known again; then import."
        )
    if device.status == "pending":
        raise DeviceIsPending("This tablet waits for its confirmation: confirm it under Devices first; then import.")
    if device.person_id != work.person:
        raise OtherOrganisation("This file names another person than the tablet's.", field="file")
    return device


def _is_signed(device: Device, work: Work) -> bool:
    """A wrong signature is damage; none at all means that the tablet could not open its key."""
    if work.jws is None:
        return False
    said = identity.signed_by(device, work.jws, SIGNED_TYPE)
    if said != {"digest": work.digest}:
        raise Damaged("its signature does not hold")
    return True


def _owner(device: Device, by: Actor | None) -> Actor:
    owner = identity.actor_of(device.org_id, device.person_id).through(device.id, device.kind, device.code)
    sender = None if by is None or by.person_id == device.person_id else by.person_id
    return replace(owner, sent_by=sender)


def _keep(owner: Actor, photo: Photo, *, trusted: bool) -> str:
    """new, already or refused. Without the tablet's signature only a visit that its owner had gets a photo."""
    audience = f"v:{photo.visit}"
    if not trusted and not exchange.has_had(owner.org_id, owner.person_id, audience):
        return "refused"
    if sha256(photo.data).hexdigest() != photo.sha256 or not media.may_be_kept(photo.filetype, len(photo.data)):
        return "refused"
    if not media.missing(owner.org_id, photo.visit, [photo.sha256]):
        return "already"
    media.keep(owner, photo.visit, photo.sha256, photo.filetype, photo.data)
    return "new"


def _note(header: Header, by: Actor | None) -> None:
    facts = {"device": header.device, "file": header.digest.hex(), "by": by and by.person_id}
    with unit():
        journal.append(header.organisation, "rescue.import", header.device, journal.salted(facts), clock.now())


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
