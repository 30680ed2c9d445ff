"""What each operation of the directory does (model.md, Operations). Planning fields follow the merge law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from backend.core.fields import partly
from backend.core.problems import invalid
from backend.core.roles import ADMINISTRATOR, ENGINEER, OFFICE, SYSTEM
from backend.directory import models, rules, schemas
from backend.directory.coverage import cover_client, cover_site
from backend.exchange.handlers import Handler, OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from sync.operation import Operation

Args = dict[str, Any]
Check = Callable[[Work, Operation, Args], Result | None]


def _complete(schema: Schema, args: Args) -> Args | Result:
    """All fields of a new row, or what is missing."""
    try:
        loaded: Args = schema.load(args)
    except ValidationError as fault:
        return rejected("invalid", f"args.{invalid(fault).field}")
    return loaded


def _taken(work: Work, kind: str, entity: str, **equals: Any) -> Result | None:
    """A tablet's work is kept for a person to sort out; the office is told to choose another."""
    if None in equals.values() or all(row["id"] == entity for row in work.find(kind, **equals)):
        return None
    return held("taken") if work.actor.device_kind == "tablet" else rejected("taken", f"args.{next(iter(equals))}")


def _unique(kind: str, column: str) -> Check:
    def check(work: Work, op: Operation, args: Args) -> Result | None:
        return _taken(work, kind, op.entity[1], **{column: args[column]}) if column in args else None

    return check


def _refers(**columns: str) -> Check:
    """Every id that is given names a row that exists, or the operation is held: entity_gone."""

    def check(work: Work, _: Operation, args: Args) -> None:
        for column, kind in columns.items():
            if args.get(column) is not None:
                work.must(kind, args[column])

    return check


def _own_organisation(work: Work, op: Operation, args: Args) -> Result | None:
    """One's own; whether it is a demo, and its recovery key, are the program's to say."""
    if op.entity[1] != work.actor.org_id:
        return rejected("invalid", "entity")
    kept = sorted({"demo", "recovery_key"} & args.keys())
    return None if not kept or work.actor.roles & SYSTEM else rejected("forbidden", f"args.{kept[0]}")


def _upsert(kind: str, schema: Schema, *checks: Check) -> Handler:
    """Make the row when it is new, which needs all its fields; change the given fields otherwise."""

    def handle(work: Work, op: Operation, args: Args) -> Result:
        for check in checks:
            fault = check(work, op, args)
            if fault is not None:
                return fault
        if work.get(kind, op.entity[1]) is not None:
            return work.change(kind, op.entity[1], args)
        complete = _complete(schema, args)
        if isinstance(complete, Result):
            return complete
        work.create(kind, op.entity[1], **complete)
        return applied()

    return handle


def _calendar(work: Work, op: Operation, args: Args) -> Result:
    fault = _unique("calendar", "code")(work, op, args)
    if fault is None and "versions" in args:
        known = (work.get("calendar", op.entity[1]) or {"versions": []})["versions"]
        fault = _stamp_versions(work, known, args)
    return fault or _upsert("calendar", schemas.CalendarArgs())(work, op, args)


def _stamp_versions(work: Work, known: list[Args], args: Args) -> Result | None:
    """What was known stays known: versions are only added (field.md A3)."""
    if not rules.extends(known, args["versions"]):
        return rejected("history", "args.versions")
    args["versions"] = rules.stamped(known, args["versions"], work.stamp)
    return None


def _by_engineer(work: Work) -> bool:
    return work.actor.device_kind == "tablet" or not work.actor.roles & OFFICE


def _beyond_tablet(work: Work, args: Args, schema: Schema, may: tuple[str, ...]) -> Result | None:
    """An engineer who types a place says what it is called and how to find it; the rest is the office's (D7)."""
    if not _by_engineer(work):
        return None
    unsaid = schema.load({name: args[name] for name in may})
    beyond = next((name for name in sorted(args) if args[name] != unsaid[name]), None)
    return None if beyond is None else rejected("forbidden", f"args.{beyond}")


def _create_client(work: Work, op: Operation, args: Args) -> Result:
    fault = _beyond_tablet(work, args, schemas.ClientArgs(), rules.TYPED_CLIENT)
    if fault is not None:
        return fault
    _refers(group="client")(work, op, args)
    work.create("client", op.entity[1], **args)
    return applied()


