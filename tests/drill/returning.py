"""How a tablet comes back to a server that was restored: as its engine does, in Python."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.test import TestResponse

from backend.core.db import unit
from backend.identity import devices, dpop
from tests.drill.ledger import Photo
from tests.makers import House, Tablet

DOOR = "/api/v1/devices/readmit"


def statement_of(tablet: Tablet) -> str:
    """What the tablet asks for once, while it is active, and keeps."""
    answer = tablet.browser.get(f"/api/v1/devices/{tablet.id}/statement")
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["statement"])


def show(tablet: Tablet, text: str) -> TestResponse:
    """Show the server its statement. The session plays no part in this proof."""
    for _ in range(2):
        sent = {"DPoP": tablet.proof("POST", DOOR, ath=dpop.hash_of(text))}
        answer = tablet.browser.open("POST", DOOR, json={"statement": text}, headers=sent)
        tablet.nonce = answer.headers.get("DPoP-Nonce", tablet.nonce)
        if answer.get_json().get("code") != "use_dpop_nonce":
            break
    return answer


def come_back(house: House, tablet: Tablet, statement: str, photos: Iterable[Photo] = ()) -> bool:
    """Sign in, be known again, begin anew, send what is missing, offer every photo; whether it had been forgotten."""
    tablet.browser.app = house.app
    tablet.browser.sign_in()
    said = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body()).get_json()
    forgotten = said.get("code") == "bad_proof"
    if forgotten:
        answer = show(tablet, statement)
        assert (answer.status_code, answer.get_json()["code"]) == (200, tablet.code), answer.text
        with house.app.app_context(), unit():
            devices.confirm(house.person("administrator").actor, tablet.id)
        said = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body()).get_json()
    assert said["code"] == "epoch_changed", said
    begin_anew(tablet, said["epoch"], said["next_n"])
    tablet.sync()
    for photo in photos:
        answer = tablet.upload(photo.visit, photo.data)
        assert answer.status_code < 300, answer.text
    return forgotten


def begin_anew(tablet: Tablet, epoch: str, next_n: int) -> None:
    """A new epoch: what the server lacks has no outcome any more, and everything is fetched again."""
    tablet.epoch, tablet.resume, tablet.cursor, tablet.ack_n = epoch, None, None, next_n - 1
    tablet.results = {n: result for n, result in tablet.results.items() if n < next_n}
    tablet.rows, tablet.inbox = {}, []
