"""Invents definitions, sometimes faulty, and runs, mostly sensible, from a seed."""

from __future__ import annotations

import copy
import random
from typing import Any

Item = dict[str, Any]

TYPES = ("pass_fail", "yes_no", "number", "text", "choice", "choices", "date", "time", "photo", "scan", "computed",
         "instruction")  # fmt: skip
FIXED = {"pass_fail": ["pass", "fail", "na"], "yes_no": ["yes", "no"]}
ODD_TEXTS = (
    "",
    " ",
    "Cafe\u0301",
    "a\r\nb",
    "\ufeffx\u3000",
    "x\u001c",
    "\ud83d",
    "\U0001f600",
    "a\u0000",
    "备份 ok",
    "x\u0085",
    "٣",
)
ODD_NUMBERS = (
    "12.50",
    "-0",
    "007",
    "1e3",
    ".5",
    "1.",
    "+1",
    "-0.00",
    "9" * 16,
    "9" * 15,
    "0.1",
    "-3.25",
    "12,5",
    " 7 ",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    1.5,
    "",
    "pass",
    [],
    ["b", "a"],
    ["a", "a"],
    ["a", 1],
    {},
    "yes",
    "no",
    "na",
)
DATES = ("2026-02-28", "2026-02-29", "2028-02-29", "1900-02-29", "0000-01-01", "2026-1-1", "9999-12-31", "2026-11-24")
TIMES = ("00:00", "23:59", "24:00", "7:05", "12:60", "09:30", "09:30:00")
ADDITIONS: tuple[tuple[str, Any], ...] = (
    ("unit", "x"),
    ("colour", "red"),
    ("decimals", 12),
    ("EN", "Works"),
    ("on_fail", {"suggest": "ticket"}),
    ("limits", {"warn": {"max": "9"}, "fail": {"max": "8"}}),
    ("verdicts", {"fail": ["zzz"]}),
    ("when", {"item": "i0", "is": "pass", "answered": True}),
    ("when", {"item": "i0", "gt": "1"}),
    ("when", {"item": "i0", "in": ["no", "no"]}),
    ("of", ["i0", "i1", "i2"]),
)


