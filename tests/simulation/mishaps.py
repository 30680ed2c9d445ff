"""What befalls tablets and the server's machine."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sqlalchemy import update

from backend.core.db import db, unit
from backend.core.job_rows import JobRow
from backend.identity import dpop
from backend.identity.models import SessionRow
from tests.simulation.faults import DISK
from tests.simulation.scenery import sign_in
from tests.simulation.world import SECOND, WINDOW, Device, World

TEN_YEARS = 10 * 365 * 86_400_000
DAY = 86_400_000.0
Mishap = Callable[[World, Device, Random], None]


def kill(world: World, device: Device, rng: Random) -> None:
    world.tell(device, "crash")
    world.met["killed"] += 1
    reopen_later(world, device, rng)


def reopen_later(world: World, device: Device, rng: Random) -> None:
    world.at(world.now + rng.uniform(100, 20_000), lambda: world.open(device) if not device.open else None)


def disk(world: World, device: Device, rng: Random) -> None:
    """One of the coming transactions meets a mishap; a lost connection may stay lost for the whole ladder."""
    mishap, k = rng.choice(DISK), rng.randrange(6)
    times = rng.choice((1, 1, 2, 5)) if mishap == "lost" else 1
    for nth in range(times):
        world.tell(device, "expect", k=k + nth, mishap=mishap)
    world.at(world.now + 30_000, lambda: world.open(device) if not device.open else None)


def lock(world: World, device: Device, rng: Random) -> None:
    for window in list(device.open):
        world.tell(device, "lock", window=window)
    world.met["locked"] += 1
    reopen_later(world, device, rng)


def hide(world: World, device: Device, rng: Random) -> None:
    device.hidden = True
    world.tell(device, "tell", what="hidden")
    world.met["hidden"] += 1

    def show() -> None:
        device.hidden = False
        world.tell(device, "tell", what="visible")

    world.at(world.now + rng.uniform(1_000, 60_000), show)


def second_window(world: World, device: Device, rng: Random) -> None:
    if SECOND in device.open or not device.open:
        return
    world.open(device, SECOND)
    world.met["second window"] += 1
    closed = rng.choice((WINDOW, SECOND))
    world.at(world.now + rng.uniform(1_000, 60_000), lambda: world.tell(device, "close", window=closed) and None)
    world.at(world.now + 61_000, lambda: world.open(device) if not device.open else None)


def wipe(world: World, device: Device, rng: Random) -> None:
    """The browser threw its storage away: what lay only there is gone. The person enrols anew; this device is over."""
    for row in world.disk(device):
        if row["id"] not in world.judges.logged_ids():
            world.excused[row["id"]] = "storage wiped before it was sent"
    world.tell(device, "load", name=None)
    device.barred = "wiped"
    world.met["storage wiped"] += 1


def old_copy(world: World, device: Device, rng: Random) -> None:
    """The storage is put back to a copy of earlier; what was made since lies nowhere but at the server."""
    if not device.copies:
        keep_copy(world, device, rng)
        return
    gone = {row["id"] for row in world.disk(device)} - world.judges.logged_ids()
    world.tell(device, "load", name=rng.choice(device.copies))
    device.rewound = True
    for lost in gone - world.ids_on_disks():
        world.excused[lost] = "storage put back to a copy from before it was made"
    world.met["older copy put back"] += 1
    world.open(device)


def keep_copy(world: World, device: Device, rng: Random) -> None:
    name = f"copy{device.t}-{len(device.copies)}"
    for window in list(device.open):
        world.tell(device, "close", window=window)
    world.tell(device, "save", name=name)
    device.copies.append(name)
    world.open(device)


def clone(world: World, device: Device, rng: Random) -> None:
    """A copy of the storage runs on a second machine."""
    if device.copy_of is not None or device.barred:
        return
    keep_copy(world, device, rng)
    other = next((one for one in world.devices if one.enrolled.house == device.enrolled.house and one.barred), None)
    free = [one for one in world.devices if one is not device and one.copy_of is None and not one.rewound]
    spare = free[-1] if free else None
    target = other or spare
    if target is None or len(world.devices) < 4:
        return
    wipe(world, target, rng) if target.barred != "wiped" else None
    target.enrolled, target.house, target.token = device.enrolled, device.house, device.token
    target.copy_of, target.barred, target.rewound, target.copies = device.t, None, True, []
    target.form = device.form
    device.rewound = True
    world.tell(target, "load", name=device.copies[-1])
    world.open(target)
    world.met["cloned"] += 1


def clock(world: World, device: Device, rng: Random) -> None:
    back = device.skew - 3_600_000
    settings = {"clock ten years back": -TEN_YEARS, "clock ten years on": TEN_YEARS, "clock step back": back}
    name, skew = rng.choice(list(settings.items()))
    device.skew = skew
    world.met[name] += 1


def sleep(world: World, device: Device, rng: Random) -> None:
    """Everybody closes the lid for days: the tablets, and with them the history, go on afterwards."""
    days = rng.choice((1, 3, 15))
    if world.now + days * DAY > 40 * DAY:
        return
    for one in world.devices:
        one.asleep_until = world.now + days * DAY
    world.met["slept for days"] += 1
    world.run(world.now + days * DAY)


def session(world: World, device: Device, rng: Random) -> None:
    with world.server.inside(), unit():
        mine = SessionRow.token_hash == dpop.hash_of(device.token)
        db.session.execute(update(SessionRow).where(mine).values(expires_at=world.server.clock.now()))
    world.met["session expired"] += 1
    world.at(world.now + rng.uniform(2_000, 60_000), lambda: world.sign_in(device))


def another_person(world: World, device: Device, rng: Random) -> None:
    """A colleague signs in on this tablet's browser and the owner's work leaves under the colleague's session."""
    colleague = device.house.person("engineer", 3 if device.enrolled.house == "a" else 2)
    if colleague.id == device.enrolled.person.id:
        return
    device.cookie_of = colleague.id
    device.token = sign_in(world.server, colleague, 500 + next(world.order))
    world.tell(device, "session", hash=dpop.hash_of(device.token))
    world.met["another person signed in"] += 1
    world.at(world.now + rng.uniform(2_000, 60_000), lambda: world.sign_in(device))


