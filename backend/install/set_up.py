"""Bring this checkout to where the program can run:   python3 -m backend.install.set_up [--tests] [--bundle]

--tests also installs what the tests need; --bundle also builds the tablet app.
"""

import json
import sys

from backend.install import debian, environment, tablet
from backend.install.steps import ROOT, Log, SetUpFailed, Step, alone, digest_of, side_by_side

FONTS = ROOT / "backend/install/fonts.py"
KNOWN_FONTS = ROOT / "backend/install/fonts.json"
MADE_FONTS = ROOT / "build/fonts"
OUTPUTS = {
    "han": (),
    "all": tuple(
        MADE_FONTS / f"Singgah{name}.woff2"
        for name in ("Sans-Regular", "Sans-SemiBold", "Sans-Bold", "SansSC-Regular", "SansSC-Bold")
    ),
}


def main(words: list[str]) -> int:
    try:
        with alone():
            set_up(with_tests="--tests" in words)
            if "--bundle" in words:
                tablet.bundle().do()
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def set_up(with_tests: bool) -> None:
    """What the program needs first; the packages of the tests, which are large, beside the rest."""
    debian.install("debian-product", "Debian packages", debian.needed_by_product())
    if with_tests:
        side_by_side(_test_packages, _project)
        tablet.packages(tablet.PWA / "openapi").do()
    else:
        _project()


def _test_packages() -> None:
    debian.install("debian-tests", "Debian packages for the tests", debian.TESTS)


def _project() -> None:
    environment.make()
    side_by_side(tablet.packages().do, _fonts("han", "Chinese fonts").do)
    _fonts("all", "Latin fonts").do()
    _say_which_fonts_are_new()


def _fonts(script: str, words: str) -> Step:
    """Latin comes from npm, Han from Debian: Han runs ahead, beside npm; `all` makes what is missing."""
    lock = environment.LOCK.read_text(encoding="utf-8")
    tools = (environment.lines_of("fonttools", lock), environment.lines_of("brotli", lock))
    inputs = digest_of(FONTS, KNOWN_FONTS, *tools, tablet.integrity_of("@fontsource-variable/inter"))

    def work(log: Log) -> None:
        log.run(environment.command("python"), "-m", "backend.install.fonts", script)

    return Step(f"fonts-{script}", words, inputs, work, OUTPUTS[script])


def _say_which_fonts_are_new() -> None:
    """Another Debian brings another edition of a font: everything works, but reports differ in their bytes."""
    made_from = json.loads((MADE_FONTS / "digests.json").read_text(encoding="utf-8"))["made_from"]
    for package, made in made_from.items():
        if not made["known"]:
            print(
                f"  {package} {made['version']} is not in backend/install/fonts.json: "
                "reports made here will not be the same bytes as elsewhere",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
