"""The application, as a table of contents."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import backup, console, exchange, media, portal, schema_version
from backend.core import (
    blobs,
    clock,
    db,
    headers,
    health,
    inbound,
    jobs,
    log,
    pages,
    problems,
    settings,
    tablet_app,
)
from backend.core.blobs import FolderBlobs
from backend.core.clock import Clock, MachineClock
from backend.core.config import Config
from backend.desk import jobs as desk_jobs
from backend.desk import operations as desk
from backend.desk.services import record_decision
from backend.directory import jobs as directory_jobs
from backend.directory import operations as directory
from backend.directory.services import person_name
from backend.identity import device_routes, devices, limits, readmission, sessions
from backend.identity import pages as identity_pages
from backend.identity import routes as identity_routes
from backend.inspections import operations as inspections
from backend.inspections.services import name_author
from backend.reports import jobs as reports_jobs
from backend.reports import operations as reports
from backend.signoff import operations as signoff
from backend.visits import contents as visit_contents
from backend.visits import jobs as visit_jobs
from backend.visits import operations as visits
from backend.visits import tasks as visit_tasks
from backend.visits.services import flag_late, office_reaches, settle_crew

CORE = Path(__file__).parent / "core"


def create_app(config: Config, *, clock_: Clock | None = None, waker: jobs.Waker | None = None) -> Flask:
    """The program for one installation. `clock_` is the machine's unless a test or the demo brings another."""
    app = Flask("backend", static_folder=CORE / "static", template_folder=CORE / "templates")
    if config.secure:
        # HTTPS ends at a proxy in front of us; its one entry of X-Forwarded-For is the person's address.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0)  # type: ignore[method-assign] # as Flask documents it
    settings.init_app(app, config)
    clock.init_app(app, clock_ or MachineClock())
    log.init_app(app)
    problems.init_app(app)
    inbound.init_app(app)
    headers.init_app(app, config)
    pages.init_app(app)
    db.init_app(app, config)
    schema_version.init_app(app)
    blobs.init_app(app, FolderBlobs(config.blobs_dir))
    jobs.init_app(app, waker or _bell(config.redis_url))
    app.register_blueprint(health.bp)
    tablet_app.init_app(app)

    limits.init_app(app, config)
    devices.init_app(app)
    readmission.name_people(app, person_name)
    app.register_blueprint(identity_routes.bp)
    app.register_blueprint(device_routes.bp)
    app.register_blueprint(identity_pages.bp)

    exchange.init_app(
        app,
        kinds=[
            *directory.KINDS,
            *desk.KINDS,
            *visit_contents.KINDS,
            *visit_tasks.KINDS,
            *inspections.KINDS,
            *signoff.KINDS,
            *reports.KINDS,
        ],
        operations=[
            *directory.OPERATIONS,
            *visits.OPERATIONS,
            *visit_contents.OPERATIONS,
            *visit_tasks.OPERATIONS,
            *inspections.OPERATIONS,
            *desk.OPERATIONS,
            *signoff.OPERATIONS,
            *reports.OPERATIONS,
        ],
        on_late=[flag_late],
        on_decided=[settle_crew, name_author, record_decision],
        reaches=[office_reaches],
    )
    media.init_app(app)
    reports_jobs.init_app(app)
    for daily in (directory_jobs, desk_jobs, visit_jobs):
        jobs.every_day(app, daily.KIND, daily.run)
    backup.init_app(
        app, config,
        files=[*media.FILES, *reports_jobs.FILES],
        forget=[sessions.forget_all, media.forget_uploads],
    )  # fmt: skip
    console.init_app(app)
    portal.init_app(app)
    return app


def _bell(redis_url: str | None) -> jobs.Waker | None:
    if not redis_url:
        return None
    # Redis and RQ are half a second of start, for those who have them.
    from backend.core.redis_jobs import RedisWaker

    return RedisWaker(redis_url)
