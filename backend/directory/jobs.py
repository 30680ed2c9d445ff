"""Once a day: what an agreement promises changes with the date, and the sites' copies follow."""

from __future__ import annotations

from sqlalchemy import select

from backend.core import clock, jobs
from backend.core.db import reading
from backend.directory import rules
from backend.directory.coverage import civil_day
from backend.directory.models import Agreement, Coverage, Site
from backend.exchange import services as exchange
from backend.identity import services as identity

KIND = "coverage"
FACTS = ("agreement", "number", "client", "windows", "targets", "until")


def run(_: jobs.Job) -> None:
    """Ask `site.cover` of every site whose copy is not today's. Twice is once."""
    for org_id in identity.organisations():
        stale = stale_sites(org_id, civil_day(clock.now()))
        asks: list[exchange.Ask] = [("site.cover", ("site", site), {}) for site in stale]
        if asks:
            exchange.submit(exchange.program(org_id), asks)


def stale_sites(org_id: str, day: str) -> list[str]:
    """Ids of the sites whose coverage is not what their client's agreements say on the day."""
    with reading() as session:
        agreements = list(session.scalars(select(Agreement).where(Agreement.org_id == org_id)))
        sites = list(session.scalars(select(Site).where(Site.org_id == org_id).order_by(Site.id)))
        covers = {row.id: row for row in session.scalars(select(Coverage).where(Coverage.org_id == org_id))}
    of_client: dict[str, list[Agreement]] = {}
    for agreement in agreements:
        of_client.setdefault(agreement.client, []).append(agreement)
    return [
        site.id for site in sites if _wanted(site, of_client.get(site.client, []), day) != _has(covers.get(site.id))
    ]


def _wanted(site: Site, agreements: list[Agreement], day: str) -> dict[str, object] | None:
    governing = rules.governing([vars(agreement) for agreement in agreements], day)
    covered = rules.coverage_of(vars(site), governing, day) if governing is not None else None
    return None if covered is None else {name: covered[name] for name in FACTS}


def _has(coverage: Coverage | None) -> dict[str, object] | None:
    return None if coverage is None else {name: getattr(coverage, name) for name in FACTS}
