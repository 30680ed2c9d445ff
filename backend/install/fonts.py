"""Make the fonts of reports and screens from packages:   han | all | record

han     Regular and Bold of Noto Sans SC from Debian's fonts-noto-cjk (unpacked, not installed), cut to
        GB 2312, level 1 of Big5 and Latin.
all     And Regular, SemiBold and Bold of Inter from its npm package: the variable files of four scripts, fixed
        at one weight each (a static font prints the same in every PDF reader) and joined into one file.
record  Write the digests of what lies in build/fonts into fonts.json, after a package or fontTools changed
        on purpose.

Reports are compared byte for byte, so the results are checked against fonts.json. Run by the environment's
Python:   .venv/bin/python -m backend.install.fonts all
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
POINTER = BUILD / "fonts"
KNOWN = Path(__file__).with_suffix(".json")

HAN_PACKAGE = "fonts-noto-cjk"
HAN_FOLDER = Path("usr/share/fonts/opentype/noto")
HAN_IN_COLLECTION = 2  # the order inside the collection is JP, KR, SC, TC, HK
HAN = ("Regular", "Bold")

INTER = "node_modules/@fontsource-variable/inter"
INTER_SCRIPTS = ("latin", "latin-ext", "greek", "vietnamese")
A_FIXED_TIME = 3_786_912_000  # 2024-01-01, in seconds since 1904 as fonts count
LATIN = {"Regular": 400, "SemiBold": 600, "Bold": 700}


class FontsFailed(Exception):
    """The fonts could not be made or are not the known ones; the message is one sentence."""


def main(words: list[str]) -> int:
    try:
        {"han": make_han, "all": make_all, "record": record}[words[0]]()
    except FontsFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def make_han() -> None:
    with tempfile.TemporaryDirectory() as place:
        source = _unpacked(Path(place))
        with ProcessPoolExecutor(len(HAN)) as pool:
            made = pool.map(_cut, [source] * len(HAN), HAN)
            _keep(
                HAN_PACKAGE,
                _han_version(),
                {f"SinggahSansSC-{weight}.woff2": data for weight, data in zip(HAN, made, strict=True)},
            )


def make_all() -> None:
    """Latin, and Han where `han` did not run ahead; only then does the pointer turn to them."""
    folder = _folder()
    if any(not (folder / f"SinggahSansSC-{weight}.woff2").exists() for weight in HAN):
        make_han()
    with ProcessPoolExecutor(len(LATIN)) as pool:
        made = dict(zip(LATIN, pool.map(_joined, LATIN.values()), strict=True))
    files = {f"SinggahSans-{name}.woff2": data for name, data in made.items()}
    _keep("inter", str(_inter()["version"]), files)
    _point_to(folder)


def record() -> None:
    """fonts.json names one set of digests for each version of each package; others' versions stay."""
    known = _known()
    for package, packaged, pattern in (
        (HAN_PACKAGE, _han_version(), "SinggahSansSC-*.woff2"),
        ("inter", str(_inter()["version"]), "SinggahSans-*.woff2"),
    ):
        known.setdefault(package, {})[packaged] = {
            path.name: _sha256(path.read_bytes()) for path in sorted(POINTER.glob(pattern))
        }
    KNOWN.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


# Han


def han_characters() -> set[int]:
    """Code points of GB 2312 (all rows) and of level 1 of Big5 (A440 to C67E), by Python's own codecs."""
    return set(_decoded("gb2312", range(0xA1, 0xF8))) | set(_decoded("big5", range(0xA4, 0xC7)))


def _decoded(codec: str, first_bytes: range) -> Iterator[int]:
    for first in first_bytes:
        for second in range(0x40, 0xFF):
            text = bytes((first, second)).decode(codec, errors="ignore")
            if len(text) == 1 and ord(text) > 0x7F:
                yield ord(text)


