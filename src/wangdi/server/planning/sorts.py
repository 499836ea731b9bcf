"""The sorts of plan about places: what each asks, and who answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wangdi.engine.model.text import Text
from wangdi.server.common.loading import OnProgress
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import Asked, KeptFile, Question, answers
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.reaching import asked_of_reach, reach_document
from wangdi.server.planning.routes_document import routes_document
from wangdi.server.planning.roving import VISITS, asked_of_routes
from wangdi.server.planning.sheets import Document
from wangdi.server.planning.sites_document import sites_document
from wangdi.server.planning.siting import CANDIDATES, asked_of_sites
from wangdi.server.planning.travelling import MATRIX, ROADS


@dataclass(frozen=True, slots=True)
class Sort:
    """``files``: what may be brought, with the title of each. ``quick``: worked out while the page waits."""

    name: str
    title: Text
    asked: Callable[[Place | None, date], Sequence[Asked]]
    document: Callable[[Question, OnProgress], Document]
    files: Mapping[str, Text]
    quick: bool = False

    def question(
        self,
        place: Place | None,
        day: date,
        given: Mapping[str, Any],
        files: Mapping[str, KeptFile] | None = None,
    ) -> Question:
        """What is asked, with the defaults of what is not said. Raises InvalidAnswers."""
        return Question(place, day, answers(self.asked(place, day), given), files or {})


_MATRIX = Text(
    "行程时间 csv：from,to,minutes（编码、分钟）", "travel times as csv: from,to,minutes (codes, minutes)"
)
_ROADS = Text("道路数据 OpenStreetMap（.osm 或 .osm.pbf）", "roads of OpenStreetMap (.osm or .osm.pbf)")
_CANDIDATES = Text(
    "备选点 csv：code,name,lon,lat[,cost,capacity]", "candidates as csv: code,name,lon,lat[,cost,capacity]"
)
_VISITS = Text(
    "各村要求 csv：code[,every,service,opens,closes]（周、分钟、时:分），只去表中的村",
    "villages as csv: code[,every,service,opens,closes] (weeks, minutes, HH:MM); no others are visited",
)

SORTS: Mapping[str, Sort] = {
    sort.name: sort
    for sort in (
        Sort(
            KeptPlan.Sort.REACH,
            Text("服务可及到哪里", "Where care reaches"),
            asked_of_reach,
            reach_document,
            {MATRIX: _MATRIX, ROADS: _ROADS},
            quick=True,
        ),
        Sort(
            KeptPlan.Sort.SITES,
            Text("站点设在哪里", "Where to open"),
            asked_of_sites,
            sites_document,
            {CANDIDATES: _CANDIDATES, MATRIX: _MATRIX, ROADS: _ROADS},
        ),
        Sort(
            KeptPlan.Sort.ROUTES,
            Text("巡诊路线", "Routes of a roving clinic"),
            asked_of_routes,
            routes_document,
            {VISITS: _VISITS, MATRIX: _MATRIX, ROADS: _ROADS},
        ),
    )
}
