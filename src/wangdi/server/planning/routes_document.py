"""Weeks of a roving clinic as a document: every stop with its day and hour, what had no room, the routes on a map."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.routing.weeks import Visit
from wangdi.server.common.loading import OnProgress
from wangdi.server.planning.asking import Question
from wangdi.server.planning.notes import answer_notes, data_notes, home_notes, place_note
from wangdi.server.planning.place_maps import BASE, map_data
from wangdi.server.planning.roving import Rounds, Roving, asked_of_routes, rove
from wangdi.server.planning.sheets import Cell, Document, Note, Sheet
from wangdi.server.planning.travelling import Mode, estimate_of, journeys_of

WEEKDAYS = (
    *(
        Text("周一", "Mon"),
        Text("周二", "Tue"),
        Text("周三", "Wed"),
        Text("周四", "Thu"),
        Text("周五", "Fri"),
    ),
    *(Text("周六", "Sat"), Text("周日", "Sun")),
)
TOO_FAR, NO_ROOM = Text("太远，一天不能往返", "too far for a day"), Text("排不下", "no room")


def routes_document(question: Question, report: OnProgress) -> Document:
    """The answer. `BadInput` when something in question, files or registers is wrong, or nobody can be visited."""
    roving = rove(question, report)
    notes = [
        place_note(question.place),
        *home_notes(roving.homes),
        *_travel(roving),
        _task(roving),
        *_found(roving),
        *answer_notes(asked_of_routes(question.place, question.as_of), question),
        *data_notes(question),
    ]
    sheets = [_schedule(roving), _vehicles(roving)]
    if left_out := _left_out(roving):
        sheets.append(left_out)
    return Document(Text("巡诊路线", "Routes of a roving clinic"), notes, sheets, _map(roving))


def _travel(roving: Roving) -> list[Note]:
    label = Text("行程时间", "travel times")
    estimate = estimate_of(roving.question, Mode.DRIVE).title
    rests_on = journeys_of(roving.question, Mode.DRIVE).title
    notes = [Note("travel", label, rests_on)]
    if roving.guessed:
        text = Text(
            f"不知道的 {roving.guessed:,} 段路用估算代替（{estimate.zh}）",
            f"{roving.guessed:,} ways that nothing tells of are estimated ({estimate.en})",
        )
        notes.append(Note("holes", Text("行程缺口", "holes"), text, roving.guessed))
    return notes


def _task(roving: Roving) -> Note:
    villages = sum(len(one.visited.points) for one in roving.rounds)
    vehicles = sum(len(one.base.vehicles) for one in roving.rounds)
    weeks = max(one.cycle.n_weeks for one in roving.rounds)
    hours = roving.team_day.day / 60
    text = Text(
        f"{villages} 个村，由最近的出发点负责；{len(roving.rounds)} 处出发，{vehicles} 辆车（队），"
        f"每天至多 {hours:g} 小时；{weeks} 周一轮，从 {roving.first_monday} 起",
        f"{villages} villages, each served from the nearest base; {len(roving.rounds)} bases, {vehicles} vehicles, "
        f"{hours:g} hours a day at most; the plan repeats every {weeks} weeks from {roving.first_monday} on",
    )
    return Note("question", Text("任务", "task"), text)


def _found(roving: Roving) -> list[Note]:
    cycles = [one.cycle for one in roving.rounds]
    planned = sum(len(route.stops) for one in cycles for visit in one.visits for route in visit.day.routes)
    without = sum(len(one.left_out) for one in cycles)
    heaviest, bound = max(one.heaviest for one in cycles), max(one.bound for one in cycles)
    driving, least = sum(one.driving for one in cycles), sum(one.least_driving for one in cycles)
    seconds = sum(one.seconds for one in cycles)
    far = len(roving.too_far)
    return [
        Note(
            "visits",
            Text("安排", "planned"),
            Text(
                f"{planned} 次，排不下 {without} 次，太远的村 {far} 个",
                f"{planned} visits, {without} without room, {far} villages too far",
            ),
            {"planned": planned, "without_room": without, "too_far": far},
        ),
        Note(
            "load",
            Text("最忙的一天", "fullest day"),
            Text(
                f"服务 {heaviest:.0f} 分钟，任何安排不少于 {bound:.0f}",
                f"{heaviest:.0f} minutes of service, no plan has less than {bound:.0f}",
            ),
            {"value": heaviest, "bound": bound},
        ),
        Note(
            "driving",
            Text("行车", "driving"),
            Text(
                f"{driving:,.0f} 分钟，这样分日任何路线不少于 {least:,.0f}（界限较宽）",
                f"{driving:,.0f} minutes, with these days no less than {least:,.0f} (loosely)",
            ),
            {"value": round(driving, 1), "bound": round(least, 1)},
        ),
        Note(
            "seconds", Text("用时", "took"), Text(f"{seconds:.1f} 秒", f"{seconds:.1f} s"), round(seconds, 3)
        ),
    ]


def _schedule(roving: Roving) -> Sheet:
    """One row per stop, in the order a vehicle drives."""
    columns = {
        "week": Text("第几周", "week"),
        "day": Text("日期", "date"),
        "weekday": Text("星期", "day"),
        "base": Text("出发机构", "base"),
        "team": Text("车", "vehicle"),
        "leaves": Text("出发", "leaves"),
        "order": Text("顺序", "stop"),
        "code": Text("编码", "code"),
        "village": Text("村", "village"),
        "begins": Text("开始", "begins"),
        "ends": Text("结束", "ends"),
        "back": Text("返回", "back"),
        "people": Text("人口", "people"),
        "base_code": Text("出发机构编码", "code of the base"),
    }
    rows = [row for one in roving.rounds for visit in one.cycle.visits for row in _stops(roving, one, visit)]
    return Sheet("schedule", Text("日程", "Schedule"), columns, rows)


def _stops(roving: Roving, rounds: Rounds, visit: Visit) -> Iterator[dict[str, Cell]]:
    day = roving.first_monday + timedelta(weeks=visit.week, days=visit.weekday)
    visited = rounds.visited
    for team, route in enumerate(visit.day.routes):
        for order, (stop, begins) in enumerate(zip(route.stops, route.begins, strict=True), start=1):
            village = int(visit.stops[stop])
            yield {
                "week": visit.week + 1,
                "day": day.isoformat(),
                "weekday": WEEKDAYS[visit.weekday],
                "base": _name(roving, rounds),
                "team": rounds.base.vehicles[team],
                "leaves": time_of(route.leaves_base),
                "order": order,
                "code": visited.points.codes[village],
                "village": visited.points.names[village],
                "begins": time_of(float(begins)),
                "ends": time_of(float(begins + visited.stops.service[village])),
                "back": time_of(route.back),
                "people": int(visited.people[village]),
                "base_code": rounds.base.code,
            }


def _name(roving: Roving, rounds: Rounds) -> str:
    return roving.bases.names[roving.bases.codes.index(rounds.base.code)]


def time_of(minutes: float) -> str:
    """``08:30`` of minutes after midnight."""
    whole = round(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _vehicles(roving: Roving) -> Sheet:
    """What each vehicle has to do in a cycle."""
    columns = {
        "base": Text("出发机构", "base"),
        "team": Text("车", "vehicle"),
        "days": Text("出车天数", "days out"),
        "visits": Text("村次", "visits"),
        "driving": Text("行车分钟", "minutes of driving"),
        "latest": Text("最晚返回", "back at the latest"),
    }
    rows: list[dict[str, Cell]] = []
    for rounds in roving.rounds:
        for team, name in enumerate(rounds.base.vehicles):
            mine = [visit.day.routes[team] for visit in rounds.cycle.visits if team < len(visit.day.routes)]
            rows.append(
                {
                    "base": _name(roving, rounds),
                    "team": name,
                    "days": len(mine),
                    "visits": sum(len(route.stops) for route in mine),
                    "driving": round(sum(route.driving for route in mine)),
                    "latest": time_of(max(route.back for route in mine)) if mine else "",
                }
            )
    return Sheet("vehicles", Text("各车", "Vehicles"), columns, rows)


def _left_out(roving: Roving) -> Sheet | None:
    columns = {
        "week": Text("第几周", "week"),
        "code": Text("编码", "code"),
        "village": Text("村", "village"),
        "because": Text("原因", "why"),
        "minutes": Text("往返加服务（分钟）", "there, service and back (minutes)"),
    }
    rows: list[dict[str, Cell]] = [
        {
            "week": week + 1,
            "code": rounds.visited.points.codes[village],
            "village": rounds.visited.points.names[village],
            "because": NO_ROOM,
            "minutes": None,
        }
        for rounds in roving.rounds
        for week, village in rounds.cycle.left_out
    ]
    rows += [
        {"week": None, "code": code, "village": name, "because": TOO_FAR, "minutes": round(minutes)}
        for code, name, minutes in roving.too_far
    ]
    title = Text(
        "没有排上的（请加车、加天数、加长工作日或放宽周数）", "Left out: add vehicles, days, hours or weeks"
    )
    return Sheet("without_room", title, columns, rows) if rows else None


def _map(roving: Roving) -> dict[str, Any]:
    """Villages visited, bases, and the lines that vehicles drive by week and weekday."""
    homes = roving.homes
    taken = np.full(len(homes.points), np.nan)
    position = {code: at for at, code in enumerate(homes.points.codes)}
    for rounds in roving.rounds:
        for code in rounds.visited.points.codes:
            taken[position[code]] = 0.0
    drawn = map_data(homes, roving.bases, 0.0, taken)
    drawn["stations"] = [[*row[:3], BASE] for row in drawn["stations"]]
    return drawn | {"routes": [line for rounds in roving.rounds for line in _lines(roving, rounds)]}


def _lines(roving: Roving, rounds: Rounds) -> Iterator[list[Any]]:
    """Week, weekday, vehicle, and the positions on the way, from the base and back."""
    base = roving.bases.lonlat[roving.bases.codes.index(rounds.base.code)]
    for visit in rounds.cycle.visits:
        for team, route in enumerate(visit.day.routes):
            on_the_way = rounds.visited.points.lonlat[visit.stops[route.stops]]
            line = np.vstack((base, on_the_way, base)).round(5).tolist()
            yield [visit.week + 1, visit.weekday, rounds.base.vehicles[team], line]