class Inventor:
    """One definition and what goes with it; everything follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def question(self) -> dict[str, Any]:
        definition = self.definition()
        newer = self.spoilt(definition) if self.chance(0.3) else self.revised(definition)
        asked = self.spoilt(definition) if self.chance(0.3) else definition
        return self.question_about(definition, asked, newer)

    def question_about(self, definition: dict[str, Any], asked: Any, newer: Any) -> dict[str, Any]:
        """A question with answers and runs that are made for `definition`."""
        items = [item for section in definition["sections"] for item in section["items"]]
        return {
            "definition": asked,
            "newer": newer,
            "raw": {item["id"]: self.answer(item, 0.5) for item in items},
            "runs": [self.run(items) for _ in range(3)],
        }

    def chance(self, odds: float) -> bool:
        return self.random.random() < odds

    def number(self) -> str:
        whole = self.random.choice([0, 1, 9, 10, 60, 240, self.random.randrange(10**6), 10**15 - 1])
        fraction = str(self.random.randrange(1, 10**3)).rstrip("0") if self.chance(0.5) else ""
        sign = "-" if self.chance(0.2) and (whole or fraction) else ""
        return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"

    def labels(self) -> dict[str, str]:
        words = {"en": "Works", "ms": "Berfungsi", "zh": "正常", "ta": "சரி"}
        chosen = self.random.sample(sorted(words), self.random.randint(1, 4))
        return {language: words[language] for language in chosen}

    def definition(self) -> dict[str, Any]:
        sections: list[Any] = []
        earlier: list[Item] = []
        for number in range(self.random.randint(1, 3)):
            items = [self.item(earlier) for _ in range(self.random.randint(1, 8))]
            sections.append({"id": f"s{number}", "title": self.labels(), "items": items})
        made = {"format": 1, "id": "invented", "title": self.labels(), "kind": "preventive", "sections": sections}
        if self.chance(0.3):
            made["applies_to"] = {"asset_types": ["server", "nas"]}
        return made

    def item(self, earlier: list[Item]) -> Item:
        kind = self.random.choice(TYPES)
        if kind == "computed" and not earlier:
            kind = "number"
        item: Item = {"id": f"i{len(earlier)}", "type": kind, "label": self.labels()}
        getattr(self, f"_{kind}", lambda item, earlier: None)(item, earlier)
        if self.chance(0.4) and earlier:
            item["when"] = self.condition(earlier, self.random.randint(1, 4))
        if kind not in ("instruction", "computed") and self.chance(0.5):
            item["required"] = self.condition(earlier, 2) if earlier and self.chance(0.3) else True
        if kind != "instruction" and self.chance(0.5):
            item["severity"] = self.random.choice(["minor", "major", "critical"])
        earlier.append(item)
        return item

    def _pass_fail(self, item: Item, _: list[Item]) -> None:
        if self.chance(0.6):
            item["on_fail"] = {"require": self.random.sample(["remark", "photo"], self.random.randint(1, 2))}
            if self.chance(0.5):
                item["on_fail"] |= {"suggest": "ticket", "next": self.labels()}

    def _yes_no(self, item: Item, _: list[Item]) -> None:
        self._judge(item, FIXED["yes_no"])

    def _choice(self, item: Item, _: list[Item]) -> None:
        item["choices"] = [{"id": name, "label": self.labels()} for name in self.random.sample(["a", "b", "c", "1"], 3)]
        self._judge(item, [choice["id"] for choice in item["choices"]])

    _choices = _choice

    def _judge(self, item: Item, allowed: list[str]) -> None:
        if self.chance(0.6):
            first, second = self.random.sample(allowed, 2)
            item["verdicts"] = {"fail": [first], "warn": [second]}
            if self.chance(0.5):
                item["on_fail"] = {"require": ["photo"], "suggest": "ticket"}

    def _number(self, item: Item, _: list[Item]) -> None:
        item["decimals"] = self.random.randint(0, 4)
        self._limit(item)
        if self.chance(0.2):
            item["bounds"] = {"min": "-1000", "max": "100000.5"}

    def _limit(self, item: Item) -> None:
        if self.chance(0.6):
            item["limits"] = {"warn": {"min": "1", "max": "60"}, "fail": {"min": "-2.5", "max": "240"}}
            if self.chance(0.3):
                item["limits"] = {"fail": {"max": self.number()}}
            item["on_fail"] = {"require": ["remark"], "suggest": "ticket"}

    def _computed(self, item: Item, earlier: list[Item]) -> None:
        numbers = [one["id"] for one in earlier if one["type"] in ("number", "computed")]
        op = self.random.choice(["add", "sub", "mul", "div", "sum", "count"] if numbers else ["count"])
        countable = [one["id"] for one in earlier if one["type"] != "instruction"]
        if op == "count":
            operands: list[Any] = [self.random.choice(countable or ["i0"]) for _ in range(self.random.randint(1, 5))]
        else:
            operands = [self.random.choice([*numbers, {"value": self.number()}]) for _ in range(2)]
        item |= {"op": op, "of": operands, "decimals": self.random.randint(0, 9)}
        self._limit(item)

    def _photo(self, item: Item, _: list[Item]) -> None:
        item["min"] = self.random.randint(1, 3)

    def _text(self, item: Item, _: list[Item]) -> None:
        if self.chance(0.3):
            item["length"] = {"min": 2, "max": 5}

    def condition(self, earlier: list[Item], depth: int) -> Any:
        form = self.random.choice(["leaf", "all", "any", "not"]) if depth > 1 else "leaf"
        if form == "not":
            return {"not": self.condition(earlier, depth - 1)}
        if form != "leaf":
            return {form: [self.condition(earlier, depth - 1) for _ in range(self.random.randint(1, 3))]}
        if self.chance(0.15):
            return {"asset": "os", "in": ["linux", "bsd"]} if self.chance(0.5) else {"asset": "os", "is": "linux"}
        return self.comparison(self.random.choice(earlier))

    def comparison(self, item: Item) -> Any:
        allowed = FIXED.get(item["type"]) or [choice["id"] for choice in item.get("choices", [])]
        order = self.random.choice(["gt", "ge", "lt", "le"])
        match item["type"]:
            case "pass_fail" | "yes_no" | "choice":
                return {"item": item["id"], "in": self.random.sample(allowed, 2)} if self.chance(0.5) else {
                    "item": item["id"], "is": self.random.choice(allowed)}  # fmt: skip
            case "choices":
                return {"item": item["id"], "includes": self.random.choice(allowed)}
            case "number" | "computed":
                return {"item": item["id"], order: self.number()}
            case "date":
                return {"item": item["id"], order: "2026-11-24"}
            case "time":
                return {"item": item["id"], order: "09:30"}
            case "instruction":
                return {"asset": "os", "is": "linux"}
        return {"item": item["id"], "answered": self.chance(0.5)}

    def spoilt(self, definition: dict[str, Any]) -> Any:
        """The definition with one or two places overwritten, removed or added to; now and then still valid."""
        spoilt: Any = copy.deepcopy(definition)
        if self.chance(0.3):
            self._shuffle(self.random.choice(spoilt["sections"])["items"])
        for _ in range(self.random.randint(1, 2)):
            items = self.random.choice(spoilt["sections"])["items"] if self._has_items(spoilt) else []
            if items and isinstance(items[0], dict) and self.chance(0.5):
                key, value = self.random.choice(ADDITIONS)
                self.random.choice(items)[key] = copy.deepcopy(value)
            else:
                self._spoil_somewhere(items if items and self.chance(0.7) else spoilt)
        return spoilt

    def _has_items(self, definition: Any) -> bool:
        """Whether the first spoiling has left the sections and items what they were."""
        sections = definition.get("sections")
        if not isinstance(sections, list) or not sections:
            return False
        lists = [section.get("items") if isinstance(section, dict) else None for section in sections]
        return all(isinstance(items, list) and all(isinstance(item, dict) for item in items) for items in lists)

    def _spoil_somewhere(self, holder: Any) -> None:
        while holder:
            key = self.random.choice(list(holder) if isinstance(holder, dict) else list(range(len(holder))))
            if not isinstance(holder[key], dict | list) or self.chance(0.15):
                self._spoil(holder, key)
                return
            holder = holder[key]

    def _shuffle(self, items: list[Item]) -> None:
        """Turn the order round, so that items look ahead, or write one of them twice."""
        if self.chance(0.5):
            items.reverse()
        else:
            items.append(copy.deepcopy(self.random.choice(items)))

    def _spoil(self, holder: Any, key: Any) -> None:
        way = self.random.choice(["odd", "text", "number", "remove", "add", "later"])
        if way == "remove" and isinstance(holder, dict):
            del holder[key]
        elif way == "add" and isinstance(holder, dict):
            key, value = self.random.choice(ADDITIONS)
            holder[key] = copy.deepcopy(value)
        elif way == "later":
            holder[key] = self.random.choice(["i0", "i1", "i9", "s0"])
        else:
            holder[key] = copy.deepcopy(
                self.random.choice({"text": ODD_TEXTS, "number": ODD_NUMBERS}.get(way, ODD_VALUES))
            )

    def revised(self, definition: dict[str, Any]) -> Any:
        """A valid later edition: an item dropped from the end, one added, some changed."""
        revised: Any = copy.deepcopy(definition)
        last = revised["sections"][-1]["items"]
        if len(last) > 1 and self.chance(0.5):
            last.pop()
        last.append({"id": "added", "type": "text", "label": self.labels()})
        for section in revised["sections"]:
            for item in section["items"]:
                self._revise(item)
        return revised

    def _revise(self, item: Item) -> None:
        if self.chance(0.2):
            item["label"] = self.labels()
        if item["type"] == "number" and self.chance(0.3):
            item["unit"] = "V"
        if item["type"] == "photo" and self.chance(0.3):
            item["min"] = 1

    def answer(self, item: Item, odd: float) -> Any:
        if self.chance(odd):
            return self.random.choice([*ODD_VALUES, *ODD_TEXTS, *ODD_NUMBERS])
        match item["type"]:
            case "pass_fail" | "yes_no":
                return self.random.choice(FIXED[item["type"]])
            case "choice":
                return self.random.choice(item["choices"])["id"]
            case "choices":
                names = [choice["id"] for choice in item["choices"]]
                chosen = self.random.sample(names, self.random.randint(1, min(3, len(names))))
                return chosen if self.chance(0.3) else [name for name in names if name in chosen]
            case "number":
                return self.number()
            case "date":
                return self.random.choice(DATES)
            case "time":
                return self.random.choice(TIMES)
        return self.random.choice(["fine", "备份", "abc", *ODD_TEXTS])

    def run(self, items: list[Item]) -> dict[str, Any]:
        names = [item["id"] for item in items]

        def some(odds: float) -> list[str]:
            return [name for name in names if self.chance(odds)]

        by_id = {item["id"]: item for item in items}
        return {
            "answers": {name: self.answer(by_id[name], 0.1) for name in some(0.8)} | {"ghost": "x"},
            "remarks": {name: self.random.choice(["Fan dead", " \u3000", "备注", "\ufeffx "]) for name in some(0.4)},
            "photos": {name: self.random.randint(0, 3) for name in some(0.4)},
            "waivers": {name: {"rule": "no_photography", "witness": "Mdm Lim"} for name in some(0.1)},
            "asset": self.random.choice([{}, {"os": "linux"}, {"os": "bsd", "constructor": "x"}]),
        }