def _edit_client(work: Work, op: Operation, args: Args) -> Result:
    _refers(group="client")(work, op, args)
    result = work.change("client", op.entity[1], args)
    name = work.must("client", op.entity[1])["name"]
    for site in work.find("site", client=op.entity[1]) if "name" in args else []:
        work.set("site", site["id"], client_name=name)
    return result


def _cover_site(work: Work, op: Operation, _: Args) -> Result:
    """The program's daily word: the copy of the agreement is brought up to today."""
    cover_site(work, work.must("site", op.entity[1]))
    return applied()


_SITE_REFERS = _refers(client="client", region="region", calendar="calendar")


def _create_site(work: Work, op: Operation, args: Args) -> Result:
    fault = _beyond_tablet(work, args, schemas.SiteArgs(), rules.TYPED_SITE)
    if fault is not None:
        return fault
    _SITE_REFERS(work, op, args)
    client = work.must("client", args["client"])
    if _by_engineer(work):
        args["region"] = work.must("person", work.actor.person_id)["base"]
    site = work.create("site", op.entity[1], **args, client_name=client["name"])
    cover_site(work, site)
    if _by_engineer(work):
        work.enter(work.actor.person_id, f"s:{site['id']}")
    return applied()


def _edit_site(work: Work, op: Operation, args: Args) -> Result:
    _SITE_REFERS(work, op, args)
    return work.change("site", op.entity[1], args)


def _create_contact(work: Work, op: Operation, args: Args) -> Result:
    site = work.must("site", args["site"])
    work.create("contact", op.entity[1], **args, client=site["client"], active=True)
    return applied()


def _edit_contact(work: Work, op: Operation, args: Args) -> Result:
    contact = work.must("contact", op.entity[1])
    if "site" in args and work.must("site", args["site"])["client"] != contact["client"]:
        return rejected("other_client", "args.site")
    return work.change("contact", op.entity[1], args)


def _remove_contact(work: Work, op: Operation, _: Args) -> Result:
    work.set("contact", op.entity[1], active=False)
    return applied()


def _create_asset(work: Work, op: Operation, args: Args) -> Result:
    site = work.must("site", args["site"])
    fault = _taken(work, "asset", op.entity[1], tag=args["tag"])
    if fault is None:
        work.create("asset", op.entity[1], **args, client=site["client"])
    return fault or applied()


def _moved_away(work: Work, asset: State) -> bool:
    """Somebody else gave it to another client after what the engineer saw: their word may not concern it any more."""
    ver, device, _ = (asset["field_ver"] or {}).get("client", (0, "", 0))
    return ver > work.op.base and device != work.device and not work.actor.roles & OFFICE


def _edit_asset(work: Work, op: Operation, args: Args) -> Result:
    if _moved_away(work, work.must("asset", op.entity[1])):
        return held("other_client")
    return _unique("asset", "tag")(work, op, args) or work.change("asset", op.entity[1], args)


def _move_asset(work: Work, op: Operation, args: Args) -> Result:
    """To another site, with its readings. To another client only by the office (sync.md 3.7: held otherwise)."""
    asset, site = work.must("asset", op.entity[1]), work.must("site", args["site"])
    if site["client"] != asset["client"] and not work.actor.roles & OFFICE:
        return held("other_client")
    moved = {"site": site["id"], "client": site["client"], "place": args["place"]}
    result = work.change("asset", op.entity[1], moved)
    if work.must("asset", op.entity[1])["site"] == site["id"]:
        for reading in work.find("reading", asset=op.entity[1]):
            work.set("reading", reading["id"], site=site["id"])
    return result


def _stage_asset(work: Work, op: Operation, args: Args) -> Result:
    """What was disposed of does not come back."""
    asset = work.must("asset", op.entity[1])
    if _moved_away(work, asset):
        return held("other_client")
    if asset["stage"] == "disposed" != args["stage"]:
        return held("wrong_state")
    return work.change("asset", op.entity[1], args)


_AGREEMENT_REFERS = _refers(client="client", legal_entity="legal_entity")


def _agreement_fault(work: Work, op: Operation, args: Args, known: Mapping[str, Any]) -> Result | None:
    _AGREEMENT_REFERS(work, op, args)
    fault = _taken(work, "agreement", op.entity[1], number=args.get("number"))
    if fault is None and "versions" in args:
        fault = _stamp_versions(work, known.get("versions", []), args)
    dates = {**known, **args}
    if fault is None and dates.get("ends_on") is not None and dates["ends_on"] < dates["starts_on"]:
        fault = rejected("invalid", "args.ends_on")
    return fault