def _cut(source: Path, weight: str) -> bytes:
    options = subset.Options(flavor="woff2", font_number=HAN_IN_COLLECTION, hinting=False)
    options.layout_features = [
        "ccmp",
        "kern",
        "liga",
    ]  # with locl every character would bring its four regional twins
    font = subset.load_font(str(source / f"NotoSansCJK-{weight}.ttc"), options)
    cutter = subset.Subsetter(options)
    cutter.populate(
        unicodes={*han_characters(), *range(0x20, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2122, 0x2713}
    )
    cutter.subset(font)
    return _saved(font)


def _unpacked(place: Path) -> Path:
    """The folder with the collections: the installed one, else from a package fetched into `place`."""
    installed = Path("/") / HAN_FOLDER
    if all((installed / f"NotoSansCJK-{weight}.ttc").exists() for weight in HAN):
        return installed
    _run("apt-get", "-q", "download", HAN_PACKAGE, cwd=place)
    [package] = place.glob(f"{HAN_PACKAGE}_*.deb")
    _run("dpkg-deb", "-x", package.name, ".", cwd=place)
    return place / HAN_FOLDER


def _han_version() -> str:
    """The version installed here, or else the one that apt would fetch."""
    ask = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", HAN_PACKAGE]
    installed = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split()
    if installed[:1] == ["installed"]:
        return installed[1]
    lines = _run("apt-cache", "show", "--no-all-versions", HAN_PACKAGE, cwd=ROOT).splitlines()
    return next(line.removeprefix("Version: ") for line in lines if line.startswith("Version: "))


def _run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FontsFailed(
            f"`{' '.join(command)}` ended with {done.returncode} (apt-get update?): {done.stderr[-400:]}"
        )
    return done.stdout


# Latin


def _joined(weight: int) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        parts = [_fixed(script, weight, Path(place)) for script in INTER_SCRIPTS]
        return _saved(Merger().merge([str(part) for part in parts]))


def _fixed(script: str, weight: int, place: Path) -> Path:
    variable = TTFont(ROOT / "pwa" / INTER / f"files/inter-{script}-wght-normal.woff2", recalcTimestamp=False)
    static = instancer.instantiateVariableFont(variable, {"wght": weight})
    static.flavor = None
    path = place / f"{script}.ttf"
    static.save(path)
    return path


def _inter() -> dict[str, Any]:
    lock: dict[str, Any] = json.loads((ROOT / "pwa/package-lock.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = lock["packages"][INTER]
    return found


# Both


def _saved(font: TTFont) -> bytes:
    """As WOFF2, without the time of making in it."""
    font.flavor = "woff2"
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created = A_FIXED_TIME
    with tempfile.TemporaryFile() as out:
        font.save(out)
        out.seek(0)
        return out.read()


def _keep(package: str, packaged: str, made: dict[str, bytes]) -> None:
    """Check against fonts.json, then put into the folder of these inputs."""
    digests = {name: _sha256(data) for name, data in made.items()}
    expected = _known().get(package, {}).get(packaged)
    if expected is not None and expected != digests:
        raise FontsFailed(
            f"the fonts made from {package} {packaged} are not those of backend/install/fonts.json: {digests}"
        )
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    _note(folder, package, packaged, digests, known=expected is not None)


def _folder() -> Path:
    """Named by all that the bytes depend on: other inputs, other folder."""
    edition = (version("fonttools"), version("brotli"), _han_version(), str(_inter()["integrity"]))
    parts = (Path(__file__).read_text(encoding="utf-8"), *edition)
    return BUILD / f"fonts-{_sha256(chr(0).join(parts).encode())[:16]}"


def _note(folder: Path, package: str, packaged: str, digests: dict[str, str], known: bool) -> None:
    """digests.json beside the fonts: {"files": {name: sha256}, "made_from": {package: {version, known}}}."""
    page = folder / "digests.json"
    held = json.loads(page.read_text(encoding="utf-8")) if page.exists() else {"files": {}, "made_from": {}}
    held["files"].update(digests)
    held["made_from"][package] = {"version": packaged, "known": known}
    page.write_text(json.dumps(held, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _point_to(folder: Path) -> None:
    """Swap the link in one move, so that a running program never finds it missing."""
    fresh = BUILD / "fonts.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(POINTER)


def _known() -> dict[str, dict[str, dict[str, str]]]:
    known: dict[str, dict[str, dict[str, str]]] = (
        json.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else {}
    )
    return known


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
