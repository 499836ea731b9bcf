"""Where care reaches: who is within so many minutes of which service, how much of it there is, surplus and deficit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.text import Text
from wangdi.methods.reach.access import Access, two_step
from wangdi.methods.reach.balance import balance
from wangdi.methods.reach.weights import step
from wangdi.methods.sums import sums
from wangdi.methods.travel.journeys import FromFile, Journeys
from wangdi.methods.travel.pairs import Flags, Floats, Ints, nearest
from wangdi.server.common.loading import OnProgress
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import Asked, Question, one_of
from wangdi.server.planning.notes import (
    answer_notes,
    data_notes,
    home_notes,
    place_note,
    service_note,
    travel_notes,
)
from wangdi.server.planning.people import Homes, Services, Supply, homes_under, services_of
from wangdi.server.planning.place_maps import map_data
from wangdi.server.planning.sheets import Document, Note, Sheet
from wangdi.server.planning.travelling import (
    Mode,
    asked_numbers,
    asked_travel,
    asked_types,
    journeys_of,
    reach_declared,
)

ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""Of the three thirds of a catchment, after Luo & Qi (2009)."""

LONGEST = 24 * 60.0
"""Minutes after which nobody looks for a nearest service any more."""

SUPPLIES = {
    Supply.DOCTORS: Text("在职医师（含乡村医生）数", "doctors, village doctors included"),
    Supply.WORKERS: Text("在职人员数", "workers"),
    Supply.BEDS: Text("床位数", "beds"),
    Supply.INSTITUTIONS: Text("机构数", "institutions"),
}


