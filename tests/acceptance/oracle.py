"""The contract, computed a second time: an independent referee of the due list and the figures.

Plain Python over the contract's csv files, one resident after the other, derived from the wording of the
contract alone and sharing no code with the product. Clarity over speed. Run by hand:

    python tests/acceptance/oracle.py FOLDER... DAY

prints the due list (due and overdue) and, after an empty line, the figures of every place, both as csv.
Later folders amend earlier ones.

What the contract leaves open is read like this:
- ``step`` is empty. Two records on one day are ordered by their ids as text.
- Somebody born after the day is not alive on it. Nobody without a birth date has an age.
- The number of follow-ups asked for by the day holds on every day, 31 December included.
- A missing value satisfies no condition. An empty status is ``final``.
- A complete check of this calendar year counts, also one done before the 65th birthday.
- Follow-ups from before the registration count like any other.
- A satisfied yearly check leaves no item; next year's item does not exist before 1 January.
- A resident without a place is in the due list, but in no place's figures.
"""

import csv
import sys
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

Row = dict[str, str]

LEVELS = ("province", "city", "county", "township", "village")
PROGRAMMES = ("htn", "dm")
CHECK_PARTS = ("lifestyle", "physical", "auxiliary", "guidance")
CENTRE_TYPES = ("township_centre", "community_centre")
POSTED_TITLE_LEVELS = ("mid", "associate_senior", "senior")
ELDERLY_FROM = 65
CHILDREN_UP_TO = 6


class DueItem(NamedTuple):
    """One line of the due list, as the command prints it; days as ``2026-03-01``."""

    subject: str
    schedule: str
    step: str
    due_from: str
    due_on: str
    overdue_from: str
    status: str
    institution: str


class Interval(NamedTuple):
    """When a service becomes due, and the last day on which it is in time."""

    due_from: date
    due_on: date


Figures = dict[tuple[str, str], tuple[int, int]]
"""(indicator, place code) to (numerator, denominator)."""


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of the files: registers by code, records by kind, newest versions, also void ones."""

    places: dict[str, Row]
    institutions: dict[str, Row]
    workers: dict[str, Row]
    residents: dict[str, Row]
    records: dict[str, list[Row]]


# --- reading ------------------------------------------------------------------------------------------------


def load(folders: Path | str | Iterable[Path | str]) -> Data:
    """Read one folder, or several of which the later ones amend the earlier ones.

    A row of a later folder replaces the whole row with the same code or record id. Rows without an id are
    told apart by their content. ValueError when a code or an id occurs twice in one file.
    """
    paths = [Path(folders)] if isinstance(folders, Path | str) else [Path(folder) for folder in folders]
    kinds = {file.stem for path in paths for file in (path / "records").glob("*.csv")}
    return Data(
        places=merge(paths, "places.csv", "code"),
        institutions=merge(paths, "institutions.csv", "code"),
        workers=merge(paths, "workers.csv", "code"),
        residents=merge(paths, "residents.csv", "code"),
        records={kind: list(merge(paths, f"records/{kind}.csv", "id").values()) for kind in sorted(kinds)},
    )


def merge(folders: Iterable[Path], name: str, key: str) -> dict[str, Row]:
    """The rows of one table by key over all folders, the last folder's row winning."""
    merged: dict[str, Row] = {}
    for folder in folders:
        if (folder / name).exists():
            merged.update(read(folder / name, key))
    return merged


def read(file: Path, key: str) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row.get(key):
                if row[key] in rows:
                    raise ValueError(
                        f"{file}: {key} {row[key]!r} occurs twice; one file has one row for each"
                    )
                rows[row[key]] = row
            else:
                rows[f"content:{sorted((column, text) for column, text in row.items() if text)}"] = row
    return rows


def day_of(row: Row, column: str) -> date | None:
    return date.fromisoformat(row[column]) if row.get(column) else None


def number_of(row: Row, column: str) -> float | None:
    return float(row[column]) if row.get(column) else None


def occurred_on(record: Row) -> date:
    return date.fromisoformat(record["occurred_on"])


# --- the calendar -------------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def birthday(born: date, age: int) -> date:
    """The day somebody reaches the age; 1 March for those born on 29 February when the year has none."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(resident: Row, day: date) -> int | None:
    """Full years, or None when the birth date is not known."""
    born = day_of(resident, "birth_date")
    if born is None:
        return None
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1


def whole_quarters(start: date, end: date) -> int:
    """The whole spans of three months between two days: the largest k with start + 3k months ≤ end."""
    count = 0
    while add_months(start, 3 * (count + 1)) <= end:
        count += 1
    return count


def valid_on(row: Row, first: str, last: str, day: date) -> bool:
    """Whether the day is within the row's period, both ends included; an empty end is open."""
    start, end = day_of(row, first), day_of(row, last)
    return (start is None or start <= day) and (end is None or day <= end)


