"""An installation that can be destroyed and put back, and what its tablets do then."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from backend.app import create_app
from backend.backup.make import Made, make
from backend.backup.restore import Restored, restore
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, reading
from backend.exchange.models import SyncOp
from tests.drill.returning import begin_anew
from tests.makers import House, Tablet, build_app


class Installation:
    """An installation that can be backed up, destroyed and put back."""

    def __init__(self, house: House, clock: SetClock, config: Config, place: Path) -> None:
        self.house, self.clock, self.config, self.place = house, clock, config, place
        self.stack = ExitStack()
        self.opened: list[Flask] = []

    def back_up(self) -> Made:
        self.clock.advance(minutes=1)
        with self.house.app.app_context():
            return make(self.place)

    def stop(self) -> None:
        """As processes end: nobody is connected any more."""
        for app in (self.house.app, *self.opened):
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        self.opened = []

    def open(self, config: Config) -> Flask:
        self.opened.append(create_app(config, clock_=self.clock))
        return self.opened[-1]

    def put_back(self, source: Path | None = None, *, force: bool = True) -> Restored:
        """Restore, and start the program anew under everybody's feet."""
        self.stop()
        done = restore(self.config, source or self.place, self.open, force=force)
        self.house.app = self.stack.enter_context(build_app(self.config, self.clock))
        return done

    def meet(self, tablet: Tablet) -> Tablet:
        """The tablet finds the new program, and its person signs in."""
        tablet.browser.app = self.house.app
        tablet.browser.sign_in()
        return tablet

    def ids(self) -> set[str]:
        """Of all operations that the server knows of."""
        with self.house.app.app_context(), reading() as session:
            return {id_ for id_ in session.scalars(select(SyncOp.op_id)) if id_}


def note(house: House, tablet: Tablet, visit: str, text: str = "Lift is out of order") -> dict:
    return tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": text})


def sync_again(tablet: Tablet) -> None:
    """What a tablet does about a new epoch."""
    said = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body()).get_json()
    assert said["code"] == "epoch_changed"
    begin_anew(tablet, said["epoch"], said["next_n"])
    tablet.sync()