def update_app(world: World, device: Device, rng: Random) -> None:
    """A window with a newer form of the database opens: the old one must let go."""
    if device.form or not device.open:
        return
    device.form = 1
    world.open(device, SECOND)
    world.met["app updated in another window"] += 1
    world.at(world.now + 3_000, lambda: world.tell(device, "close", window=WINDOW) and None)


def roll_back_app(world: World, device: Device, rng: Random) -> None:
    """The older app meets the newer database; afterwards the newer app is back."""
    if not device.form:
        update_app(world, device, rng)
        return
    world.tell(device, "crash")
    device.form = 0
    world.open(device)
    world.met["app rolled back"] += 1
    device.form = 1

    def newer() -> None:
        world.tell(device, "crash")
        world.open(device)

    world.at(world.now + rng.uniform(1_000, 20_000), newer)


def partition(world: World, device: Device, rng: Random) -> None:
    device.partition = rng.choice(("requests vanish", "answers vanish"))
    world.met[device.partition] += 1

    def end() -> None:
        device.partition = None
        world.tell(device, "tell", what="online")

    world.at(world.now + rng.uniform(5_000, 60_000), end)


def off_line(world: World, device: Device, rng: Random) -> None:
    device.partition = "requests vanish"


def on_line(world: World, device: Device, rng: Random) -> None:
    device.partition = None
    world.tell(device, "tell", what="online")


def restart(world: World, device: Device, rng: Random) -> None:
    world.restart()
    world.met["restarted"] += 1


def backup(world: World, device: Device, rng: Random) -> None:
    world.save("backup")


def restore(world: World, device: Device, rng: Random) -> None:
    if "backup" not in world.saved_ops:
        backup(world, device, rng)
        return
    world.put_back("backup")
    world.met["put back to an earlier backup"] += 1


def compact(world: World, device: Device, rng: Random) -> None:
    if world.server.compact(device.house.org_id):
        world.met["compacted"] += 1


def worker(world: World, device: Device, rng: Random) -> None:
    """Jobs are done, and those done once more whose worker seemed dead."""
    done = world.server.work()
    with world.server.inside(), unit():
        over = JobRow.state == "done", JobRow.kind != "jobs.tidy"
        db.session.execute(update(JobRow).where(*over).values(state="waiting"))
    again = world.server.work()
    world.met["worker retried"] += bool(done and again)


WIRES: dict[str, tuple[Mishap, int]] = {"off line": (off_line, 0), "on line": (on_line, 0)}
"""The same as a partition, for as long as the plan says."""
MISHAPS: dict[str, tuple[Mishap, int]] = {
    "kill": (kill, 4), "disk": (disk, 12), "lock": (lock, 3), "hide": (hide, 2), "second window": (second_window, 3),
    "wipe": (wipe, 1), "keep copy": (keep_copy, 1), "old copy": (old_copy, 2), "clone": (clone, 1), "clock": (clock, 3),
    "sleep": (sleep, 2), "session": (session, 3), "another person": (another_person, 2), "update app": (update_app, 1),
    "roll back app": (roll_back_app, 1), "partition": (partition, 4), "restart": (restart, 2), "backup": (backup, 2),
    "restore": (restore, 2), "compact": (compact, 2), "worker": (worker, 2),
}  # fmt: skip
"""What may befall, and how often against the others."""
