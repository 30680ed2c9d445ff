"""The bytes and objects of a sealed PDF, read with our own eyes before any library's opinion counts.

A library says "valid" of a file with an annotation appended or its attachments replaced, so the shape is held
first: one signature, one gap, nothing after it, nothing that runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.reports.der import NotDer, first_element
from backend.reports.pdf_reader import IndexedReader
from backend.reports.verification import Failed

SIZE_LIMIT = 50 * 1024 * 1024
OBJECTS_LIMIT = 400_000
ATTACHMENT_LIMIT = 20 * 1024 * 1024

_BYTE_RANGE = re.compile(
    rb"/Contents <([0-9A-F]*)>\n/ByteRange \[0 ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9})\] *\n"
)
RUNS = frozenset(
    (
        *("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ResetForm", "/ImportData", "/Rendition"),
        *("/Movie", "/Sound", "/Hide", "/Named", "/SetOCGState", "/Trans", "/GoTo3DView", "/RichMediaExecute"),
        "/Thread",
    )
)
KEYS_THAT_RUN = frozenset(["/JS", "/AA", "/OpenAction", "/XFA", "/RichMediaContent", "/Encrypt"])


@dataclass
class Sealed:
    """An opened file: its bytes, its reader, and what walking through its objects found."""

    data: bytes
    reader: PdfFileReader
    signature: Any
    contents: bytes = b""
    files: dict[str, Any] = field(default_factory=dict)
    pictures: list[Any] = field(default_factory=list)


def check_file(data: bytes) -> PdfFileReader:
    """Size and head. The reader is strict."""
    if len(data) > SIZE_LIMIT:
        raise Failed(f"the file is larger than {SIZE_LIMIT // 1024**2} MB")
    if not data.startswith(b"%PDF-"):
        raise Failed("the file is not a PDF")
    reader = IndexedReader(data)
    if "/Encrypt" in reader.trailer:
        raise Failed("the file is encrypted")
    return reader


def check_one_signature(data: bytes, reader: PdfFileReader) -> Sealed:
    """One signature field with one signature, no other field, nothing that runs or fetches."""
    form = _at(reader.root, "/AcroForm")
    if form is None:
        raise Failed("the file carries no signature")
    listed = _at(form, "/Fields", [])
    if len(listed) != 1 or _at(listed[0], "/FT") != "/Sig" or "/Kids" in listed[0]:
        raise Failed("the form must have one field, a signature")
    if len(reader.embedded_signatures) != 1 or len(reader.embedded_regular_signatures) != 1:
        raise Failed("the file must carry exactly one signature")
    sealed = Sealed(data, reader, reader.embedded_signatures[0])
    _walk(sealed)
    return sealed


def check_byte_range(sealed: Sealed) -> None:
    """One gap in the signed bytes, filled by one signature in one spelling: upper-case hex of strict DER, then
    only the digit 0 to the reserved length."""
    found = list(_BYTE_RANGE.finditer(sealed.data))
    if len(found) != 1 or sealed.data.count(b"/ByteRange") != 1:
        raise Failed("the signed range is not written in the one permitted way")
    digits, before, after, rest = found[0].group(1), *(int(found[0].group(n)) for n in (2, 3, 4))
    start, end = found[0].start(1) - 1, found[0].end(1) + 1
    if (before, after) != (start, end) or after + rest != len(sealed.data):
        raise Failed("the signed range does not cover the whole file around the signature")
    if [int(n) for n in sealed.signature.byte_range] != [0, before, after, rest]:
        raise Failed("the signed range is read in two ways")
    sealed.contents = _only_der(digits)
    if sealed.signature.pkcs7_content.rstrip(b"\0") != sealed.contents.rstrip(b"\0"):
        raise Failed("the signature is read in two ways")


def _only_der(digits: bytes) -> bytes:
    if len(digits) % 2:
        raise Failed("the signature's hex is broken off")
    padded = bytes.fromhex(digits.decode("ascii"))
    try:
        content = first_element(padded)
    except NotDer as fault:
        raise Failed(f"the signature is not spelled in strict DER ({fault})") from fault
    if padded[len(content) :].strip(b"\0"):
        raise Failed("the signature is followed by something other than zeros")
    return content


def check_profile(sealed: Sealed) -> None:
    """PAdES, certifying, with no change permitted, and the validation data beside it."""
    value = sealed.signature.sig_object
    if _at(value, "/SubFilter") != "/ETSI.CAdES.detached" or _at(value, "/Filter") != "/Adobe.PPKLite":
        raise Failed("the signature is not a PAdES signature")
    references = _at(value, "/Reference", [])
    if len(references) != 1 or _at(references[0], "/TransformMethod") != "/DocMDP":
        raise Failed("the signature does not certify the document")
    if _at(references[0]["/TransformParams"], "/P") != 1:
        raise Failed("the certification permits changes")
    permissions = _at(sealed.reader.root, "/Perms", {})
    if list(permissions) != ["/DocMDP"] or permissions.raw_get("/DocMDP") != _field(sealed).raw_get("/V"):
        raise Failed("the document does not name this signature as its certification")
    if "/CRLs" not in _at(sealed.reader.root, "/DSS", {}):
        raise Failed("the revocation list is not inside")


def _field(sealed: Sealed) -> Any:
    return sealed.reader.root["/AcroForm"]["/Fields"][0]


def _at(value: Any, key: str, otherwise: Any = None) -> Any:
    """The value behind a key, references followed (pyHanko's own get() does not follow them)."""
    if key in value:
        return value[key]
    return otherwise


def _walk(sealed: Sealed) -> None:
    for value in _objects(sealed.reader):
        if isinstance(value, generic.DictionaryObject):
            _refuse_what_runs(value)
            if "/EF" in value:
                _keep_file(sealed, value)
            if _at(value, "/Subtype") == "/Image" and _at(value, "/Filter") == "/DCTDecode":
                sealed.pictures.append(value)


def _objects(reader: PdfFileReader) -> Iterator[Any]:
    """Everything that can be reached from the root, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, generic.IndirectObject):
            if (value.idnum, value.generation) in seen:
                continue
            seen.add((value.idnum, value.generation))
            if len(seen) > OBJECTS_LIMIT:
                raise Failed("the file has too many objects")
            value = value.get_object()  # type: ignore[no-untyped-call] # pyHanko types it half
        yield value
        if isinstance(value, generic.DictionaryObject):
            waiting.extend(value.raw_get(key) for key in value)
        elif isinstance(value, generic.ArrayObject):
            waiting.extend(value.raw_get(index) for index in range(len(value)))


def _refuse_what_runs(value: generic.DictionaryObject) -> None:
    if not KEYS_THAT_RUN.isdisjoint(value) or str(value.raw_get("/S") if "/S" in value else "") in RUNS:
        raise Failed("the file holds a script or an action")
    address = _at(value, "/URI")
    if address is not None and not str(address).startswith(("https://", "http://", "mailto:")):
        if isinstance(address, generic.DictionaryObject):
            return
        raise Failed("the file links to something that is not a web address")


def _keep_file(sealed: Sealed, specification: generic.DictionaryObject) -> None:
    name = str(_at(specification, "/UF") or _at(specification, "/F", ""))
    if name in sealed.files:
        raise Failed(f"two attachments are called {name}")
    sealed.files[name] = specification["/EF"]["/F"]


def file_bytes(sealed: Sealed, name: str) -> bytes:
    """One attachment. Raises Failed when it is missing or too large."""
    if name not in sealed.files:
        raise Failed(f"the attachment {name} is missing")
    data: bytes = sealed.files[name].data
    if len(data) > ATTACHMENT_LIMIT:
        raise Failed(f"the attachment {name} is too large")
    return data
