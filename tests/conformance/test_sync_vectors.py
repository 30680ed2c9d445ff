"""The law of agreement, held to its examples. The tablet runs the same files: pwa/tests/sync/vectors.test.ts."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from sync import canonical, chain, device_code, feed, ids, merge, outcome, policy, protocol, replay, strict_json
from sync.operation import Invalid, Operation, parse_operation, write_operation

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sync/vectors").glob("*.json"))
CASES = [case for file in FILES for case in json.loads(file.read_text("utf-8"))["cases"]]
TABLET_RUNNER = ROOT / "pwa/tests/sync/vectors.test.ts"


def refusable(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (ValueError, KeyError):
        return {"refused": True}


def strict_read(case: dict[str, Any]) -> dict[str, Any]:
    text = case["text"] if "text" in case else case["repeat"][0] * case["repeat"][1]
    try:
        return {"value": strict_json.read(text)}
    except strict_json.NotStrict as wrong:
        return {"refused": wrong.reason}


def canonical_write(case: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"hex": canonical.write(case["value"]).hex()}
    except canonical.NotCanonical as wrong:
        return {"refused": wrong.reason, "path": wrong.path}


def canonical_read(case: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": canonical.read(bytes.fromhex(case["data"]))}
    except canonical.NotCanonical as wrong:
        return {"refused": wrong.reason}


def parsed(case: dict[str, Any]) -> dict[str, Any]:
    found = parse_operation(case["text"])
    if isinstance(found, Invalid):
        return {"invalid": found.code, "field": found.field}
    return {"operation": {**found._asdict(), "entity": list(found.entity)}}


def parse_size(case: dict[str, Any]) -> str:
    sign, times = case["pad"]
    found = parse_operation(case["text"].replace("12.50", "12.50" + sign * times))
    return found.code if isinstance(found, Invalid) else "good"


def operation(text: str) -> Operation:
    found = parse_operation(text)
    assert isinstance(found, Operation), found
    return found


def decide(case: dict[str, Any]) -> dict[str, Any]:
    held = merge.Cell(**case["held"]) if case["held"] else None
    decision = merge.merge_field(
        policy.MergeClass(case["class"]),
        held,
        merge.Cell(**case["incoming"]),
        case["base"],
        writer_is_office=case["writer_is_office"],
        holder_is_office=case["holder_is_office"],
    )
    return vars(decision)


def result_line(case: dict[str, Any]) -> bool:
    """Whether the line is one that this side can make."""
    line = {**case["line"]}
    try:
        made = outcome.OperationResult(**{**line, "status": outcome.Status(line["status"])})
    except ValueError:
        return False
    return made.to_wire() == line


def held_row(case: dict[str, Any]) -> feed.Held | None:
    return feed.Held(**case["held"]) if case["held"] else None


def leaving(case: dict[str, Any]) -> list[str]:
    busy = {tuple(key.split("/")) for key in case["busy"]}
    rows = [(kind, entity, value) for kind, entity, value in case["rows"]]
    return ["/".join(key) for key in feed.leaving(rows, case["audience"], busy)]


def view(case: dict[str, Any]) -> dict[str, Any]:
    pending = [replay.Pending(p["n"], operation(p["text"]), p["status"], p["seq"]) for p in case["pending"]]
    return replay.view(case["rows"], pending, case["head"], case["person"])


def lines_after(case: dict[str, Any]) -> list[str]:
    return chain.links(case["prev"], case["texts"])


RUN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "limit": lambda c: protocol.LIMITS[c["name"]],
    "protocol": lambda _: protocol.PROTOCOL,
    "schema": lambda _: protocol.SCHEMA,
    "uuid7": lambda c: refusable(lambda: ids.uuid7(c["ms"], bytes.fromhex(c["random"]))),
    "uuid7_ms": lambda c: ids.uuid7_ms(c["text"]),
    "is_uuid7": lambda c: ids.is_uuid7(c["text"]),
    "crockford": lambda c: refusable(lambda: ids.crockford(bytes.fromhex(c["data"]))),
    "human_number": lambda c: refusable(lambda: ids.human_number(c["letter"], c["device_code"], c["counter"])),
    "parse_number": lambda c: (found := ids.parse_number(c["text"])) and list(found),
    "report_number": lambda c: refusable(lambda: ids.report_number(c["visit_number"], c["revision"])),
    "is_device_code": lambda c: ids.is_device_code(c["text"]),
    "fingerprint": lambda c: device_code.fingerprint(c["device"], c["jkt"]),
    "chain_start": lambda c: chain.start(c["owner"]),
    "chain_link": lambda c: chain.link(c["prev"], bytes.fromhex(c["data"])),
    "chain_links": lines_after,
    "journal_link": lambda c: chain.journal_link(c["prev"], c["line"]),
    "strict_read": strict_read,
    "canonical_write": canonical_write,
    "canonical_read": canonical_read,
    "parse_operation": parsed,
    "parse_size": parse_size,
    "write_operation": lambda c: refusable(lambda: write_operation(Operation(**c["operation"]))),
    "takes_effect": lambda c: outcome.Status(c["status"]).takes_effect,
    "combine": lambda c: outcome.combine(
        [outcome.Status(s) for s in c["statuses"]], others_wrote=c["others_wrote"]
    ),
    "result_line": result_line,
    "merge_field": decide,
    "class_of": lambda c: refusable(lambda: policy.class_of(c["kind"], c["field"])),
    "encode_cursor": lambda c: refusable(lambda: feed.encode_cursor(c["seq"])),
    "decode_cursor": lambda c: refusable(lambda: feed.decode_cursor(c["text"])),
    "audience_of": lambda c: policy.audience_of(c["kind"], c["entity"], c["value"]),
    "fate": lambda c: feed.fate(held_row(c), c["change"], c["generation"]),
    "left_audience": lambda c: feed.left_audience(c["change"]),
    "leaving": leaving,
    "tombstone_for": lambda c: feed.tombstone_for(c["before"], c["after"]),
    "checksum": lambda c: feed.checksum(tuple(row) for row in c["rows"]),
    "fnv1a64": lambda c: f"{feed.fnv1a64(c['text'].encode()):016x}",
    "replay": lambda c: replay.replay(c["rows"], map(operation, c["operations"]), c["person"]),
    "view": view,
}


def exactly(value: Any) -> str:
    """A text that is equal only for equal JSON: true is not 1 here."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_law_keeps_its_example(case: dict[str, Any]) -> None:
    assert exactly(RUN[case["do"]](case)) == exactly(case["expect"])


