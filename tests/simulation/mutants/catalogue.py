"""All seeded bugs."""

from __future__ import annotations

from tests.simulation.mutants.law import LAW
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.mutants.photos import PHOTOS
from tests.simulation.mutants.server import SERVER
from tests.simulation.mutants.tablet import TABLET

MUTANTS: tuple[Mutant, ...] = (*LAW, *SERVER, *TABLET, *PHOTOS)


def named(name: str) -> Mutant:
    """KeyError for a name that is none."""
    return {mutant.name: mutant for mutant in MUTANTS}[name]
