"""Why a sync request as a whole is refused. What is wrong with one operation is its outcome, never a status."""

from __future__ import annotations

from typing import Any

from backend.core.problems import Forbidden, Problem


class OpGap(Problem):
    """Operations are missing before `first`; send from `expected`."""

    status, code = 409, "op_gap"

    def __init__(self, expected: int) -> None:
        super().__init__(f"Operations are missing: send from number {expected}.", field="first")
        self.expected = expected

    def detail(self) -> dict[str, Any]:
        return {"expected": self.expected}


class OpMismatch(Problem):
    """The device's history is not the one that was sent from here before: a copy or an old state of its storage."""

    status, code = 409, "op_mismatch"

    def __init__(self, field: str) -> None:
        super().__init__("These operations are not the ones that this device sent before.", field=field)


class DeviceForked(Problem):
    """A token older than the one before the current: an old copy of the storage is running."""

    status, code = 409, "device_forked"

    def __init__(self) -> None:
        super().__init__("An old copy of this device's storage is running.", field="resume")


class DeviceUnknown(Problem):
    """No such device in this organisation."""

    status, code = 403, "device_unknown"

    def __init__(self) -> None:
        super().__init__("This device is not enrolled here.", field="device")


class EpochChanged(Problem):
    """The server's history may have been cut. Send what it lacks from `next_n` on, then start anew."""

    status, code = 409, "epoch_changed"

    def __init__(self, epoch: str, next_n: int) -> None:
        super().__init__("The server was restored. Send your operations again, then fetch everything.", field="epoch")
        self.epoch, self.next_n = epoch, next_n

    def detail(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "next_n": self.next_n}


class CursorExpired(Problem):
    """The cursor lies before what the feed still remembers. Start anew; the outbox stays."""

    status, code = 410, "cursor_expired"

    def __init__(self) -> None:
        super().__init__("This tablet was away for too long: fetch everything anew.", field="cursor")


class AppTooOld(Problem):
    """Pull is refused to this version; push still works."""

    status, code = 426, "app_too_old"

    def __init__(self) -> None:
        super().__init__("This version of the app is too old to fetch changes. Update it; sending still works.")


class NotTheOwner(Forbidden):
    """What a tablet holds is its owner's to see: a colleague who is signed in there may send, but fetches nothing."""

    code = "other_person"

    def __init__(self) -> None:
        super().__init__("Sign in as the person whose tablet this is to fetch anything.")


class NotStaff(Forbidden):
    """The person works for the provider no more, or never did."""

    code = "no_role"

    def __init__(self) -> None:
        super().__init__("You have no role that uses a tablet.")


class TooManyStreams(Problem):
    """All streams of this process are taken; the console polls instead."""

    status, code = 503, "too_many_streams"

    def __init__(self) -> None:
        super().__init__("Too many pages are open: this one asks from time to time.", headers={"Retry-After": "30"})
