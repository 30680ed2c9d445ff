"""Bring this checkout to where the program can run:   python3 -m backend.install.set_up [--tests] [--bundle]

--tests also installs what the tests need; --bundle also builds the tablet app.
"""

import sys

from backend.install import debian, environment, tablet
from backend.install.steps import ROOT, SetUpFailed, Step, alone, digest_of, side_by_side

FONTS = ROOT / "backend/install/fonts.py"


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
    _fonts("latin", "Latin fonts").do()


def _fonts(script: str, words: str) -> Step:
    """Latin comes from npm, Han from Debian: two steps, so that Han need not wait for npm."""
    python = environment.command("python")
    inputs = digest_of(
        FONTS, FONTS.with_suffix(".json"), ROOT / "requirements.lock", ROOT / "pwa/package-lock.json"
    )
    # The digest check of fonts.py is what makes the pointer; outputs are looked at through it.
    files = tuple(ROOT / "build/fonts" / name for name in FONT_FILES[script])
    return Step(
        f"fonts-{script}",
        words,
        inputs,
        lambda log: log.run(python, "-m", "backend.install.fonts", script),
        files,
    )


FONT_FILES = {
    "han": ("SinggahSansSC-Regular.woff2", "SinggahSansSC-Bold.woff2"),
    "latin": ("SinggahSans-Regular.woff2", "SinggahSans-Bold.woff2", "digests.json"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
