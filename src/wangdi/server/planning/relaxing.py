"""What relaxing a requirement brings and what it costs: families of limits, numbers that bound the choice, groups sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.changes import Difference, differences, relaxations, solve_like
from wangdi.methods.dispatch.problem import NOBODY, Level, Limit
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import restated
from wangdi.server.planning.documents import SECONDS, Solved
from wangdi.server.planning.reasons import FAMILIES, difference_texts

WIDER = 2
"""Times the radius that is tried."""

_LACKING = (Level.BROKEN, Level.UNCOVERED, Level.UNMET)


@dataclass(frozen=True)
class Relaxation:
    """A requirement that gives, or a group that is sent, and how the best plan then differs."""

    title: Text
    difference: Difference

    def as_json(self) -> dict[str, Any]:
        brings = [text.as_json() for text in difference_texts(self.difference)]
        return {"title": self.title.as_json(), "brings": brings}


def relaxation_rows(solved: Solved, *, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Each requirement that could give, with what that brings and costs; those that change nothing are left out."""
    found = relaxations(solved.plan, seconds=seconds)
    rows = [Relaxation(FAMILIES[family], difference) for family, difference in found.items()]
    rows += _numbers(solved, seconds)
    rows += _groups(solved, seconds)
    return [row.as_json() for row in rows]


def is_satisfied(solved: Solved) -> bool:
    """Whether nothing is missed: requirements, centres, needs."""
    return not any(solved.plan.values.get(level, 0) for level in _LACKING)


def _numbers(solved: Solved, seconds: float) -> Iterator[Relaxation]:
    """A wider radius and more doctors at a centre, where less is lacking then."""
    if is_satisfied(solved):
        return
    numbers = solved.dispatch.wish.numbers
    tried = {"radius": numbers["radius"] * WIDER, "most_per_centre": numbers["most_per_centre"] + 1}
    for name, value in tried.items():
        value = min(value, declaration().numbers[name].most)
        if value <= numbers[name]:
            continue
        difference = _with_number(solved, name, value, seconds)
        if any(difference.levels.get(level, 0) < 0 for level in _LACKING):
            yield Relaxation(_changed(name, numbers[name], value), difference)


def _with_number(solved: Solved, name: str, value: float, seconds: float) -> Difference:
    wish = solved.dispatch.wish
    other = restated(solved.dispatch, replace(wish, numbers={**wish.numbers, name: value}))
    return differences(solved.plan, solve_like(solved.plan, other.problem, seconds=seconds))


def _changed(name: str, before: float, after: float) -> Text:
    number = declaration().numbers[name]
    unit = number.unit.text if number.unit else Text("", "")
    return Text(
        f"{number.title.zh} {before:g} → {after:g} {unit.zh}".strip(),
        f"{number.title.en} {before:g} → {after:g} {unit.en}".strip(),
    )


def _groups(solved: Solved, seconds: float) -> Iterator[Relaxation]:
    """Each group that stays, were it sent."""
    index = {one.worker.code: at for at, one in enumerate(solved.dispatch.inputs.doctors)}
    for group in solved.dispatch.wish.together:
        members = [index[code] for code in group]
        if solved.plan.centre_of[members[0]] == NOBODY:
            yield _sent(solved, members, seconds)


def _sent(solved: Solved, members: list[int], seconds: float) -> Relaxation:
    dispatch, problem = solved.dispatch, solved.dispatch.problem
    must = Limit("group", np.array(members, np.int64), least=len(members), family="group")
    after = solve_like(solved.plan, replace(problem, limits=[*problem.limits, must]), seconds=seconds)
    names = [dispatch.inputs.doctors[at].worker.name for at in members]
    goes = (after.centre_of[members] != NOBODY).all()
    zh, en = "、".join(names), ", ".join(names)
    title = Text(f"要求{zh}同去", f"{en} have to go together")
    if not goes:
        title = Text(f"{title.zh}（做不到）", f"{title.en} (impossible)")
    return Relaxation(title, differences(solved.plan, after))
