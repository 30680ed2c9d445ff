"""The demonstration: what a newcomer finds after `make up`, made by ordinary operations."""

from __future__ import annotations

import json
import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import select

from backend import __version__
from backend.core import blobs, journal
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import reading
from backend.demo import build, data, past
from backend.desk.models import Ticket
from backend.directory.models import Asset, Client, Person, Site
from backend.dispatch import services as dispatch
from backend.exchange.models import SyncOp
from backend.identity import accounts, sessions
from backend.identity.models import Device
from backend.reports.models import Report
from backend.reports.verify import verify_pdf
from backend.signoff.models import Signoff
from backend.visits.models import Visit
from tests.makers import build_app

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""Half past two in the afternoon of a Tuesday in Singapore."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Config:
    """A loaded demonstration, with one report made instead of six: printing takes seconds."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "singgah.db").write_bytes(sqlite_template.read_bytes())
    config = Config.from_env({"DATA_DIR": str(folder), "PORT": "8000"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "RENDERED", 1)
        build.load_demo(config, NOW)
    return config


def test_the_provider_is_as_large_as_promised(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context(), reading() as session:
        counts = {model.__name__: len(session.scalars(select(model.id)).all()) for model in (Client, Site, Asset)}
        assert counts == {"Client": 12, "Site": 30, "Asset": 400}
        tablets = session.scalars(select(Device).where(Device.kind == "tablet")).all()
        assert {device.status for device in tablets} == {"active"}
        assert len(tablets) == 6


def test_every_tablet_was_heard_today_and_has_told_how_it_is(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context(), reading() as session:
        tablets = session.scalars(select(Device).where(Device.kind == "tablet")).all()
        assert all(one.last_seen and NOW - timedelta(hours=1) < one.last_seen <= NOW for one in tablets)
        assert {one.app for one in tablets} == {__version__}
        assert Counter((one.report or {})["readiness"] for one in tablets) == {"ready": 5, "doubtful": 1}
        assert all(one.report and one.report["made_n"] == one.next_n - 1 for one in tablets)


def test_sixty_visits_are_signed_and_days_around_today_are_planned(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context(), reading() as session:
        states = Counter(session.scalars(select(Visit.state)))
        assert states["completed"] == past.SIGNED_VISITS
        assert min(states[state] for state in ("planned", "assigned", "under_way", "cancelled")) >= 1
        signoffs = list(session.scalars(select(Signoff)))
        assert [one.flags for one in signoffs if one.flags] == [], "nothing of the demo is odd"
        assert {one.locale for one in signoffs} == {"en", "ms", "zh"}
        assert Counter(one.outcome for one in signoffs)["declined"] >= 1
        tickets = Counter(session.scalars(select(Ticket.state)))
        assert min(tickets[state] for state in ("new", "waiting", "resolved", "closed")) >= 1


def test_no_operation_is_refused_and_none_lies_in_the_future(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context(), reading() as session:
        assert set(session.scalars(select(SyncOp.status))) - {"merged"} == {"applied", "conflict", "held"}
        assert max(session.scalars(select(SyncOp.received_at))) <= NOW
        organisation = session.scalars(select(Person.org_id)).first()
        assert organisation is not None
        assert journal.first_fault(organisation) is None


def test_a_believable_few_of_each_wait_for_the_dispatcher(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context():
        with reading() as session:
            org_id = session.scalars(select(Person.org_id)).first()
        assert org_id is not None
        dispatcher = next(one for one in accounts.listed(org_id) if one.sign_in == "dispatcher")
        inbox = dispatch.gather(sessions.actor_of(org_id, dispatcher.person_id))
    assert len(inbox.clashes) == 2
    assert [(chain.first.code, len(chain.behind)) for chain in inbox.chains] == [("wrong_state", 2)]
    assert sorted(one.task.what for one in inbox.questions) == ["after_cancel", "late_scope", "old_slot"]


def test_its_newest_report_verifies_and_the_others_wait_until_somebody_asks(config: Config) -> None:
    with build_app(config, SetClock(NOW)) as app, app.app_context():
        with reading() as session:
            states = Counter(session.scalars(select(Report.state)))
            ready = session.scalars(select(Report).where(Report.state == "ready")).one()
        assert states == {"ready": 1, "waiting": past.SIGNED_VISITS - 1}
        root = x509.load_pem_x509_certificate((config.keys_dir / "root-certificate.pem").read_bytes())
        found = verify_pdf(blobs.store().get(str(ready.sha256)), [root])
        assert found.exit_code == 0, found


def test_passwords_are_for_their_owner_alone(config: Config) -> None:
    file = config.data_dir / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    accounts = json.loads(file.read_text("utf-8"))
    assert len({one["password"] for one in accounts}) == len(accounts)
    roles = {role for one in accounts for role in one["roles"]}
    assert roles == {"dispatcher", "desk_agent", "service_manager", "administrator", "engineer", "client_contact"}


def test_the_gazetted_days_include_what_everybody_knows() -> None:
    from backend.demo.founding import gazetted

    assert {"2026-08-09", "2026-12-25"} <= {day["date"] for day in gazetted("SG", None)}
    johor = data.read("provider")["calendars"][1]
    assert {"2026-08-31", "2026-03-23"} <= {day["date"] for day in gazetted("MY", johor["subdivision"])}
