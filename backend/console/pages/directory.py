"""Lists, pages and forms of the directory: the same five doors for every kind of `sections`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import forms, sections, versioned
from backend.console.acts import go, page_of_form, refused, send
from backend.console.differing import of_entity
from backend.console.lists import NOTHING_ASKED, Table, asked
from backend.console.pages import past
from backend.console.sections import Section
from backend.core import clock
from backend.exchange import services as exchange
from backend.identity.services import Actor, guards

Json = dict[str, Any]
SECTIONS = (
    sections.CLIENT,
    sections.SITE,
    sections.CONTACT,
    sections.ASSET,
    versioned.AGREEMENT,
    sections.PERSON,
    versioned.CALENDAR,
    sections.REGION,
    sections.LEGAL_ENTITY,
)


def add_to(bp: Blueprint) -> None:
    for section in SECTIONS:
        _Doors(section).add_to(bp)


class _Doors:
    """The five doors of one kind."""

    def __init__(self, section: Section) -> None:
        self.section = section

    def add_to(self, bp: Blueprint) -> None:
        path, name = f"/{self.section.path}", self.section.kind
        doors = (
            (path, "list", self.show_list, ["GET"]),
            (f"{path}/new", "new", self.new, ["GET", "POST"]),
            (f"{path}/<uuid:row_id>", "show", self.show, ["GET"]),
            (f"{path}/<uuid:row_id>/edit", "edit", self.edit, ["GET", "POST"]),
            (f"{path}/<uuid:row_id>/history", "history", self.history, ["GET"]),
        )
        for rule, verb, view, methods in doors:
            bp.add_url_rule(rule, f"{name}_{verb}", guards.office(view), methods=methods)

    def show_list(self) -> ResponseReturnValue:
        section, actor = self.section, guards.current()
        filters = section.filters(actor)
        wanted = asked(request.args, [one.name for one in filters])
        page = section.rows(actor, section.cut(wanted), wanted.filters)
        table = Table(section.columns, page.rows, page.total, wanted, self._href, filters, f"No {section.one} found.")
        return render_template(
            "console/list.html",
            title=section.title,
            table=table,
            new_href=f"{section.href}/new",
            new_title=f"New {section.one}",
        )

    def _href(self, row: Any) -> str:
        return f"{self.section.href}/{row.id}"

    def new(self) -> ResponseReturnValue:
        section = self.section
        fields = section.form_fields(None)
        if request.method == "GET":
            defaults = {**DEFAULTS, **{one.name: request.args[one.name] for one in fields if one.name in request.args}}
            form = forms.blank(fields, exchange.head(guards.current().org_id), **defaults)
            return self._form("New", form, "new", "")
        args = section.to_args(forms.arguments(fields, request.form), None)
        form = forms.submitted(fields, request.form)
        wrong = refused(form, section.create or section.edit, args)
        row_id = clock.new_id()
        errors = {} if wrong else send([(section.create or section.edit, (section.kind, row_id), args)], form.base)
        if wrong or errors:
            return self._form("New", wrong or form.with_errors(errors), "new", "")
        return go(f"{section.href}/{row_id}", f"The {section.one} is saved.")

    def show(self, row_id: Any) -> ResponseReturnValue:
        section, actor = self.section, guards.current()
        row = section.row(actor, str(row_id))
        shown = forms.filled(section.fields, section.to_form(row), 0)
        pairs = [(one.label, _in_words(one, shown.values[one.name])) for one in section.fields if not one.group]
        return render_template(
            "console/show.html",
            title=section.title_of(row),
            edit_href=f"{section.href}/{row.id}/edit",
            pairs=pairs,
            links=_links(section, row, actor),
            pairs_differing=of_entity(actor, [row.id], {row.id: vars(row)}),
            href=f"{section.href}/{row.id}",
            parts=_parts(section, row),
        )

    def history(self, row_id: Any) -> ResponseReturnValue:
        section, actor = self.section, guards.current()
        row = section.row(actor, str(row_id))
        return past.page(actor, [row.id], section.title_of(row), f"{section.href}/{row.id}")

    def edit(self, row_id: Any) -> ResponseReturnValue:
        section, actor = self.section, guards.current()
        row = section.row(actor, str(row_id))
        fields, known = section.form_fields(row), section.to_form(row)
        if request.method == "GET":
            form = forms.filled(fields, known, exchange.head(actor.org_id))
            return self._form("Edit", form, f"{row.id}/edit", f"/{row.id}")
        sent = section.to_args(forms.arguments(fields, request.form, keep_empty=True), row)
        args = {name: value for name, value in sent.items() if value != known.get(name)}
        form = forms.submitted(fields, request.form)
        wrong = refused(form, section.edit, args)
        errors = {} if wrong or not args else send([(section.edit, (section.kind, row.id), args)], form.base)
        if wrong or errors:
            return self._form("Edit", wrong or form.with_errors(errors), f"{row.id}/edit", f"/{row.id}")
        return go(f"{section.href}/{row.id}", f"The {section.one} is saved.")

    def _form(self, verb: str, form: forms.Form, action: str, back: str) -> ResponseReturnValue:
        section = self.section
        title = f"{verb} {section.one}"
        return page_of_form(title, form, f"{section.href}/{action}", "Save", f"{section.href}{back}")


DEFAULTS: Json = {"language": "en", "status": "active", "stage": "in_service", "active": True}


def _in_words(field: Any, value: Any) -> str:
    """A field's value as a reader wants it."""
    if field.widget == "tick":
        return "Yes" if value else "No"
    if field.widget in ("pick", "picks"):
        names: dict[str, str] = dict(field.options())
        chosen: list[str] = value if isinstance(value, list) else [value]
        return ", ".join(names.get(one, one) for one in chosen if one)
    return str(value)


def _links(section: Section, row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Pages beside the row's own."""
    access = section.kind == "person" and actor.has("administrator")
    return [("Access", f"{section.href}/{row.id}/access")] if access else []


def _parts(section: Section, row: Any) -> list[Json]:
    """Short lists of what belongs to the row: sites of a client, contacts and assets of a site."""
    below = {"client": (sections.SITE, versioned.AGREEMENT), "site": (sections.CONTACT, sections.ASSET)}
    return [_part(part, section.kind, row) for part in below.get(section.kind, ())]


def _part(part: Section, parent: str, row: Any) -> Json:
    wanted = NOTHING_ASKED
    page = part.rows(guards.current(), part.cut(wanted), {parent: row.id})
    table = Table(part.columns, page.rows, page.total, wanted, _Doors(part)._href, (), f"No {part.one} yet.")
    return {
        "title": part.title,
        "table": table,
        "new_href": f"{part.href}/new?{parent}={row.id}",
        "new_title": f"New {part.one}",
    }
