"""What each centre lacks, by specialty, and what says so: its staff, its figures, its patients, what is overdue, clauses.

Which sign speaks for which specialty stands in the declaration. A specialty is wanted as often as its strongest sign
asks for; how many signs ask for it says how much it is wanted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import Count, Q

from wangdi.engine.evaluate.assessment import ClauseResult
from wangdi.engine.model.indicators import Better, Indicator
from wangdi.engine.model.measures import PERCENT, Proportion
from wangdi.engine.model.standards import REVIEWS, Level
from wangdi.engine.model.text import Text
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.assessing import StandardAssessed, assess_standard
from wangdi.server.evaluation.models import DueItem, Figure, Publication
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import Declaration, Need, Sign
from wangdi.server.records.models import RecordVersion

ROUNDING = 1e-9
"""Shares are quotients: 0.60 and 0.56 are four points apart."""

KEPT = 4
"""How many counts of overdue services are kept, for what somebody tries one after another."""


@dataclass(frozen=True)
class Told:
    """A sign that was found at a centre: ``by`` is its sort, ``name`` what it is about; it asks for so many doctors."""

    by: str
    name: str
    text: Text
    doctors: int = 1


@dataclass(frozen=True)
class Lack:
    """A specialty that a centre lacks; ``wanted`` is how many doctors of it."""

    specialty: str
    signs: tuple[Told, ...]

    @property
    def wanted(self) -> int:
        return max(sign.doctors for sign in self.signs)


@dataclass(frozen=True)
class Asked:
    """For whom it is looked up: the centres of ``place`` as of a day, with the numbers of the plan."""

    place: Place
    as_of: date
    numbers: Mapping[str, float]
    centres: Sequence[Institution]


def lacks_of(declared: Declaration, asked: Asked) -> dict[int, tuple[Lack, ...]]:
    """What each centre lacks, by its key, in declared order. The number of queries does not depend on the centres."""
    staff = _staff(asked)
    sources = {
        (need.specialty, sign): _source(sign, need, staff, asked)
        for need in declared.needs
        for sign in need.signs
    }
    return {
        centre.pk: tuple(
            Lack(need.specialty, signs)
            for need in declared.needs
            if (signs := tuple(_found(need, sources, centre.pk)))
        )
        for centre in asked.centres
    }


def _found(need: Need, sources: Mapping[tuple[str, Sign], Mapping[int, Told]], centre: int) -> Iterator[Told]:
    found = (sources[need.specialty, sign].get(centre) for sign in need.signs)
    yield from (told for told in found if told is not None)


def _source(sign: Sign, need: Need, staff: Mapping[int, list[str]], asked: Asked) -> dict[int, Told]:
    """The centres, by key, at which a sign is found."""
    own = {centre.pk: sum(one in need.names for one in staff[centre.pk]) for centre in asked.centres}
    if sign.behind is not None:
        return _behind(rulebook().indicators[sign.behind], asked)
    if sign.patients is not None:
        per = asked.numbers[sign.one_for or ""]
        return _patients(rulebook().indicators[sign.patients], per, own, need.specialty, asked)
    if sign.overdue is not None:
        return _overdue(sign.overdue, asked)
    if sign.clause is not None:
        return _clause(sign.clause, sign.level, asked)
    lacking = Text(f"本机构没有{need.specialty}医师", f"no doctor of {need.specialty} of its own")
    return {key: Told("staff", need.specialty, lacking) for key, count in own.items() if not count}


def _staff(asked: Asked) -> dict[int, list[str]]:
    """The specialties of those who work at each centre on the day, one entry per person."""
    found: dict[int, list[str]] = defaultdict(list)
    stays = Q(left_on=None) | Q(left_on__gt=asked.as_of)
    begun = Q(employed_from=None) | Q(employed_from__lte=asked.as_of)
    rows = Worker.objects.filter(stays, begun, institution__in=asked.centres, specialty__isnull=False)
    for institution, specialty in rows.values_list("institution_id", "specialty"):
        found[institution or 0].append(specialty or "")
    return found


def _figures(indicator: Indicator, asked: Asked) -> tuple[Figure | None, list[Figure]]:
    """The newest figure of the place until the day, and those of the centres of that same day."""
    figures = Figure.objects.filter(indicator=indicator.name, dimension="", as_of__lte=asked.as_of)
    newest = figures.filter(place=asked.place).order_by("-as_of", "-publication_id").first()
    if newest is None:
        return None, []
    # Told the publication SQLite would read all of it, a hundred times what the centres have.
    rows = figures.filter(as_of=newest.as_of, institution__in=asked.centres)
    return newest, [row for row in rows if row.publication_id == newest.publication_id]


def _behind(indicator: Indicator, asked: Asked) -> dict[int, Told]:
    """Centres whose value is worse than the place's by the points asked for; of what is no share, by so many per cent."""
    newest, rows = _figures(indicator, asked)
    whole = _value(indicator, newest)
    if whole is None:
        return {}
    points = asked.numbers["behind_points"] / PERCENT
    margin = points if _is_share(indicator) else abs(whole) * points
    sign = 1 if indicator.better is Better.HIGHER else -1
    found = {}
    for row in rows:
        value = _value(indicator, row)
        if row.denominator is not None and row.denominator < asked.numbers["fewest_cases"]:
            continue
        worse = 0.0 if value is None else sign * (whole - value)
        if row.institution_id and value is not None and worse > 0 and worse >= margin - ROUNDING:
            found[row.institution_id] = Told("figure", indicator.name, _behind_text(indicator, value, whole))
    return found


def _value(indicator: Indicator, figure: Figure | None) -> float | None:
    return None if figure is None else indicator.value(float(figure.numerator), _below(figure))


