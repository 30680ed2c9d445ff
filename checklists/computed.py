"""The value of a computed item, on exact decimals (rule C2)."""

from __future__ import annotations

from functools import reduce

from checklists import exact
from checklists.definition import Computation, Item
from checklists.exact import Exact
from checklists.visibility import Known


def computed_value(item: Item, known: Known) -> str | None:
    """The canonical decimal, or None: an operand unanswered, division by zero, over 30 whole digits."""
    assert item.computation is not None
    result = _result(item.computation, known, item.decimals)
    if result is None:
        return None
    result = exact.rounded(result, item.decimals)
    return exact.written(result) if exact.is_within_size(result) else None


def _result(computation: Computation, known: Known, decimals: int) -> Exact | None:
    if computation.op == "count":
        return Exact(sum(operand in known for operand in computation.operands), 0)
    operands = [_operand(operand, known) for operand in computation.operands]
    present = [operand for operand in operands if operand is not None]
    if computation.op == "sum":
        return reduce(exact.add, present) if present else None
    return _of_all(computation.op, present, decimals) if len(present) == len(operands) else None


def _of_all(op: str, operands: list[Exact], decimals: int) -> Exact | None:
    match op:
        case "add":
            return reduce(exact.add, operands)
        case "mul":
            return reduce(exact.multiply, operands)
        case "sub":
            return exact.subtract(operands[0], operands[1])
        case _:
            return exact.divide(operands[0], operands[1], decimals)


def _operand(operand: str | Exact, known: Known) -> Exact | None:
    if isinstance(operand, Exact):
        return operand
    answer = known.get(operand)
    return exact.read(answer) if isinstance(answer, str) else None
