"""A copy of the program's sources, in which a bug may be put without anybody noticing outside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("backend", "sync", "checklists", "tests", "pwa", "pyproject.toml")
HEAVY = shutil.ignore_patterns("node_modules", "dist", "built", "__pycache__", "*.egg-info", "journeys", "bench")


@contextmanager
def copied() -> Iterator[Path]:
    """A folder with the sources; what is installed is linked. It is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="singgah-mutant-") as place:
        tree = Path(place)
        for name in ROOMS:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, tree / name, ignore=HEAVY)
            else:
                shutil.copy(source, tree / name)
        (tree / "pwa/node_modules").symlink_to(ROOT / "pwa/node_modules")
        yield tree
