"""Calendars and agreements: what was known stays known, and an edit adds a version (field.md A3)."""

from __future__ import annotations

from typing import Any

from backend.console import words
from backend.console.fields import Count, Day, Days, Field, Holidays, Pick, Tick
from backend.console.lists import Cell, Column
from backend.console.sections import CLIENTS, ENTITIES, WEEKDAYS, Section, _client_filter
from backend.directory import services as directory

Json = dict[str, Any]
TERMS = "terms"
"""The form's name for the version that it adds."""


def _latest(row: Any) -> Json:
    return dict(row.versions[-1]) if row.versions else {}


def _with_version(args: Json, row: Any | None) -> Json:
    """The form's terms as one more version; left as they were, no version is added."""
    terms = args.pop(TERMS, {})
    known = list(row.versions) if row is not None else []
    told = {key: value for key, value in (known[-1] if known else {}).items() if key != "known_at"}
    return args if known and terms == told else {**args, "versions": [*known, terms]}


def _to_form(row: Any) -> Json:
    return {**row.__dict__, TERMS: _latest(row)}


CALENDAR = Section(
    path="calendars",
    kind="calendar",
    title="Calendars",
    one="calendar",
    columns=(
        Column("Code", lambda row: row.code),
        Column("Name", lambda row: row.name),
        Column("Versions", lambda row: str(len(row.versions)), number=True),
        Column("Holidays", lambda row: str(len(_latest(row).get("days", []))), number=True, minor=True),
    ),
    fields=(
        Field(name="code", label="Code", required=True, longest=10),
        Field(name="name", label="Name", required=True),
        Day(name=f"{TERMS}.effective_from", label="Holds from", required=True, group="A new version"),
        Days(name=f"{TERMS}.weekend", label="Weekend", options=lambda: WEEKDAYS, group="A new version"),
        Holidays(
            name=f"{TERMS}.days", label="Holidays", hint="One a line: 2026-08-09 National Day", group="A new version"
        ),
    ),
    edit="calendar.edit",
    rows=lambda who, cut, _: directory.list_calendars(who, cut),
    row=directory.calendar,
    to_args=_with_version,
    to_form=_to_form,
)


def _term_fields() -> list[Field]:
    fields: list[Field] = [
        Day(
            name=f"{TERMS}.effective_from",
            label="Holds from",
            required=True,
            group="Terms (changed terms are added as a version)",
        )
    ]
    for code in directory.PRIORITIES:
        group = f"Priority {code}"
        fields.append(
            Field(
                name=f"{TERMS}.windows.{code}",
                label="Coverage",
                required=True,
                longest=300,
                group=group,
                hint="For example: mon-fri 09:00-18:00, or 24x7",
            )
        )
        fields += [
            Count(name=f"{TERMS}.targets.{code}.{name}", label=f"{words.spoken(name)} within, min", group=group)
            for name in directory.TARGETS
        ]
    fields += [
        Tick(name=f"{TERMS}.pauses.{reason}", label=f"Waiting for {reason} stops the clocks", group="Pauses")
        for reason in directory.WAITING
    ]
    fields += [
        Count(name=f"{TERMS}.included.{name}", label=f"{words.spoken(name)} a year", group="Included")
        for name in directory.INCLUDED
    ]
    return fields


def _agreement_args(args: Json, row: Any | None) -> Json:
    """Empty counts are left out of what is included; rates have no field yet and stay as they were."""
    terms = args.get(TERMS, {})
    terms["included"] = {name: count for name, count in terms.get("included", {}).items() if count is not None}
    terms["rates"] = _latest(row).get("rates", []) if row is not None else []
    return _with_version(args, row)


AGREEMENT = Section(
    path="agreements",
    kind="agreement",
    title="Agreements",
    one="agreement",
    columns=(
        Column("Number", lambda row: row.number),
        Column("Name", lambda row: row.name),
        Column("From", lambda row: row.starts_on),
        Column("Until", lambda row: row.ends_on or Cell("Open", "neutral")),
        Column("Versions", lambda row: str(len(row.versions)), number=True, minor=True),
    ),
    fields=(
        Field(name="number", label="Number", required=True, longest=40),
        Field(name="name", label="Name", required=True),
        Pick(name="client", label="Client", options=CLIENTS, required=True),
        Pick(name="legal_entity", label="Legal entity", options=ENTITIES, required=True),
        Day(name="starts_on", label="From", required=True),
        Day(name="ends_on", label="Until"),
        *_term_fields(),
    ),
    create="agreement.create",
    edit="agreement.edit",
    fixed=frozenset({"client"}),
    rows=lambda who, cut, asked: directory.list_agreements(who, cut, client=asked.get("client", "")),
    row=directory.agreement,
    filters=_client_filter,
    title_of=lambda row: f"{row.number} {row.name}",
    to_args=_agreement_args,
    to_form=_to_form,
)
