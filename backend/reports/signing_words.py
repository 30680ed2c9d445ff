"""The three signatures of a report in words. They are never mixed up: what the client drew, what the tablet
signed, and the seal that the company puts on the file."""

from __future__ import annotations

from collections.abc import Iterator

from backend.reports import drawings
from backend.reports.evidence import Evidence
from backend.reports.facts import Facts
from backend.reports.findings import Shelf
from backend.reports.phrasing import Phrasing
from backend.reports.view import Pair, Picture, Signature
from backend.reports.words import Words


class SigningWords:
    """Who signed what, when at the earliest and at the latest."""

    def __init__(
        self, evidence: Evidence, facts: Facts, words: Words, phrasing: Phrasing, shelf: Shelf
    ) -> None:
        self._evidence, self._record, self._facts = evidence, evidence.record, facts
        self._words, self._phrasing, self._shelf = words, phrasing, shelf
        self._signer = evidence.one("signer")

    def summary(self) -> str:
        """What the signature means; on the next line, who gave it."""
        signer = self._signer or {"name": "", "capacity": ""}
        who = ", ".join(part for part in (signer["name"], signer["capacity"]) if part)
        return "\n".join(part for part in (self._meaning(), who) if part)

    def signatures(self) -> tuple[Signature, ...]:
        return self._client(), self._device(), self._seal()

    def bounds(self) -> str:
        """Between the anchor's issue and the receipt; the tablet's own clock is only what it said."""
        receipt, moment = self._facts.receipt, self._phrasing.moment
        values = {"before": moment(receipt.received_at), "clock": moment(self._record.signed_at)}
        zone = self._phrasing.zone_name(receipt.received_at)
        if receipt.anchor_at is None:
            return f"{self._words.say('signed_before', **values)} ({zone})"
        return f"{self._words.say('signed_between', after=moment(receipt.anchor_at), **values)} ({zone})"

    def _meaning(self) -> str:
        meaning = self._words.say(f"signoff.{self._record.outcome}")
        if self._record.declined:
            return f"{meaning} ({self._words.say(f'reason.{self._record.declined}')})"
        return meaning

    def _client(self) -> Signature:
        say = self._words.say
        ink = self._ink()
        if ink is None or self._signer is None:
            text = say("sig.client.none", meaning=self._meaning())
            return Signature(say("sig.client"), text, None, tuple(self._pairs()))
        text = say("sig.client.text", name=self._signer["name"], meaning=self._meaning())
        if self._record.authorised is False:
            text = f"{text} {say('not_authorised')}"
        return Signature(say("sig.client"), text, ink, tuple(self._pairs()))

    def _ink(self) -> Picture | None:
        ink = self._evidence.one("ink")
        if ink is None:
            return None
        name = self._signer["name"] if self._signer else ""
        drawn = drawings.ink(ink["w"], ink["h"], ink["strokes"])
        return self._shelf.picture("ink.svg", drawn, self._words.say("sig.ink.alt", name=name))

    def _pairs(self) -> Iterator[Pair]:
        say = self._words.say
        if self._signer:
            yield Pair(say("signer"), self._signer["name"])
            if self._signer["capacity"]:
                yield Pair(say("capacity"), self._signer["capacity"])
            if self._signer["reference"]:
                yield Pair(say("reference"), self._signer["reference"])
        if self._record.identified_by:
            yield Pair(say("identified"), say(f"identified.{self._record.identified_by}"))
        reason = self._evidence.one("reason")
        if reason:
            told = [say(f"reason.{reason['code']}"), reason["text"]]
            yield Pair(say("declined_for"), " · ".join(part for part in told if part))

    def _device(self) -> Signature:
        device = self._facts.device
        text = self._words.say("sig.device.text", device=device.code, person=device.person_name)
        return Signature(self._words.say("sig.device"), text, None, ())

    def _seal(self) -> Signature:
        text = self._words.say("sig.seal.text", entity=self._facts.seal_name)
        return Signature(self._words.say("sig.seal"), text, None, ())