def _below(figure: Figure) -> float | None:
    return None if figure.denominator is None else float(figure.denominator)


def _is_share(indicator: Indicator) -> bool:
    return isinstance(indicator.measure, Proportion) or indicator.measure.per == PERCENT


def _behind_text(indicator: Indicator, value: float, whole: float) -> Text:
    here, there = (f"{one:.1%}" if _is_share(indicator) else f"{one:,.2f}" for one in (value, whole))
    title = indicator.title
    return Text(f"{title.zh} {here}，本地平均 {there}", f"{title.en}: {here}, where the place has {there}")


def _patients(
    indicator: Indicator, per: float, own: Mapping[int, int], specialty: str, asked: Asked
) -> dict[int, Told]:
    """Centres with more patients than their own doctors are enough for: the denominator of a share, else the count."""
    if per <= 0:
        return {}
    found = {}
    for row in _figures(indicator, asked)[1]:
        people = float(row.numerator if row.denominator is None else row.denominator)
        lacking = int(people // per) - own.get(row.institution_id or 0, 0)
        if row.institution_id and lacking > 0:
            text = _patients_text(indicator, people, per, own[row.institution_id], specialty)
            found[row.institution_id] = Told("patients", indicator.name, text, lacking)
    return found


def _patients_text(indicator: Indicator, people: float, per: float, own: int, specialty: str) -> Text:
    title = indicator.title
    return Text(
        f"{title.zh} {people:,.0f}，每 {per:,.0f} 人需1名{specialty}医师，现有 {own} 名",
        f"{title.en}: {people:,.0f}; a doctor of {specialty} for every {per:,.0f}, has {own}",
    )


def _overdue(schedule: str, asked: Asked) -> dict[int, Told]:
    """Centres where a larger share of the open services is overdue than in the place, by the points asked for."""
    counts = _open_items(schedule, asked.as_of, *_state_of_data())
    tallies = {centre.pk: _tally(counts, centre.path) for centre in asked.centres}
    late, open_ = (sum(tally[at] for tally in tallies.values()) for at in (0, 1))
    if not open_:
        return {}
    title, least = (
        rulebook().schedules[schedule].title,
        late / open_ + asked.numbers["behind_points"] / PERCENT,
    )
    return {
        key: Told(
            "service",
            schedule,
            Text(
                f"{title.zh}应做 {there:,} 项中逾期 {overdue:,} 项（{overdue / there:.0%}），本地平均 {late / open_:.0%}",
                f"{title.en}: {overdue:,} of {there:,} overdue ({overdue / there:.0%}), in the place {late / open_:.0%}",
            ),
        )
        for key, (overdue, there) in tallies.items()
        if there >= max(asked.numbers["fewest_cases"], 1) and overdue and overdue / there >= least
    }


def _tally(counts: Iterable[tuple[str, int, int]], path: str) -> tuple[int, int]:
    own = [(late, open_) for where, late, open_ in counts if where.startswith(path)]
    return sum(late for late, _ in own), sum(open_ for _, open_ in own)


def _state_of_data() -> tuple[Path, int, int]:
    """What changes when due items do: the store, its newest publication and its newest record."""
    newest = Publication.objects.order_by("-pk").values_list("pk", flat=True).first()
    seq = RecordVersion.objects.order_by("-seq").values_list("seq", flat=True).first()
    return Installation.current().store, newest or 0, seq or 0


@lru_cache(maxsize=KEPT * 8)
def _open_items(
    schedule: str, day: date, _store: Path, _publication: int, _seq: int
) -> tuple[tuple[str, int, int], ...]:
    """By path of the institution that has to act: overdue, and due or overdue."""
    items = DueItem.objects.open_on(day).filter(schedule=schedule, institution__isnull=False).order_by()
    late = Count("pk", filter=Q(overdue_from__lte=day))
    return tuple(items.values_list("institution__path").annotate(late=late, all=Count("pk")))


def _clause(number: str, level: str, asked: Asked) -> dict[int, Told]:
    """Centres whose highest review, of this year or else the last, found a clause of that number below the level."""
    found: dict[int, Told] = {}
    for standard in rulebook().standards.values():
        if all(clause.number != number for clause in standard.clauses):
            continue
        for year in (asked.as_of.year - 1, asked.as_of.year):
            is_used = (standard.first_year or year) <= year <= (standard.last_year or year)
            assessed = assess_standard(standard, year, asked.as_of) if is_used else None
            if assessed is not None:
                found = _reviewed(assessed, number, Level(level), asked.centres, found)
    return found


def _reviewed(
    assessed: StandardAssessed,
    number: str,
    level: Level,
    centres: Iterable[Institution],
    before: Mapping[int, Told],
) -> dict[int, Told]:
    """What an earlier year found, but where the clause was judged in this one."""
    found = dict(before)
    for centre in centres:
        result = _judged(assessed, centre.pk, number)
        if result is None:
            continue
        found.pop(centre.pk, None)
        if result.applies and result.rank < level.rank:
            found[centre.pk] = Told("clause", assessed.standard.name, _missing(assessed, number, level))
    return found


def _judged(assessed: StandardAssessed, centre: int, number: str) -> ClauseResult | None:
    """How the clause stood at the highest review that judged it."""
    if not assessed.concerns(centre):
        return None
    results = (assessed.assessment(centre, review).numbered[number] for review in reversed(REVIEWS))
    return next((one for one in results if one.judged), None)


def _missing(assessed: StandardAssessed, number: str, level: Level) -> Text:
    title = next(one.title for one in assessed.standard.clauses if one.number == number)
    return Text(
        f"标准条款{number}（{title.zh}）未达到{level.value}级",
        f"clause {number} ({title.en}) is below level {level.value}",
    )
