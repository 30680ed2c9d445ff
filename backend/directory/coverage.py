"""A site's copy of what its agreement promises today, kept beside the site for the tablet."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.directory import rules
from backend.exchange.kinds import State
from backend.exchange.work import Work

OFFICES = timedelta(hours=8)
"""Singapore and Malaysia share one offset, UTC+8, without daylight saving (service.md, Calendars)."""


def civil_day(moment: datetime) -> str:
    """The civil date at the provider's offices."""
    return (moment + OFFICES).date().isoformat()


def cover_client(work: Work, client: str) -> None:
    """Bring the coverage of all the client's sites up to date."""
    for site in work.find("site", client=client):
        cover_site(work, site)


def cover_site(work: Work, site: State) -> None:
    """Make, change or take away the site's coverage, as its client's agreements say today."""
    day = civil_day(work.now)
    agreement = rules.governing(work.find("agreement", client=site["client"]), day)
    wanted = rules.coverage_of(site, agreement, day) if agreement is not None else None
    held = work.get("coverage", site["id"])
    if wanted is None and held is not None:
        work.remove("coverage", site["id"])
    elif wanted is not None and held is None:
        work.create("coverage", site["id"], **wanted)
    elif wanted is not None:
        work.set("coverage", site["id"], **wanted)
