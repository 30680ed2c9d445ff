"""Doors of the exchange: push, pull, head, and the console's stream."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from backend.core.schema import load_json, parse_json
from backend.exchange import events, moment, services
from backend.exchange.bodies import pack, read_push_body, refuse_long, wants_little
from backend.exchange.moment import Moment
from backend.exchange.pace import paced
from backend.exchange.pull import Pull, pull
from backend.exchange.push import Push, push, without_ids
from backend.exchange.schemas import PullSchema, PushSchema
from backend.identity.services import directives_of, guards

bp = Blueprint("exchange", __name__)

PUSH, PULL = PushSchema(), PullSchema()


@bp.post("/api/v1/sync/push")
@guards.sender
@paced
def push_operations() -> Response:
    """Operations in, outcomes out; without their ids where the sender asks for little."""
    body = parse_json(read_push_body())
    refuse_long(body)
    asked = PUSH.load(body)
    device = guards.current_device()
    services.heard(device, asked["device"], asked["schema"])
    wanted = ("epoch", "device", "resume", "nonce", "first", "prev", "isolate")
    request = Push(texts=asked["ops"], directives=directives_of(device), **{name: asked[name] for name in wanted})
    answer = push(guards.current(), request)
    if not wants_little():
        return _fresh(pack(Response(answer, content_type="application/json")))
    brief = Response(without_ids(answer), content_type="application/json")
    brief.headers["Preference-Applied"] = "return=minimal"
    return _fresh(pack(brief))


@bp.post("/api/v1/sync/pull")
@guards.tablet_beside(moment.BESIDE)
@paced
def pull_changes() -> Response:
    """The feed behind a cursor."""
    asked = load_json(PULL)
    device = guards.current_device()
    services.heard(device, asked["device"], asked["schema"])
    now = Moment.of(device.org_id, guards.told_beside())
    return _fresh(pack(Response(pull(guards.current(), Pull(**asked), now), content_type="application/json")))


@bp.get("/api/v1/sync/head")
def show_head() -> Response:
    """Where the feed stands: tablets ask every 20 to 60 seconds whether a pull is worth while. No database, where the
    session was let in within a minute and the head is a second old at most.
    """
    org_id = events.admitted(guards.cookie_hash()) or _admitted_anew()
    return _fresh(jsonify(events.known_head(org_id)))


@guards.session
def _admitted_anew() -> str:
    org_id = guards.current().org_id
    events.admit(guards.cookie_hash(), org_id)
    return org_id


@bp.get("/console/events")
@guards.office
def stream_events() -> Response:
    """Server-sent events for consoles: only the head, each time it moves."""
    return _fresh(events.stream(guards.current().org_id))


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
