"""What every scene of the demonstration works with: the clock it may move, chance from one seed, people who act."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.core import clock
from backend.core.clock import SetClock
from backend.exchange import services as exchange
from backend.exchange.services import Ask
from backend.identity import services as identity
from backend.identity.services import Actor

SEED = "singgah-demo-1"
ACCEPTED = frozenset({"applied", "merged"})


class DemoFailed(RuntimeError):
    """An operation of the demonstration did not take effect. Nothing that the demo sends may be refused."""


@dataclass
class Stage:
    """`ids` maps ("site", "Senai plant") and the like to ids; `rows` holds what was said of them."""

    org: str
    time: SetClock
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - not for secrets
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def id(self, kind: str, name: str) -> str:
        """The id of a thing of the YAML files, made at first use."""
        if (kind, name) not in self.ids:
            self.ids[kind, name] = clock.new_id()
        return self.ids[kind, name]

    def actor(self, sign_in: str) -> Actor:
        return identity.actor_of(self.org, self.id("person", sign_in))

    def ask(self, actor: Actor, operations: Sequence[Ask], at: datetime | None = None) -> list[dict[str, Any]]:
        """Submit through the actor's server-side device; raises DemoFailed unless all take effect."""
        results = exchange.submit(actor, operations, base=exchange.head(self.org), at=at)
        check(results, operations)
        return results


def check(results: Sequence[Mapping[str, Any]], operations: Sequence[Any]) -> None:
    """Raises DemoFailed with the first operation that did not take effect."""
    for result, operation in zip(results, operations, strict=True):
        if result["status"] not in ACCEPTED:
            raise DemoFailed(f"{operation}: {dict(result)}")
