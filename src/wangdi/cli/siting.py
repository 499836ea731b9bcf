"""``wangdi plan sites``: where to open stations."""

from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.options import AsOf, PlaceCode
from wangdi.cli.plan_documents import PlanFile, PlanFormat, PlanOutput
from wangdi.cli.plan_questions import (
    Detour,
    Keep,
    Matrix,
    Minutes,
    ModeOption,
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
from wangdi.server.planning.siting import CANDIDATES, PERCENT, Existing, Goal, Where
from wangdi.server.planning.travelling import MATRIX, ROADS, Mode

GoalOption = Annotated[
    Goal,
    typer.Option(
        "--goal",
        help=t(
            "people 覆盖最多人；fewest 用最少站点覆盖 --share 的人；travel 总行程最短",
            "people: most people covered; fewest: fewest stations for --share of them; travel: least travel",
        ),
    ),
]
Stations = Annotated[
    int | None, typer.Option("--stations", min=0, help=t("最多新设几个站点", "New stations at most"))
]
Share = Annotated[
    float | None,
    typer.Option("--share", help=t("要覆盖的人口比例，0 到 1", "Share of people to cover, 0 to 1")),
]
ExistingOption = Annotated[
    Existing,
    typer.Option(
        "--existing",
        help=t("现有机构：保留、可关闭、不计", "Institutions there are: kept, may be closed, not looked at"),
    ),
]
WhereOption = Annotated[
    Where,
    typer.Option("--where", help=t("哪些村是备选点", "Which villages are candidates, where no file says")),
]
CandidatesFile = Annotated[
    Path | None,
    typer.Option(
        "--candidates",
        exists=True,
        dir_okay=False,
        help=t(
            "备选点 csv：code,name,lon,lat[,cost,capacity]；不给则各村都是备选点",
            "Candidates as csv: code,name,lon,lat[,cost,capacity]; every village if left out",
        ),
    ),
]
Cost = Annotated[
    float | None, typer.Option("--cost", min=0, help=t("每个新站点的费用", "What a new station costs"))
]
Budget = Annotated[
    float | None, typer.Option("--budget", min=0, help=t("费用合计上限", "Most that may be spent"))
]
Capacity = Annotated[
    float | None,
    typer.Option("--capacity", min=1, help=t("每个站点最多服务人数", "People a station serves at most")),
]
UpgradeCapacity = Annotated[
    float | None,
    typer.Option(
        "--upgrade-capacity",
        min=1,
        help=t("现有机构扩建后最多服务人数", "People an existing institution serves at most once upgraded"),
    ),
]
UpgradeCost = Annotated[
    float | None, typer.Option("--upgrade-cost", min=0, help=t("扩建一所的费用", "What an upgrade costs"))
]
ClosingSaves = Annotated[
    float | None,
    typer.Option("--closing-saves", min=0, help=t("关闭一所省下的费用", "What closing an institution saves")),
]


def sites(
    as_of: AsOf,
    place: PlaceCode = None,
    goal: GoalOption = Goal.PEOPLE,
    stations: Stations = None,
    share: Share = None,
    minutes: Minutes = None,
    types: Types = None,
    existing: ExistingOption = Existing.KEEP,
    where: WhereOption = Where.ALL,
    candidates: CandidatesFile = None,
    cost: Cost = None,
    budget: Budget = None,
    capacity: Capacity = None,
    upgrade_capacity: UpgradeCapacity = None,
    upgrade_cost: UpgradeCost = None,
    closing_saves: ClosingSaves = None,
    mode: ModeOption = Mode.WALK,
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
        "goal": str(goal),
        "stations": stations,
        "share": None if share is None else share * PERCENT,
        "minutes": minutes,
        "types": codes_of(types),
        "existing": str(existing),
        "where": str(where),
        "cost": cost,
        "budget": budget,
        "capacity": capacity,
        "upgrade_capacity": upgrade_capacity,
        "upgrade_cost": upgrade_cost,
        "closing_saves": closing_saves,
        "mode": str(mode),
        "terrain": str(terrain),
        "detour": detour,
        "speed": speed,
        "seconds": seconds,
    }
    answer(
        "sites",
        place,
        as_of,
        given,
        {CANDIDATES: candidates, MATRIX: matrix, ROADS: roads},
        keep,
        output,
        file,
    )
