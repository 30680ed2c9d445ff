"""The house that a journey begins in: a provider with its people and clients, and nothing that happened yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from backend.core import clock
from backend.core.clock import MachineClock, SetClock
from backend.core.config import Config
from backend.core.db import reading
from backend.demo import clients, founding
from backend.demo.stage import Stage
from backend.directory.models import Asset
from backend.exchange import services as exchange
from backend.identity.models import Account
from backend.identity.sessions import actor_of
from backend.inspections.models import Run
from backend.install.steps import ROOT
from tests.makers import build_app
from tests.services.program import Program
from tests.services.proxy import Proxy

BUILT = ROOT / "pwa" / "dist" / "index.html"
FOUNDED_BEFORE = timedelta(days=7)


@dataclass
class House:
    """The running program. `network` is what lies between it and the tablets; the office is beside the server."""

    program: Program
    network: Proxy
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        return self.network.url

    @property
    def root_certificate(self) -> Path:
        """What a stranger pins."""
        return self.program.data_dir / "keys" / "root-certificate.pem"

    def a_colleague_answers_otherwise(self, sign_in: str, visit: str) -> None:
        """Somebody says "pass" of the item that failed on a visit, without having seen that answer."""
        with build_app(Config.from_env(self.program.env())) as app, app.app_context():
            with reading() as session:
                account = session.scalars(select(Account).where(Account.sign_in == sign_in)).one()
                runs = session.scalars(select(Run).where(Run.visit == visit)).all()
            # Without scopes it is the program that speaks for the person, whose tablet is elsewhere.
            actor = replace(actor_of(account.org_id, account.person_id), scopes=frozenset())
            run, item = next((run.id, item) for run in runs for item, value in run.answers.items() if value == "fail")
            [result] = exchange.submit(actor, [("answer.set", ("run", run), {"item": item, "value": "pass"})])
            assert result["status"] == "conflict", result

    def two_say_where_an_asset_stands(self, site: str, first: str, second: str) -> None:
        """Neither has seen the word of the other; `second` is to be told how it ends."""
        with build_app(Config.from_env(self.program.env())) as app, app.app_context():
            with reading() as session:
                who = [session.scalars(select(Account).where(Account.sign_in == one)).one() for one in (first, second)]
                asset = session.scalars(select(Asset.id).where(Asset.site == site).order_by(Asset.id)).first()
            assert asset is not None
            ends, base = [], exchange.head(who[0].org_id)
            for account, place in zip(who, ("Rack 2, at the top", "Rack 3, behind the patch panel"), strict=True):
                actor = replace(actor_of(account.org_id, account.person_id), scopes=frozenset())
                ends += exchange.submit(actor, [("asset.edit", ("asset", asset), {"place": place})], base=base)
            assert [end["status"] for end in ends] == ["applied", "conflict"], ends

    def now(self) -> datetime:
        """The time that the program, the browsers and this machine share."""
        return MachineClock().now()


@contextmanager
def running_house(data_dir: Path) -> Iterator[House]:
    """Migrate, found the provider, serve behind a proxy; ends both."""
    assert BUILT.is_file(), f"{BUILT} is missing: build the tablet's app first (npm run build in pwa)"
    network = Proxy(upstream=0)
    network.accept()
    program = Program(data_dir, {"PUBLIC_URL": network.url})
    try:
        program.run("migrate")
        passwords = found(program)
        program.start_web()
        program.start_worker()
        network.upstream = program.port
        yield House(program, network, passwords)
    finally:
        program.stop()
        network.stop()


def found(program: Program) -> dict[str, str]:
    """The first two scenes of the demonstration, a week ago; passwords by sign-in name."""
    time_ = SetClock(MachineClock().now() - FOUNDED_BEFORE)
    with build_app(Config.from_env(program.env()), time_) as app, app.app_context():
        stage = Stage(clock.new_id(), time_)
        founding.found(stage, program.data_dir)
        clients.take_on(stage, program.data_dir)
    accounts = json.loads((program.data_dir / founding.ACCOUNTS_FILE).read_text("utf-8"))
    return {account["sign_in"]: account["password"] for account in accounts}
