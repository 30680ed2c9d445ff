"""Prints sample reports to look at: `python -m tests.backend.reports.samples FOLDER`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from backend.reports.building import build_view
from backend.reports.evidence import gather
from backend.reports.render import render_report
from backend.reports.renderer import Renderer
from tests.backend.reports.visits import full_visit


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Renderer() as renderer:
        for locale, photos in (("en", 6), ("ms", 2), ("zh", 0)):
            case = full_visit(locale, photos, demo=locale == "ms")
            evidence = gather(case.signed.envelope, case.signed.tablet.jwk, case.signed.documents)
            started = time.perf_counter()
            made = render_report(build_view(evidence, case.photos, case.facts), [], renderer)
            took = time.perf_counter() - started
            (folder / f"report-{locale}.pdf").write_bytes(made.pdf)
            print(f"{locale}: {made.pages} pages, {len(made.pdf):,} bytes, {took:.2f} s, {made.replaced}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
