"""What the commands about places share: how people travel, where they live, what went into a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.output import fail
from wangdi.cli.plan_documents import Note
from wangdi.cli.wording import language, of, t
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.estimate import DRIVING, WALKING, Terrain, estimate_pairs
from wangdi.methods.travel.matrix import read_matrix
from wangdi.methods.travel.pairs import Pairs
from wangdi.server.network.models import Place
from wangdi.server.planning.people import Homes, Points, Services


class Mode(StrEnum):
    WALK = "walk"
    DRIVE = "drive"


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


PRIMARY_CARE = [
    InstitutionType.TOWNSHIP_CENTRE,
    InstitutionType.COMMUNITY_CENTRE,
    InstitutionType.COMMUNITY_STATION,
    InstitutionType.VILLAGE_CLINIC,
]

Types = Annotated[
    list[InstitutionType],
    typer.Option("--type", help=t("哪类机构，可多次", "Which institutions, may be repeated")),
]
Minutes = Annotated[
    float,
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
Seconds = Annotated[
    float,
    typer.Option(
        "--seconds", min=1, help=t("最长求解秒数，到时给出已有的最好方案", "Seconds to solve at most")
    ),
]


@dataclass(frozen=True, slots=True)
class Travel:
    """How minutes come about: a file, or an estimate."""

    mode: Mode
    terrain: Terrain
    matrix: Path | None

    def pairs(self, origins: Points, destinations: Points, minutes: float) -> Pairs:
        """All pairs of at most so many minutes."""
        if self.matrix is not None:
            return read_matrix(self.matrix, origins.codes, destinations.codes).within(minutes)
        return estimate_pairs(origins.lonlat, destinations.lonlat, minutes, self.terrain.minutes_per_km)

    def note(self) -> Note:
        mode = t("步行", "on foot") if self.mode is Mode.WALK else t("驾车", "by car")
        if self.matrix is not None:
            text = t(f"取自文件 {self.matrix.name}", f"from the file {self.matrix.name}")
            return Note("travel", t("行程时间", "travel times"), text)
        terrain = self.terrain
        text = t(
            f"估算：{mode}，{of(terrain.title)}，直线距离×{terrain.detour:g}，每小时 {terrain.km_per_hour:g} 公里；"
            "不是实测，有路网或实测时间请用 --matrix",
            f"an estimate: {mode}, {of(terrain.title)}, straight distance × {terrain.detour:g} at "
            f"{terrain.km_per_hour:g} km/h; not measured – bring times of a road network with --matrix",
        )
        return Note("travel", t("行程时间", "travel times"), text)


def travel_of(
    mode: Mode, terrain: TerrainName, detour: float | None, speed: float | None, matrix: Path | None
) -> Travel:
    """What the options mean together."""
    chosen = next(one for one in (WALKING if mode is Mode.WALK else DRIVING) if one.name == terrain)
    own = Terrain(chosen.name, chosen.title, detour or chosen.detour, speed or chosen.km_per_hour)
    return Travel(mode, own, matrix)


def place_named(code: str | None) -> Place | None:
    """The place of that code; ends the command when there is none."""
    if code is None:
        return None
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise fail(t(f"没有编码为 {code} 的区划", f"no place has the code {code}"), 2)
    return found


def told(error: BadInput) -> SystemExit:
    """Bad input as the command's last words."""
    return fail(error.in_language(language()), 2)


def place_note(place: Place | None) -> Note:
    name = t("全部区划", "the whole register") if place is None else f"{place.name} ({place.code})"
    return Note("place", t("区划", "place"), name, None if place is None else place.code)


def home_notes(homes: Homes) -> Sequence[Note]:
    """What is known of the people, and what is not."""
    number, people = len(homes.points), homes.people.sum()
    text = t(f"{number} 个村，{people:,.0f} 人", f"{number} villages, {people:,.0f} people")
    if homes.counted:
        text += t(
            f"；其中 {homes.counted} 个村台账无人口数，用在册居民数",
            f"; {homes.counted} have no population in the register, residents on record stand for it",
        )
    notes = [Note("people", t("人口", "people"), text, float(people))]
    if homes.nowhere:
        codes = t("、", ", ").join(list(homes.nowhere)[:10])
        lost = sum(homes.nowhere.values())
        text = t(
            f"{len(homes.nowhere)} 个村没有经纬度（{lost:,.0f} 人），未计入：{codes}",
            f"{len(homes.nowhere)} villages have no coordinates ({lost:,.0f} people) and are left out: {codes}",
        )
        notes.append(Note("nowhere", t("缺坐标", "no coordinates"), text, list(homes.nowhere)))
    return notes


def service_notes(services: Services) -> Sequence[Note]:
    text = t(f"{len(services.points)} 所", f"{len(services.points)}")
    if services.borrowed:
        text += t(
            f"；其中 {services.borrowed} 所没有自己的经纬度，用所在区划的",
            f"; {services.borrowed} have no coordinates of their own and lie where their place does",
        )
    if services.nowhere:
        codes = t("、", ", ").join(services.nowhere[:10])
        text += t(
            f"；{len(services.nowhere)} 所没有坐标，未计入：{codes}",
            f"; {len(services.nowhere)} have none at all and are left out: {codes}",
        )
    return [Note("institutions", t("机构", "institutions"), text, len(services.points))]
