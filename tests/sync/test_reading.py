"""Whatever arrives, the readers give a value or a named refusal, never another exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import canonical, chain, feed, strict_json
from sync.operation import Invalid, Operation, parse_operation

ANY_TEXT = st.text(st.characters(), max_size=60)
JSONISH = st.text(st.sampled_from('{}[]":,\\u0123abnft.eE+- \n\x00\ud800é中'), max_size=60)
GOOD_TEXT = ANY_TEXT.filter(lambda text: canonical.text_fault(text) is None)
WHOLE = st.integers(-strict_json.LARGEST, strict_json.LARGEST)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | GOOD_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(GOOD_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(ANY_TEXT | JSONISH)
def test_any_text_is_a_value_or_a_named_refusal(text: str) -> None:
    try:
        value = strict_json.read(text)
    except strict_json.NotStrict as refusal:
        assert refusal.reason in {"syntax", "depth", "duplicate_key", "number", "nul", "surrogate"}
    else:
        assert json.loads(text) == value


@given(st.binary(max_size=60) | JSONISH.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_canonical_or_a_named_refusal(data: bytes) -> None:
    try:
        value = canonical.read(data)
    except canonical.NotCanonical as refusal:
        assert refusal.reason
    else:
        assert canonical.write(value) == data


@given(VALUES)
def test_what_was_written_reads_back_as_itself(value: object) -> None:
    assert canonical.read(canonical.write(value)) == value


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', "[1.5]", "[NaN]", "[1", '["\\u0000"]', "[" * 17 + "1.5"])
def test_a_refused_text_is_not_kept_by_its_own_refusal(text: str) -> None:
    with pytest.raises(strict_json.NotStrict) as refused:
        strict_json.read(text)

    assert refused.value.__cause__ is not refused.value


@given(ANY_TEXT | JSONISH)
def test_any_string_is_an_operation_or_invalid(text: str) -> None:
    assert isinstance(parse_operation(text), Invalid | Operation)


def test_a_document_of_brackets_is_refused_without_recursion() -> None:
    for text in ("[" * 1_000_000, '{"a":' * 200_000):
        found = parse_operation(text[: 64 * 1024])
        assert found == Invalid("invalid", None)


@given(st.lists(ANY_TEXT, min_size=2, max_size=6, unique=True), st.data())
def test_a_chain_tells_when_one_operation_is_left_out(texts: list[str], data: st.DataObject) -> None:
    start = chain.start("device")
    whole = chain.links(start, texts)
    missing = data.draw(st.integers(0, len(texts) - 1))
    rest = texts[:missing] + texts[missing + 1 :]
    assert whole[-1] not in chain.links(start, rest)


@given(st.integers(0, 10**16 - 1))
def test_a_cursor_comes_back_as_its_position(seq: int) -> None:
    assert feed.decode_cursor(feed.encode_cursor(seq)) == seq