def asked_of_reach(place: Place | None, day: date) -> list[Asked]:
    numbers = reach_declared().numbers
    return [
        *asked_numbers(numbers, ("minutes",), day),
        *asked_travel(Mode.WALK, day),
        asked_types(),
        one_of(
            "supply",
            Text("按什么算供给", "What counts as supply"),
            [(str(code), title) for code, title in SUPPLIES.items()],
            Supply.DOCTORS,
        ),
        *asked_numbers(numbers, ("per_1000", "catchment", "elderly_from"), day),
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """``nearest``: position of the nearest service of each village (-1: none anywhere), ``taken`` its minutes."""

    homes: Homes
    services: Services
    nearest: Ints
    taken: Floats
    within: Flags


def reach_document(question: Question, report: OnProgress) -> Document:
    """The answer. `BadInput` when nobody has coordinates, or the file of travel times cannot be read."""
    report("registers", 0, 0)
    found, journeys = reached(question), journeys_of(question)
    report("travel", 0, 0)
    catchment = max(question.number("catchment"), question.number("minutes"))
    pairs = journeys.pairs(found.homes.points, found.services.points, catchment)
    zones = {catchment * (third + 1) / 3: weight for third, weight in enumerate(ZONE_WEIGHTS)}
    access = two_step(pairs, found.homes.people, found.services.supply, step(zones))
    notes = [
        place_note(question.place),
        *home_notes(found.homes),
        service_note(found.services),
        *travel_notes(journeys, found.homes),
        *_found(found, question),
        _access_note(question, catchment),
        *answer_notes(asked_of_reach(question.place, question.as_of), question),
        *data_notes(question),
    ]
    limit = question.number("minutes")
    return Document(
        Text("服务可及到哪里", "Where care reaches"),
        notes,
        [_townships(found, access, question), _villages(found, access)],
        map_data(found.homes, found.services.points, limit, found.taken),
    )


def reached(question: Question) -> Reached:
    """Villages, services and the nearest of them. `BadInput` as above."""
    years = Duration(int(question.values.get("elderly_from", 65)), Unit.YEARS)
    homes = homes_under(question.place, shift(question.as_of, years, -1))
    supply = Supply(question.values.get("supply", Supply.INSTITUTIONS))
    services = services_of(question.values["types"], question.as_of, supply, reach_declared().doctors)
    limit = question.number("minutes")
    at, taken = nearest_of(journeys_of(question), homes, services, limit)
    return Reached(homes, services, at, taken, taken <= limit)


def nearest_of(journeys: Journeys, homes: Homes, services: Services, minutes: float) -> tuple[Ints, Floats]:
    """The nearest service of each village and its minutes, however far; -1 and infinite where there is none."""
    if isinstance(journeys, FromFile):
        journeys.check(homes.points, services.points)
    at, taken = nearest(journeys.pairs(homes.points, services.points, minutes))
    limit = minutes
    while len(services.points) and limit < LONGEST and (at < 0).any():
        limit, far = min(limit * 4, LONGEST), np.flatnonzero(at < 0)
        at[far], taken[far] = nearest(journeys.pairs(homes.points.only(far), services.points, limit))
    return at, taken


def _found(found: Reached, question: Question) -> Sequence[Note]:
    people, total = float(found.homes.people[found.within].sum()), float(found.homes.people.sum())
    share, limit = people / total if total else 0.0, f"{question.number('minutes'):g}"
    outside = ~found.within
    elderly = float(found.homes.elderly[outside].sum())
    text = Text(
        f"{people:,.0f} 人，{share:.1%}；{outside.sum()} 个村在外，{total - people:,.0f} 人，其中老年人 {elderly:,.0f}",
        f"{people:,.0f} people, {share:.1%}; {outside.sum()} villages outside, {total - people:,.0f} people, "
        f"{elderly:,.0f} of them elderly",
    )
    label = Text(f"{limit} 分钟以内", f"within {limit} minutes")
    values = {
        "share": share,
        "outside": int(outside.sum()),
        "outside_people": total - people,
        "outside_elderly": elderly,
        "within_people": people,
    }
    return [Note("within", label, text, values)]


def _access_note(question: Question, catchment: float) -> Note:
    zones = [f"{catchment * (n + 1) / 3:g}: {weight:g}" for n, weight in enumerate(ZONE_WEIGHTS)]
    supply = SUPPLIES[Supply(question.values["supply"])]
    return Note(
        "access",
        Text("可得供给", "access"),
        Text(
            f"两步移动搜索法（E2SFCA），按分钟的权重 {'、'.join(zones)}；供给按{supply.zh}",
            f"two-step floating catchments (E2SFCA), weights by minutes {', '.join(zones)}; supply is {supply.en}",
        ),
    )


def _villages(found: Reached, access: Access) -> Sheet:
    """Those outside first, the largest first."""
    homes, points = found.homes, found.services.points
    order = np.lexsort((-homes.people, found.within)).tolist()
    rows = [
        {
            "code": homes.points.codes[at],
            "name": homes.points.names[at],
            "township": homes.areas.names[homes.area[at]],
            "people": int(homes.people[at]),
            "elderly": int(homes.elderly[at]),
            "within": bool(found.within[at]),
            "minutes": round(float(found.taken[at]), 1) if found.nearest[at] >= 0 else None,
            "nearest": points.codes[found.nearest[at]] if found.nearest[at] >= 0 else None,
            "nearest_name": points.names[found.nearest[at]] if found.nearest[at] >= 0 else None,
            "per_1000": round(float(access.of_origin[at]) * 1000, 3),
        }
        for at in order
    ]
    columns = {
        "code": Text("编码", "code"),
        "name": Text("村", "village"),
        "township": Text("乡镇", "township"),
        "people": Text("人口", "people"),
        "elderly": Text("老年人", "elderly"),
        "within": Text("可及", "within"),
        "minutes": Text("分钟", "minutes"),
        "nearest": Text("最近机构编码", "nearest"),
        "nearest_name": Text("最近机构", "nearest institution"),
        "per_1000": Text("每千人可得", "per 1,000"),
    }
    return Sheet("villages", Text("各村（在外的在前）", "Villages, those outside first"), columns, rows)


def _townships(found: Reached, access: Access, question: Question) -> Sheet:
    homes, n = found.homes, len(found.homes.areas)
    people, within, elderly, got = (
        sums(homes.area, amounts, n)
        for amounts in (
            homes.people,
            homes.people * found.within,
            homes.elderly * ~found.within,
            homes.people * access.of_origin,
        )
    )
    everywhere = np.arange(n)
    even = balance(everywhere, got, everywhere, people, question.number("per_1000") / 1000, n)
    rows = [
        {
            "code": homes.areas.codes[at],
            "township": homes.areas.names[at],
            "people": int(people[at]),
            "within_people": int(within[at]),
            "share": round(float(within[at] / people[at]), 4) if people[at] else None,
            "outside_elderly": int(elderly[at]),
            "per_1000": round(float(got[at] / people[at]) * 1000, 3) if people[at] else None,
            "supply": round(float(even.supply[at]), 2),
            "need": round(float(even.need[at]), 2),
            "surplus": round(float(even.surplus[at]), 2),
            "deficit": round(float(even.deficit[at]), 2),
        }
        for at in range(n)
    ]
    columns = {
        "code": Text("编码", "code"),
        "township": Text("乡镇", "township"),
        "people": Text("人口", "people"),
        "within_people": Text("可及人口", "people within"),
        "share": Text("可及占比", "share"),
        "outside_elderly": Text("在外老年人", "elderly outside"),
        "per_1000": Text("每千人可得", "per 1,000"),
        "supply": Text("可得供给", "supply"),
        "need": Text("需要", "need"),
        "surplus": Text("富余", "surplus"),
        "deficit": Text("不足", "deficit"),
    }
    return Sheet("townships", Text("各乡镇", "Townships"), columns, rows)
