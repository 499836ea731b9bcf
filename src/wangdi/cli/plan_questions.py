"""What the commands about places share: options of travel, the question they make of them, the answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.output import errors, fail
from wangdi.cli.places import place_named
from wangdi.cli.plan_documents import PlanFormat, check_form, write_document
from wangdi.cli.wording import language, of, t
from wangdi.methods.problems import BadInput
from wangdi.server.planning.asking import KeptFile
from wangdi.server.planning.keeping import keep_document, keep_file
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.sorts import SORTS
from wangdi.server.planning.travelling import Mode


class TerrainName(StrEnum):
    PLAIN = "plain"
    HILLS = "hills"
    MOUNTAINS = "mountains"


class InstitutionType(StrEnum):
    HOSPITAL = "hospital"
    TOWNSHIP_CENTRE = "township_centre"
    COMMUNITY_CENTRE = "community_centre"
    COMMUNITY_STATION = "community_station"
    VILLAGE_CLINIC = "village_clinic"
    OTHER = "other"


Types = Annotated[
    list[InstitutionType] | None,
    typer.Option(
        "--type",
        help=t(
            "哪类机构，可多次；默认基层机构", "Which institutions, may be repeated; primary care if left out"
        ),
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option("--minutes", min=0.1, help=t("几分钟以内算可及", "Within reach up to so many minutes")),
]
ModeOption = Annotated[Mode, typer.Option("--mode", help=t("步行或驾车", "On foot or by car"))]
TerrainOption = Annotated[
    TerrainName,
    typer.Option("--terrain", help=t("地形，决定绕行系数和速度", "The landscape: says detours and speed")),
]
Detour = Annotated[
    float | None,
    typer.Option(
        "--detour", min=1, help=t("绕行系数：路程÷直线距离", "Kilometres of road for each straight one")
    ),
]
Speed = Annotated[
    float | None, typer.Option("--speed", min=0.1, help=t("时速（公里）", "Kilometres an hour"))
]
Matrix = Annotated[
    Path | None,
    typer.Option(
        "--matrix",
        exists=True,
        dir_okay=False,
        help=t(
            "自备行程时间表 csv：from,to,minutes（区划和机构的编码），代替估算",
            "Travel times of your own instead of estimates, as csv: from,to,minutes (codes of places and institutions)",
        ),
    ),
]
RoadsFile = Annotated[
    Path | None,
    typer.Option(
        "--roads",
        exists=True,
        dir_okay=False,
        help=t(
            "OpenStreetMap 道路数据（.osm、.osm.pbf），代替估算；须安装 wangdi[roads]",
            "Roads of OpenStreetMap (.osm, .osm.pbf) instead of estimates; needs wangdi[roads]",
        ),
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--seconds", min=1, help=t("最长求解秒数，到时给出已有的最好方案", "Seconds to solve at most")
    ),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep",
        help=t("保存方案，网页可查看和采用（须给 --place）", "Keep the plan for the pages (needs --place)"),
    ),
]


def answer(
    sort: str,
    place: str | None,
    as_of: date,
    given: Mapping[str, Any],
    files: Mapping[str, Path | None],
    keep: bool,
    output: PlanFormat,
    file: Path | None,
) -> None:
    """Asks, writes what came out, and keeps it if wanted. ``given``: answers by field, None for the default."""
    form = check_form(output, file)
    if keep and place is None:
        raise fail(t("保存方案须给 --place", "keeping a plan needs --place"), 2)
    require_installation()
    where = place_named(place) if place is not None else None
    said = {name: value for name, value in given.items() if value is not None}
    brought = brought_files(files)
    try:
        question = SORTS[sort].question(where, as_of, said, brought)
        document = SORTS[sort].document(question, _no_progress)
    except BadInput as error:
        raise fail(error.in_language(language()), 2) from None
    write_document(document, form, file)
    if keep and where is not None:
        question = SORTS[sort].question(where, as_of, said, kept_beside(brought))
        title = f"{where.name} {of(document.title)}"
        tell_kept(keep_document(question, where, sort, document, actor=None, title=title))


def brought_files(files: Mapping[str, Path | None]) -> dict[str, KeptFile]:
    """Those that were named, where they lie."""
    return {name: KeptFile(path.name, path) for name, path in files.items() if path is not None}


def kept_beside(files: Mapping[str, KeptFile]) -> dict[str, KeptFile]:
    """The same, copied beside the store."""
    return {name: keep_file(one.name, one.path.read_bytes()) for name, one in files.items()}


def tell_kept(plan: KeptPlan) -> None:
    """Under which number the pages have it."""
    errors.print(t(f"已保存为方案 {plan.pk}", f"kept as plan {plan.pk}"), highlight=False)


def codes_of(types: Sequence[InstitutionType] | None) -> list[str] | None:
    """The types of institution as a question holds them; None where all of primary care is meant."""
    return [str(one) for one in types] if types else None


def _no_progress(_part: str, _done: int, _total: int) -> None:
    """Commands print when they are done."""
