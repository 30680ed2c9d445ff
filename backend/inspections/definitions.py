"""Parsed definitions by digest. A digest names one definition for ever (checklists C9), so a parsed one never ages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.exchange.work import Work
from checklists import Definition, Item, parse_definition

KEPT = 128
"""Definitions kept parsed per process; the shipped library has 19."""


@dataclass(frozen=True)
class Pinned:
    """A definition with its items by id."""

    definition: Definition
    items: Mapping[str, Item]


class Shelf:
    """The most recently used definitions of this process, shared by its threads."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._parsed: OrderedDict[str, Pinned] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, digest: str) -> Pinned | None:
        """The definition, if it was parsed lately."""
        with self._lock:
            if digest in self._parsed:
                self._parsed.move_to_end(digest)
            return self._parsed.get(digest)

    def get(self, digest: str, plain: dict[str, Any]) -> Pinned:
        """The definition that `plain` spells; parsed once while it is in use."""
        return self.known(digest) or self._keep(digest, parse_definition(plain))

    def _keep(self, digest: str, definition: Definition) -> Pinned:
        pinned = Pinned(definition, {item.id: item for item in definition.items})
        with self._lock:
            self._parsed[digest] = pinned
            while len(self._parsed) > self._kept:
                self._parsed.popitem(last=False)
        return pinned


SHELF = Shelf(KEPT)


def pinned(work: Work, digest: str) -> Pinned | None:
    """The definition to which a run is pinned, None when the organisation has none of this digest.

    A digest that this process knows needs no question: that the organisation has it was seen when the run was added.
    """
    known = SHELF.known(digest)
    if known is not None:
        return known
    found = work.find("checklist", digest=digest)
    return SHELF.get(digest, found[0]["definition"]) if found else None
