"""The one way in and the one way out: operations are pushed, the feed is pulled. Knows no subject."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from backend.core import jobs
from backend.core.db import db
from backend.exchange import audit, conflicts, events, forget, held, pace, poke, registry, routes, services
from backend.exchange.handlers import OperationType
from backend.exchange.kinds import Kind
from backend.exchange.registry import OnDecided, OnLate, Reaches, Registry
from backend.exchange.upcasters import Upcaster
from backend.identity import devices


def init_app(
    app: Flask,
    kinds: Iterable[Kind] = (),
    operations: Iterable[OperationType] = (),
    on_late: Iterable[OnLate] = (),
    on_decided: Iterable[OnDecided] = (),
    reaches: Iterable[Reaches] = (),
    upcasters: Iterable[Upcaster] = (),
) -> None:
    """Open the exchange for what the slices hand in; their tables change only through it from now on.

    `on_late(work, audience)` is called for each accepted operation of somebody who has left the audience,
    `on_decided(work, conflict)` when a conflict's candidate has become current; each of `reaches(work, audience)` must
    hold where a person of the office writes. `upcasters` carry out operations of versions that are no longer made.
    """
    own_kinds, own_operations = (*conflicts.KINDS, *held.KINDS), (*conflicts.OPERATIONS, *held.OPERATIONS)
    found = Registry.of([*own_kinds, *kinds], [*own_operations, *operations], on_late, on_decided, reaches, upcasters)
    app.extensions[registry.KEY] = found
    db.guard_fed_tables({kind.table.name for kind in found.kinds.values()})
    for part in (poke, pace, events):
        part.init_app(app)
    devices.watch(app, services.feed_device)
    for daily in (forget, audit):
        jobs.every_day(app, daily.KIND, daily.run)
    app.register_blueprint(routes.bp)