# --- who and what counts on the day -------------------------------------------------------------------------


def is_alive(resident: Row, day: date) -> bool:
    born, died = day_of(resident, "birth_date"), day_of(resident, "death_date")
    return (born is None or born <= day) and (died is None or died > day)


def is_elderly(resident: Row, day: date) -> bool:
    age = age_on(resident, day)
    return age is not None and age >= ELDERLY_FROM


def is_child(resident: Row, day: date) -> bool:
    age = age_on(resident, day)
    return age is not None and age <= CHILDREN_UP_TO


def records_on(data: Data, kind: str, day: date) -> list[Row]:
    """The records of a kind that count on the day, oldest first; on one day the larger id is the later."""
    counting = [r for r in data.records.get(kind, []) if r.get("status") != "void" and occurred_on(r) <= day]
    return sorted(counting, key=lambda record: (occurred_on(record), record.get("id") or ""))


def records_by_subject(data: Data, kind: str, day: date) -> Mapping[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for record in records_on(data, kind, day):
        grouped[record["subject"]].append(record)
    return grouped


@dataclass(frozen=True, slots=True)
class View:
    """One resident on one day, with the records about them that count, each list oldest first."""

    resident: Row
    day: date
    registrations: dict[str, list[Row]]
    followups: dict[str, list[Row]]
    checks: list[Row]
    contracts: list[Row]

    def is_registered(self, programme: str) -> bool:
        return bool(self.registrations[programme])

    def registered_on(self, programme: str) -> date:
        """The first registration's day; IndexError when there is none."""
        return occurred_on(self.registrations[programme][0])

    def of_this_year(self, records: list[Row]) -> list[Row]:
        return [record for record in records if occurred_on(record).year == self.day.year]


def views(data: Data, day: date) -> Iterator[View]:
    """Everybody alive on the day."""
    registrations = {p: records_by_subject(data, f"{p}_registration", day) for p in PROGRAMMES}
    followups = {p: records_by_subject(data, f"{p}_followup", day) for p in PROGRAMMES}
    checks = records_by_subject(data, "elderly_check", day)
    contracts = records_by_subject(data, "contract", day)
    for code, resident in data.residents.items():
        if is_alive(resident, day):
            yield View(
                resident,
                day,
                {p: found.get(code, []) for p, found in registrations.items()},
                {p: found.get(code, []) for p, found in followups.items()},
                checks.get(code, []),
                contracts.get(code, []),
            )


# --- the due list -------------------------------------------------------------------------------------------


def due(data: Data, day: date, include_upcoming: bool = False) -> list[DueItem]:
    """What is due or overdue on the day, sorted; with what is not due yet when asked for."""
    items = [
        item_of(view, schedule, interval)
        for view in views(data, day)
        for schedule, interval in intervals(view)
    ]
    return sorted(item for item in items if include_upcoming or item.status != "upcoming")


def intervals(view: View) -> Iterator[tuple[str, Interval]]:
    """The schedules somebody is subject to, with the time each next service is due."""
    for programme in PROGRAMMES:
        if view.is_registered(programme):
            yield f"{programme}_followup", next_followup(view, programme)
    if is_elderly(view.resident, view.day) and not has_complete_check(view):
        yield "elderly_check", yearly_check(view)


def next_followup(view: View, programme: str) -> Interval:
    followups = view.followups[programme]
    if not followups:
        due_on = add_months(view.registered_on(programme), 3)
    elif is_controlled(view.resident, programme, followups[-1]):
        due_on = add_months(occurred_on(followups[-1]), 3)
    else:
        due_on = occurred_on(followups[-1]) + timedelta(days=14)
    return Interval(due_on - timedelta(days=7), due_on)


def yearly_check(view: View) -> Interval:
    born = date.fromisoformat(view.resident["birth_date"])
    return Interval(max(date(view.day.year, 1, 1), birthday(born, ELDERLY_FROM)), date(view.day.year, 12, 31))


def item_of(view: View, schedule: str, interval: Interval) -> DueItem:
    if view.day < interval.due_from:
        status = "upcoming"
    elif view.day <= interval.due_on:
        status = "due"
    else:
        status = "overdue"
    return DueItem(
        subject=view.resident["code"],
        schedule=schedule,
        step="",
        due_from=interval.due_from.isoformat(),
        due_on=interval.due_on.isoformat(),
        overdue_from=(interval.due_on + timedelta(days=1)).isoformat(),
        status=status,
        institution=view.resident.get("institution") or "",
    )


def is_controlled(resident: Row, programme: str, followup: Row) -> bool:
    """Whether the follow-up found the disease controlled, by the person's age on that day."""
    if programme == "dm":
        fpg = number_of(followup, "fpg")
        return fpg is not None and fpg < 7.0
    sbp, dbp = number_of(followup, "sbp"), number_of(followup, "dbp")
    if sbp is None or dbp is None:
        return False
    return sbp < (150 if is_elderly(resident, occurred_on(followup)) else 140) and dbp < 90


def has_complete_check(view: View) -> bool:
    """Whether one check of this calendar year has all four parts."""
    return any(
        all((check.get(part) or "").lower() == "true" for part in CHECK_PARTS)
        for check in view.of_this_year(view.checks)
    )


# --- the figures --------------------------------------------------------------------------------------------


def indicators(data: Data, day: date, level: str) -> Figures:
    """Every indicator for every place of a level, each with everything under it.

    ValueError for a level that is none.
    """
    if level not in LEVELS:
        raise ValueError(f"no such level: {level!r}; a level is one of {', '.join(LEVELS)}")
    figures: Figures = {
        (indicator, code): (0, 0)
        for code, place in data.places.items()
        if place["level"] == level
        for indicator in INDICATORS
    }
    for indicator, place, counted in observations(data, day):
        for code in place_and_above(data, place):
            if (indicator, code) in figures:
                numerator, denominator = figures[indicator, code]
                figures[indicator, code] = (numerator + counted, denominator + 1)
    return figures


INDICATORS = (
    *(f"{programme}_{figure}" for programme in PROGRAMMES for figure in ("managed", "controlled")),
    "elderly_managed",
    "contract_coverage",
    "contract_coverage_key",
    "posting_coverage",
)


def place_and_above(data: Data, code: str) -> Iterator[str]:
    while code:
        yield code
        code = data.places[code].get("parent") or ""


def observations(data: Data, day: date) -> Iterator[tuple[str, str, bool]]:
    """(indicator, place, in the numerator) for each member of each indicator's denominator."""
    for view in views(data, day):
        for indicator, counted in resident_figures(view):
            yield indicator, view.resident.get("place") or "", counted
    posted = institutions_with_posting(data, day)
    for code, institution in data.institutions.items():
        if institution["type"] in CENTRE_TYPES and is_open(institution, day):
            yield "posting_coverage", institution.get("place") or "", code in posted


def resident_figures(view: View) -> Iterator[tuple[str, bool]]:
    """The indicators that have this resident in the denominator, and whether also in the numerator."""
    for programme in PROGRAMMES:
        if view.is_registered(programme):
            yield f"{programme}_managed", is_managed(view, programme)
            yield f"{programme}_controlled", is_controlled_this_year(view, programme)
    if is_elderly(view.resident, view.day):
        yield "elderly_managed", has_complete_check(view)
    has_contract = any(valid_on(contract, "valid_from", "valid_to", view.day) for contract in view.contracts)
    yield "contract_coverage", has_contract
    if is_in_key_group(view):
        yield "contract_coverage_key", has_contract


def is_managed(view: View, programme: str) -> bool:
    """As many follow-ups this year as whole three-month spans since registration, at least 1, at most 4."""
    start = max(date(view.day.year, 1, 1), view.registered_on(programme))
    needed = min(max(whole_quarters(start, view.day + timedelta(days=1)), 1), 4)
    return len(view.of_this_year(view.followups[programme])) >= needed


def is_controlled_this_year(view: View, programme: str) -> bool:
    followups = view.of_this_year(view.followups[programme])
    return bool(followups) and is_controlled(view.resident, programme, followups[-1])


def is_in_key_group(view: View) -> bool:
    registered = any(view.is_registered(programme) for programme in PROGRAMMES)
    return registered or is_elderly(view.resident, view.day) or is_child(view.resident, view.day)


def is_open(institution: Row, day: date) -> bool:
    """Open from ``opened_on`` until the day before ``closed_on``."""
    opened, closed = day_of(institution, "opened_on"), day_of(institution, "closed_on")
    return (opened is None or opened <= day) and (closed is None or day < closed)


def institutions_with_posting(data: Data, day: date) -> set[str]:
    """Where a worker of at least middle title level is posted on the day."""
    return {
        posting.get("institution") or ""
        for posting in records_on(data, "posting", day)
        if valid_on(posting, "valid_from", "valid_to", day)
        and data.workers[posting["subject"]].get("title_level") in POSTED_TITLE_LEVELS
    }


# --- the command --------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> None:
    data, day = load(arguments[:-1]), date.fromisoformat(arguments[-1])
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(DueItem._fields)
    out.writerows(due(data, day))
    out.writerow([])
    out.writerow(("indicator", "place", "numerator", "denominator"))
    for level in LEVELS:
        for (indicator, place), (numerator, denominator) in sorted(indicators(data, day, level).items()):
            out.writerow((indicator, place, numerator, denominator))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: oracle.py FOLDER... DAY (such as 2026-03-01)")
    main(sys.argv[1:])
