"""From a submitted form to an operation, and back with whatever the schema or the exchange has to say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from backend.console import forms
from backend.console.forms import Form
from backend.exchange import services as exchange
from backend.exchange.services import Ask
from backend.identity.services import guards

NEW_VERSION = re.compile(r"^versions\.\d+\.")
ACCEPTED = frozenset({"applied", "merged"})
BOTH_KEPT = "Somebody else changed this meanwhile. Both values are shown here: choose which counts."


def refused(form: Form, operation: str, args: Mapping[str, Any]) -> Form | None:
    """The form with its complaints when the operation's schema has any."""
    errors = _homely(forms.complaints(exchange.arguments_of(operation), args))
    return form.with_errors(errors) if errors else None


def send(operations: Sequence[Ask], base: int) -> dict[str, str]:
    """Submit as the signed-in person. Errors of the first operation that took no effect, or nothing."""
    for result in exchange.submit(guards.current(), operations, base=base):
        if result["status"] == "conflict":
            flash(BOTH_KEPT, "warn")
        elif result["status"] not in ACCEPTED:
            return _homely(forms.refusal(result))
    return {}


def _homely(errors: Mapping[str, str]) -> dict[str, str]:
    """Fields of an operation under the names that the form has for them: `args.title` is `title`, and what is said of
    the version that a form adds is said of its `terms`.
    """
    return {NEW_VERSION.sub("terms.", field.removeprefix("args.")): text for field, text in errors.items()}


def page_of_form(title: str, form: Form, action: str, submit: str, cancel: str) -> ResponseReturnValue:
    """The form's page; 422 when it carries complaints."""
    page = render_template("console/form.html", title=title, form=form, action=action, submit=submit, cancel=cancel)
    return page, 422 if form.errors else 200


def go(href: str, said: str = "") -> ResponseReturnValue:
    """On to another page after something was done."""
    if said:
        flash(said, "ok")
    return redirect(href, 303)
