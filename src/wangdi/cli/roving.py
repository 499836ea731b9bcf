"""``wangdi plan routes``: weeks of a roving clinic, to be printed."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, PlaceCode
from wangdi.cli.output import fail
from wangdi.cli.plan_documents import (
    Note,
    PlanDocument,
    PlanFile,
    PlanFormat,
    PlanOutput,
    Sheet,
    check_form,
    write_document,
)
from wangdi.cli.plan_travel import (
    Detour,
    InstitutionType,
    Matrix,
    Mode,
    Seconds,
    Speed,
    TerrainName,
    TerrainOption,
    Travel,
    home_notes,
    place_named,
    place_note,
    told,
    travel_of,
)
from wangdi.cli.wording import t
from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.routing.day import Floats, Ints, Stops, Teams
from wangdi.methods.routing.weeks import Cycle, plan_cycle
from wangdi.methods.travel.distance import great_circle_km
from wangdi.methods.travel.matrix import read_matrix
from wangdi.server.network.models import Place
from wangdi.server.planning.people import Homes, Points, homes_under, services_of

WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def routes(
    as_of: AsOf,
    base: Annotated[
        str,
        typer.Option("--base", metavar="CODE", help=t("车辆从哪个机构出发", "Where vehicles start and end")),
    ],
    place: PlaceCode = None,
    every: Annotated[
        int,
        typer.Option(
            "--every", min=1, help=t("每村至少几周去一次", "Weeks at most from one visit to the next")
        ),
    ] = 4,
    visits: Annotated[
        Path | None,
        typer.Option(
            "--visits",
            exists=True,
            dir_okay=False,
            help=t(
                "各村要求 csv：code[,every,service,opens,closes]（周、分钟、时:分）；只去表中的村",
                "Villages as csv: code[,every,service,opens,closes] (weeks, minutes, HH:MM); no others are visited",
            ),
        ),
    ] = None,
    service: Annotated[
        float, typer.Option("--service", min=0, help=t("每村服务几分钟", "Minutes of service in a village"))
    ] = 60,
    teams: Annotated[int, typer.Option("--teams", min=1, help=t("几辆车（队）", "How many vehicles"))] = 1,
    starts: Annotated[str, typer.Option("--starts", help=t("几点出发", "When they start"))] = "08:00",
    hours: Annotated[
        float, typer.Option("--hours", min=0.5, help=t("工作日几小时", "Hours of a working day"))
    ] = 8,
    weekdays: Annotated[
        int,
        typer.Option("--weekdays", min=1, max=7, help=t("每周几天，从周一起", "Days a week, from Monday on")),
    ] = 5,
    terrain: TerrainOption = TerrainName.PLAIN,
    detour: Detour = None,
    speed: Speed = None,
    matrix: Matrix = None,
    seconds: Seconds = 60,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    form = check_form(output, file)
    require_installation()
    where = place_named(place)
    travel = travel_of(Mode.DRIVE, terrain, detour, speed, matrix)
    try:
        homes = homes_under(where)
        wish = _wish(homes, visits, every, service)
        depot = _base(base, as_of)
        minutes = _minutes(depot, wish.points, travel)
        team = Teams(teams, _clock(starts), hours * 60)
        bearing = np.arctan2(*(wish.points.lonlat - depot.lonlat).T)
        cycle = plan_cycle(minutes, wish.stops, wish.every, bearing, team, weekdays, seconds)
    except BadInput as error:
        raise told(error) from None
    write_document(_document(cycle, wish, homes, where, depot, travel, team), form, file)


routes.__doc__ = t(
    "巡诊路线：每村至少每 --every 周去一次，排出每周每天每辆车先后去哪些村、几点到；可打印。",
    "Routes of a roving clinic: every village at least every --every weeks; which day, which vehicle, when.",
)


class _Wish:
    """Which villages, how often, for how long."""

    def __init__(self, points: Points, people: Floats, every: Ints, stops: Stops) -> None:
        self.points, self.people, self.every, self.stops = points, people, every, stops


def _wish(homes: Homes, file: Path | None, every: int, service: float) -> _Wish:
    """All villages, or those of a file. `BadInput` with every row that is wrong."""
    position = {code: at for at, code in enumerate(homes.points.codes)}
    rows = [{"code": code} for code in homes.points.codes] if file is None else _rows(file)
    problems = [
        Text(
            f"第 {line} 行：{row['code']} 不是该区划内有经纬度的村",
            f"line {line}: {row['code']} is no village of the place with coordinates",
        )
        for line, row in enumerate(rows, start=2)
        if row["code"] not in position
    ]
    problems += [
        Text(f"{name} 一列有不能识别的内容", f"column {name} holds what cannot be read")
        for name, read in _COLUMNS.items()
        if not all(_readable(row.get(name), read) for row in rows)
    ]
    if problems or not rows:
        raise BadInput(problems or [Text("没有要去的村", "there are no villages to visit")])
    places = np.array([position[row["code"]] for row in rows])
    numbers = {
        name: np.array(
            [read(text) if (text := row.get(name) or "") else default for row in rows], dtype=float
        )
        for (name, read), default in zip(_COLUMNS.items(), (every, service, 0.0, 24 * 60.0), strict=True)
    }
    points = Points(
        tuple(homes.points.codes[at] for at in places),
        tuple(homes.points.names[at] for at in places),
        homes.points.lonlat[places],
    )
    stops = Stops(numbers["service"], numbers["opens"], numbers["closes"])
    return _Wish(points, homes.people[places], numbers["every"].astype(np.int64), stops)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if "code" not in (reader.fieldnames or ()):
            raise BadInput([Text(f"{file.name} 缺少列：code", f"{file.name} lacks the column code")])
        return [{name: (text or "").strip() for name, text in row.items() if name} for row in reader]


def _clock(text: str) -> float:
    """Minutes after midnight of a time such as 08:30. `BadInput` for what is none."""
    hour, _, minute = text.replace("：", ":").partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise BadInput([Text(f"“{text}”不是时刻；请写成 08:30", f"'{text}' is no time; write it like 08:30")])
    return int(hour) * 60 + int(minute)


_COLUMNS: dict[str, Callable[[str], float]] = {
    "every": float,
    "service": float,
    "opens": _clock,
    "closes": _clock,
}


def _readable(text: str | None, read: Callable[[str], float]) -> bool:
    try:
        return not text or read(text) >= 0
    except (ValueError, BadInput):
        return False


def _base(code: str, as_of: date) -> Points:
    """The institution that vehicles start from; ends the command when there is none with coordinates."""
    everywhere = services_of(tuple(InstitutionType), as_of, "institutions").points
    if code not in everywhere.codes:
        raise fail(
            t(f"没有编码为 {code} 且有坐标的机构", f"no institution with coordinates has the code {code}"), 2
        )
    at = everywhere.codes.index(code)
    return Points((code,), (everywhere.names[at],), everywhere.lonlat[at : at + 1])


def _minutes(base: Points, villages: Points, travel: Travel) -> Floats:
    """From everywhere to everywhere, the base first: estimates, and what a file says instead."""
    lonlat = np.vstack((base.lonlat, villages.lonlat))
    minutes = great_circle_km(lonlat[:, None], lonlat[None]) * travel.terrain.minutes_per_km
    if travel.matrix is not None:
        codes = base.codes + villages.codes
        pairs = read_matrix(travel.matrix, codes, codes)
        minutes[pairs.origins, pairs.destinations] = pairs.minutes
    return np.asarray(minutes)


# -- telling ----------------------------------------------------------------------------------------


def _document(
    cycle: Cycle, wish: _Wish, homes: Homes, place: Place | None, base: Points, travel: Travel, team: Teams
) -> PlanDocument:
    text = t(
        f"{len(wish.points)} 个村；{team.number} 辆车从{base.names[0]}出发，每天至多 {team.day / 60:g} 小时；"
        f"{cycle.n_weeks} 周一轮",
        f"{len(wish.points)} villages; {team.number} vehicles from {base.names[0]}, {team.day / 60:g} hours a day at most; "
        f"the plan repeats every {cycle.n_weeks} weeks",
    )
    notes = [
        place_note(place),
        *home_notes(homes),
        travel.note(),
        Note("question", t("任务", "task"), text),
        *_found(cycle),
    ]
    sheets = [_schedule(cycle, wish)]
    if cycle.left_out:
        sheets.append(_left_out(cycle, wish))
    return PlanDocument(t("巡诊路线", "Routes of a roving clinic"), notes, sheets)


def _found(cycle: Cycle) -> list[Note]:
    visited = sum(len(visit.stops) - len(visit.day.left_out) for visit in cycle.visits)
    return [
        Note(
            "visits",
            t("安排", "planned"),
            t(
                f"{visited} 次，排不下 {len(cycle.left_out)} 次",
                f"{visited} visits, {len(cycle.left_out)} without room",
            ),
            {"planned": visited, "without_room": len(cycle.left_out)},
        ),
        Note(
            "load",
            t("最忙的一天", "fullest day"),
            t(
                f"服务 {cycle.heaviest:.0f} 分钟，任何安排不少于 {cycle.bound:.0f}",
                f"{cycle.heaviest:.0f} minutes of service, no plan has less than {cycle.bound:.0f}",
            ),
            {"value": cycle.heaviest, "bound": cycle.bound},
        ),
        Note(
            "driving",
            t("行车", "driving"),
            t(
                f"{cycle.driving:,.0f} 分钟，这样分日任何路线不少于 {cycle.least_driving:,.0f}（界限较宽）",
                f"{cycle.driving:,.0f} minutes, with these days no less than {cycle.least_driving:,.0f} (loosely)",
            ),
            {"value": round(cycle.driving, 1), "bound": round(cycle.least_driving, 1)},
        ),
        Note(
            "seconds",
            t("用时", "took"),
            t(f"{cycle.seconds:.1f} 秒", f"{cycle.seconds:.1f} s"),
            round(cycle.seconds, 3),
        ),
    ]


def _schedule(cycle: Cycle, wish: _Wish) -> Sheet:
    """One row per stop, in the order a team drives."""
    rows = []
    for visit in cycle.visits:
        for team, route in enumerate(visit.day.routes, start=1):
            for order, (stop, begins) in enumerate(zip(route.stops, route.begins, strict=True), start=1):
                village = int(visit.stops[stop])
                rows.append(
                    {
                        "week": visit.week + 1,
                        "weekday": t(f"周{WEEKDAYS[visit.weekday]}", WEEKDAYS_EN[visit.weekday]),
                        "team": team,
                        "leaves": _time(route.leaves_base),
                        "order": order,
                        "code": wish.points.codes[village],
                        "village": wish.points.names[village],
                        "begins": _time(float(begins)),
                        "ends": _time(float(begins + wish.stops.service[village])),
                        "back": _time(route.back),
                        "people": int(wish.people[village]),
                    }
                )
    return Sheet("schedule", t("日程", "Schedule"), pa.Table.from_pylist(rows, _SCHEDULE), _headings())


_SCHEDULE = pa.schema(
    {
        "week": pa.int64(),
        "weekday": pa.string(),
        "team": pa.int64(),
        "leaves": pa.string(),
        "order": pa.int64(),
        "code": pa.string(),
        "village": pa.string(),
        "begins": pa.string(),
        "ends": pa.string(),
        "back": pa.string(),
        "people": pa.int64(),
    }
)


def _left_out(cycle: Cycle, wish: _Wish) -> Sheet:
    rows = pa.table(
        {
            "week": [week + 1 for week, _ in cycle.left_out],
            "code": [wish.points.codes[village] for _, village in cycle.left_out],
            "village": [wish.points.names[village] for _, village in cycle.left_out],
        }
    )
    title = t(
        "排不下的（请加车、加天数、加长工作日或放宽周数）", "Without room: add vehicles, days, hours or weeks"
    )
    return Sheet("without_room", title, rows, _headings())


def _time(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _headings() -> dict[str, str]:
    return {
        "week": t("第几周", "week"),
        "weekday": t("星期", "day"),
        "team": t("车", "vehicle"),
        "leaves": t("出发", "leaves"),
        "order": t("顺序", "stop"),
        "code": t("编码", "code"),
        "village": t("村", "village"),
        "begins": t("开始", "begins"),
        "ends": t("结束", "ends"),
        "back": t("返回", "back"),
        "people": t("人口", "people"),
    }