def _create_agreement(work: Work, op: Operation, args: Args) -> Result:
    fault = _agreement_fault(work, op, args, {})
    if fault is not None:
        return fault
    work.create("agreement", op.entity[1], **args)
    cover_client(work, args["client"])
    return applied()


def _edit_agreement(work: Work, op: Operation, args: Args) -> Result:
    agreement = work.must("agreement", op.entity[1])
    fault = _agreement_fault(work, op, args, agreement)
    if fault is not None:
        return fault
    result = work.change("agreement", op.entity[1], args)
    cover_client(work, agreement["client"])
    return result


def _type(name: str, args: Schema, handle: Handler, roles: frozenset[str] = OFFICE) -> OperationType:
    return OperationType(name, 1, name.split(".")[0], args, roles, handle)


_WITH_ENGINEER = OFFICE | ENGINEER
_PERSON = _upsert("person", schemas.PersonArgs(), _refers(base="region", employer="legal_entity"))
_ORGANISATION = _upsert("organisation", schemas.OrganisationArgs(), _own_organisation)

OPERATIONS = (
    _type("organisation.edit", partly(schemas.OrganisationArgs), _ORGANISATION, ADMINISTRATOR | SYSTEM),
    _type(
        "legal_entity.edit",
        partly(schemas.LegalEntityArgs),
        _upsert("legal_entity", schemas.LegalEntityArgs()),
    ),
    _type(
        "region.edit",
        partly(schemas.RegionArgs),
        _upsert("region", schemas.RegionArgs(), _unique("region", "code")),
    ),
    _type("calendar.edit", partly(schemas.CalendarArgs), _calendar),
    _type("person.edit", partly(schemas.PersonArgs), _PERSON, OFFICE | SYSTEM),
    _type("client.create", schemas.ClientArgs(), _create_client, _WITH_ENGINEER),
    _type("client.edit", partly(schemas.ClientArgs), _edit_client),
    _type("site.create", schemas.SiteArgs(), _create_site, _WITH_ENGINEER),
    _type("site.edit", partly(schemas.SiteArgs, "client"), _edit_site),
    _type("site.cover", schemas.Nothing(), _cover_site, SYSTEM),
    _type("contact.create", schemas.ContactArgs(), _create_contact, _WITH_ENGINEER),
    _type("contact.edit", partly(schemas.ContactArgs), _edit_contact),
    _type("contact.remove", schemas.Nothing(), _remove_contact),
    _type("asset.create", schemas.AssetArgs(), _create_asset, _WITH_ENGINEER),
    _type("asset.edit", partly(schemas.AssetFacts), _edit_asset, _WITH_ENGINEER),
    _type("asset.move", schemas.AssetMoveArgs(), _move_asset, _WITH_ENGINEER),
    _type("asset.stage", schemas.AssetStageArgs(), _stage_asset, _WITH_ENGINEER),
    _type("agreement.create", schemas.AgreementArgs(), _create_agreement),
    _type("agreement.edit", partly(schemas.AgreementArgs, "client"), _edit_agreement),
)


def _org(_: State) -> str:
    return "org"


def _office(_: State) -> str:
    return "office"


def _site(state: State) -> str:
    return f"s:{state['site']}"


KINDS = (
    Kind("organisation", models.Organisation, schemas.OrganisationArgs(), _org),
    Kind("legal_entity", models.LegalEntity, schemas.LegalEntityArgs(), _org),
    Kind("region", models.Region, schemas.RegionArgs(), _org),
    Kind("calendar", models.Calendar, schemas.CalendarArgs(), _org),
    Kind("person", models.Person, schemas.PersonWire(), _org),
    Kind("client", models.Client, schemas.ClientWire(), _org),
    Kind("site", models.Site, schemas.SiteWire(), lambda state: f"s:{state['id']}"),
    Kind("contact", models.Contact, schemas.ContactWire(), _site),
    Kind("asset", models.Asset, schemas.AssetWire(), _site),
    Kind("coverage", models.Coverage, schemas.CoverageWire(), _site),
    Kind("agreement", models.Agreement, schemas.AgreementArgs(), _office),
)
