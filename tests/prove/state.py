"""What of the long proof is done, for one state of the tree."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.install.steps import ROOT

PROVED = ("backend", "checklists", "pwa/src", "sync", "tests", "requirements.lock")
"""What a result depends on."""


@dataclass
class State:
    """Pieces that ran, by name: status and seconds. Written after each, whole or not at all."""

    file: Path
    tree: str
    pieces: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path, tree: str, *, anew: bool = False) -> State:
        """What was done for this very tree; nothing when it was another one."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            kept = {}
        same = kept.get("tree") == tree and not anew
        return cls(file, tree, kept["pieces"] if same else {})

    @property
    def count(self) -> int:
        return len(self.pieces)

    def is_well(self, name: str) -> bool:
        return self.pieces.get(name, {}).get("status") == 0

    def seconds(self, name: str) -> float:
        return float(self.pieces.get(name, {}).get("seconds", 0))

    def note(self, name: str, status: int, seconds: float) -> None:
        """Remember how a piece ended."""
        self.pieces[name] = {"status": status, "seconds": round(seconds, 1)}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps({"tree": self.tree, "pieces": self.pieces}, indent=1) + "\n", encoding="utf-8")
        draft.replace(self.file)


def tree(root: Path = ROOT) -> str:
    """A digest of all that results depend on: the files as they lie here, committed or not."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PROVED)
    names = subprocess.run(listed, cwd=root, capture_output=True, check=True).stdout.split(b"\0")
    digest = hashlib.sha256()
    for name in sorted(set(names) - {b""}):
        file = root / os.fsdecode(name)
        if file.is_file():
            digest.update(name + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
