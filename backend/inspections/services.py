"""What other slices and pages may ask of inspections."""

from __future__ import annotations

from backend.inspections.models import Checklist, Reading, Run
from backend.inspections.operations import name_author
from backend.inspections.queries import (
    ASSET_FACTS,
    Asking,
    ReadRun,
    asking,
    assets_for,
    checklist,
    checklist_choices,
    list_checklists,
    readings,
    runs,
)
from backend.inspections.readings import keep_readings
from backend.inspections.schemas import CHECKLIST_STATES

__all__ = [
    "ASSET_FACTS",
    "CHECKLIST_STATES",
    "Asking",
    "Checklist",
    "ReadRun",
    "Reading",
    "Run",
    "asking",
    "assets_for",
    "checklist",
    "checklist_choices",
    "keep_readings",
    "list_checklists",
    "name_author",
    "readings",
    "runs",
]
