"""What the long proof consists of: parts, each cut into pieces that run alone and are remembered when they are done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.mutants.catalogue import MUTANTS
from tests.simulation.sweep import SCENARIOS

PYTHON = sys.executable
HISTORIES, HISTORIES_OF_A_PIECE = 20_000, 500
KILLS, KILLS_OF_A_PIECE = 500, 25
FAILOVERS, FAILOVERS_OF_A_PIECE = 50, 5
FUZZ, FUZZ_OF_A_PIECE = 20, 1
"""Runs of the fuzzer with other seeds, each of tests/fuzz's long profile."""


@dataclass(frozen=True)
class Piece:
    """One command that ends with 0 when nothing was wrong. `name` is unique over all parts."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """`words` say what it proves."""

    name: str
    words: str
    pieces: tuple[Piece, ...]


def parts() -> list[Part]:
    """In the order in which they run: the quick ones first."""
    return [
        Part("model", "the small model: every interleaving of few acts and faults", tuple(_model())),
        Part("kill", "web and database processes die at any moment", tuple(_kills())),
        Part("failover", "a standby that lags takes over; tablets give back what is missing", tuple(_failovers())),
        Part("fuzz", "hostile bytes at every door of a tablet", tuple(_fuzz())),
        Part("sweep", "small days of work, broken once at every transaction, request and statement", tuple(_sweep())),
        Part("mutants", "every seeded bug is caught by an oracle that says why", tuple(_mutants())),
        Part("histories", f"{HISTORIES:,} simulated histories", tuple(_histories())),
    ]


def _histories() -> Iterator[Piece]:
    for first in range(1, HISTORIES + 1, HISTORIES_OF_A_PIECE):
        words = ("--seeds", str(HISTORIES_OF_A_PIECE), "--first-seed", str(first), "--json")
        last = first + HISTORIES_OF_A_PIECE - 1
        yield Piece(f"histories {first} to {last}", (PYTHON, "-m", "tests.simulation", *words))


def _sweep() -> Iterator[Piece]:
    for name in SCENARIOS:
        yield Piece(f"crashes of {name}", (PYTHON, "-m", "tests.simulation", "--sweep", "--scenario", name))


def _model() -> Iterator[Piece]:
    model = (PYTHON, "-m", "tests.simulation.small_model", "--json")
    yield Piece("every day of the small model", model)
    yield Piece("every broken protocol is found", (*model, "--broken"))


def _mutants() -> Iterator[Piece]:
    for mutant in MUTANTS:
        words = ("--only", mutant.name, "--json")
        yield Piece(f"mutant {mutant.name}", (PYTHON, "-m", "tests.simulation.mutants", *words))


def _kills() -> Iterator[Piece]:
    for seed in range(1, KILLS // KILLS_OF_A_PIECE + 1):
        words = ("--kills", str(KILLS_OF_A_PIECE), "--seed", str(seed), "--json")
        yield Piece(f"kills of seed {seed}", (PYTHON, "-m", "tests.kill", *words))


def _failovers() -> Iterator[Piece]:
    for seed in range(1, FAILOVERS + 1, FAILOVERS_OF_A_PIECE):
        words = ("--failovers", str(FAILOVERS_OF_A_PIECE), "--seed", str(seed), "--json")
        yield Piece(f"fail-overs of seed {seed}", (PYTHON, "-m", "tests.kill", *words))


def _fuzz() -> Iterator[Piece]:
    for seed in range(1, FUZZ + 1):
        words = ("tests/fuzz", "-q", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}", "--hypothesis-profile=long")
        yield Piece(f"fuzzer, seed {seed}", (PYTHON, "-m", "pytest", *words))
