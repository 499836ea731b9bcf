"""Where to open stations: the question, from registers and files to a programme and back to names."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.siting.options import Options, Siting
from wangdi.methods.siting.questions import fewest_stations, least_travel, most_people
from wangdi.methods.travel.distance import great_circle_km
from wangdi.methods.travel.journeys import Journeys
from wangdi.methods.travel.matrix import decoded
from wangdi.methods.travel.pairs import Flags, Floats, Pairs, nearest
from wangdi.methods.travel.points import Points
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import Asked, InvalidAnswers, KeptFile, Question, one_of
from wangdi.server.planning.people import Homes, Services
from wangdi.server.planning.reaching import reached
from wangdi.server.planning.sites_declaration import sites_declared
from wangdi.server.planning.travelling import (
    Mode,
    asked_numbers,
    asked_travel,
    asked_types,
    journeys_of,
    reach_declared,
)

CANDIDATES = "candidates"
"""The file of candidates that a question may bring."""

FAR = 4.0
"""Who has nothing within this many times the minutes counts with so many, when travel is to be least."""

FARTHEST_KM = 100.0
"""A candidate farther than this from every village is a mistake."""

PERCENT = 100


class Goal(StrEnum):
    PEOPLE = "people"
    FEWEST = "fewest"
    TRAVEL = "travel"


class Existing(StrEnum):
    KEEP = "keep"
    CLOSABLE = "closable"
    IGNORE = "ignore"


class Where(StrEnum):
    """Which villages are candidates, where no file says."""

    ALL = "all"
    OUTSIDE = "outside"


GOALS = {
    Goal.PEOPLE: Text("新设几个站点，覆盖最多人", "most people with so many new stations"),
    Goal.FEWEST: Text("用最少的新站点，覆盖多少比例的人", "fewest new stations for a share of people"),
    Goal.TRAVEL: Text("新设几个站点，总行程最短", "least travel with so many new stations"),
}
EXISTINGS = {
    Existing.KEEP: Text("保留", "kept"),
    Existing.CLOSABLE: Text("可关闭", "may be closed"),
    Existing.IGNORE: Text("不计", "not looked at"),
}
WHERES = {
    Where.ALL: Text("所有的村", "all villages"),
    Where.OUTSIDE: Text("现在不可及的村", "villages outside now"),
}


def asked_of_sites(place: Place | None, day: date) -> list[Asked]:
    reach, numbers = reach_declared().numbers, sites_declared().numbers
    return [
        _asked_one("goal", Text("目标", "Goal"), GOALS, Goal.PEOPLE),
        *asked_numbers(numbers, ("stations", "share"), day),
        *asked_numbers(reach, ("minutes",), day),
        *asked_travel(Mode.WALK, day),
        asked_types(),
        _asked_one("existing", Text("现有机构", "Existing institutions"), EXISTINGS, Existing.KEEP),
        _asked_one("where", Text("备选点", "Candidates"), WHERES, Where.ALL),
        *asked_numbers(
            numbers,
            (
                "least_people",
                "cost",
                "budget",
                "capacity",
                "upgrade_capacity",
                "upgrade_cost",
                "closing_saves",
                "seconds",
            ),
            day,
        ),
    ]


def _asked_one(name: str, title: Text, options: Mapping[Any, Text], default: str) -> Asked:
    return one_of(name, title, [(str(code), text) for code, text in options.items()], default)


@dataclass(frozen=True, slots=True)
class Candidates:
    """``cost`` and ``capacity``: shape (n,), infinite capacity where nothing is said. ``area``: name of the place above."""

    points: Points
    cost: Floats
    capacity: Floats
    area: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """The question with all it needs. Options are, in order: existing stations, their upgrades, candidates."""

    question: Question
    homes: Homes
    services: Services
    candidates: Candidates
    journeys: Journeys

    @property
    def goal(self) -> Goal:
        return Goal(self.question.values["goal"])

    @property
    def existing(self) -> Existing:
        return Existing(self.question.values["existing"])

    @property
    def minutes(self) -> float:
        return self.question.number("minutes")

    @property
    def stations(self) -> int:
        return int(self.question.values["stations"])

    @property
    def kept(self) -> int:
        """How many options exist already; they come first."""
        return 0 if self.existing is Existing.IGNORE else len(self.services.points)

    @property
    def upgrades(self) -> int:
        """How many options are upgrades; they come after those that exist."""
        return self.kept if self.question.number_or_none("upgrade_capacity") is not None else 0

    @property
    def points(self) -> Points:
        """All options."""
        if not self.kept:
            return self.candidates.points
        old = self.services.points
        return (old.and_then(old) if self.upgrades else old).and_then(self.candidates.points)

    @property
    def saves(self) -> float:
        """What closing an existing station frees for the others: its cost, and so much more budget."""
        return self.question.number("closing_saves") if self.existing is Existing.CLOSABLE else 0.0

    @property
    def budget(self) -> float | None:
        budget = self.question.number_or_none("budget")
        return None if budget is None else budget + self.saves * self.kept

    @property
    def options(self) -> Options:
        old, upgrades, new = self.kept, self.upgrades, len(self.candidates.points)
        capacity = np.full(old, np.inf)
        larger = np.full(upgrades, self.question.number_or_none("upgrade_capacity") or np.inf)
        most = self.question.number_or_none("capacity")
        candidates = self.candidates.capacity
        if most is not None:
            capacity, candidates = np.minimum(capacity, most), np.minimum(candidates, most)
        dear = np.full(upgrades, self.saves + self.question.number("upgrade_cost"))
        n = old + upgrades + new
        is_new = np.arange(n) >= old + upgrades
        site = np.concatenate((np.arange(old), np.arange(upgrades), old + np.arange(new)))
        return Options(
            site,
            is_new,
            ~is_new & (self.existing is Existing.KEEP),
            np.concatenate((np.full(old, self.saves), dear, self.candidates.cost)),
            np.concatenate((capacity, larger, candidates)),
        )

    def reach(self, minutes: float) -> Pairs:
        return self.journeys.pairs(self.homes.points, self.points, minutes)

    def solve(self, stations: int, minutes: float, seconds: float) -> Siting:
        """`BadInput` when there is no such plan, or none was found in the time."""
        people, options, budget = self.homes.people, self.options, self.budget
        if self.goal is Goal.FEWEST:
            share = self.question.number("share") / PERCENT
            return fewest_stations(self.reach(minutes), people, options, share, seconds)
        if self.goal is Goal.TRAVEL:
            pairs, far = self.reach(FAR * minutes), FAR * minutes
            return least_travel(pairs, people, options, far, stations, budget, seconds)
        return most_people(self.reach(minutes), people, options, stations, budget, seconds)

    def taken(self, open_: Flags) -> Floats:
        """Minutes of each village to the nearest of some options, infinite where none is near; shape (n,)."""
        pairs = self.reach(FAR * self.minutes)
        return nearest(pairs.where(open_[pairs.destinations]))[1]


def task_of(question: Question) -> Task:
    """`BadInput` with everything that is wrong: answers that contradict each other, files, coordinates."""
    _check(question)
    found = reached(question)
    file = question.files.get(CANDIDATES)
    chosen = (
        _villages(question, found.homes, found.within) if file is None else _read(file, question, found.homes)
    )
    if not len(chosen.points) and question.values["goal"] != Goal.FEWEST:
        raise BadInput([_no_candidates()])
    return Task(question, found.homes, found.services, chosen, journeys_of(question))


def _check(question: Question) -> None:
    wrong = {}
    if question.number_or_none("upgrade_capacity") is not None:
        if question.number_or_none("capacity") is None:
            wrong["capacity"] = Text(
                "考虑扩建，就要先填每个站点最多服务多少人",
                "upgrades only matter where stations have a capacity: fill it in",
            )
        if question.number_or_none("budget") is None:
            wrong["budget"] = Text(
                "考虑扩建，就要填预算，否则全部扩建", "upgrades need a budget, or all are upgraded"
            )
    if question.values["existing"] == Existing.CLOSABLE and question.number_or_none("budget") is None:
        wrong["budget"] = Text(
            "现有机构可关闭时要填预算（可填 0）：关闭省下的费用才有用处",
            "where institutions may be closed a budget is needed (0 will do): what closing saves is spent on others",
        )
    if question.values["goal"] == Goal.FEWEST and question.number_or_none("budget") is not None:
        wrong["budget"] = Text(
            "“最少站点”不看预算；请清空预算，或改用“覆盖最多人”",
            "the fewest stations know no budget: leave it out, or ask for most people",
        )
    if wrong:
        raise InvalidAnswers(wrong)


def _no_candidates() -> Text:
    return Text(
        "没有备选点：现在没有不可及的村。请减少分钟数、改选“所有的村”，或自备备选点文件",
        "there are no candidates: no village is outside now. Ask for fewer minutes, all villages, or bring a file",
    )


def _villages(question: Question, homes: Homes, within: Flags) -> Candidates:
    """Villages large enough; those outside alone, if that is asked for."""
    wanted = homes.people >= question.number("least_people")
    if question.values["where"] == Where.OUTSIDE:
        wanted &= ~within
    at = np.flatnonzero(wanted)
    cost = np.full(len(at), question.number("cost"))
    areas = tuple(homes.areas.names[homes.area[one]] for one in at.tolist())
    return Candidates(homes.points.only(at), cost, np.full(len(at), np.inf), areas)


def _read(file: KeptFile, question: Question, homes: Homes) -> Candidates:
    """`BadInput` with every row that is wrong."""
    reader = csv.DictReader(decoded(file.path, file.name).splitlines())
    heading = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = heading
    missing = [name for name in ("code", "name", "lon", "lat") if name not in heading]
    if missing:
        names = ", ".join(missing)
        raise BadInput([Text(f"{file.name} 缺少列：{names}", f"{file.name} lacks columns: {names}")])
    rows = list(reader)
    problems: list[Text] = []
    defaults = {"lon": None, "lat": None, "cost": question.number("cost"), "capacity": np.inf}
    numbers = [
        [_number(row, name, default, line, problems) for name, default in defaults.items()]
        for line, row in enumerate(rows, start=2)
    ]
    if not rows:
        problems.append(Text(f"{file.name} 没有备选点", f"{file.name} holds no candidates"))
    problems += _twice([row["code"] for row in rows])
    if problems:
        raise BadInput(problems)
    table = np.array(numbers)
    if elsewhere := _elsewhere(table[:, :2], homes):
        raise BadInput(elsewhere)
    points = Points(tuple(row["code"] for row in rows), tuple(row["name"] for row in rows), table[:, :2])
    return Candidates(points, table[:, 2], table[:, 3], ("",) * len(rows))


def _number(
    row: Mapping[str, str], name: str, default: float | None, line: int, problems: list[Text]
) -> float:
    """An empty cell means the default; without one it may not be empty."""
    text = (row.get(name) or "").strip()
    if not text and default is not None:
        return default
    try:
        return float(text)
    except ValueError:
        problems.append(
            Text(f"第 {line} 行：{name} “{text}”不是数", f"line {line}: {name} '{text}' is no number")
        )
        return np.nan


def _elsewhere(lonlat: Floats, homes: Homes) -> list[Text]:
    """Candidates far from every village: their coordinates are wrong, perhaps the wrong way round."""
    usable = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
    km = np.full(len(lonlat), np.inf)
    km[usable] = great_circle_km(lonlat[usable][:, None], homes.points.lonlat[None]).min(axis=1)
    return [
        Text(
            f"第 {at + 2} 行：{lonlat[at, 0]:g}, {lonlat[at, 1]:g} 离这里的村都超过 {FARTHEST_KM:g} 公里；经纬度是否写反？",
            f"line {at + 2}: {lonlat[at, 0]:g}, {lonlat[at, 1]:g} is more than {FARTHEST_KM:g} km from every village here; "
            "are lon and lat the wrong way round?",
        )
        for at in np.flatnonzero(km > FARTHEST_KM).tolist()
    ]


def _twice(codes: list[str]) -> list[Text]:
    again = sorted({code for code in codes if codes.count(code) > 1})
    return [Text(f"编码 {code} 出现不止一次", f"the code {code} is there more than once") for code in again]
