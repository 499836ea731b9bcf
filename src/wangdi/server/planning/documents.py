"""A solved plan as a document: what was assumed, how good it is, who goes where and why. Plain values, kept as JSON."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.changes import Difference, differences, next_best, solve_like
from wangdi.methods.dispatch.plan import Plan, shortfalls
from wangdi.methods.dispatch.postings import explain_postings
from wangdi.methods.dispatch.problem import NOBODY, Level
from wangdi.methods.dispatch.solve import solve
from wangdi.methods.dispatch.uncovered import explain_uncovered
from wangdi.server.evaluation.rules import pack_versions
from wangdi.server.planning.dispatching import Dispatch, Wish, prepare
from wangdi.server.planning.handover import leaving_at, periods_of, strains
from wangdi.server.planning.inputs import Period
from wangdi.server.planning.needs import Lack
from wangdi.server.planning.reasons import (
    LEVELS,
    amount,
    difference_texts,
    km,
    posting_reason,
    remedies,
    shortfall_text,
    strain_text,
    title_of,
    uncovered_reason,
)
from wangdi.server.planning.who_goes import group_rows, nobody_goes, people_rows, quota_rows, round_rows
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
        "scheme": dispatch.wish.scheme_declared.title.text.as_json(),
        "batch": dispatch.wish.batch,
        "travel": dispatch.wish.journeys.title.as_json(),
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
            shortfall_text(dispatch, one).as_json() for one in shortfalls(plan.problem, plan.centre_of)
        ],
        "strains": [strain_text(one).as_json() for one in strains(dispatch, plan)],
        "people": people_rows(dispatch, plan),
        "rounds": round_rows(dispatch, plan),
        "quotas": quota_rows(dispatch, plan),
        "groups": group_rows(dispatch, plan),
        "nobody": None if (nobody := nobody_goes(dispatch, plan)) is None else nobody.as_json(),
    }


def _level(plan: Plan, level: Level) -> dict[str, Any]:
    value, bound = plan.values[level], float(plan.bounds[level])
    return {
        "name": level.name.lower(),
        "title": LEVELS[level].as_json(),
        "value": value,
        "bound": bound,
        "shown": amount(level, value).as_json(),
        "shown_bound": amount(level, bound).as_json(),
    }


def _centres(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """Each centre with those posted before and after."""
    fixed = np.array(
        [NOBODY if one.fixed is None else one.fixed for one in dispatch.inputs.doctors], np.int64
    )
    before = np.bincount(fixed[fixed != NOBODY], minlength=plan.problem.centres)
    leaving, after = leaving_at(dispatch), plan.doctors_at
    return [
        {
            "code": centre.institution.code,
            "name": centre.institution.name,
            "at": centre.institution.place.name,
            "county": centre.county.name,
            "lon": centre.institution.lon,
            "lat": centre.institution.lat,
            "wanted": int(plan.problem.wanted[at]),
            "needs": [lack.specialty for lack in centre.lacks],
            "lacks": [_lack(dispatch, plan, at, lack) for lack in centre.lacks],
            "before": int(before[at]) + len(leaving.get(at, {})),
            "until": max(leaving[at].values()).isoformat() if at in leaving else None,
            "after": int(after[at]),
        }
        for at, centre in enumerate(dispatch.inputs.centres)
    ]


def _lack(dispatch: Dispatch, plan: Plan, centre: int, lack: Lack) -> dict[str, Any]:
    """A specialty a centre lacks, with what says so and how many doctors of it the plan sends."""
    field = [need.specialty for need in dispatch.declared.needs].index(lack.specialty)
    come = (plan.centre_of == centre) & (plan.problem.specialty == field)
    return {
        "specialty": lack.specialty,
        "wanted": lack.wanted,
        "come": int(come.sum()),
        "signs": [{"by": one.by, "name": one.name, **one.text.as_json()} for one in lack.signs],
    }


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
        "goes": _where(dispatch, int(plan.centre_of[doctor])).as_json(),
        "is_fixed": one.fixed is not None,
    }


def _postings(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    rows, periods = [], periods_of(dispatch, plan)
    for posting in explain_postings(plan):
        doctor, centre = dispatch.inputs.doctors[posting.doctor], dispatch.inputs.centres[posting.centre]
        seconds = int(dispatch.seconds[dispatch.hospital[posting.doctor], posting.centre])
        rows.append(
            {
                "doctor": doctor.worker.code,
                "name": doctor.worker.name,
                "title": title_of(dispatch, posting.doctor).as_json(),
                "specialty": doctor.specialty,
                "hospital": doctor.hospital.code,
                "hospital_name": doctor.hospital.name,
                "centre": centre.institution.code,
                "centre_name": centre.institution.name,
                "metres": posting.distance,
                "minutes": None if seconds < 0 else round(seconds / 60),
                "earlier": posting.earlier,
                "begins": _written(periods, posting.doctor, "begins"),
                "ends": _written(periods, posting.doctor, "ends"),
                "goes_on": doctor.until is not None and doctor.last == posting.centre,
                "gives": posting.gives.value,
                "runs_already": doctor.fixed == posting.centre,
                "by_hand": dispatch.wish.pinned.get(doctor.worker.code) == centre.institution.code,
                "because": posting_reason(dispatch, posting).as_json(),
            }
        )
    return rows


def _written(periods: Mapping[int, Period], doctor: int, end: str) -> str | None:
    """The first or last day of a new posting; None for one that runs already."""
    return getattr(periods[doctor], end).isoformat() if doctor in periods else None


def _uncovered(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "code": dispatch.inputs.centres[item.centre].institution.code,
            "name": dispatch.inputs.centres[item.centre].institution.name,
            "why": item.why.value,
            "because": uncovered_reason(dispatch, item).as_json(),
            "remedies": [text.as_json() for text in remedies(dispatch, item)],
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
