"""A solved plan as a document: what was assumed, how good it is, who goes where and why. Plain values, kept as JSON."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.changes import Difference, differences, next_best, relaxations, solve_like
from wangdi.methods.dispatch.plan import Plan, shortfalls
from wangdi.methods.dispatch.postings import explain_postings
from wangdi.methods.dispatch.problem import NOBODY, Level
from wangdi.methods.dispatch.solve import solve
from wangdi.methods.dispatch.uncovered import explain_uncovered
from wangdi.server.evaluation.rules import pack_versions
from wangdi.server.planning.dispatching import Dispatch, Wish, prepare
from wangdi.server.planning.reasons import (
    FAMILIES,
    LEVELS,
    amount,
    both,
    difference_texts,
    km,
    posting_reason,
    remedies,
    shortfall_text,
    title_of,
    uncovered_reason,
)
from wangdi.server.records.models import RecordVersion

SECONDS = 60.0
"""The most a plan may take that does not nest."""


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan with what its indexes are."""

    dispatch: Dispatch
    plan: Plan


def solve_wish(wish: Wish, *, seconds: float = SECONDS) -> Solved:
    """The best plan for what is asked. Raises UnknownCode, `milp.NoPlanInTime`."""
    dispatch = prepare(wish)
    return Solved(dispatch, solve(dispatch.problem, seconds=seconds))


def solve_beside(before: Solved, wish: Wish, *, seconds: float = SECONDS) -> tuple[Solved, Difference | None]:
    """The best plan for another wish, as like the first as can be; the difference where both are about the same people."""
    dispatch = prepare(wish)
    if _people(dispatch) != _people(before.dispatch):
        return Solved(dispatch, solve(dispatch.problem, seconds=seconds)), None
    plan = solve_like(before.plan, dispatch.problem, seconds=seconds)
    return Solved(dispatch, plan), differences(before.plan, plan)


def _people(dispatch: Dispatch) -> tuple[list[int], list[int]]:
    doctors = [one.worker.pk for one in dispatch.inputs.doctors]
    return doctors, [one.institution.pk for one in dispatch.inputs.centres]


def document_of(solved: Solved) -> dict[str, Any]:
    """Everything that is kept of a plan."""
    dispatch, plan = solved.dispatch, solved.plan
    return {
        "method": plan.method,
        "seconds": round(plan.seconds, 3),
        "is_proved": plan.is_proved,
        "gap": plan.gap,
        "levels": [_level(plan, level) for level in plan.values if level is not Level.MOVED],
        "travel": both(dispatch.wish.provider.title),
        "packs": pack_versions(),
        "data": RecordVersion.objects.order_by("-seq").values_list("seq", flat=True).first() or 0,
        "away": dispatch.inputs.away,
        "unplaced": [one.name for one in dispatch.inputs.unplaced],
        "doctors": len(dispatch.inputs.doctors),
        "hospitals": _hospitals(dispatch),
        "centres": _centres(dispatch, plan),
        "postings": _postings(dispatch, plan),
        "uncovered": _uncovered(dispatch, plan),
        "shortfalls": [
            both(shortfall_text(dispatch, one)) for one in shortfalls(plan.problem, plan.centre_of)
        ],
    }


def _level(plan: Plan, level: Level) -> dict[str, Any]:
    value, bound = plan.values[level], float(plan.bounds[level])
    return {
        "name": level.name.lower(),
        "title": both(LEVELS[level]),
        "value": value,
        "bound": bound,
        "shown": both(amount(level, value)),
        "shown_bound": both(amount(level, bound)),
    }


