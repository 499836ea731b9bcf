"""``wangdi plan routes``: weeks of a roving clinic, to be printed."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.options import AsOf, PlaceCode, parse_day
from wangdi.cli.plan_documents import PlanFile, PlanFormat, PlanOutput
from wangdi.cli.plan_questions import (
    Detour,
    Keep,
    Matrix,
    Minutes,
    RoadsFile,
    Seconds,
    Speed,
    TerrainName,
    TerrainOption,
    Types,
    answer,
    codes_of,
)
from wangdi.cli.wording import t
from wangdi.server.planning.roving import VISITS, Whom
from wangdi.server.planning.travelling import MATRIX, ROADS

Bases = Annotated[
    list[str] | None,
    typer.Option(
        "--base",
        metavar="CODE",
        help=t("车辆从哪个机构出发，可多次", "Where vehicles start and end, may be repeated"),
    ),
]
Vehicles = Annotated[
    list[str] | None,
    typer.Option(
        "--vehicle",
        metavar="CODE",
        help=t("资产台账里的车辆，可多次，从所属机构出发", "Vehicles of the register, may be repeated"),
    ),
]
WhomOption = Annotated[
    Whom, typer.Option("--whom", help=t("去不可及的村，还是所有的村", "Villages outside reach, or all"))
]
Every = Annotated[
    int | None,
    typer.Option("--every", min=1, help=t("每村至少几周去一次", "Weeks at most from one visit to the next")),
]
VisitsFile = Annotated[
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
]
Service = Annotated[
    float | None,
    typer.Option("--service", min=0, help=t("每村服务几分钟", "Minutes of service in a village")),
]
Teams = Annotated[
    int | None,
    typer.Option("--teams", min=1, help=t("每个出发机构几队", "How many vehicles at each base")),
]
Begins = Annotated[
    date | None,
    typer.Option(
        "--begins", parser=parse_day, metavar="YYYY-MM-DD", help=t("从哪一周开始，默认下周", "First week")
    ),
]
Starts = Annotated[str, typer.Option("--starts", help=t("几点出发", "When they start"))]
Hours = Annotated[
    float | None, typer.Option("--hours", min=0.5, help=t("工作日几小时", "Hours of a working day"))
]
Weekdays = Annotated[
    int | None,
    typer.Option("--weekdays", min=1, max=7, help=t("每周几天，从周一起", "Days a week, from Monday on")),
]


def routes(
    as_of: AsOf,
    base: Bases = None,
    vehicle: Vehicles = None,
    place: PlaceCode = None,
    whom: WhomOption = Whom.OUTSIDE,
    minutes: Minutes = None,
    types: Types = None,
    every: Every = None,
    visits: VisitsFile = None,
    service: Service = None,
    teams: Teams = None,
    begins: Begins = None,
    starts: Starts = "08:00",
    hours: Hours = None,
    weekdays: Weekdays = None,
    terrain: TerrainOption = TerrainName.PLAIN,
    detour: Detour = None,
    speed: Speed = None,
    matrix: Matrix = None,
    roads: RoadsFile = None,
    seconds: Seconds = None,
    keep: Keep = False,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    given = {
        "bases": ",".join(base) if base else None,
        "vehicles": vehicle if vehicle else [] if base else None,
        "whom": str(whom),
        "minutes": minutes,
        "types": codes_of(types),
        "every": every,
        "service": service,
        "teams": teams,
        "begins": begins.isoformat() if begins else None,
        "starts": starts,
        "hours": hours,
        "weekdays": weekdays,
        "terrain": str(terrain),
        "detour": detour,
        "speed": speed,
        "seconds": seconds,
    }
    answer("routes", place, as_of, given, {VISITS: visits, MATRIX: matrix, ROADS: roads}, keep, output, file)
