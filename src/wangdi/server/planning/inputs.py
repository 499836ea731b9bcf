"""What a plan of postings is made from, read out of the store: who may go, what centres lack, who is posted already."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.registers import INSTITUTION, WORKER
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import Declaration, Scheme
from wangdi.server.planning.needs import Asked, Lack, lacks_of
from wangdi.server.records.models import RecordVersion


@dataclass(frozen=True)
class Period:
    """First and last day of the postings."""

    begins: date
    ends: date


@dataclass(frozen=True, eq=False)
class Doctor:
    """Somebody who may go. ``fixed`` is the centre of a posting that runs on, ``last`` that of the last one that ended or
    is handed over; ``until``: the last day of a posting that is handed over, None where none is."""

    worker: Worker
    hospital: Institution
    specialty: str
    earlier: int
    fixed: int | None
    last: int | None
    until: date | None
    is_new: bool
    is_senior: bool


@dataclass(frozen=True, eq=False)
class Centre:
    """A centre with what it lacks."""

    institution: Institution
    county: Place
    population: int
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, eq=False)
class Inputs:
    doctors: list[Doctor]
    centres: list[Centre]
    away: int
    """Doctors who would be suitable but are away on some day of the period."""
    unplaced: list[Institution]
    """Hospitals and centres without coordinates."""


def read_inputs(
    declared: Declaration,
    place: Place,
    sender: Place,
    as_of: date,
    period: Period,
    numbers: Mapping[str, float],
    scheme_name: str,
) -> Inputs:
    """Everything about centres under ``place`` and doctors of hospitals under ``sender``. A fixed number of queries."""
    scheme = declared.scheme(scheme_name)
    receivers = list(_institutions(declared.receivers.types, None, place, as_of))
    hospitals = list(_institutions(declared.senders.types, declared.senders.least_level, sender, as_of))
    postings = _Postings(declared, receivers, period, as_of, numbers)
    away = _away(declared, period)
    new = _new(declared, as_of)
    doctors, absent = [], 0
    workers = [
        one for one in _workers(declared, scheme, hospitals, as_of) if not scheme.only_new or one.pk in new
    ]
    known = {one.pk for one in workers}
    for worker in [*workers, *_from_elsewhere(declared, scheme_name, postings, known)]:
        if worker.pk in away and worker.pk not in postings.fixed:
            absent += 1
        elif worker.institution is not None:
            doctors.append(_doctor(worker, worker.institution, postings, new))
    centres = list(_centres(declared, receivers, place, as_of, numbers))
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


def _of_title(declared: Declaration, scheme: Scheme, workers: QuerySet[Worker]) -> QuerySet[Worker]:
    titles, least = WORKER.field("title_level").option_codes, declared.doctors.least_title
    found = workers.select_related("institution__place")
    if least is None or scheme.any_title:
        return found
    return found.filter(title_level__in=titles[titles.index(least) :])


def _from_elsewhere(
    declared: Declaration, name: str, postings: "_Postings", known: set[int]
) -> QuerySet[Worker]:
    """Who is posted to the centres and is not sent by this plan: from another place, or hired in another year.

    They cover a centre if their title is high enough; where titles do not count, if they came in the same scheme.
    """
    scheme = declared.scheme(name)
    posted = {one for one in postings.fixed if not scheme.any_title or postings.scheme.get(one) == name}
    found = Worker.objects.filter(pk__in=posted - known, institution__isnull=False)
    return _of_title(declared, scheme, found).order_by("code")


def _workers(
    declared: Declaration, scheme: Scheme, hospitals: list[Institution], as_of: date
) -> Iterator[Worker]:
    found = Worker.objects.filter(institution__in=hospitals).order_by("code")
    if declared.doctors.qualifications:
        found = found.filter(qualification__in=declared.doctors.qualifications)
    for worker in _of_title(declared, scheme, found):
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
        postings.until.get(worker.pk),
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
    """Earlier postings by worker: how many began in the years looked back on, where one runs on, where the last was.

    One that ends soon after the first day is handed over: it is the ``last`` one, ``until`` the day it ends.
    """

    def __init__(
        self,
        declared: Declaration,
        receivers: list[Institution],
        period: Period,
        as_of: date,
        numbers: Mapping[str, float],
    ) -> None:
        self.index = {centre.pk: at for at, centre in enumerate(receivers)}
        self.period = period
        months = Duration(int(numbers["hand_over_months"]), Unit.MONTHS)
        self.handed_over = min(shift(period.begins, months), period.ends)
        since = shift(period.begins, Duration(int(numbers["rotation_years"]), Unit.YEARS), -1)
        self.earlier: Counter[int] = Counter()
        self.fixed: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.until: dict[int, date] = {}
        self.scheme: dict[int, str] = {}
        self.scheme_field = declared.posting.scheme
        for record in _records(declared.posting.kind, as_of):
            if record.state in declared.posting.not_in:
                continue
            begins = _day(record.values.get(declared.posting.from_)) or record.occurred_on
            self.earlier[record.subject] += since <= begins < period.begins
            self._place(record, _day(record.values.get(declared.posting.to)))
        for subject in self.fixed:
            self.until.pop(subject, None)

    def _place(self, record: RecordVersion, ends: date | None) -> None:
        centre = self.index.get(record.institution_id or 0)
        if centre is None:
            return
        if ends is None or ends >= max(self.handed_over, self.period.begins):
            self.fixed[record.subject] = centre
            self.scheme[record.subject] = str(record.values.get(self.scheme_field or ""))
        elif ends >= self.period.begins:
            self.last[record.subject], self.until[record.subject] = centre, ends
        elif record.subject not in self.until:
            self.last[record.subject] = centre


def next_batch(declared: Declaration, scheme: str, as_of: date) -> int:
    """One more than the last batch of the scheme on record."""
    posting = declared.posting
    if posting.scheme is None or posting.batch is None:
        return 1
    batches = [
        record.values.get(posting.batch)
        for record in _records(posting.kind, as_of)
        if record.values.get(posting.scheme) == scheme
    ]
    return 1 + max((one for one in batches if isinstance(one, int)), default=0)


def _away(declared: Declaration, period: Period) -> set[int]:
    """Who is away on some day of the period; a leave that is planned already counts though it has not begun."""
    found = set()
    for away in declared.away:
        for record in _records(away.kind, period.ends):
            begins = _day(record.values.get(away.from_)) or record.occurred_on
            ends = next((end for name in away.to if (end := _day(record.values.get(name)))), None)
            if begins <= period.ends and (ends is None or ends > period.begins):
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
    declared: Declaration,
    receivers: list[Institution],
    place: Place,
    as_of: date,
    numbers: Mapping[str, float],
) -> Iterator[Centre]:
    lacks = lacks_of(declared, Asked(place, as_of, numbers, receivers))
    counties = {one.path: one for one in Place.objects.filter(level="county")}
    for centre in receivers:
        county = next(
            (one for path, one in counties.items() if centre.place.path.startswith(path)), centre.place
        )
        yield Centre(centre, county, centre.place.population or 0, lacks[centre.pk])


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) and written else None
