"""What other rooms may use of rescue files."""

from __future__ import annotations

from backend.rescue.importing import Report, bring_in
from backend.rescue.sealed import LARGEST_FILE
from backend.rescue.wording import lines_of

__all__ = ["LARGEST_FILE", "Report", "bring_in", "lines_of"]
