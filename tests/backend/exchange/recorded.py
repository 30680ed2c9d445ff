"""Operations of every shipped version as they were once sent, and how each ended: `recorded.json` (I21).

`replay` sends them again, one after the other, through the devices and at the times of then. A step is never changed;
new versions append steps. `python -m tests.backend.exchange.recorded` writes how the steps without an ending end now.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, reading, unit
from backend.exchange import services as exchange
from backend.exchange.handlers import SYSTEM
from backend.exchange.models import SyncOrg
from backend.exchange.push import Push, push
from backend.exchange.registry import KEY
from backend.identity.actor import Actor, Scope
from backend.identity.models import Device
from sync import canonical, chain
from tests.makers import build_app, create_schema

FILE = Path(__file__).with_name("recorded.json")
Page = dict[str, Any]


def read() -> Page:
    return json.loads(FILE.read_text("utf-8"))  # type: ignore[no-any-return]


def replay(app: Flask, clock: SetClock, page: Page) -> Iterator[dict[str, Any]]:
    """How each step ends now: status, code and field, and a digest of what its entity's row then says."""
    clock.set(datetime.fromisoformat(page["steps"][0]["at"]))
    with app.app_context():
        with unit():
            exchange.found(page["org"])
            for one in page["devices"]:
                db.session.add(_device(page["org"], one, clock))
        with reading() as session:
            epoch = session.scalars(select(SyncOrg.epoch)).one()
        for step in page["steps"]:
            clock.set(datetime.fromisoformat(step["at"]))
            yield {**_sent(page, step, epoch), **_said(app, page["org"], step["op"])}


def _device(org_id: str, one: dict[str, Any], clock: SetClock) -> Device:
    return Device(
        id=one["id"], org_id=org_id, person_id=one["person"], kind=one["kind"], code=one["code"], status="active",
        name="Recorded", jwk=one.get("jwk"), jkt=one.get("jkt"), created_at=clock.now(),
        last_link=chain.start(one["id"]),
    )  # fmt: skip


def _sent(page: Page, step: dict[str, Any], epoch: str) -> dict[str, Any]:
    device = next(one for one in page["devices"] if one["id"] == step["device"])
    roles = page["people"][device["person"]]
    scopes = frozenset(Scope(role, "organisation", page["org"]) for role in roles if role != SYSTEM)
    actor = Actor(page["org"], device["person"], frozenset(roles), scopes, device["id"], device["kind"], device["code"])
    with reading() as session:
        row = session.scalars(select(Device).where(Device.id == device["id"])).one()
        place = (row.resume, row.next_n, row.last_link)
    asked = Push(epoch, device["id"], place[0], "n", place[1], place[2], [step["op"]])
    [result] = json.loads(push(actor, asked))["results"]
    return {name: result[name] for name in ("status", "code", "field") if result.get(name) is not None}


def _said(app: Flask, org_id: str, text: str) -> dict[str, Any]:
    kind_name, entity = json.loads(text)["entity"]
    kind = app.extensions[KEY].kinds.get(kind_name)
    if kind is None:
        return {}
    with reading() as session:
        asked = select(kind.table).where(kind.table.c.org_id == org_id, kind.table.c.id == entity)
        row = session.connection().execute(asked).mappings().one_or_none()
    return {} if row is None else {"says": hashlib.sha256(canonical.loose(kind.wire.dump(dict(row)))).hexdigest()[:16]}


def main() -> None:
    page = read()
    first, second = (_endings(page, seed) for seed in ("one", "two"))
    for step, one, other in zip(page["steps"], first, second, strict=True):
        # What chance decides (an id that the server gives) is no part of an ending.
        step.setdefault("ends", {name: value for name, value in one.items() if other.get(name) == value})
    lines = ",\n".join("  " + json.dumps(step, ensure_ascii=False) for step in page["steps"])
    head = json.dumps({name: value for name, value in page.items() if name != "steps"}, indent=1, ensure_ascii=False)
    FILE.write_text(head[:-2] + ',\n "steps": [\n' + lines + "\n ]\n}\n", "utf-8")


def _endings(page: Page, seed: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/singgah.db"
        create_schema(url, Path(place))
        clock = SetClock(datetime.fromisoformat(page["steps"][0]["at"]), seed=seed)
        with build_app(Config.from_env({"DATABASE_URL": url, "DATA_DIR": place}), clock) as app:
            return list(replay(app, clock, page))


if __name__ == "__main__":
    main()
