"""Where people live and where services are, from the registers, as arrays for reach, siting and routes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from django.db.models import Count, Q

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.pairs import Floats, Ints
from wangdi.methods.travel.points import Points
from wangdi.server.network.models import Institution, Place, Resident, Worker


@dataclass(frozen=True, slots=True)
class Homes:
    """Villages with coordinates. ``people``: shape (n,); ``elderly``: residents on record of that age, shape (n,).

    ``area``: position of the place above in ``areas``, shape (n,).
    ``counted``: how many of them have no population in the register, so that residents on record stand for it;
    ``shared``: of how many more those are told by their share of the place above, whose population is known.
    ``nowhere``: villages without coordinates, code and people, which no plan can look at.
    """

    points: Points
    people: Floats
    elderly: Floats
    area: Ints
    areas: Points
    counted: int
    shared: int
    nowhere: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Services:
    """Institutions open on the day. ``places``: codes of where they are.

    ``supply``: shape (n,). ``borrowed``: how many lie where their place does, having no coordinates of their own.
    ``nowhere``: codes of those with neither.
    """

    points: Points
    types: tuple[str, ...]
    places: tuple[str, ...]
    supply: Floats
    borrowed: int
    nowhere: tuple[str, ...]


def homes_under(place: Place | None, elderly_born_until: date | None = None) -> Homes:
    """All villages of a place, or of the whole register; elderly are those born by that day, nobody where it is None.

    `BadInput` when there is no village with coordinates.
    """
    found = Place.objects.filter(level="village").select_related("parent").order_by("code")
    if place is not None:
        found = found.filter(path__under=place.path)
    villages = list(found)
    residents = _residents([one.pk for one in villages if one.population is None], None)
    elderly = _residents([one.pk for one in villages], elderly_born_until) if elderly_born_until else {}
    located = [village for village in villages if village.lon is not None and village.lat is not None]
    scale = _scales(villages, residents, place)
    people = {
        one.code: float(round(_population(one, residents) * scale.get(one.parent_id, 1))) for one in villages
    }
    if not located:
        raise BadInput([_no_villages(len(villages))])
    areas, area = _areas(located)
    return Homes(
        _points(located),
        np.array([people[village.code] for village in located]),
        np.array([float(round(elderly.get(one.pk, 0) * scale.get(one.parent_id, 1))) for one in located]),
        area,
        areas,
        sum(one.population is None and one.parent_id not in scale for one in located),
        sum(one.parent_id in scale for one in located),
        {one.code: people[one.code] for one in villages if one.lon is None or one.lat is None},
    )


def _scales(
    villages: Sequence[Place], residents: Mapping[int, int], place: Place | None
) -> dict[int | None, float]:
    """People for each resident on record, by place above: where that has a population, and none of its villages has.

    A place whose villages are not all asked about has none, nor one with more residents on record than people.
    """
    found: dict[int | None, float] = {}
    above = {one.parent for one in villages if one.parent is not None}
    told = {one.parent_id for one in villages if one.population is not None}
    on_record: Counter[int | None] = Counter()
    for one in villages:
        on_record[one.parent_id] += residents.get(one.pk, 0)
    for one in above:
        is_whole = place is None or one.path.startswith(place.path)
        if is_whole and one.pk not in told and 0 < on_record[one.pk] < (one.population or 0):
            found[one.pk] = (one.population or 0) / on_record[one.pk]
    return found


def _population(village: Place, residents: Mapping[int, int]) -> int:
    return residents.get(village.pk, 0) if village.population is None else village.population


def _areas(villages: Sequence[Place]) -> tuple[Points, Ints]:
    """The places above, by code, and which of them each village is in; itself where it has none."""
    above = [village.parent or village for village in villages]
    by_code = {one.code: one for one in above}
    codes = sorted(by_code)
    areas = Points.of([(code, by_code[code].name, by_code[code].lon, by_code[code].lat) for code in codes])
    position = {code: at for at, code in enumerate(codes)}
    return areas, np.array([position[one.code] for one in above], dtype=np.int64)


def _residents(villages: Sequence[int], born_until: date | None) -> Mapping[int, int]:
    """Residents on record alive, by the keys of villages; with a day those born by then."""
    if not villages:
        return {}
    living = Resident.objects.filter(death_date=None, place__isnull=False)
    if born_until is not None:
        living = living.filter(birth_date__lte=born_until)
    counts = living.values_list("place_id").annotate(number=Count("pk")).values_list("place_id", "number")
    wanted = set(villages)
    return {place: number for place, number in counts if place in wanted}


def _no_villages(known: int) -> Text:
    return Text(
        f"没有一个村有经纬度（共 {known} 个村）：请在区划台账填写经度、纬度 后重新导入",
        f"no village has coordinates ({known} villages): fill in lon and lat in the register of places and import again",
    )


class Supply(StrEnum):
    """What counts as supply."""

    DOCTORS = "doctors"
    WORKERS = "workers"
    BEDS = "beds"
    INSTITUTIONS = "institutions"


def services_of(
    types: Collection[str], as_of: date, supply: Supply, doctors: Collection[str] = ()
) -> Services:
    """Institutions of those types open on the day, wherever they are: borders do not stop people.

    Workers are those employed on the day; ``doctors`` are the qualifications of those who count as doctors.
    """
    is_open = (Q(opened_on=None) | Q(opened_on__lte=as_of)) & (Q(closed_on=None) | Q(closed_on__gt=as_of))
    found = list(Institution.objects.filter(is_open, type__in=types).select_related("place").order_by("code"))
    located = [one for one in found if _where(one) is not None]
    lonlat = np.array([_where(one) for one in located], dtype=np.float64).reshape(-1, 2)
    return Services(
        Points(tuple(one.code for one in located), tuple(one.name for one in located), lonlat),
        tuple(one.type for one in located),
        tuple(one.place.code for one in located),
        np.array(_amounts(located, as_of, supply, doctors), dtype=np.float64),
        sum(one.lon is None or one.lat is None for one in located),
        tuple(one.code for one in found if _where(one) is None),
    )


def _amounts(
    located: Sequence[Institution], as_of: date, supply: Supply, doctors: Collection[str]
) -> list[int]:
    if supply is Supply.BEDS:
        return [one.beds or 0 for one in located]
    if supply is Supply.INSTITUTIONS:
        return [1] * len(located)
    workers = _workers(as_of, doctors if supply is Supply.DOCTORS else None)
    return [workers.get(one.pk, 0) for one in located]


def _where(institution: Institution) -> tuple[float, float] | None:
    """Its own coordinates, or those of its place."""
    for owner in (institution, institution.place):
        if owner.lon is not None and owner.lat is not None:
            return owner.lon, owner.lat
    return None


def _workers(as_of: date, qualifications: Collection[str] | None) -> Mapping[int, int]:
    employed = (Q(employed_from=None) | Q(employed_from__lte=as_of)) & (
        Q(left_on=None) | Q(left_on__gt=as_of)
    )
    found = Worker.objects.filter(employed, institution__isnull=False)
    if qualifications is not None:
        found = found.filter(qualification__in=qualifications)
    counted = found.values_list("institution_id").annotate(number=Count("pk"))
    return dict(counted.values_list("institution_id", "number"))


def _points(rows: Sequence[Place]) -> Points:
    return Points.of([(row.code, row.name, row.lon, row.lat) for row in rows])
