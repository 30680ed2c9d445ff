"""Verify a stored file anew, in another process, with nothing but a root: what lets a report go out.

`python -m backend.reports.release_check FILE --root PEM [--own] [--no-print]` writes the verification as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from cryptography import x509

from backend.reports.renderer import SOURCE, Renderer
from backend.reports.verification import Verification, failure
from backend.reports.verify import verify_pdf

CPU_SECONDS = 60
WALL_SECONDS = 120
MEMORY_BYTES = 3 * 1024**3


def verify_in_child(
    path: Path, root: Path, *, independent: bool = True, print_again: bool = True
) -> Verification:
    """The verification of a file by a process of its own; one that dies or hangs fails the check "file"."""
    command = [
        sys.executable,
        "-m",
        "backend.reports.release_check",
        str(path.resolve()),
        "--root",
        str(root.resolve()),
    ]
    command += [] if independent else ["--own"]
    command += [] if print_again else ["--no-print"]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(SOURCE)}
    if folder := os.environ.get("TMPDIR"):
        environment["TMPDIR"] = folder
    try:
        done = subprocess.run(
            command, capture_output=True, env=environment, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return failure("file", f"reading it took longer than {WALL_SECONDS} s")
    try:
        return Verification.from_json(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        return failure("file", f"the verifier stopped at a limit (status {done.returncode})")


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="release_check")
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--own", action="store_true", help="the root is the installation's own")
    parser.add_argument("--no-print", action="store_true", help="do not print the page again")
    given = parser.parse_args(words)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    verification = _verified(given.file, given.root, given.own, given.no_print)
    print(json.dumps(verification.as_json()))
    return verification.exit_code


def _verified(path: Path, root: Path, own: bool, no_print: bool) -> Verification:
    try:
        data = path.read_bytes()
        roots = x509.load_pem_x509_certificates(root.read_bytes())
    except (OSError, ValueError) as fault:
        return failure("file", f"cannot be read ({type(fault).__name__})")
    with nullcontext(None) if no_print else Renderer() as renderer:
        return verify_pdf(data, roots, independent=not own, renderer=renderer)


if __name__ == "__main__":
    sys.exit(main())
