"""What a checklist means. The rules are in README.md; the tablet has the same room in TypeScript."""

from checklists.answers import Answer, canonical_answer, is_canonical
from checklists.completeness import Missing
from checklists.definition import Definition, Item, Labels, Section, label
from checklists.digest import canonical_bytes, digest
from checklists.evaluate import Evaluation, evaluate
from checklists.faults import Fault, InvalidAnswer, InvalidDefinition, InvalidYaml
from checklists.library import Shipped, shipped_checklists
from checklists.migrate import Migration, migrate
from checklists.parse import load_yaml, parse_definition
from checklists.verdict import Finding, Score, SuggestedTicket

__all__ = [
    "Answer",
    "Definition",
    "Evaluation",
    "Fault",
    "Finding",
    "InvalidAnswer",
    "InvalidDefinition",
    "InvalidYaml",
    "Item",
    "Labels",
    "Migration",
    "Missing",
    "Score",
    "Section",
    "Shipped",
    "SuggestedTicket",
    "canonical_answer",
    "canonical_bytes",
    "digest",
    "evaluate",
    "is_canonical",
    "label",
    "load_yaml",
    "migrate",
    "parse_definition",
    "shipped_checklists",
]
