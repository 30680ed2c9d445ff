"""What other people's programs, and our own offline one, say of a report. Words are read, not only exit codes."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.journeys.house import House
from tests.services.program import SINGGAH


def told(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, cwd=cwd, timeout=120
    )
    return done.stdout + done.stderr


def pdfsig(file: Path, root: Path, folder: Path) -> str:
    """With the root as the only thing that it trusts."""
    (folder / "nss").mkdir()
    made = told("certutil", "-N", "-d", "sql:nss", "--empty-password", cwd=folder)
    added = told("certutil", "-A", "-d", "sql:nss", "-n", "root", "-t", "CT,C,C", "-a", "-i", root, cwd=folder)
    assert (made, added) == ("", "")
    return told("pdfsig", "-nssdir", "nss", file, cwd=folder)


def embedded(file: Path, name: str, folder: Path) -> bytes:
    """One attachment's bytes."""
    told("pdfdetach", "-savefile", name, "-o", folder / name, file)
    return (folder / name).read_bytes()


def attachments(file: Path) -> list[str]:
    """Names in the PDF's order."""
    lines = told("pdfdetach", "-list", file).splitlines()[1:]
    return [line.split(": ", 1)[1] for line in lines]


def annotated(pdf: bytes, words: str) -> bytes:
    """The same bytes, and after them an incremental update that writes a note on the first page."""
    made: Any = generic
    update: Any = IncrementalPdfFileWriter(io.BytesIO(pdf))
    note = made.DictionaryObject()
    for name, value in (
        ("/Type", made.NameObject("/Annot")),
        ("/Subtype", made.NameObject("/FreeText")),
        ("/Contents", made.pdf_string(words)),
        ("/Rect", made.ArrayObject(made.NumberObject(at) for at in (50, 50, 300, 90))),
    ):
        note[made.NameObject(name)] = value
    page = update.root["/Pages"]["/Kids"][0]
    page[made.NameObject("/Annots")] = made.ArrayObject([*page.get("/Annots", []), update.add_object(note)])
    update.update_container(page)
    out = io.BytesIO()
    update.write(out)
    return out.getvalue()


def verify(house: House, file: Path) -> tuple[int, dict[str, Any]]:
    """`singgah verify --json` as a stranger runs it: the file and the root, no database, no network."""
    command = [SINGGAH, "verify", file, "--json", "--root", house.root_certificate]
    env = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(file.parent / "nothing-here")}
    done = subprocess.run(
        [str(word) for word in command], env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, said
