"""What other slices and pages may ask of visits."""

from __future__ import annotations

from backend.visits.content import flag, flag_late, open_visit, unflag
from backend.visits.contents import photo_state
from backend.visits.models import History, Note, Photo, Task, TimeEntry, Visit
from backend.visits.queries import (
    Asked,
    belongings,
    count_visits,
    history,
    list_visits,
    notes,
    open_tasks,
    photo,
    photos,
    settled_by,
    tasks_of,
    times,
    times_of_ticket,
    visit,
    visits_by_id,
)
from backend.visits.rules import FLAGS, KINDS, MARKS, OUTCOMES, STATES, TIME_KINDS, move, on_board
from backend.visits.scope import office_reaches, settle_crew
from backend.visits.tasks import close as close_task

__all__ = [
    "FLAGS", "KINDS", "MARKS", "OUTCOMES", "STATES", "TIME_KINDS", "Asked", "History", "Note", "Photo", "Task",
    "TimeEntry", "Visit", "belongings", "close_task", "count_visits", "flag", "flag_late", "history", "list_visits",
    "move", "notes", "office_reaches", "on_board", "open_tasks", "open_visit", "photo", "photo_state", "photos",
    "settle_crew", "settled_by", "tasks_of", "times", "times_of_ticket", "unflag", "visit", "visits_by_id",
]  # fmt: skip
