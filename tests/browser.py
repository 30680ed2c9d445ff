"""A person's browser."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.core import clock as core_clock
from backend.core.clock import SetClock
from backend.core.db import db, unit
from backend.identity import dpop, rules
from backend.identity.models import Account, SessionRow

if TYPE_CHECKING:
    from tests.makers import Person

PASSWORD = "correct horse battery staple"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "X-Singgah": "1"}


class Browser:
    """A person's browser: own cookies, and the headers of our own pages."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.app = app
        self.person = person
        self.clock: SetClock = app.extensions[core_clock.KEY]
        self.client = app.test_client()
        self.session_hash = ""

    def sign_in(self) -> Browser:
        """A session as the door of sign-in makes it, without the time that a password's hash takes."""
        token, now = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode(), self.clock.now()
        kind = rules.session_kind([self.person.role])
        with self.app.app_context(), unit():
            account = db.session.scalars(select(Account).where(Account.sign_in == self.person.sign_in)).one()
            db.session.add(
                SessionRow(
                    token_hash=dpop.hash_of(token), account_id=account.id, kind=kind, created_at=now,
                    last_seen_at=now, expires_at=now + rules.LIFETIMES[kind].absolute,
                )
            )
        self.session_hash = dpop.hash_of(token)
        self.client.set_cookie("singgah", token)
        return self

    def type_password(self, password: str = PASSWORD) -> TestResponse:
        """Sign in through the door, as a person does."""
        answer = self.post("/api/v1/session", json={"sign_in": self.person.sign_in, "password": password})
        self.session_hash = answer.get_json().get("session_hash", "")
        return answer

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("POST", path, **kwargs)

    def open(self, method: str, path: str, headers: Mapping[str, str] | None = None, **kwargs: Any) -> TestResponse:
        return self.client.open(path, method=method, headers={**SAME_ORIGIN, **(headers or {})}, **kwargs)
