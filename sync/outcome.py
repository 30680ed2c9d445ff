"""How an operation ends, and the line that says so in a push answer (rules S9, S10)."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The five ends. Every operation reaches exactly one of them, and each uses up its number."""

    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    HELD = "held"
    REJECTED = "rejected"

    @property
    def takes_effect(self) -> bool:
        """Whether the feed moved: only then has the result a seq."""
        return self in (Status.APPLIED, Status.MERGED, Status.CONFLICT)


@dataclass(frozen=True)
class OperationResult:
    """One line of `results`. `seq` is null for held and rejected; `id` is null when it could not be read."""

    n: int
    id: str | None
    status: Status
    seq: int | None = None
    code: str | None = None
    field: str | None = None
    conflict_id: str | None = None

    def __post_init__(self) -> None:
        if self.status.takes_effect == (self.seq is None):
            raise ValueError(f"seq {self.seq} does not go with {self.status}")

    def to_wire(self) -> dict[str, object]:
        """The dict as it travels: the five optional texts only where they say something."""
        line: dict[str, object] = {"n": self.n, "id": self.id, "status": self.status.value, "seq": self.seq}
        optional = {"code": self.code, "field": self.field, "conflict_id": self.conflict_id}
        return line | {key: value for key, value in optional.items() if value is not None}


def combine(statuses: list[Status], *, others_wrote: bool) -> Status:
    """The status of an operation that touched several fields: the gravest; `merged` when it had company."""
    for grave in (Status.REJECTED, Status.HELD, Status.CONFLICT, Status.MERGED):
        if grave in statuses:
            return grave
    return Status.MERGED if others_wrote else Status.APPLIED
