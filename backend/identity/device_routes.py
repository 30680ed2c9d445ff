"""Doors at which a tablet speaks for itself: its proof is enough, for its owner may be signed out or gone."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from backend.core.db import unit
from backend.core.problems import NotFound
from backend.core.schema import load_json
from backend.identity import devices, guards, limits, schemas, wiping
from backend.identity.enrolled import Enrolled

bp = Blueprint("identity_devices", __name__, url_prefix="/api/v1/devices")

CLEAR = '"cache", "cookies", "storage"'
"""Clear-Site-Data of the answer to a confirmation, where nobody else works on the tablet."""


@bp.post("/<device_id>/state")
@guards.device
def report(device_id: str) -> ResponseReturnValue:
    """How the tablet is; the last word is kept. The answer says how it stands with us, and what it is to do."""
    device = _mine(device_id)
    asked = load_json(schemas.Report())
    limits.spend_report(device.id)
    with unit():
        devices.note_report(device.id, asked)
        devices.saw(device.id, app=asked["app"])
    return _fresh({"status": device.status, "directives": wiping.directives_of(device)})


@bp.post("/<device_id>/wiped")
@guards.device
def confirm_wipe(device_id: str) -> ResponseReturnValue:
    """The tablet has emptied itself, and signs it. Only this answer lets the browser forget the whole site."""
    device = _mine(device_id)
    said = wiping.read_confirmation(device, load_json(schemas.Wiped())["confirmation"])
    with unit():
        devices.note_wiped(device.id, said["left"])
    answer = _fresh({"status": "wiped", "directives": []})
    if said["alone"]:
        answer.headers["Clear-Site-Data"] = CLEAR
    return answer


def _mine(device_id: str) -> Enrolled:
    device = guards.current_device()
    if device.id != device_id:
        raise NotFound("There is no such device.")
    return device


def _fresh(body: dict[str, object]) -> Response:
    answer = jsonify(schemas.DeviceWord().dump(body))
    answer.headers["Cache-Control"] = "no-store"
    return answer
