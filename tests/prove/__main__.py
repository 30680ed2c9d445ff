"""The long proof:   python -m tests.prove [--only PART …] [--abreast N] [--anew] [--list]

Every piece that is done is written to build/prove/state.json and not done again, until the tree changes: stop it with
Ctrl-C at any time and start it again. What a piece said lies beside the state. A piece that fails stops nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from backend.install.steps import ROOT
from backend.install.suite import NOT_FOR_TESTS
from tests.prove.parts import Part, Piece, parts
from tests.prove.state import State, tree

FOLDER = ROOT / "build" / "prove"


def main(words: list[str] | None = None) -> int:
    asked = _asked(words)
    chosen = [part for part in parts() if not asked.only or part.name in asked.only]
    if asked.list:
        print("\n".join(f"{part.name:10} {len(part.pieces):3} pieces: {part.words}" for part in chosen))
        return 0
    state = State.read(FOLDER / "state.json", tree(), anew=asked.anew)
    try:
        for part in chosen:
            prove(part, state, asked.abreast)
    except KeyboardInterrupt:
        print(f"\nStopped. Go on with the same words; {state.count} pieces are done.", file=sys.stderr)
        return 130
    print("\n" + "\n".join(_summary(part, state) for part in chosen))
    return 0 if all(state.is_well(piece.name) for part in chosen for piece in part.pieces) else 1


def prove(part: Part, state: State, abreast: int) -> None:
    """Do what is left of a part, `abreast` pieces at a time, and say how far it is."""
    left = [piece for piece in part.pieces if not state.is_well(piece.name)]
    before = f"{len(part.pieces) - len(left)} of {len(part.pieces)} done before"
    print(f"\n== {part.name}: {part.words} ({before})", flush=True)
    begun, done = time.monotonic(), 0
    with ThreadPoolExecutor(abreast) as pool:
        under_way = {pool.submit(run, piece): piece for piece in left}
        try:
            for future in as_completed(under_way):
                piece, (status, seconds) = under_way[future], future.result()
                state.note(piece.name, status, seconds)
                done += 1
                rest = (time.monotonic() - begun) / done * (len(left) - done)
                word = "well" if status == 0 else f"ENDED WITH {status}, see {_said(piece)}"
                print(f"{piece.name}: {word} ({seconds:.0f} s; about {rest / 60:.0f} min left)", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def run(piece: Piece) -> tuple[int, float]:
    """The status of the piece's command, and its seconds."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
    begun = time.monotonic()
    with _said(piece).open("wb") as out:
        status = subprocess.run(piece.command, cwd=ROOT, env=env, stdout=out, stderr=out, check=False).returncode
    return status, time.monotonic() - begun


def _said(piece: Piece) -> Path:
    return FOLDER / f"{piece.name.replace(' ', '-').replace(',', '')}.said"


def _summary(part: Part, state: State) -> str:
    well = sum(state.is_well(piece.name) for piece in part.pieces)
    seconds = sum(state.seconds(piece.name) for piece in part.pieces)
    return f"{part.name}: {well} of {len(part.pieces)} pieces well, {seconds / 60:.0f} min"


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="prove", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    names = [part.name for part in parts()]
    parser.add_argument("--only", nargs="+", choices=names, metavar="PART", help=f"one of {', '.join(names)}")
    parser.add_argument("--abreast", type=int, default=1, help="pieces at a time")
    parser.add_argument("--anew", action="store_true", help="forget what was done")
    parser.add_argument("--list", action="store_true", help="name the parts and stop")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
