"""Routes of roving clinics: the question, from registers and files to weeks of visits."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from django.db.models import Q

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.routing.day import Stops, Teams
from wangdi.methods.routing.weeks import Cycle, plan_cycle
from wangdi.methods.travel.matrix import decoded
from wangdi.methods.travel.pairs import Flags, Floats, Ints
from wangdi.methods.travel.points import Points
from wangdi.server.common.loading import OnProgress
from wangdi.server.network.models import Asset, Place
from wangdi.server.planning.asking import Asked, InvalidAnswers, KeptFile, Question, one_of, some_of
from wangdi.server.planning.people import Homes, Supply, services_of
from wangdi.server.planning.reaching import reached
from wangdi.server.planning.routes_declaration import routes_declared
from wangdi.server.planning.travelling import (
    MATRIX,
    ROADS,
    Mode,
    asked_numbers,
    asked_travel,
    asked_types,
    estimate_of,
    journeys_of,
    reach_declared,
)

VISITS = "visits"
"""The file of villages that a question may bring."""

LATEST = 24 * 60.0
EVERYWHERE = (
    "hospital",
    "township_centre",
    "community_centre",
    "community_station",
    "village_clinic",
    "other",
)


class Whom(StrEnum):
    """Which villages are visited, where no file says."""

    OUTSIDE = "outside"
    ALL = "all"


WHOMS = {
    Whom.OUTSIDE: Text("不可及的村", "villages outside reach"),
    Whom.ALL: Text("所有的村", "all villages"),
}


def asked_of_routes(place: Place | None, day: date) -> list[Asked]:
    reach, numbers = reach_declared().numbers, routes_declared().numbers
    begins = Field(
        "begins",
        Text("从哪一周开始（当周或以后的周一）", "First week (its Monday, or the next)"),
        FieldType.DATE,
        required=True,
    )
    return [
        one_of(
            "whom", Text("去哪些村", "Which villages"), [(str(k), v) for k, v in WHOMS.items()], Whom.OUTSIDE
        ),
        *asked_numbers(numbers, ("every", "service"), day),
        Asked(begins, (day + timedelta(days=7 - day.weekday())).isoformat()),
        *_asked_vehicles(place, day),
        Asked(
            Field(
                "bases",
                Text("或者填出发机构编码（逗号分开）", "Or codes of institutions, with commas"),
                FieldType.TEXT,
            )
        ),
        Asked(Field("starts", Text("几点出发", "Start of the day"), FieldType.TEXT, required=True), "08:00"),
        *asked_numbers(numbers, ("hours", "weekdays", "teams"), day),
        *asked_numbers(reach, ("minutes",), day),
        *asked_travel(Mode.WALK, day),
        asked_types(),
        *asked_numbers(numbers, ("seconds",), day),
    ]


def _asked_vehicles(place: Place | None, day: date) -> list[Asked]:
    """Nothing is asked where the register has none."""
    vehicles, first = vehicles_under(place, day), routes_declared().vehicles[0]
    options = [(one.code, _vehicle_title(one)) for one in vehicles]
    chosen = [one.code for one in vehicles if one.type == first]
    title = Text("用哪些车（从所属机构出发）", "Vehicles, each from its institution")
    return [some_of("vehicles", title, options, chosen, required=False)] if vehicles else []


def vehicles_under(place: Place | None, day: date) -> list[Asset]:
    """Vehicles in service on the day at institutions of a place, by sort and code."""
    types = list(routes_declared().vehicles)
    in_service = Q(in_service_from__lte=day) & (Q(out_of_service_on=None) | Q(out_of_service_on__gt=day))
    found = Asset.objects.filter(in_service, type__in=types, institution__isnull=False)
    if place is not None:
        found = found.filter(institution__place__path__under=place.path)
    return sorted(
        found.select_related("institution", "institution__place"),
        key=lambda one: (types.index(one.type), one.code),
    )


def _vehicle_title(vehicle: Asset) -> Text:
    where = vehicle.institution.name if vehicle.institution else ""
    if where.partition("（")[0] in vehicle.name:
        return Text(vehicle.name, vehicle.name)
    return Text(f"{vehicle.name}（{where}）", f"{vehicle.name} ({where})")


@dataclass(frozen=True, slots=True)
class Base:
    """Where vehicles start and end; ``vehicles``: their names, one for each team."""

    code: str
    name: str
    vehicles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visited:
    """Villages to visit: how often, for how long, when. ``people``: shape (n,)."""

    points: Points
    people: Floats
    every: Ints
    stops: Stops

    def only(self, at: Ints) -> "Visited":
        return Visited(self.points.only(at), self.people[at], self.every[at], self.stops.only(at))


@dataclass(frozen=True, slots=True)
class Rounds:
    """The visits from one base. ``visited`` are its villages, in the order the cycle counts them."""

    base: Base
    visited: Visited
    cycle: Cycle


@dataclass(frozen=True, slots=True)
class Roving:
    """All rounds. ``too_far``: villages that no team can visit in a day, with the minutes it would take.

    ``guessed``: how many ways the file does not know, so that estimates stand for them.
    """

    question: Question
    homes: Homes
    bases: Points
    rounds: tuple[Rounds, ...]
    too_far: tuple[tuple[str, str, float], ...]
    team_day: Teams
    guessed: int

    @property
    def first_monday(self) -> date:
        begins = date.fromisoformat(self.question.values["begins"])
        return begins + timedelta(days=-begins.weekday() % 7)


def rove(question: Question, report: OnProgress) -> Roving:
    """`BadInput` with everything that is wrong in question, files or registers, or when nobody can be visited."""
    report("registers", 0, 0)
    team_day = Teams(1, _starts(question), question.number("hours") * 60)
    bases = _bases(question)
    found = reached(question)
    visited = _visited(question, found.homes, found.within)
    where = _points_of(bases, question)
    report("travel", 0, 0)
    minutes, guessed = _minutes(where, visited.points, question)
    n = len(bases)
    there = minutes[:n, n:] + minutes[n:, :n].T
    needed = there.min(axis=0) + visited.stops.service
    near = np.flatnonzero(needed <= team_day.day)
    too_far = [
        (visited.points.codes[at], visited.points.names[at], float(needed[at]))
        for at in np.flatnonzero(needed > team_day.day).tolist()
    ]
    if not len(near):
        raise BadInput([_all_too_far(len(too_far), team_day.day)])
    nearest = there[:, near].argmin(axis=0)
    rounds = []
    for number, base in enumerate(bases):
        report("routes", number, n)
        mine = near[nearest == number]
        if len(mine):
            rounds.append(
                _round(base, number, n, mine, visited, minutes, question, where, team_day, len(near))
            )
    return Roving(question, found.homes, where, tuple(rounds), tuple(too_far), team_day, guessed)


def _round(
    base: Base,
    number: int,
    n_bases: int,
    mine: Ints,
    visited: Visited,
    minutes: Floats,
    question: Question,
    where: Points,
    team_day: Teams,
    everybody: int,
) -> Rounds:
    chosen = visited.only(mine)
    places = np.concatenate(([number], n_bases + mine))
    bearing = np.arctan2(*(chosen.points.lonlat - where.lonlat[number]).T)
    teams = Teams(len(base.vehicles), team_day.starts, team_day.day)
    seconds = question.number("seconds") * len(mine) / everybody
    weekdays = int(question.values["weekdays"])
    cycle = plan_cycle(
        minutes[np.ix_(places, places)], chosen.stops, chosen.every, bearing, teams, weekdays, seconds
    )
    return Rounds(base, chosen, cycle)


def _all_too_far(number: int, day: float) -> Text:
    return Text(
        f"{number} 个村从哪个出发点都不能在一个工作日（{day:.0f} 分钟）内往返；请加长工作日、减少服务时间或换出发点",
        f"none of the {number} villages can be visited within a working day of {day:.0f} minutes: allow longer days, "
        "shorter service, or other bases",
    )


# -- bases ------------------------------------------------------------------------------------------


def _bases(question: Question) -> list[Base]:
    """Institutions with vehicles, from those chosen or those named."""
    chosen = set(question.values.get("vehicles", ()))
    vehicles = [one for one in vehicles_under(question.place, question.as_of) if one.code in chosen]
    found: dict[str, Base] = {}
    for one in vehicles:
        if one.institution is not None:
            known = found.get(one.institution.code, Base(one.institution.code, one.institution.name, ()))
            found[known.code] = Base(known.code, known.name, (*known.vehicles, one.name))
    teams = int(question.values["teams"])
    for code in _codes(question.values.get("bases", "")):
        found.setdefault(code, Base(code, code, tuple(f"{number}" for number in range(1, teams + 1))))
    if not found:
        message = Text(
            "请选择车辆，或填出发机构编码；资产台账里没有投入使用的车辆",
            "choose vehicles, or name institutions to start from; the register of assets has no vehicle in service",
        )
        raise InvalidAnswers({"bases": message})
    return [found[code] for code in sorted(found)]


def _codes(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip()]


def _points_of(bases: Sequence[Base], question: Question) -> Points:
    """Where the bases are. `BadInput` with all that no institution with coordinates has the code of."""
    known = services_of(EVERYWHERE, question.as_of, Supply.INSTITUTIONS).points
    missing = [base.code for base in bases if base.code not in known.codes]
    if missing:
        raise InvalidAnswers(
            {
                "bases": Text(
                    f"没有这些编码的、有坐标的机构：{'、'.join(missing)}",
                    f"no institution with coordinates has the code {', '.join(missing)}",
                )
            }
        )
    return known.only(np.array([known.codes.index(base.code) for base in bases], dtype=np.int64))


def _minutes(bases: Points, villages: Points, question: Question) -> tuple[Floats, int]:
    """From everywhere to everywhere, bases first: by car; and how many ways the file lacks."""
    points = bases.and_then(villages)
    estimated = estimate_of(question, Mode.DRIVE).lengths(points, points).minutes
    if not question.files.keys() & {MATRIX, ROADS}:
        return estimated, 0
    told = journeys_of(question, Mode.DRIVE).lengths(points, points).minutes
    np.fill_diagonal(told, 0.0)
    holes = np.isnan(told)
    return np.where(holes, estimated, told), int(holes.sum())


# -- villages ---------------------------------------------------------------------------------------


def _starts(question: Question) -> float:
    try:
        return clock(question.values["starts"])
    except ValueError:
        message = Text("几点出发：请写成 08:30", "start of the day: write it like 08:30")
        raise InvalidAnswers({"starts": message}) from None


def clock(text: str) -> float:
    """Minutes after midnight of a time such as 08:30. ValueError for what is none."""
    hour, _, minute = text.replace("：", ":").partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(text)
    return int(hour) * 60.0 + int(minute)


def _visited(question: Question, homes: Homes, within: Flags) -> Visited:
    """Those outside, all, or those of a file. `BadInput` with every row that is wrong."""
    file = question.files.get(VISITS)
    if file is not None:
        return _of_file(question, homes, file)
    at = np.flatnonzero(~within) if question.values["whom"] == Whom.OUTSIDE else np.arange(len(homes.points))
    if not len(at):
        message = Text(
            "没有不可及的村，不必巡诊；可改选“所有的村”或减少分钟数",
            "no village is outside reach, so none needs visits; ask for all villages or fewer minutes",
        )
        raise BadInput([message])
    every = np.full(len(at), int(question.values["every"]))
    stops = Stops(np.full(len(at), question.number("service")), np.zeros(len(at)), np.full(len(at), LATEST))
    return Visited(homes.points.only(at), homes.people[at], every, stops)


_COLUMNS: dict[str, Callable[[str], float]] = {
    "every": float,
    "service": float,
    "opens": clock,
    "closes": clock,
}


def _of_file(question: Question, homes: Homes, file: KeptFile) -> Visited:
    position = {code: at for at, code in enumerate(homes.points.codes)}
    rows = _rows(file)
    problems = [
        Text(
            f"第 {line} 行：{row['code']} 不是该区划内有经纬度的村",
            f"line {line}: {row['code']} is no village of the place with coordinates",
        )
        for line, row in enumerate(rows, start=2)
        if row["code"] not in position
    ]
    problems += [
        Text(f"第 {line} 行：{name} “{row[name]}”不能识别", f"line {line}: column {name} holds '{row[name]}'")
        for line, row in enumerate(rows, start=2)
        for name, read in _COLUMNS.items()
        if row.get(name) and not _readable(name, row[name], read)
    ]
    if problems or not rows:
        raise BadInput(problems or [Text("没有要去的村", "there are no villages to visit")])
    at = np.array([position[row["code"]] for row in rows])
    defaults = (question.number("every"), question.number("service"), 0.0, LATEST)
    every, service, opens, closes = (
        np.array([read(row[name]) if row.get(name) else default for row in rows], dtype=np.float64)
        for (name, read), default in zip(_COLUMNS.items(), defaults, strict=True)
    )
    stops = Stops(service, opens, closes)
    return Visited(homes.points.only(at), homes.people[at], every.astype(np.int64), stops)


def _rows(file: KeptFile) -> list[dict[str, str]]:
    reader = csv.DictReader(decoded(file.path, file.name).splitlines())
    if "code" not in (reader.fieldnames or ()):
        raise BadInput([Text(f"{file.name} 缺少列：code", f"{file.name} lacks the column code")])
    return [{name: (text or "").strip() for name, text in row.items() if name} for row in reader]


def _readable(name: str, text: str, read: Callable[[str], float]) -> bool:
    try:
        return read(text) >= (1 if name == "every" else 0)
    except ValueError:
        return False
