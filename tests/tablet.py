"""A tablet in Python, for every test of the server; and the signatures that it makes."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from werkzeug.test import TestResponse

from backend.core.db import unit
from backend.core.envelopes import public_jwk
from backend.core.schema import wire_time
from backend.identity import devices, dpop
from sync import chain
from sync.policy import audience_of
from tests.browser import Browser

if TYPE_CHECKING:
    from tests.makers import House, Person

Result = dict[str, Any]


@dataclass
class Row:
    """A row of a tablet's base."""

    ver: int
    value: dict[str, Any]


class Tablet:
    """A tablet in Python: key, outbox, chain, base and cursor. It loses answers when it is told to."""

    def __init__(self, house: House, person: Person) -> None:
        self.house = house
        self.person = person
        self.browser = Browser(house.app, person)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = house.new_id()
        self.nonce: str | None = None
        self.code = ""
        self.numbers = {"T": 0, "V": 0}
        self.clock_error = timedelta(0)
        self.signed_out = False
        self.outbox: list[str] = []
        self.links = [chain.start(self.id)]
        self.results: dict[int, Result] = {}
        self.ack_n = 0
        self.resume: str | None = None
        self.epoch: str | None = None
        self.cursor: str | None = None
        self.head = 0
        self.rows: dict[tuple[str, str], Row] = {}
        self.sums: dict[str, str] = {}
        self.inbox: list[dict[str, Any]] = []
        self.schema = 1

    # Coming into service

    def enrol(self) -> Tablet:
        self.ask_to_be_enrolled()
        administrator = self.house.person("administrator")
        with self.house.app.app_context(), unit():
            self.code = devices.confirm(administrator.actor, self.id).code
        return self

    def ask_to_be_enrolled(self) -> None:
        self.browser.sign_in()
        jwk = public_jwk(self.key.public_key())
        facts = {"name": "Test tablet", "standalone": True, "persisted": True, "storage_mb": 4_000}
        with self.house.app.app_context(), unit():
            devices.enrol(self.person.actor, self.id, jwk, dpop.thumbprint(jwk), facts)

    # Being copied

    def clone(self) -> Tablet:
        """Another tablet whose storage is a copy of this one's, as it lies on the disk; it has a browser of its own."""
        other = copy.copy(self)
        for name in ("numbers", "outbox", "links", "results", "rows", "inbox"):
            setattr(other, name, copy.deepcopy(getattr(self, name)))
        other.browser = Browser(self.house.app, self.person)
        other.browser.sign_in()
        other.nonce = None
        return other

    def become_another(self) -> Tablet:
        """Go on as a device of its own, as a tablet does that is told that it was copied: a new id and key,
        and everything it holds offered again under numbers from 1. It has to be enrolled.
        """
        self.id, self.key = self.house.new_id(), ec.generate_private_key(ec.SECP256R1())
        self.links = [chain.start(self.id)]
        for text in self.outbox:
            self.links.append(chain.link_operation(self.links[-1], text))
        self.results, self.ack_n, self.resume = {}, 0, None
        return self

    # Acting

    def act(
        self, type_: str, entity: tuple[str, str], args: Mapping[str, Any] | None = None, **changes: Any
    ) -> int:
        """One operation into the outbox; its number. `changes` replaces members of the operation."""
        at = self.house.clock.now() + self.clock_error
        value = {
            "id": self.house.new_id(),
            "type": type_,
            "v": 1,
            "entity": list(entity),
            "base": self.head,
            "args": dict(args or {}),
            "at": wire_time(at),
            "mono": 0,
            "off": int(-self.clock_error.total_seconds() * 1000),
        }
        return self.write(json.dumps(value | changes, ensure_ascii=False, separators=(",", ":")))

    def write(self, text: str) -> int:
        """Any string into the outbox, as it is; its number."""
        self.outbox.append(text)
        self.links.append(chain.link_operation(self.links[-1], text))
        return len(self.outbox)

    def next_number(self, letter: str) -> str:
        self.numbers[letter] += 1
        return f"{letter}-{self.code}-{self.numbers[letter]}"

    # Talking

    def push_body(self, most: int = 200, **changes: Any) -> dict[str, Any]:
        first = changes.get("first", self.ack_n + 1)
        return {
            "proto": 1,
            "schema": self.schema,
            "epoch": self.epoch,
            "device": self.id,
            "resume": self.resume,
            "nonce": "n1",
            "first": first,
            "prev": self.links[first - 1],
            "ops": self.outbox[first - 1 : first - 1 + most],
            **changes,
        }

    def push(self, most: int = 200, *, lose: bool = False, **changes: Any) -> TestResponse:
        """Send the oldest unsettled operations. With `lose` the answer never arrives. A tablet that was never told the
        epoch asks for it first.
        """
        if self.epoch is None:
            self.pull(pages=1)
        answer = self.call("POST", "/api/v1/sync/push", json=self.push_body(most, **changes))
        if answer.status_code == 200 and not lose:
            self.settle(answer.get_json())
        return answer

    def settle(self, said: dict[str, Any]) -> None:
        """What an answer changes."""
        self.resume = said["resume"]
        for result in said["results"]:
            before = self.results.setdefault(result["n"], result)
            assert before == result, "an operation has one outcome for ever"
        # The answer's own ack_n may count operations whose outcome was in an answer that never arrived.
        while self.ack_n + 1 in self.results:
            self.ack_n += 1

    def pull(self, limit: int = 1_000, *, pages: int | None = None, lose: bool = False) -> TestResponse:
        """Fetch pages until there are no more, at most `pages`. What is staged is laid down after the last one. With
        `lose` the answer of the last page that is asked for never arrives.
        """
        asked = 0
        while True:
            body = {
                "proto": 1, "schema": self.schema, "device": self.id, "epoch": self.epoch, "cursor": self.cursor,
                "limit": limit, "nonce": "n2",
            }  # fmt: skip
            answer = self.call("POST", "/api/v1/sync/pull", json=body)
            asked += 1
            if answer.status_code != 200 or (lose and asked == pages):
                return answer
            said = answer.get_json()
            self._stage(said)
            if not said["more"] or asked == pages:
                return answer

    def sync(self) -> None:
        """Push and pull until all is sent and seen."""
        while self.ack_n < len(self.outbox):
            answer = self.push()
            assert answer.status_code == 200, answer.text
        answer = self.pull()
        assert answer.status_code == 200, answer.text

    def result(self, n: int) -> Result:
        """How the operation ended, after a push."""
        return self.results[n]

    def do(self, type_: str, entity: tuple[str, str], args: Mapping[str, Any] | None = None, **changes: Any) -> Result:
        """Act, push, and say how it ended."""
        n = self.act(type_, entity, args, **changes)
        answer = self.push()
        assert answer.status_code == 200, answer.text
        return self.result(n)

    def value(self, kind: str, entity: str) -> dict[str, Any]:
        """A row of the base."""
        return self.rows[kind, entity].value

    def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **kwargs: Any) -> TestResponse:
        """A request with its device proof; a stale nonce is taken anew once, silently."""
        for _ in range(2):
            sent = {**(headers or {}), "DPoP": self.proof(method, path)}
            answer = self.browser.open(method, path, headers=sent, **kwargs)
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            # An answer to HEAD has no body to say why.
            if answer.status_code != 401 or (answer.data and answer.get_json()["code"] != "use_dpop_nonce"):
                break
        return answer

    def proof(self, method: str, path: str, **claims: Any) -> str:
        jwk = public_jwk(self.key.public_key())
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}
        said = {
            "htm": method,
            "htu": "http://localhost:8000" + path,
            "jti": self.house.clock.random(8).hex(),
            "iat": int(self.house.clock.now().timestamp()),
            "nonce": self.nonce,
            "ath": None if self.signed_out else self.browser.session_hash,
            **claims,
        }
        return sign_jws(self.key, header, said)

    # Files

    def upload(self, visit: str, data: bytes, filetype: str = "image/jpeg", chunk: int = 262_144) -> TestResponse:
        """Send a file whole; the last answer."""
        answer = self.begin_upload(visit, data, filetype)
        offset, place = int(answer.headers.get("Upload-Offset", "0")), answer.headers.get("Location", "")
        while answer.status_code < 300 and offset < len(data):
            answer = self.send_chunk(place, data[offset : offset + chunk], offset)
            offset += chunk
        return answer

    def begin_upload(self, visit: str, data: bytes, filetype: str, **headers: str) -> TestResponse:
        facts = {"visit": visit, "sha256": hashlib.sha256(data).hexdigest(), "filetype": filetype}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
        sent = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata, **headers}
        return self.call("POST", "/api/v1/blobs", headers=sent)

    def send_chunk(self, place: str, data: bytes, offset: int, **headers: str) -> TestResponse:
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        sent = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": "application/offset+octet-stream",
            **headers,
        }
        return self.call("PATCH", place, headers=sent, data=data)

    # Laying down what was fetched

    def _stage(self, said: dict[str, Any]) -> None:
        self.epoch, self.cursor = said["epoch"], said["cursor"]
        self.inbox.extend(said["changes"])
        if not said["more"]:
            for change in self.inbox:
                self._lay_down(change)
            self.inbox, self.head, self.sums = [], said["head"], said["sums"]

    def _lay_down(self, change: dict[str, Any]) -> None:
        key = (change["k"], change["id"])
        if change.get("del"):
            if key in self.rows and self.rows[key].ver < change["ver"]:
                del self.rows[key]
            return
        self.rows[key] = Row(change["ver"], change["v"])
        if change["k"] == "scope" and change["state"] == "out":
            gone = [key for key, row in self.rows.items() if audience_of(*key, row.value) == change["v"]["audience"]]
            for lost in gone:
                del self.rows[lost]


def sign_jws(key: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A compact JWS, ES256."""
    signed = ".".join(b64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{b64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
