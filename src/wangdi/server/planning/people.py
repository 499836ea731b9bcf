"""Where people live and where services are, from the registers, as arrays for reach, siting and routes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, Q

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.pairs import Floats
from wangdi.server.network.models import Institution, Place, Resident, Worker


@dataclass(frozen=True, slots=True)
class Points:
    """Named points, in the order of their codes. ``lonlat``: degrees, shape (n, 2)."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    lonlat: Floats

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Homes:
    """Villages with coordinates. ``people``: shape (n,); ``township``: name of the place above.

    ``counted``: how many of them have no population in the register, so that residents on record stand for it.
    ``nowhere``: villages without coordinates, code and people, which no plan can look at.
    """

    points: Points
    people: Floats
    township: tuple[str, ...]
    counted: int
    nowhere: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Services:
    """Institutions open on the day. ``supply``: shape (n,); ``borrowed``: how many lie where their place does, having no
    coordinates of their own. ``nowhere``: codes of those with neither."""

    points: Points
    types: tuple[str, ...]
    supply: Floats
    borrowed: int
    nowhere: tuple[str, ...]


def homes_under(place: Place | None) -> Homes:
    """All villages of a place, or of the whole register. `BadInput` when there is none with coordinates."""
    found = Place.objects.filter(level="village").select_related("parent").order_by("code")
    if place is not None:
        found = found.filter(path__under=place.path)
    villages = list(found)
    residents = _residents(villages)
    located = [village for village in villages if village.lon is not None and village.lat is not None]
    people = {
        village.code: float(
            residents.get(village.pk, 0) if village.population is None else village.population
        )
        for village in villages
    }
    if not located:
        raise BadInput([_no_villages(len(villages))])
    return Homes(
        _points(located),
        np.array([people[village.code] for village in located]),
        tuple(village.parent.name if village.parent else "" for village in located),
        sum(village.population is None for village in located),
        {village.code: people[village.code] for village in villages if village not in located},
    )


def _residents(villages: Sequence[Place]) -> Mapping[int, int]:
    """Residents on record alive, by village, where the register has no population."""
    unknown = [village.pk for village in villages if village.population is None]
    if not unknown:
        return {}
    living = Resident.objects.filter(death_date=None, place__isnull=False)
    counts = living.values_list("place_id").annotate(number=Count("pk")).values_list("place_id", "number")
    wanted = set(unknown)
    return Counter({place: number for place, number in counts if place in wanted})


def _no_villages(known: int) -> Text:
    return Text(
        f"没有一个村有经纬度（共 {known} 个村）：请在区划台账填写 lon、lat 后重新导入",
        f"no village has coordinates ({known} villages): fill in lon and lat in the register of places and import again",
    )


def services_of(types: Collection[str], as_of: date, supply: str) -> Services:
    """Institutions of those types open on the day, wherever they are: borders do not stop people.

    ``supply``: ``workers`` employed on the day, ``beds``, or ``institutions`` (one each).
    """
    is_open = (Q(opened_on=None) | Q(opened_on__lte=as_of)) & (Q(closed_on=None) | Q(closed_on__gt=as_of))
    found = list(Institution.objects.filter(is_open, type__in=types).select_related("place").order_by("code"))
    located = [one for one in found if _where(one) is not None]
    workers = _workers(as_of) if supply == "workers" else {}
    amounts = {
        "workers": [workers.get(one.pk, 0) for one in located],
        "beds": [one.beds or 0 for one in located],
        "institutions": [1] * len(located),
    }
    lonlat = np.array([_where(one) for one in located], dtype=np.float64).reshape(-1, 2)
    return Services(
        Points(tuple(one.code for one in located), tuple(one.name for one in located), lonlat),
        tuple(one.type for one in located),
        np.array(amounts[supply], dtype=np.float64),
        sum(one.lon is None or one.lat is None for one in located),
        tuple(one.code for one in found if _where(one) is None),
    )


def _where(institution: Institution) -> tuple[float, float] | None:
    """Its own coordinates, or those of its place."""
    for owner in (institution, institution.place):
        if owner.lon is not None and owner.lat is not None:
            return owner.lon, owner.lat
    return None


def _workers(as_of: date) -> Mapping[int, int]:
    employed = (Q(employed_from=None) | Q(employed_from__lte=as_of)) & (
        Q(left_on=None) | Q(left_on__gt=as_of)
    )
    found = Worker.objects.filter(employed, institution__isnull=False).values_list("institution_id")
    return dict(found.annotate(number=Count("pk")).values_list("institution_id", "number"))


def _points(rows: Sequence[Place]) -> Points:
    lonlat = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    return Points(tuple(row.code for row in rows), tuple(row.name for row in rows), lonlat)
