"""Who goes and who stays in a plan: every doctor, rounds of turns, quotas of hospitals, groups that stay together."""

from collections import Counter
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import NOBODY
from wangdi.server.planning.dispatching import Dispatch, quotas
from wangdi.server.planning.handover import periods_of
from wangdi.server.planning.reasons import title_of


def people_rows(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """Everybody who may go, with where the plan sends them: the register a plan was chosen from."""
    return [_person(dispatch, plan, at) for at in range(len(dispatch.inputs.doctors))]


def _person(dispatch: Dispatch, plan: Plan, at: int) -> dict[str, Any]:
    one, centre = dispatch.inputs.doctors[at], int(plan.centre_of[at])
    centres = dispatch.inputs.centres
    return {
        "code": one.worker.code,
        "name": one.worker.name,
        "title": title_of(dispatch, at).as_json(),
        "specialty": one.specialty,
        "hospital_name": one.hospital.name,
        "earlier": one.earlier,
        "is_new": one.is_new,
        "last": None if one.last is None else centres[one.last].institution.name,
        "until": one.until.isoformat() if one.until else None,
        "goes": None if centre == NOBODY else centres[centre].institution.name,
        "runs_already": one.fixed is not None and one.fixed == centre,
        "kept_home": one.worker.code in dispatch.wish.stay,
    }


def round_rows(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """By how often somebody was posted before: how many there are, how many go now, are posted already, stay."""
    new = set(periods_of(dispatch, plan))
    there: Counter[int] = Counter()
    goes: Counter[int] = Counter()
    posted: Counter[int] = Counter()
    for at, one in enumerate(dispatch.inputs.doctors):
        there[one.earlier] += 1
        goes[one.earlier] += at in new
        posted[one.earlier] += at not in new and bool(plan.centre_of[at] != NOBODY)
    return [
        {
            "earlier": earlier,
            "doctors": there[earlier],
            "go": goes[earlier],
            "posted": posted[earlier],
            "stay": there[earlier] - goes[earlier] - posted[earlier],
        }
        for earlier in sorted(there)
    ]


def quota_rows(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """Of the doctors each hospital hired this year: how many have to be posted, were, are by this plan, are still to be.

    None of it where no quota is asked for.
    """
    percent = dispatch.wish.numbers["new_quota"]
    if not percent:
        return []
    new = set(periods_of(dispatch, plan))
    found = []
    for quota in quotas(dispatch.inputs, dispatch.hospital, percent):
        away = {int(at) for at in quota.may_go if plan.centre_of[at] != NOBODY}
        house = dispatch.inputs.doctors[int(np.flatnonzero(dispatch.hospital == quota.house)[0])].hospital
        found.append(
            {
                "code": house.code,
                "name": house.name,
                "hired": quota.hired,
                "asked": quota.asked,
                "before": quota.served + len(away - new),
                "now": len(away & new),
                "short": max(quota.still - len(away), 0),
            }
        )
    return found


def nobody_goes(dispatch: Dispatch, plan: Plan) -> Text | None:
    """Why a plan posts nobody anew; None where it does."""
    doctors, away = dispatch.inputs.doctors, dispatch.inputs.away
    if periods_of(dispatch, plan):
        return None
    if not doctors and away:
        return Text(
            f"符合条件的 {away} 人在派驻期内都有进修等不在岗的记录，没有人可派：请改派驻开始日期，或换一个派出地区",
            f"all {away} who could go are away during the postings: let them begin on another day, or another place send",
        )
    if not doctors:
        return Text(
            "派出地区没有符合条件的医师：请核对人员台账的职称、资格、所在机构和在职日期，或换一个派出地区",
            "nobody of the place that sends may go: see titles, qualifications, institutions and dates in the register "
            "of workers, or let another place send",
        )
    posted = int((plan.centre_of != NOBODY).sum())
    return Text(
        f"符合条件的 {len(doctors)} 人中 {posted} 人已在派，{len(doctors) - posted} 人留下；另有 {away} 人进修等不在岗",
        f"of {len(doctors)} who may go {posted} are posted already and {len(doctors) - posted} stay; {away} more are away",
    )


def group_rows(dispatch: Dispatch, plan: Plan) -> list[dict[str, Any]]:
    """The groups that stay together: who is in them and where they go, or what keeps them home."""
    index = {one.worker.code: at for at, one in enumerate(dispatch.inputs.doctors)}
    return [_group(dispatch, plan, [index[code] for code in group]) for group in dispatch.wish.together]


def _group(dispatch: Dispatch, plan: Plan, members: list[int]) -> dict[str, Any]:
    centre = int(plan.centre_of[members[0]])
    name = None if centre == NOBODY else dispatch.inputs.centres[centre].institution.name
    return {
        "names": [dispatch.inputs.doctors[at].worker.name for at in members],
        "goes": name,
        "because": (Text(name, name) if name else _stays_because(dispatch, members)).as_json(),
    }


def _stays_because(dispatch: Dispatch, members: list[int]) -> Text:
    """Why a group goes nowhere: no centre takes so many, none can be reached by all, or others are the better choice."""
    problem, size = dispatch.problem, len(members)
    if int(problem.most.max(initial=0)) < size:
        most = int(problem.most.max(initial=0))
        return Text(
            f"未派：每个机构最多派驻 {most} 人，小组有 {size} 人；请调高“每个机构最多派驻”或拆组",
            f"stays: a centre takes {most} at most and the group is {size}; raise the most at a centre or split it",
        )
    reached = [set(problem.centre[problem.doctor == member].tolist()) for member in members]
    if not set.intersection(*reached):
        return Text(
            "未派：没有一个机构是组内每个人都能去的（半径、已在派、不参加）；请放宽半径或拆组",
            "stays: no centre is within reach of all of them (radius, posted already, kept home); widen it or split it",
        )
    return Text(
        "未派：留守要求不允许，或派别人更好；要他们同去会怎样，见“放宽要求、试算”",
        "stays: the floors forbid it or others are the better choice; what it costs to send them: see relaxing",
    )
