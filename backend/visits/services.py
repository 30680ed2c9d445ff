"""What other slices and pages may ask of visits."""

from __future__ import annotations

from backend.visits.content import flag, flag_late, open_visit, unflag
from backend.visits.contents import photo_state
from backend.visits.rules import move

__all__ = ["flag", "flag_late", "move", "open_visit", "photo_state", "unflag"]
