"""Parsed definitions by digest. A digest names one definition for ever (checklists C9), so a parsed one never ages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from backend.exchange.work import Work
from checklists import Definition, Item, parse_definition

KEPT = 128
"""Definitions kept parsed per process; the shipped library has 19."""


class Shelf:
    """The most recently used definitions of this process, shared by its threads."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._parsed: OrderedDict[str, Definition] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str, plain: dict[str, Any]) -> Definition:
        """The definition that `plain` spells; parsed once while it is in use."""
        with self._lock:
            if digest in self._parsed:
                self._parsed.move_to_end(digest)
                return self._parsed[digest]
        parsed = parse_definition(plain)
        with self._lock:
            self._parsed[digest] = parsed
            while len(self._parsed) > self._kept:
                self._parsed.popitem(last=False)
        return parsed


SHELF = Shelf(KEPT)


def pinned(work: Work, digest: str) -> Definition | None:
    """The published or retired definition of this digest, None when the organisation has none."""
    found = work.find("checklist", digest=digest)
    return SHELF.get(digest, found[0]["definition"]) if found else None


def item_of(definition: Definition, item: str) -> Item | None:
    return next((one for one in definition.items if one.id == item), None)
