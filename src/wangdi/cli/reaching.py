"""``wangdi plan reach``: who is within so many minutes of which service, and how much of it there is for them."""

from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, PlaceCode
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
    PRIMARY_CARE,
    Detour,
    Matrix,
    Minutes,
    Mode,
    ModeOption,
    Speed,
    TerrainName,
    TerrainOption,
    Travel,
    Types,
    home_notes,
    place_named,
    place_note,
    service_notes,
    told,
    travel_of,
)
from wangdi.cli.wording import t
from wangdi.methods.problems import BadInput
from wangdi.methods.reach.access import Access, two_step
from wangdi.methods.reach.balance import balance
from wangdi.methods.reach.weights import step
from wangdi.methods.sums import sums
from wangdi.methods.travel.pairs import Floats, Ints, nearest
from wangdi.server.network.models import Place
from wangdi.server.planning.people import Homes, Services, homes_under, services_of

ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""Of the three thirds of a catchment, after Luo & Qi (2009)."""


class Supply(StrEnum):
    WORKERS = "workers"
    BEDS = "beds"
    INSTITUTIONS = "institutions"


def reach(
    as_of: AsOf,
    place: PlaceCode = None,
    minutes: Minutes = 15,
    types: Types = PRIMARY_CARE,
    mode: ModeOption = Mode.WALK,
    terrain: TerrainOption = TerrainName.PLAIN,
    detour: Detour = None,
    speed: Speed = None,
    matrix: Matrix = None,
    catchment: Annotated[
        float | None,
        typer.Option(
            "--catchment",
            min=0.1,
            help=t(
                "服务范围（分钟），默认 --minutes 的两倍", "Catchment in minutes; twice --minutes if left out"
            ),
        ),
    ] = None,
    supply: Annotated[
        Supply,
        typer.Option("--supply", help=t("按什么算供给", "What counts as supply")),
    ] = Supply.WORKERS,
    per_1000: Annotated[
        float | None,
        typer.Option(
            "--per-1000",
            min=0,
            help=t("每千人应有多少，用来算余缺", "Supply each thousand people need, for surplus and deficit"),
        ),
    ] = None,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    form = check_form(output, file)
    require_installation()
    where = place_named(place)
    travel = travel_of(mode, terrain, detour, speed, matrix)
    try:
        homes, services = homes_under(where), services_of(types, as_of, supply)
        found = _Reached(homes, services, travel, minutes, catchment or 2 * minutes, supply, per_1000)
        write_document(found.document(where), form, file)
    except BadInput as error:
        raise told(error) from None


reach.__doc__ = t(
    "服务可及：哪些村在 --minutes 分钟内有服务，最近的是哪里；每千人可得多少供给（两步移动搜索法）；分乡镇的余缺。",
    "Where care reaches: which villages have a service within --minutes, which have not, and the nearest; supply for each "
    "thousand people by two-step floating catchments; surplus and deficit by township.",
)


class _Reached:
    """What was found, and how it is told."""

    def __init__(
        self,
        homes: Homes,
        services: Services,
        travel: Travel,
        minutes: float,
        catchment: float,
        supply: Supply,
        per_1000: float | None,
    ) -> None:
        self.homes, self.services, self.travel = homes, services, travel
        self.minutes, self.catchment, self.supply, self.per_1000 = minutes, catchment, supply, per_1000
        pairs = travel.pairs(homes.points, services.points, max(minutes, catchment))
        self.nearest: Ints
        self.taken: Floats
        self.nearest, self.taken = nearest(pairs)
        self.within = self.taken <= minutes
        zones = {catchment * (third + 1) / 3: weight for third, weight in enumerate(ZONE_WEIGHTS)}
        self.access: Access = two_step(pairs.within(catchment), homes.people, services.supply, step(zones))

    def document(self, place: Place | None) -> PlanDocument:
        sheets = [self._townships(), self._villages()]
        notes = [
            place_note(place),
            *home_notes(self.homes),
            *service_notes(self.services),
            self.travel.note(),
            *self._found(),
        ]
        return PlanDocument(t("服务可及到哪里", "Where care reaches"), notes, sheets)

    def _found(self) -> list[Note]:
        people, total = self.homes.people[self.within].sum(), self.homes.people.sum()
        share = people / total if total else 0.0
        limit = f"{self.minutes:g}"
        outside = int((~self.within).sum())
        zones = t("、", ", ").join(
            f"{self.catchment * (n + 1) / 3:g}: {w:g}" for n, w in enumerate(ZONE_WEIGHTS)
        )
        return [
            Note(
                "within",
                t(f"{limit} 分钟以内", f"within {limit} minutes"),
                t(
                    f"{people:,.0f} 人，{share:.1%}；{outside} 个村在外",
                    f"{people:,.0f} people, {share:.1%}; {outside} villages outside",
                ),
                share,
            ),
            Note(
                "access",
                t("可得供给", "access"),
                t(
                    f"两步移动搜索法（E2SFCA），按分钟的权重 {zones}；供给按{_SUPPLY[self.supply][0]}",
                    f"two-step floating catchments (E2SFCA), weights by minutes {zones}; supply is {self.supply.value}",
                ),
            ),
        ]

    def _villages(self) -> Sheet:
        homes, points = self.homes, self.services.points
        order = np.lexsort((-homes.people, self.within))
        places = [int(at) for at in self.nearest[order]]
        rows = pa.table(
            {
                "code": [homes.points.codes[at] for at in order],
                "name": [homes.points.names[at] for at in order],
                "township": [homes.township[at] for at in order],
                "people": homes.people[order].astype(np.int64),
                "within": self.within[order],
                "minutes": [
                    None if at < 0 else round(float(self.taken[o]), 1)
                    for at, o in zip(places, order, strict=True)
                ],
                "nearest": [None if at < 0 else points.codes[at] for at in places],
                "nearest_name": [None if at < 0 else points.names[at] for at in places],
                "per_1000": np.round(self.access.of_origin[order] * 1000, 3),
            }
        )
        return Sheet("villages", t("各村（在外的在前）", "Villages, those outside first"), rows, _headings())

    def _townships(self) -> Sheet:
        names = sorted(set(self.homes.township))
        of_village = np.array([names.index(name) for name in self.homes.township], dtype=np.int64)
        people = sums(of_village, self.homes.people, len(names))
        within = sums(of_village, self.homes.people * self.within, len(names))
        got = sums(of_village, self.homes.people * self.access.of_origin, len(names))
        columns: dict[str, Any] = {
            "township": names,
            "people": people.astype(np.int64),
            "within_people": within.astype(np.int64),
            "share": np.round(np.divide(within, people, out=np.zeros_like(people), where=people > 0), 4),
            "per_1000": np.round(
                np.divide(got, people, out=np.zeros_like(people), where=people > 0) * 1000, 3
            ),
        }
        if self.per_1000 is not None:
            area = np.arange(len(names))
            even = balance(area, got, area, people, self.per_1000 / 1000, len(names))
            columns |= {
                "supply": np.round(even.supply, 2),
                "need": np.round(even.need, 2),
                "surplus": np.round(even.surplus, 2),
                "deficit": np.round(even.deficit, 2),
            }
        return Sheet("townships", t("各乡镇", "Townships"), pa.table(columns), _headings())


_SUPPLY = {
    Supply.WORKERS: ("在职人员数", "workers"),
    Supply.BEDS: ("床位数", "beds"),
    Supply.INSTITUTIONS: ("机构数", "institutions"),
}


def _headings() -> dict[str, str]:
    return {
        "code": t("编码", "code"),
        "name": t("村", "village"),
        "township": t("乡镇", "township"),
        "people": t("人口", "people"),
        "within": t("可及", "within"),
        "within_people": t("可及人口", "people within"),
        "share": t("可及占比", "share"),
        "minutes": t("分钟", "minutes"),
        "nearest": t("最近机构编码", "nearest"),
        "nearest_name": t("最近机构", "nearest institution"),
        "per_1000": t("每千人可得", "per 1,000"),
        "supply": t("可得供给", "supply"),
        "need": t("需要", "need"),
        "surplus": t("富余", "surplus"),
        "deficit": t("不足", "deficit"),
    }
