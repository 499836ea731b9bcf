"""``wangdi plan reach``: who is within so many minutes of which service, and how much of it there is for them."""

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
    Speed,
    TerrainName,
    TerrainOption,
    Types,
    answer,
    codes_of,
)
from wangdi.cli.wording import t
from wangdi.server.planning.people import Supply
from wangdi.server.planning.travelling import MATRIX, ROADS, Mode

Catchment = Annotated[
    float | None,
    typer.Option(
        "--catchment", min=0.1, help=t("供给算到多少分钟以内", "Supply counts up to so many minutes")
    ),
]
SupplyOption = Annotated[Supply, typer.Option("--supply", help=t("按什么算供给", "What counts as supply"))]
Per1000 = Annotated[
    float | None,
    typer.Option(
        "--per-1000",
        min=0,
        help=t("每千人应有多少，用来算余缺", "Supply each thousand people need, for surplus and deficit"),
    ),
]


def reach(
    as_of: AsOf,
    place: PlaceCode = None,
    minutes: Minutes = None,
    types: Types = None,
    mode: ModeOption = Mode.WALK,
    terrain: TerrainOption = TerrainName.PLAIN,
    detour: Detour = None,
    speed: Speed = None,
    matrix: Matrix = None,
    roads: RoadsFile = None,
    catchment: Catchment = None,
    supply: SupplyOption = Supply.DOCTORS,
    per_1000: Per1000 = None,
    keep: Keep = False,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    given = {
        "minutes": minutes,
        "types": codes_of(types),
        "mode": str(mode),
        "terrain": str(terrain),
        "detour": detour,
        "speed": speed,
        "catchment": catchment,
        "supply": str(supply),
        "per_1000": per_1000,
    }
    answer("reach", place, as_of, given, {MATRIX: matrix, ROADS: roads}, keep, output, file)
