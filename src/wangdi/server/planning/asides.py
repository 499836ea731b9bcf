"""Beside a plan: what another value of one number brings, and two kept plans next to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wangdi.methods.dispatch.solve import solve
from wangdi.server.planning.declaration import Number, declaration
from wangdi.server.planning.dispatching import Wish, prepare, restated
from wangdi.server.planning.documents import Solved
from wangdi.server.planning.models import KeptPlan

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""The values tried, as shares of the one that is set."""

STEPS_FROM_NOTHING = (0.0, 0.1, 0.2, 0.4, 0.8)
"""The same where it is 0, as shares of what may be set at most."""

MOST_TRIED = 100
"""A number that may be set to a million is not tried beyond this where it is 0."""


def values_to_try(number: Number, current: float) -> list[float]:
    """Values around the one that is set, whole ones but for factors, within what may be set."""
    shares = STEPS if current else STEPS_FROM_NOTHING
    of = current or min(number.most, MOST_TRIED)
    is_whole = float(number.default).is_integer() and float(number.least).is_integer()
    tried = {round(share * of) if is_whole else round(share * of, 2) for share in shares}
    inside = {float(value) for value in tried if number.least <= value <= number.most}
    return sorted({*inside, float(current)})


def with_other_values(wish: Wish, name: str, *, seconds: float) -> list[tuple[float, Solved]]:
    """The best plan for each value of a number; ``seconds`` for all of them together. Raises `milp.NoPlanInTime`."""
    values, before = values_to_try(declaration().numbers[name], wish.numbers[name]), prepare(wish)
    found = []
    for value in values:
        dispatch = restated(before, replace(wish, numbers={**wish.numbers, name: value}))
        found.append((value, Solved(dispatch, solve(dispatch.problem, seconds=seconds / len(values)))))
    return found


@dataclass(frozen=True, slots=True)
class Side:
    """Where somebody is in one of two plans; None who is not posted by it."""

    doctor: str
    name: str
    one: Mapping[str, Any] | None
    other: Mapping[str, Any] | None


@dataclass(frozen=True)
class Beside:
    """Two plans next to each other: levels in order, numbers that differ, who is elsewhere, centres covered by one only."""

    levels: Sequence[tuple[Mapping[str, Any], Mapping[str, Any] | None]]
    numbers: Sequence[tuple[str, float | None, float | None]]
    people: Sequence[Side]
    covered_by_one: Sequence[str]
    covered_by_other: Sequence[str]
    same: int


def beside(one: KeptPlan, other: KeptPlan) -> Beside:
    """From what was kept of both; nothing is solved again."""
    a, b = one.document, other.document
    levels = {row["name"]: row for row in b["levels"]}
    left = {row["doctor"]: row for row in a["postings"]}
    right = {row["doctor"]: row for row in b["postings"]}
    people = [
        Side(code, (left.get(code) or right[code])["name"], left.get(code), right.get(code))
        for code in dict.fromkeys((*left, *right))
        if _where(left.get(code)) != _where(right.get(code))
    ]
    covered, covered_too = _covered(a), _covered(b)
    return Beside(
        [(row, levels.get(row["name"])) for row in a["levels"]],
        _numbers(one.settings["numbers"], other.settings["numbers"]),
        people,
        [name for code, name in covered.items() if code not in covered_too],
        [name for code, name in covered_too.items() if code not in covered],
        sum(_where(right.get(code)) == _where(row) for code, row in left.items()),
    )


def _where(row: Mapping[str, Any] | None) -> tuple[str, str | None] | None:
    return None if row is None else (row["centre"], row.get("begins"))


def _covered(document: Mapping[str, Any]) -> dict[str, str]:
    return {row["code"]: row["name"] for row in document["centres"] if row["after"]}


def _numbers(
    one: Mapping[str, float], other: Mapping[str, float]
) -> list[tuple[str, float | None, float | None]]:
    names = [name for name in declaration().numbers if one.get(name) != other.get(name)]
    return [(name, one.get(name), other.get(name)) for name in names]
