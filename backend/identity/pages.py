"""The door for people: signing in, signing out, and the way home."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from backend.core.problems import Problem
from backend.identity import guards, rules, sessions
from backend.identity.limits import TooManyTries
from backend.identity.routes import drop_cookie, set_cookie
from backend.identity.sessions import WrongPassword

bp = Blueprint("identity_pages", __name__, template_folder="templates")

LARGEST_FORM = 8 * 1024


@bp.get("/")
@guards.session
def home() -> ResponseReturnValue:
    """Send each role where it works."""
    return redirect(rules.home_of(guards.current().roles), 303)


@bp.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    living = sessions.find(request.cookies.get(guards.cookie_name()))
    there = rules.safe_next(request.args.get("next"))
    if living is not None:
        return redirect(there or rules.home_of(living.actor.roles), 303)
    return _form(there)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Take name and password; a wrong pair shows the form again with the reason."""
    request.max_content_length = LARGEST_FORM
    there = rules.safe_next(request.form.get("next"))
    name, password = request.form.get("sign_in", ""), request.form.get("password", "")
    try:
        made = sessions.sign_in(
            name[:200], password, request.remote_addr or "", request.cookies.get(guards.cookie_name())
        )
    except (WrongPassword, TooManyTries) as refused:
        return _form(there, name, refused)
    answer = redirect(there or rules.home_of(made.session.actor.roles), 303)
    set_cookie(answer, made)
    return answer


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session and show the form."""
    sessions.sign_out(request.cookies.get(guards.cookie_name()))
    answer = redirect("/sign-in", 303)
    drop_cookie(answer)
    return answer


def _form(there: str | None, name: str = "", refused: Problem | None = None) -> Response:
    answer = make_response(render_template("identity/sign_in.html", next=there or "", name=name, refused=refused))
    if refused is not None:
        answer.status_code = refused.status
        answer.headers.extend(refused.headers)
    return answer
