"""What pages read of checklists, runs and readings. Every question takes the actor; out of reach is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.core.listing import FIRST, Cut, Page, every, one, page
from backend.directory.services import Asset, asset, reach
from backend.identity.services import Actor
from backend.inspections.definitions import SHELF
from backend.inspections.models import Checklist, Reading, Run
from backend.visits.services import Photo, photos, visit, visits_by_id
from checklists import Definition, Evaluation, evaluate, label

ASSET_FACTS = ("type", "tag", "serial", "maker", "model", "name", "place", "stage")
"""The fields of an asset that a condition may ask for: its texts."""

IN_USE = ("deployed", "in_service", "under_repair")
"""Stages of assets that are worth a checklist."""


@dataclass(frozen=True)
class ReadRun:
    """A run with its meaning: the parsed definition, what follows from the answers, its asset and its photos."""

    run: Run
    definition: Definition
    found: Evaluation
    asset: Asset | None
    photos: Sequence[Photo]


@dataclass(frozen=True)
class Asking:
    """A run and the definition to which it is pinned."""

    run: Run
    definition: Definition


def asking(actor: Actor, run_ids: Iterable[str]) -> dict[str, Asking]:
    """Those of the runs whose visits the actor reaches, by id: for words about single items."""
    query = select(Run).where(Run.org_id == actor.org_id, Run.id.in_(sorted(set(run_ids))))
    rows = every(query)
    known = visits_by_id(actor, {row.visit for row in rows})
    definitions = _definitions(actor, {row.checklist for row in rows})
    return {row.id: Asking(row, definitions[row.checklist]) for row in rows if row.visit in known}


def _definitions(actor: Actor, digests: Iterable[str]) -> dict[str, Definition]:
    query = select(Checklist).where(Checklist.org_id == actor.org_id, Checklist.digest.in_(sorted(digests)))
    return {row.digest: SHELF.get(row.digest, row.definition).definition for row in every(query)}


def list_checklists(actor: Actor, cut: Cut = FIRST, *, state: str = "", kind: str = "") -> Page[Checklist]:
    query = select(Checklist).where(reach.office(actor, Checklist.org_id))
    wanted = {Checklist.state: state, Checklist.kind: kind}
    query = query.where(*(column == value for column, value in wanted.items() if value))
    return page(query, cut, (Checklist.slug,), (Checklist.slug, Checklist.id.desc()))


def checklist(actor: Actor, checklist_id: str) -> Checklist:
    query = select(Checklist).where(reach.office(actor, Checklist.org_id), Checklist.id == checklist_id)
    return one(query, "checklist")


def checklist_choices(actor: Actor, language: str = "en") -> list[tuple[str, str]]:
    """(digest, title) of the published ones, as `visit.add_run` names them."""
    query = select(Checklist).where(reach.office(actor, Checklist.org_id), Checklist.state == "published")
    return sorted(((row.digest, label(row.title, language)) for row in every(query)), key=lambda pair: pair[1])


def runs(actor: Actor, visit_id: str) -> list[ReadRun]:
    """The visit's runs in their order, dropped ones last, each with its meaning."""
    visit(actor, visit_id)
    rows = every(select(Run).where(Run.org_id == actor.org_id, Run.visit == visit_id))
    definitions = _definitions(actor, {row.checklist for row in rows})
    taken = photos(actor, visit_id)
    ordered = sorted(rows, key=lambda row: (row.dropped is not None, row.position, row.id))
    return [_read(actor, row, definitions[row.checklist], taken) for row in ordered]


def _read(actor: Actor, run: Run, definition: Definition, taken: Sequence[Photo]) -> ReadRun:
    mine = [photo for photo in taken if photo.on.get("run") == run.id]
    counts: dict[str, int] = {}
    for photo in mine:
        counts[photo.on["item"]] = counts.get(photo.on["item"], 0) + 1
    about = asset(actor, run.asset) if run.asset is not None else None
    facts = {name: value for name in ASSET_FACTS if isinstance(value := getattr(about, name, None), str)}
    found = evaluate(definition, run.answers, run.remarks, counts, run.waivers, facts)
    return ReadRun(run, definition, found, about, mine)


def readings(actor: Actor, asset_id: str) -> list[Reading]:
    """The last readings of an asset, by checklist and item."""
    asset(actor, asset_id)
    query = select(Reading).where(Reading.org_id == actor.org_id, Reading.asset == asset_id)
    return every(query.order_by(Reading.checklist_slug, Reading.item))


def assets_for(actor: Actor, digest: str, site: str) -> list[str] | None:
    """Ids of the assets in service at a site that a checklist is for; None when it is run once for the visit."""
    query = select(Checklist).where(reach.office(actor, Checklist.org_id), Checklist.digest == digest)
    types = SHELF.get(digest, one(query, "checklist").definition).definition.asset_types
    if types is None:
        return None
    mine = select(Asset).where(reach.at(actor, Asset.org_id, Asset.site), Asset.site == site, Asset.type.in_(types))
    return [row.id for row in every(mine.where(Asset.stage.in_(IN_USE)).order_by(Asset.name))]