def rules_in(readme: str) -> set[str]:
    return set(re.findall(r"^\*\*(S\d+)", readme, re.MULTILINE))


def rules_without_two_sides(rules: Iterable[str], cases: list[dict[str, Any]]) -> set[str]:
    """Rules for which no function has examples that expect different things."""

    def has_both(rule: str) -> bool:
        sides: dict[str, set[str]] = {}
        for case in cases:
            if case["rule"] == rule:
                sides.setdefault(case["do"], set()).add(exactly(case["expect"]))
        return any(len(expected) > 1 for expected in sides.values())

    return {rule for rule in rules if not has_both(rule)}


def test_every_rule_has_an_example_on_both_sides() -> None:
    rules = rules_in((ROOT / "sync/README.md").read_text("utf-8"))
    assert len(rules) > 20
    assert rules_without_two_sides(rules, CASES) == set()
    assert {case["rule"] for case in CASES} <= rules


def test_a_rule_without_examples_is_found() -> None:
    rules = rules_in("**S1 One.** text\n**S2 Two.** text\n**S3 Three.** text")
    cases = [
        {"rule": "S1", "do": "a", "expect": 1},
        {"rule": "S1", "do": "a", "expect": 2},
        {"rule": "S2", "do": "a", "expect": 1},
    ]
    assert rules_without_two_sides(rules, cases) == {"S2", "S3"}


def functions_missing(runner: str, cases: list[dict[str, Any]]) -> set[str]:
    """What the examples call and a runner's table does not name."""
    return {case["do"] for case in cases} - set(re.findall(r"^  (\w+): \(", runner, re.MULTILINE))


def test_both_languages_run_every_file() -> None:
    runner = TABLET_RUNNER.read_text("utf-8")
    assert "readdirSync" in runner
    assert functions_missing(runner, CASES) == set()
    assert set(RUN) == {case["do"] for case in CASES}


def test_a_function_that_the_tablet_lacks_is_found() -> None:
    assert functions_missing("  one: (c) => 1,\n", [{"do": "one"}, {"do": "two"}]) == {"two"}


def test_no_two_examples_have_one_name() -> None:
    for file in FILES:
        names = [case["id"] for case in json.loads(file.read_text("utf-8"))["cases"]]
        assert len(names) == len(set(names)), file.name
