"""A backup's own description: written last, with the digest of every part, so that what is half is no backup."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.backup.contents import Organisation, Snapshot, Tally
from backend.backup.copying import RestoreRefused
from backend.core.schema import wire_time

NAME = "manifest.json"
FILES = "files.txt"
FORMAT = 1
BLOCK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `keys` tells with which key ring its files can be opened (KeyRing.mark), `file_bytes` are
    those of all its files, `added` counts the files that no earlier backup in the folder had, `missing` are files that
    the database names and the installation did not have.
    """

    id: str
    made_at: str
    program: str
    kind: str
    database: str
    sha256: str
    bytes: int
    files_sha256: str
    file_bytes: int
    added: int
    keys: str
    snapshot: Snapshot
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def at(self) -> datetime:
        """When the snapshot was taken."""
        return datetime.fromisoformat(self.made_at)

    def write(self, folder: Path) -> None:
        """Put it beside its parts; the list of files goes into a file of its own."""
        told = asdict(replace(self, snapshot=replace(self.snapshot, files=[])))
        (folder / NAME).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The backup in `folder`. Raises RestoreRefused when it is none, is damaged, or is of a newer program."""
        try:
            told = json.loads((folder / NAME).read_bytes())
            if told["format"] > FORMAT:
                raise RestoreRefused(f"The backup in {folder} was made by a newer Singgah ({told['program']}).")
            files = (folder / FILES).read_text(encoding="ascii").splitlines()
            found = cls(**{**told, "snapshot": _snapshot(told["snapshot"], files)})
        except FileNotFoundError as missing:
            raise RestoreRefused(f"{folder} is no backup: it has no {Path(missing.filename).name}.") from missing
        except (ValueError, KeyError, TypeError, OSError) as fault:
            raise RestoreRefused(f"The manifest of the backup in {folder} is damaged.") from fault
        found.check_list(folder)
        return found

    def check_list(self, folder: Path) -> None:
        """Raises RestoreRefused when the list of files is not the one that was written."""
        if digest_of(folder / FILES) != self.files_sha256:
            raise RestoreRefused(f"The list of files of the backup in {folder} is damaged.")

    def check_database(self, folder: Path) -> None:
        """Raises RestoreRefused when the copy of the database is not the one that was written."""
        copy = folder / self.database
        if not copy.is_file() or digest_of(copy) != self.sha256:
            raise RestoreRefused(f"The database in the backup {folder} is damaged.")


def name_of(at: datetime) -> str:
    """The folder's name, such as 2026-11-25T180000Z: names sort as their times do."""
    return wire_time(at)[:19].replace(":", "") + "Z"


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _snapshot(told: dict[str, Any], files: list[str]) -> Snapshot:
    tables = {name: Tally(**tally) for name, tally in told["tables"].items()}
    organisations = [Organisation(**organisation) for organisation in told["organisations"]]
    return Snapshot(told["schema"], tables, organisations, files)
