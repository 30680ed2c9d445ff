"""What other slices and pages may ask of the directory."""

from __future__ import annotations

from backend.directory.coverage import civil_day
from backend.directory.rules import PRIORITIES, SITE_RULES, STAGES

__all__ = ["PRIORITIES", "SITE_RULES", "STAGES", "civil_day"]
