"""From plain JSON values to a Definition, or every fault with its path (rules C1, C2, C12)."""

from __future__ import annotations

from checklists.conditions import Scope
from checklists.definition import KINDS, MAX_BYTES, MAX_ITEMS, MAX_SECTIONS, Definition, Section
from checklists.digest import canonical_bytes
from checklists.faults import InvalidDefinition
from checklists.items import read_item
from checklists.reader import Reader, under
from checklists.yaml_form import load_yaml

__all__ = ["load_yaml", "parse_definition"]


def parse_definition(raw: object) -> Definition:
    """Read a plain form. Raises InvalidDefinition with every fault; the size is judged last, alone."""
    reader = Reader()
    definition = _definition(reader, raw)
    if not reader.faults and len(canonical_bytes(raw)) > MAX_BYTES:
        reader.fault("", "too_large")
    if reader.faults or definition is None:
        raise InvalidDefinition(reader.faults)
    return definition


def _definition(reader: Reader, raw: object) -> Definition | None:
    fields = reader.fields(raw, "", ("format", "id", "title", "kind", "sections"), ("note", "applies_to", "references"))
    if fields is None:
        return None
    if "format" in fields and (isinstance(fields["format"], bool) or fields["format"] != 1):
        reader.fault("format", "unsupported_format")
    sections = _sections(reader, fields["sections"]) if "sections" in fields else ()
    return Definition(
        id=reader.take(fields, "id", "", reader.id, ""),
        title=reader.take(fields, "title", "", reader.labels, {}),
        note=reader.take(fields, "note", "", reader.note, None),
        kind=reader.take(fields, "kind", "", lambda raw, at: reader.one_of(raw, at, KINDS), ""),
        asset_types=reader.take(fields, "applies_to", "", lambda raw, at: _asset_types(reader, raw, at), None),
        references=reader.take(fields, "references", "", reader.references, ()),
        sections=sections,
        items=tuple(item for section in sections for item in section.items),
    )


def _asset_types(reader: Reader, raw: object, path: str) -> tuple[str, ...] | None:
    fields = reader.fields(raw, path, ("asset_types",))
    if not fields:
        return None
    at = under(path, "asset_types")
    return tuple(reader.id(entry, where) for entry, where in reader.entries(fields["asset_types"], at, 50))


def _sections(reader: Reader, raw: object) -> tuple[Section, ...]:
    entries = reader.entries(raw, "sections", MAX_SECTIONS)
    if _count_items(raw) > MAX_ITEMS:
        reader.fault("sections", "too_many_items")
        return ()
    scope = Scope(_written_ids(raw))
    seen: set[str] = set()
    return tuple(_section(reader, entry, path, scope, seen) for entry, path in entries)


def _section(reader: Reader, raw: object, path: str, scope: Scope, seen: set[str]) -> Section:
    fields = reader.fields(raw, path, ("id", "title", "items"), ("note",)) or {}
    name = reader.take(fields, "id", path, reader.id, "")
    if name and name in seen:
        reader.fault(under(path, "id"), "duplicate_id")
    seen.add(name)
    entries = reader.entries(fields["items"], under(path, "items"), MAX_ITEMS) if "items" in fields else []
    return Section(
        id=name,
        title=reader.take(fields, "title", path, reader.labels, {}),
        note=reader.take(fields, "note", path, reader.note, None),
        items=tuple(item for entry, at in entries if (item := read_item(reader, entry, at, scope)) is not None),
    )


def _count_items(raw: object) -> int:
    sections = raw if isinstance(raw, list) else []
    return sum(len(_items_of(section)) for section in sections)


def _written_ids(raw: object) -> frozenset[str]:
    sections = raw if isinstance(raw, list) else []
    items = [item for section in sections for item in _items_of(section) if isinstance(item, dict)]
    return frozenset(item["id"] for item in items if isinstance(item.get("id"), str))


def _items_of(section: object) -> list[object]:
    items = section.get("items") if isinstance(section, dict) else None
    return items if isinstance(items, list) else []
