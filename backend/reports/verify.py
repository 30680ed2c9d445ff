"""Is this PDF the report that was sealed, and does it say what was signed? Offline, with nothing but a root.

The checks run in order and stop at the first that fails; whatever a library raises is a failure of that check,
never a traceback. `run_verify` is the command line's function; it works in a child process with limits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from cryptography import x509

from backend.reports.facts import DeviceStatement
from backend.reports.pdf_contents import (
    Inside,
    check_attachments,
    check_device_signature,
    check_enrolment,
    check_page,
    check_record,
)
from backend.reports.pdf_seal import Seal, check_coverage, check_seal, check_time_stamp
from backend.reports.pdf_structure import check_byte_range, check_file, check_one_signature, check_profile
from backend.reports.renderer import Renderer
from backend.reports.verification import CHECKS, Check, Failed, NotApplicable, State, Verification, skipped
from backend.signoff.record import SignoffRecord

T = TypeVar("T")

NOT_PROVEN = (
    "that the person who drew the signature is the person named: the engineer recorded the name",
    "the tablet's clock: only the bounds of time count, and they are the provider's own clock and time stamp",
    "that what the engineer recorded is true: only that it was recorded, shown and signed like this",
    "that no later revision exists: ask the address on the page",
)
OWN_ROOT = "independence from this installation: its own root was used; give --root for a root of your own"
NO_LOG = "that the provider keeps no second version: no transparency log at sealing"


class _Stopped(Exception):
    """A check failed; those after it are not made."""


class _Course:
    """Runs checks in order and keeps what each said."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def run(self, name: str, says: str, check: Callable[[], T]) -> T:
        try:
            found = check()
        except NotApplicable as reason:
            self.checks.append(Check(name, State.NOT_APPLICABLE, str(reason)))
            raise
        except Failed as fault:
            self._fail(name, str(fault))
            raise _Stopped from fault
        except Exception as fault:  # a library's opinion of a hostile file may take any form
            self._fail(name, f"cannot be read ({type(fault).__name__})")
            raise _Stopped from fault
        self.checks.append(Check(name, State.HOLDS, says))
        return found

    def not_applicable(self, name: str, because: str) -> None:
        self.checks.append(Check(name, State.NOT_APPLICABLE, because))

    def _fail(self, name: str, reason: str) -> None:
        self.checks.append(Check(name, State.FAILS, reason))

    def complete(self) -> tuple[Check, ...]:
        done = {check.name for check in self.checks}
        rest = [name for name in CHECKS if name not in done]
        return (*self.checks, *skipped(rest, "not checked, because a check before it fails"))


def verify_pdf(
    data: bytes,
    roots: Sequence[x509.Certificate],
    *,
    independent: bool = True,
    renderer: Renderer | None = None,
    crls: Sequence[x509.CertificateRevocationList] = (),
) -> Verification:
    """All checks on the bytes of a report.

    `roots` are pinned: nothing else is trusted. `independent` is False when they are the installation's own.
    With a `renderer` the page is printed again and compared. `crls` may add newer revocation lists.
    """
    course = _Course()
    facts: dict[str, str] = {}
    with suppress(_Stopped):
        facts = _checked(course, data, roots, renderer, crls)
    not_proven = (*NOT_PROVEN, NO_LOG, *(() if independent else (OWN_ROOT,)))
    return Verification(course.complete(), facts, not_proven)


def _checked(
    course: _Course,
    data: bytes,
    roots: Sequence[x509.Certificate],
    renderer: Renderer | None,
    crls: Sequence[x509.CertificateRevocationList],
) -> dict[str, str]:
    reader = course.run("file", "a PDF of permitted size", lambda: check_file(data))
    sealed = course.run(
        "one_signature", "one signature, nothing that runs", lambda: check_one_signature(data, reader)
    )
    course.run("byte_range", "the whole file is signed, in one spelling", lambda: check_byte_range(sealed))
    course.run("profile", "PAdES certification, no changes permitted", lambda: check_profile(sealed))
    seal = course.run(
        "seal", "valid, and its certificate leads to the pinned root", lambda: check_seal(sealed, roots, crls)
    )
    course.run("time_stamp", f"stamped {seal.stamped_at.isoformat()}", lambda: check_time_stamp(seal))
    course.run("coverage", "entire file, unmodified", lambda: check_coverage(sealed, seal))
    inside = course.run("attachments", "exactly those of the manifest", lambda: check_attachments(sealed))
    record = course.run("record", "keeps its law, documents complete", lambda: check_record(inside, seal))
    course.run(
        "device_signature", "the tablet signed this record", lambda: check_device_signature(inside, record)
    )
    device = course.run(
        "enrolment",
        "the key was that of this engineer's tablet",
        lambda: check_enrolment(inside, record, seal, roots),
    )
    with suppress(NotApplicable):  # kept by the course with its reason
        course.run(
            "page",
            "printed again from the file, the same bytes",
            lambda: check_page(sealed, inside, device, renderer),
        )
    course.not_applicable("log", "no transparency log at sealing")
    course.not_applicable("status", "offline: whether a later revision exists was not asked")
    return _facts(record, inside, device, seal)


def _facts(record: SignoffRecord, inside: Inside, device: DeviceStatement, seal: Seal) -> dict[str, str]:
    facts = inside.manifest["facts"]
    receipt = facts["receipt"]
    signer = next(
        (inside.json_of(name) for name in inside.files if name.startswith("document-signer-")), None
    )
    return {
        "report": f"{facts['number']}, revision {facts['revision']}" + (" (demo)" if facts["demo"] else ""),
        "client's electronic signature": f"{signer['name']}: {record.outcome}" if signer else record.outcome,
        "tablet's signature": f"{device.code} of {device.person_name}, key {record.jkt}",
        "company seal": f"{seal.organisation}, {seal.stamped_at.isoformat()}",
        "signed not before": receipt["anchor_at"] or "unknown",
        "signed not after": receipt["received_at"],
        "tablet's clock said": record.signed_at,
        "flags": ", ".join(receipt["flags"]) or "none",
        "record": record.sha256,
    }


def run_verify(path: Path, root: Path | None, as_json: bool, own_root: Path | None = None) -> int:
    """`singgah verify FILE [--root PEM] [--json]`: prints, and answers 0 or 10 to 29.

    Without `root` the installation's own is used (`own_root`, DATA_DIR/keys/root-certificate.pem), and the
    output says so.
    """
    from backend.reports.release_check import verify_in_child

    pinned = root or own_root
    if pinned is None or not pinned.is_file():
        print("No root to trust: give --root with the root certificate (PEM).")
        return CHECKS["seal"]
    verification = verify_in_child(path, pinned, independent=root is not None)
    print(json.dumps(verification.as_json(), indent=2) if as_json else verification.as_text())
    return verification.exit_code
