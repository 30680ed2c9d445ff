"""How a tablet shows its own operations on clients, sites, contacts and assets (rule S21)."""

from collections.abc import Mapping
from typing import Final

from sync.operation import Operation
from sync.reducer import Changes, Reducer, Rows, Value, arguments, blank, create, key_of

_SITE: Final[Value] = {
    **blank("client client_name name address district region calendar access_notes opening_hours phone"),
    "rules": [],
    "sheet": {},
}
_CONTACT: Final[Value] = {
    **blank("name capacity email phone"),
    "language": "en",
    "may_sign": False,
    "active": True,
}
_ASSET: Final[Value] = {
    **blank("type tag serial maker model name place warranty_until end_of_support"),
    "stage": "in_service",
}


def client_of(op: Operation, rows: Rows) -> Value:
    """The client of the site that the operation names, where the tablet knows it."""
    return {"client": rows.get(f"site/{op.args.get('site')}", {}).get("client")}


def _create_client(op: Operation, _: Rows, __: str) -> Changes:
    """A tablet holds a client's name and nothing else of it."""
    return {key_of(op): {"name": op.args.get("name")}}


def _create_site(op: Operation, rows: Rows, person: str) -> Changes:
    """A site that was typed on the spot lies in the region where its engineer is based."""
    client = rows.get(f"client/{op.args.get('client')}", {})
    based = rows.get(f"person/{person}", {})
    known = {"client_name": client.get("name"), "region": based.get("base")}
    return {key_of(op): {**_SITE, **op.args, **known}}


def _move_asset(op: Operation, rows: Rows, _: str) -> Changes:
    row = rows.get(key_of(op))
    moved = {"site": op.args.get("site"), "place": op.args.get("place"), **client_of(op, rows)}
    return {} if row is None else {key_of(op): {**row, **moved}}


DIRECTORY_REDUCERS: Final[Mapping[str, Reducer]] = {
    "client.create": _create_client,
    "site.create": _create_site,
    "contact.create": create(_CONTACT, client_of),
    "asset.create": create(_ASSET, client_of),
    "asset.edit": arguments(),
    "asset.move": _move_asset,
    "asset.stage": arguments("stage"),
}
