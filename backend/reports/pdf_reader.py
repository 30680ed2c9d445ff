"""pyHanko's strict reader, with the index of an object stream read once.

The library reads a stream's index from its beginning for each object in it, which takes minutes on a long report.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

INDEX_LIMIT = 400_000


class IndexedReader(PdfFileReader):
    """Strict; raises PdfReadError for whatever the library would not read either."""

    def __init__(self, data: bytes) -> None:
        self._indexes: dict[int, tuple[bytes, list[tuple[int, int]]]] = {}
        super().__init__(BytesIO(data), strict=True)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        data, index = self._index(stmnum)
        if not 0 <= idx < len(index) or index[idx][0] != idnum:
            raise PdfReadError(f"object {idnum} is not at its place in stream {stmnum}")
        stream = BytesIO(data)
        stream.seek(index[idx][1])
        found = generic.read_object(stream, generic.Reference(idnum, 0, self))
        if isinstance(found, (generic.StreamObject, generic.IndirectObject)):
            raise PdfReadError("an object stream holds an object of a forbidden kind")
        return found

    def _index(self, number: int) -> tuple[bytes, list[tuple[int, int]]]:
        if number not in self._indexes:
            self._indexes[number] = _read_index(generic.Reference(number, 0, self).get_object())
        return self._indexes[number]


def _read_index(stream: Any) -> tuple[bytes, list[tuple[int, int]]]:
    if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
        raise PdfReadError("an object stream is not one")
    count, first, data = int(stream["/N"]), int(stream["/First"]), stream.data
    if not 0 <= count <= INDEX_LIMIT or not 0 <= first <= len(data):
        raise PdfReadError("an object stream's index is out of range")
    numbers = [int(word) for word in data[:first].split()]
    if len(numbers) < 2 * count:
        raise PdfReadError("an object stream's index is too short")
    pairs = zip(numbers[: 2 * count : 2], numbers[1 : 2 * count : 2], strict=True)
    return data, [(number, first + offset) for number, offset in pairs]
