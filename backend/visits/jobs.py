"""Once a day: who was on a visit that ended more than 14 days ago stops following it, and its site with it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from backend.core import clock, jobs
from backend.core.db import reading
from backend.core.schema import wire_time
from backend.exchange import services as exchange
from backend.visits import rules
from backend.visits.models import Visit
from backend.visits.scope import visit_audience

KIND = "visits.settle"
LOOK_BACK = timedelta(days=60)
"""How long a visit that was missed on its day is looked for again."""


def run(_: jobs.Job) -> None:
    """Ask `visit.settle` of every finished visit whose time is over and which somebody still follows."""
    until = clock.now() - rules.SITE_SCOPE
    over = (
        Visit.state.in_(rules.LAW["over"]),
        Visit.ends_at < wire_time(until),
        Visit.ends_at >= wire_time(until - LOOK_BACK),
    )
    with reading() as session:
        found = session.execute(select(Visit.org_id, Visit.id).where(*over).order_by(Visit.ends_at, Visit.id)).all()
    for org_id in sorted({row.org_id for row in found}):
        mine = [row.id for row in found if row.org_id == org_id]
        followed = [visit for visit in mine if exchange.people_in(org_id, visit_audience(visit))]
        asks: list[exchange.Ask] = [("visit.settle", ("visit", visit), {}) for visit in followed]
        if asks:
            exchange.submit(exchange.program(org_id), asks)
