"""A tablet of the demonstration: its own key, numbered operations, a real pull, a signature over canonical bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from backend import __version__
from backend.core import clock
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.demo.stage import Stage, check
from backend.exchange.pull import Pull, pull
from backend.exchange.push import Push, push
from backend.identity import devices, schemas
from backend.identity import services as identity
from backend.identity.devices import enrol
from backend.identity.dpop import thumbprint
from backend.identity.services import Actor
from sync import chain
from sync.ids import human_number
from sync.protocol import LIMITS, PROTOCOL, SCHEMA

Json = dict[str, Any]
FACTS = {"name": "Demo tablet", "standalone": True, "persisted": True, "storage_mb": 64_000}


@dataclass
class Tablet:
    """`rows` is what the feed delivered, by (kind, id); `signed` counts its sign-off records."""

    stage: Stage
    actor: Actor
    key: ec.EllipticCurvePrivateKey
    jkt: str
    next_n: int = 1
    link: str = ""
    resume: str | None = None
    epoch: str | None = None
    cursor: str | None = None
    head: int = 0
    journal: str | None = None
    rows: dict[tuple[str, str], Json] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    signed: int = 0
    last_record: str = ""

    @property
    def device(self) -> str:
        assert self.actor.device_id is not None
        return self.actor.device_id

    def number(self, letter: str) -> str:
        """The next number for people of this device."""
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        assert self.actor.device_code is not None
        return human_number(letter, self.actor.device_code, self.numbers[letter])

    def of_kind(self, kind: str) -> Iterator[Json]:
        """Rows of a kind, oldest first, each with its id."""
        return ({"id": key[1], **row} for key, row in self.rows.items() if key[0] == kind)

    def sync(
        self, operations: Sequence[tuple[str, tuple[str, str], Json, datetime]] = (), *, odd: bool = False
    ) -> None:
        """Send operations in batches, then pull whatever is new. `odd`: some of them are for the office to decide."""
        texts = [self._text(*operation) for operation in operations]
        size = LIMITS["push_operations"]
        for start in range(0, len(texts), size):
            self._push(texts[start : start + size], operations[start : start + size], odd=odd)
        self._pull()
        with unit():
            devices.saw(self.device, __version__, SCHEMA)

    def tell(self, free_mb: int, lacking: Sequence[str] = ()) -> None:
        """Say how it is, as after a departure check: all is sent; `lacking` names the lines that are not good."""
        said: dict[str, Any] = schemas.Report().load(
            {
                **{"app": __version__, "standalone": True, "persisted": True, "controlled": True, "free_mb": free_mb},
                **{"offset_ms": 0, "made_n": self.next_n - 1, "unsent": 0, "photos": 0, "photo_bytes": 0},
                **{"readiness": "doubtful" if lacking else "ready", "lacking": list(lacking)},
            }
        )
        with unit():
            devices.note_report(self.device, said)

    def _text(self, type_: str, entity: tuple[str, str], args: Json, at: datetime) -> str:
        value = {
            **{"id": clock.new_id(), "type": type_, "v": 1, "entity": list(entity), "base": self.head},
            **{"args": args, "at": wire_time(at), "mono": 0, "off": 0},
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def _push(self, texts: list[str], operations: Sequence[Any], *, odd: bool) -> None:
        asked = Push(self.epoch, self.device, self.resume, "demo", self.next_n, self.link, texts)
        answer = json.loads(push(self.actor, asked))
        if not odd:
            check(answer["results"], operations)
        for text in texts:
            self.link = chain.link_operation(self.link, text)
        self.next_n += len(texts)
        self.resume = answer["resume"]

    def _pull(self) -> None:
        more = True
        while more:
            asked = Pull(PROTOCOL, SCHEMA, self.epoch, self.device, self.cursor, LIMITS["pull_rows"], "demo")
            page = json.loads(pull(self.actor, asked))
            self._keep(page["changes"])
            self.cursor, self.epoch, self.head = page["cursor"], page["epoch"], page["head"]
            self.journal, more = page["journal"], page["more"]

    def _keep(self, changes: list[Json]) -> None:
        for change in changes:
            if change.get("del"):
                self.rows.pop((change["k"], change["id"]), None)
            elif "v" in change:
                self.rows[change["k"], change["id"]] = change["v"]

    def envelope(self, record: bytes) -> Json:
        """The flattened JWS of a record by this tablet's key (evidence.md 4.2)."""
        header = {"alg": "ES256", "typ": "singgah-signoff+json", "kid": self.jkt}
        protected, payload = _b64(json.dumps(header, separators=(",", ":")).encode()), _b64(record)
        r, s = decode_dss_signature(self.key.sign(f"{protected}.{payload}".encode(), ec.ECDSA(hashes.SHA256())))
        signature = _b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return {"payload": payload, "protected": protected, "signature": signature}


def enrolled(stage: Stage, sign_in: str, folder: Path) -> Tablet:
    """A new active tablet of the person, its key kept in `folder` for its owner alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    _keep_key(key, folder / f"{sign_in}.pem")
    person, device = stage.actor(sign_in), clock.new_id()
    jwk = _jwk(key)
    jkt = thumbprint(jwk)
    with unit():
        enrol(person, device, jwk, jkt, FACTS)
    with unit():
        made = identity.confirm(stage.actor("admin"), device)
        actor = person.through(device, made.kind, made.code)
    tablet = Tablet(stage, actor, key, jkt, link=chain.start(device), last_record=chain.start(device))
    tablet.sync()
    return tablet


def _keep_key(key: ec.EllipticCurvePrivateKey, path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


def _jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _b64(numbers.x.to_bytes(32, "big")),
        "y": _b64(numbers.y.to_bytes(32, "big")),
    }


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
