"""A report of an import in sentences, for the command line and the console."""

from __future__ import annotations

from collections import Counter

from backend.rescue.importing import Report

OUTCOMES = {
    "applied": "took effect",
    "merged": "took effect beside other changes",
    "conflict": "took effect and contradicts another value: somebody decides",
    "held": "wait for somebody to look at them",
    "rejected": "were refused; their bytes are kept",
}
WHY = {
    "rescue_gap": "something before them is missing",
    "rescue_mismatch": "their numbers are taken by other operations of this tablet",
    "rescue_unsigned": "the tablet could not sign the file",
}


def lines_of(report: Report) -> list[str]:
    """New, already there, refused; what was missing in the file itself."""
    new = Counter(result["status"] for result in report.operations.new.values())
    beside = Counter(result["code"] for result in report.operations.beside.values())
    photos = {name: len(digests) for name, digests in report.photos.items()}
    said = [f"From tablet {report.code}, made {report.made_at or 'at an unknown time'} by its clock."]
    said += [f"{number} operations {OUTCOMES[status]}." for status, number in sorted(new.items())]
    said += [f"{number} operations wait for somebody to look at them: {WHY[code]}." for code, number in beside.items()]
    said += [f"{len(report.operations.already)} operations were here already."]
    said += [f"{photos['new']} photos and documents are new, {photos['already']} were here already."]
    if photos["refused"]:
        why = "not a kind of file, a size or a visit that is taken"
        said.append(f"{photos['refused']} photos and documents were refused: {why}.")
    if report.unreadable:
        said.append(f"{report.unreadable} records on the tablet could not be read any more and are not in the file.")
    if report.damage:
        said.append(f"The file is damaged: {report.damage}. What came before that is in; what came behind is not.")
    return said
