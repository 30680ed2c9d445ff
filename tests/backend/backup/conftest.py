"""What tests of backups and restores begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core.clock import SetClock
from backend.core.config import Config
from tests.backend.backup.installation import Installation
from tests.makers import House


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def installation(house: House, clock: SetClock, config: Config, place: Path) -> Iterator[Installation]:
    made = Installation(house, clock, config, place)
    with made.stack:
        yield made
