"""One pass over a run: what is asked, answered, missing, wrong. The one call that the other rooms need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from checklists import wording
from checklists.answers import Answer, is_canonical
from checklists.completeness import Held, Missing, missing_of
from checklists.computed import computed_value
from checklists.definition import NEVER_ANSWERED, Definition, Item
from checklists.verdict import Finding, Score, finding_of, item_verdict, run_verdict, score_of
from checklists.visibility import is_asked, is_required

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that follows from a definition and a run. Lists are in reading order and name asked items only.

    `values` holds the computed items that have a value; `unfit` the asked items whose stored answer does
    not fit the definition and therefore counts as unanswered.
    """

    asked: tuple[str, ...]
    required: tuple[str, ...]
    answered: tuple[str, ...]
    unfit: tuple[str, ...]
    values: Mapping[str, str]
    verdicts: Mapping[str, str]
    missing: tuple[Missing, ...]
    verdict: str
    score: Score
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        return not self.missing

    def as_json(self) -> dict[str, Any]:
        """Plain values, the same shape as the TypeScript Evaluation."""
        plain = asdict(self)
        lists = {key: list(part) for key, part in plain.items() if isinstance(part, tuple)}
        return {**plain, **lists, "complete": self.complete}


@dataclass(slots=True)
class _Pass:
    """The evaluation as it grows, item by item."""

    answers: Given
    remarks: Mapping[str, str]
    photos: Mapping[str, int]
    waivers: Given
    asset: Mapping[str, str]
    known: dict[str, Answer] = field(default_factory=dict)
    judged: list[tuple[Item, str]] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def visit(self, item: Item) -> None:
        if not is_asked(item, self.known, self.asset):
            return
        answer = self._answer(item)
        held = self._held(item, answer)
        verdict = item_verdict(item, answer, held)
        self.judged.append((item, verdict))
        if held.required:
            self.required.append(item.id)
        self.missing += missing_of(item, held, verdict)
        if verdict == "fail" and answer is not None:
            self.findings.append(finding_of(item, answer, held))
        if held.answered:
            # A photo item has no answer to compare with: being here says that it is answered.
            self.known[item.id] = [] if answer is None else answer

    def _answer(self, item: Item) -> Answer | None:
        if item.type == "computed":
            value = computed_value(item, self.known)
            if value is not None:
                self.values[item.id] = value
            return value
        if item.type in ("photo", "instruction") or self.answers.get(item.id) is None:
            return None
        if not is_canonical(item, self.answers[item.id]):
            self.unfit.append(item.id)
            return None
        answer: Answer = self.answers[item.id]
        return answer

    def _held(self, item: Item, answer: Answer | None) -> Held:
        photos = self.photos.get(item.id, 0)
        return Held(
            answered=photos >= item.photo_min if item.type == "photo" else answer is not None,
            required=is_required(item, self.known, self.asset),
            remark=wording.trim(self.remarks.get(item.id, "")),
            photos=photos,
            photo_waived=item.id in self.waivers,
        )


def evaluate(
    definition: Definition,
    answers: Given,
    remarks: Mapping[str, str],
    photos: Mapping[str, int],
    waivers: Given,
    asset_facts: Mapping[str, str],
) -> Evaluation:
    """Evaluate a run: answers, remarks, photo counts and waivers by item id, and the asset's facts by field.

    Never raises for what a run holds: an answer that does not fit is named in `unfit`, and an unknown item
    counts for nothing.
    """
    run = _Pass(answers, remarks, photos, waivers, asset_facts)
    for item in definition.items:
        run.visit(item)
    return Evaluation(
        asked=tuple(item.id for item, _ in run.judged),
        required=tuple(run.required),
        answered=tuple(item.id for item, _ in run.judged if item.id in run.known and item.type not in NEVER_ANSWERED),
        unfit=tuple(run.unfit),
        values=run.values,
        verdicts={item.id: verdict for item, verdict in run.judged},
        missing=tuple(run.missing),
        verdict=run_verdict((verdict for _, verdict in run.judged), not run.missing),
        score=score_of(run.judged),
        findings=tuple(run.findings),
    )
