"""What other slices and pages may ask of inspections."""

from __future__ import annotations

from backend.inspections.readings import keep_readings

__all__ = ["keep_readings"]