def _centres(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """Each centre with those posted before and after."""
    fixed = np.array(
        [NOBODY if one.fixed is None else one.fixed for one in dispatch.inputs.doctors], np.int64
    )
    before = np.bincount(fixed[fixed != NOBODY], minlength=plan.problem.centres)
    after = plan.doctors_at
    return [
        {
            "code": centre.institution.code,
            "name": centre.institution.name,
            "county": centre.county.name,
            "lon": centre.institution.lon,
            "lat": centre.institution.lat,
            "wanted": int(plan.problem.wanted[at]),
            "needs": list(centre.needs),
            "before": int(before[at]),
            "after": int(after[at]),
        }
        for at, centre in enumerate(dispatch.inputs.centres)
    ]


def _hospitals(dispatch: Dispatch) -> list[dict[str, Any]]:
    """Where doctors may come from, with how many may go."""
    houses = {one.hospital.code: one.hospital for one in dispatch.inputs.doctors}
    able = Counter(one.hospital.code for one in dispatch.inputs.doctors)
    return [
        {"code": code, "name": house.name, "lon": house.lon, "lat": house.lat, "able": able[code]}
        for code, house in houses.items()
    ]


def candidates(solved: Solved, centre: str) -> list[dict[str, Any]]:
    """Who may come to a centre, the nearest first, with where the plan sends each."""
    dispatch, plan = solved.dispatch, solved.plan
    index = {one.institution.code: at for at, one in enumerate(dispatch.inputs.centres)}
    arcs = np.flatnonzero(plan.problem.centre == index.get(centre, NOBODY))
    arcs = arcs[np.argsort(plan.problem.distance[arcs], kind="stable")]
    return [_candidate(dispatch, plan, int(arc)) for arc in arcs]


def _candidate(dispatch: Dispatch, plan: Plan, arc: int) -> dict[str, Any]:
    doctor = int(plan.problem.doctor[arc])
    one = dispatch.inputs.doctors[doctor]
    return {
        "code": one.worker.code,
        "name": one.worker.name,
        "specialty": one.specialty,
        "hospital": one.hospital.name,
        "km": km(int(plan.problem.distance[arc])),
        "earlier": one.earlier,
        "goes": both(_where(dispatch, int(plan.centre_of[doctor]))),
        "is_fixed": one.fixed is not None,
    }


def _postings(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    rows = []
    for posting in explain_postings(plan):
        doctor, centre = dispatch.inputs.doctors[posting.doctor], dispatch.inputs.centres[posting.centre]
        seconds = int(dispatch.seconds[dispatch.hospital[posting.doctor], posting.centre])
        rows.append(
            {
                "doctor": doctor.worker.code,
                "name": doctor.worker.name,
                "title": both(title_of(dispatch, posting.doctor)),
                "specialty": doctor.specialty,
                "hospital": doctor.hospital.code,
                "hospital_name": doctor.hospital.name,
                "centre": centre.institution.code,
                "centre_name": centre.institution.name,
                "metres": posting.distance,
                "minutes": None if seconds < 0 else round(seconds / 60),
                "earlier": posting.earlier,
                "gives": posting.gives.value,
                "runs_already": doctor.fixed == posting.centre,
                "by_hand": dispatch.wish.pinned.get(doctor.worker.code) == centre.institution.code,
                "because": both(posting_reason(dispatch, posting)),
            }
        )
    return rows


def _uncovered(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "code": dispatch.inputs.centres[item.centre].institution.code,
            "name": dispatch.inputs.centres[item.centre].institution.name,
            "why": item.why.value,
            "because": both(uncovered_reason(dispatch, item)),
            "remedies": [both(text) for text in remedies(dispatch, item)],
        }
        for item in explain_uncovered(plan, dispatch.surroundings)
    ]


def next_best_texts(solved: Solved, doctor: str, *, seconds: float = SECONDS) -> list[Text]:
    """What it costs when this doctor does not go; empty where the doctor goes nowhere or must go."""
    index = next(
        (at for at, one in enumerate(solved.dispatch.inputs.doctors) if one.worker.code == doctor), None
    )
    if index is None or solved.plan.centre_of[index] == NOBODY:
        return []
    other = next_best(solved.plan, index, seconds=seconds)
    difference = differences(solved.plan, other)
    return [*difference_texts(difference), *moves_texts(solved.dispatch, difference)]


def moves_texts(dispatch: Dispatch, difference: Difference) -> list[Text]:
    """Who goes elsewhere, each in a line."""
    found = []
    for move in difference.moves:
        name = dispatch.inputs.doctors[move.doctor].worker.name
        before, after = _where(dispatch, move.before), _where(dispatch, move.after)
        found.append(Text(f"{name}：{before.zh} → {after.zh}", f"{name}: {before.en} → {after.en}"))
    return found


def _where(dispatch: Dispatch, centre: int) -> Text:
    if centre == NOBODY:
        return Text("不派", "stays")
    name = dispatch.inputs.centres[centre].institution.name
    return Text(name, name)


def relaxation_rows(solved: Solved, *, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Each family of requirements with what dropping it would bring."""
    found = relaxations(solved.plan, seconds=seconds)
    return [
        {"title": both(FAMILIES[family]), "brings": [both(text) for text in difference_texts(difference)]}
        for family, difference in found.items()
    ]
