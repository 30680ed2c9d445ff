"""The rules of PDF/A-3a that we can check ourselves; the claim is worded "made to PDF/A-3a" for that reason."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from backend.reports.pdf_reader import IndexedReader
from backend.reports.pdf_structure import _objects
from tests.backend.reports.conftest import Workshop
from tests.backend.reports.visits import picture


def dictionaries(reader: IndexedReader) -> Iterator[Any]:
    for value in _objects(reader):
        if isinstance(value, generic.DictionaryObject):
            yield value


def of(value: Any, key: str) -> Any:
    """The value behind a key, references followed, as pyHanko's own get() does not."""
    if key in value:
        return value[key]
    return None


def xmp(reader: IndexedReader) -> str:
    return str(reader.root["/Metadata"].data.decode()) if "/Metadata" in reader.root else ""


def names_its_part(reader: IndexedReader) -> bool:
    """ISO 19005-3 6.6.4: part 3, conformance A, in XMP."""
    text = xmp(reader)
    return bool(re.search(r'part\W+3\b', text)) and bool(re.search(r"conformance\W+A\b", text))


def has_an_output_intent(reader: IndexedReader) -> bool:
    """6.2.3: a destination profile for device colours."""
    intents = of(reader.root, "/OutputIntents") or []
    return any("/DestOutputProfile" in intents[n] for n in range(len(intents)))


def is_tagged_with_a_language(reader: IndexedReader) -> bool:
    """6.7: marked, with a structure tree and a language."""
    marked = of(of(reader.root, "/MarkInfo") or {}, "/Marked")
    return bool(marked) and "/StructTreeRoot" in reader.root and bool(of(reader.root, "/Lang"))


def embeds_every_font(reader: IndexedReader) -> bool:
    """6.2.11.4: each font's program is inside."""
    described = [v for v in dictionaries(reader) if of(v, "/Type") == "/FontDescriptor"]
    simple = [
        v
        for v in dictionaries(reader)
        if of(v, "/Type") == "/Font" and of(v, "/Subtype") not in ("/Type0", "/Type3")
    ]
    files = ("/FontFile", "/FontFile2", "/FontFile3")
    return bool(described) and all(any(f in v for f in files) for v in described) and all(
        "/FontDescriptor" in v for v in simple
    )


def interpolates_nothing(reader: IndexedReader) -> bool:
    """6.2.8: an image's Interpolate is false or absent."""
    images = [v for v in dictionaries(reader) if of(v, "/Subtype") == "/Image"]
    return not any(bool(of(v, "/Interpolate")) for v in images)


def relates_every_file(reader: IndexedReader) -> bool:
    """6.8: each embedded file has a relationship, a type, and is associated with the document."""
    files = [v for v in dictionaries(reader) if "/EF" in v]
    associated = of(reader.root, "/AF") or []
    return (
        bool(files)
        and len({associated.raw_get(n).idnum for n in range(len(associated))}) == len(files)
        and all("/AFRelationship" in v and "/UF" in v and "/Subtype" in v["/EF"]["/F"] for v in files)
    )


def groups_name_their_colours(reader: IndexedReader) -> bool:
    """6.2.10: a transparency group of a page names its colour space, or the output intent gives it."""
    pages = [v for v in dictionaries(reader) if of(v, "/Type") == "/Page" and "/Group" in v]
    return all("/CS" in v["/Group"] for v in pages)


def runs_nothing(reader: IndexedReader) -> bool:
    """6.5 and 6.6.1: no script and no action beyond links."""
    actions = {str(of(v, "/S")) for v in dictionaries(reader) if "/S" in v}
    return actions.isdisjoint({"/JavaScript", "/Launch", "/Sound", "/Movie"}) and "/AA" not in reader.root


def has_an_identifier_and_no_encryption(reader: IndexedReader) -> bool:
    """6.1.3: a file identifier in the trailer, and no Encrypt."""
    return "/ID" in reader.trailer and "/Encrypt" not in reader.trailer


def uses_permitted_filters(reader: IndexedReader) -> bool:
    """6.1.7: no LZW, no Crypt, no data in other files."""
    streams = [v for v in dictionaries(reader) if isinstance(v, generic.StreamObject)]
    return not any("LZW" in str(of(v, "/Filter")) or "Crypt" in str(of(v, "/Filter")) or "/F" in v for v in streams)


RULES: list[Callable[[IndexedReader], bool]] = [
    names_its_part,
    has_an_output_intent,
    is_tagged_with_a_language,
    embeds_every_font,
    interpolates_nothing,
    relates_every_file,
    groups_name_their_colours,
    runs_nothing,
    has_an_identifier_and_no_encryption,
    uses_permitted_filters,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sealed_report_keeps_the_rule(workshop: Workshop, rule: Callable[[IndexedReader], bool]) -> None:
    assert rule(IndexedReader(workshop.full))


@pytest.fixture(scope="module")
def careless() -> IndexedReader:
    """A PDF of the same library made without our care: smoothed picture, no intent, no tags, an attachment bare."""
    import base64

    jpeg = base64.b64encode(picture(1, (64, 48))).decode()
    page = f'<p>x</p><img alt="x" src="data:image/jpeg;base64,{jpeg}">'
    fonts = FontConfiguration()
    pdf = HTML(string=page).render(stylesheets=[CSS(string="p{color:red}", font_config=fonts)], font_config=fonts)  # type: ignore[call-arg] # our stub lists what the product uses
    return IndexedReader(pdf.write_pdf(pdf_version="1.7", uncompressed_pdf=False))  # type: ignore[call-arg] # our stub lists what the product uses


BROKEN = [names_its_part, has_an_output_intent, is_tagged_with_a_language, interpolates_nothing, relates_every_file]


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_the_rule_sees_a_careless_file(careless: IndexedReader, rule: Callable[[IndexedReader], bool]) -> None:
    assert not rule(careless)


class Stub:
    """As much of a reader as a rule looks at."""

    def __init__(self, root: dict[str, Any], trailer: dict[str, Any] | None = None) -> None:
        name = generic.pdf_name
        self.root = generic.DictionaryObject({name(k): v for k, v in root.items()})
        self.trailer = trailer or {}


def pdf_dictionary(**members: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({generic.pdf_name(f"/{key}"): value for key, value in members.items()})


NAME = generic.pdf_name


@pytest.mark.parametrize(
    ("rule", "reader"),
    [
        (embeds_every_font, Stub({"/X": pdf_dictionary(Type=NAME("/FontDescriptor"))})),
        (groups_name_their_colours, Stub({"/X": pdf_dictionary(Type=NAME("/Page"), Group=pdf_dictionary())})),
        (runs_nothing, Stub({"/X": pdf_dictionary(S=NAME("/JavaScript"))})),
        (has_an_identifier_and_no_encryption, Stub({}, {"/ID": 1, "/Encrypt": 1})),
        (has_an_identifier_and_no_encryption, Stub({})),
        (
            uses_permitted_filters,
            Stub({"/X": generic.StreamObject(pdf_dictionary(Filter=NAME("/LZWDecode")), encoded_data=b"")}),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_rule_sees_a_broken_object(rule: Callable[[Any], bool], reader: Stub) -> None:
    assert not rule(reader)


def test_metadata_names_title_language_and_issuer(workshop: Workshop) -> None:
    reader = IndexedReader(workshop.full)
    assert reader.root["/Lang"] == "en"
    assert "Service visit report V-7K3-9" in xmp(reader)
    assert "Tanjong IT Services Pte Ltd" in xmp(reader)
    assert io.BytesIO(workshop.full).read(8) == b"%PDF-1.7"
