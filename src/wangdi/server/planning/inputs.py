"""What a plan of postings is made from, read out of the store: who may go, what centres lack, who is posted already."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.registers import INSTITUTION, WORKER
from wangdi.server.evaluation.models import Figure
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import Declaration, Need
from wangdi.server.records.models import RecordVersion


@dataclass(frozen=True)
class Period:
    """First and last day of the postings."""

    begins: date
    ends: date


@dataclass(frozen=True, eq=False)
class Doctor:
    """Somebody who may go. ``fixed`` is the centre of a posting that runs on, ``last`` that of the last one that ended."""

    worker: Worker
    hospital: Institution
    specialty: str
    earlier: int
    fixed: int | None
    last: int | None
    is_new: bool
    is_senior: bool


@dataclass(frozen=True, eq=False)
class Centre:
    """A centre with what it lacks: ``needs`` are specialties with the reason each is wanted for."""

    institution: Institution
    county: Place
    population: int
    needs: Mapping[str, Need]


@dataclass(frozen=True, eq=False)
class Inputs:
    doctors: list[Doctor]
    centres: list[Centre]
    away: int
    """Doctors who would be suitable but are away when the postings begin."""
    unplaced: list[Institution]
    """Hospitals and centres without coordinates."""


def read_inputs(
    declared: Declaration, place: Place, sender: Place, as_of: date, period: Period, years: int
) -> Inputs:
    """Everything about centres under ``place`` and doctors of hospitals under ``sender``. A fixed number of queries."""
    receivers = list(_institutions(declared.receivers.types, None, place, as_of))
    hospitals = list(_institutions(declared.senders.types, declared.senders.least_level, sender, as_of))
    postings = _Postings(declared, receivers, period, as_of, years)
    away = _away(declared, period.begins)
    new = _new(declared, as_of)
    doctors, absent = [], 0
    at = {hospital.pk: hospital for hospital in hospitals}
    for worker in _workers(declared, hospitals, as_of):
        if worker.pk in away and worker.pk not in postings.fixed:
            absent += 1
            continue
        doctors.append(_doctor(worker, at[worker.institution_id or 0], postings, new))
    centres = list(_centres(declared, receivers, place, as_of))
    unplaced = [one for one in (*hospitals, *receivers) if one.lon is None or one.lat is None]
    return Inputs(doctors, centres, absent, unplaced)


def _institutions(types: Any, least_level: str | None, place: Place, as_of: date) -> Iterator[Institution]:
    """Those open on the day, by code."""
    levels = INSTITUTION.field("level").option_codes
    found = Institution.objects.filter(type__in=types, place__path__under=place.path).select_related("place")
    for one in found.order_by("code"):
        is_open = (one.opened_on or as_of) <= as_of and (one.closed_on is None or one.closed_on > as_of)
        if is_open and (least_level is None or one.level in levels[levels.index(least_level) :]):
            yield one


def _workers(declared: Declaration, hospitals: list[Institution], as_of: date) -> Iterator[Worker]:
    titles = WORKER.field("title_level").option_codes
    least = declared.doctors.least_title
    found = Worker.objects.filter(institution__in=hospitals).order_by("code")
    if declared.doctors.qualifications:
        found = found.filter(qualification__in=declared.doctors.qualifications)
    if least is not None:
        found = found.filter(title_level__in=titles[titles.index(least) :])
    for worker in found:
        is_new_enough = worker.employed_from is None or worker.employed_from <= as_of
        if is_new_enough and (worker.left_on is None or worker.left_on > as_of):
            yield worker


def _doctor(worker: Worker, hospital: Institution, postings: "_Postings", new: set[int]) -> Doctor:
    titles = WORKER.field("title_level").option_codes
    return Doctor(
        worker,
        hospital,
        worker.specialty or "",
        postings.earlier[worker.pk],
        postings.fixed.get(worker.pk),
        postings.last.get(worker.pk),
        worker.pk in new,
        titles.index(worker.title_level or titles[0]) >= titles.index("associate_senior"),
    )


def _records(kind: str, as_of: date) -> Iterator[RecordVersion]:
    yield from (
        RecordVersion.objects.valid()
        .filter(kind__name=kind, occurred_on__lte=as_of)
        .order_by("occurred_on", "record_id")
    )


class _Postings:
    """Earlier postings by worker: how many began in the years looked back on, where one runs on, where the last was."""

    def __init__(
        self, declared: Declaration, receivers: list[Institution], period: Period, as_of: date, years: int
    ) -> None:
        index = {centre.pk: at for at, centre in enumerate(receivers)}
        since = shift(period.begins, Duration(years, Unit.YEARS), -1)
        self.earlier: Counter[int] = Counter()
        self.fixed: dict[int, int] = {}
        self.last: dict[int, int] = {}
        for record in _records(declared.posting.kind, as_of):
            begins = _day(record.values.get(declared.posting.from_)) or record.occurred_on
            ends = _day(record.values.get(declared.posting.to))
            centre = index.get(record.institution_id or 0)
            self.earlier[record.subject] += since <= begins < period.begins
            if centre is None:
                continue
            if ends is None or ends >= period.begins:
                self.fixed[record.subject] = centre
            else:
                self.last[record.subject] = centre


def _away(declared: Declaration, day: date) -> set[int]:
    found = set()
    for away in declared.away:
        for record in _records(away.kind, day):
            begins = _day(record.values.get(away.from_)) or record.occurred_on
            ends = next((end for name in away.to if (end := _day(record.values.get(name)))), None)
            if begins <= day and (ends is None or ends > day):
                found.add(record.subject)
    return found


def _new(declared: Declaration, as_of: date) -> set[int]:
    """Those hired in the calendar year of the day."""
    if declared.hired is None:
        return set()
    first, where = as_of.replace(month=1, day=1), declared.hired.where
    return {
        record.subject
        for record in _records(declared.hired.kind, as_of)
        if record.occurred_on >= first
        and all(record.values.get(name) == value for name, value in where.items())
    }


def _centres(
    declared: Declaration, receivers: list[Institution], place: Place, as_of: date
) -> Iterator[Centre]:
    staff = _specialties_of(receivers)
    worse = {
        need.worse_than_place: _worse_than(need.worse_than_place, receivers, place, as_of)
        for need in declared.needs
        if need.worse_than_place
    }
    counties = {one.path: one for one in Place.objects.filter(level="county")}
    for centre in receivers:
        needs = {
            need.specialty: need
            for need in declared.needs
            if (need.lacks_staff and need.specialty not in staff[centre.pk])
            or (need.worse_than_place and centre.pk in worse[need.worse_than_place])
        }
        county = next(
            (one for path, one in counties.items() if centre.place.path.startswith(path)), centre.place
        )
        yield Centre(centre, county, centre.place.population or 0, needs)


def _specialties_of(receivers: list[Institution]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Worker.objects.filter(institution__in=receivers, left_on=None).values_list(
        "institution_id", "specialty"
    )
    for institution, specialty in rows:
        if institution is not None and specialty:
            found[institution].add(specialty)
    return found


def _worse_than(indicator: str, receivers: list[Institution], place: Place, as_of: date) -> set[int]:
    """The centres whose newest figure until the day is below that of the place; none where nothing was published."""
    figures = Figure.objects.filter(indicator=indicator, dimension="", as_of__lte=as_of)
    newest = figures.filter(place=place).order_by("-as_of").first()
    if newest is None or not newest.denominator:
        return set()
    limit = newest.numerator / newest.denominator
    rows = figures.filter(institution__in=receivers, as_of=newest.as_of, denominator__gt=0)
    return {
        row.institution_id
        for row in rows
        if row.institution_id is not None and row.numerator / (row.denominator or 1) < limit
    }


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) and written else None
