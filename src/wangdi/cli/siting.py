"""``wangdi plan sites``: where to open stations."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, PlaceCode
from wangdi.cli.plan_documents import (
    Note,
    PlanDocument,
    PlanFile,
    PlanFormat,
    PlanOutput,
    Sheet,
    check_form,
    write_document,
)
from wangdi.cli.plan_travel import (
    PRIMARY_CARE,
    Detour,
    Matrix,
    Minutes,
    Mode,
    ModeOption,
    Seconds,
    Speed,
    TerrainName,
    TerrainOption,
    Travel,
    Types,
    home_notes,
    place_named,
    place_note,
    service_notes,
    told,
    travel_of,
)
from wangdi.cli.wording import t
from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.siting.options import Options, Siting
from wangdi.methods.siting.questions import fewest_stations, least_travel, most_people
from wangdi.methods.travel.pairs import Floats, Pairs
from wangdi.server.network.models import Place
from wangdi.server.planning.people import Homes, Points, Services, homes_under, services_of

FAR = 4.0
"""Who has nothing within this many times the minutes counts with so many, when travel is to be least."""


class Goal(StrEnum):
    PEOPLE = "people"
    FEWEST = "fewest"
    TRAVEL = "travel"


class Existing(StrEnum):
    KEEP = "keep"
    CLOSABLE = "closable"
    IGNORE = "ignore"


def sites(
    as_of: AsOf,
    place: PlaceCode = None,
    goal: Annotated[
        Goal,
        typer.Option(
            "--goal",
            help=t(
                "people 覆盖最多人；fewest 用最少站点覆盖 --share 的人；travel 总行程最短",
                "people: most people covered; fewest: fewest stations for --share of them; travel: least travel",
            ),
        ),
    ] = Goal.PEOPLE,
    stations: Annotated[
        int, typer.Option("--stations", min=0, help=t("最多新设几个站点", "New stations at most"))
    ] = 2,
    share: Annotated[
        float, typer.Option("--share", help=t("要覆盖的人口比例，0 到 1", "Share of people to cover, 0 to 1"))
    ] = 1.0,
    minutes: Minutes = 15,
    types: Types = PRIMARY_CARE,
    existing: Annotated[
        Existing,
        typer.Option(
            "--existing",
            help=t(
                "现有机构：保留、可关闭、不计", "Institutions there are: kept, may be closed, not looked at"
            ),
        ),
    ] = Existing.KEEP,
    candidates: Annotated[
        Path | None,
        typer.Option(
            "--candidates",
            exists=True,
            dir_okay=False,
            help=t(
                "备选点 csv：code,name,lon,lat[,cost,capacity]；不给则各村都是备选点",
                "Candidates as csv: code,name,lon,lat[,cost,capacity]; every village if left out",
            ),
        ),
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help=t("费用合计上限", "Most that may be spent"))
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option("--capacity", min=1, help=t("每个站点最多服务人数", "People a station serves at most")),
    ] = None,
    mode: ModeOption = Mode.WALK,
    terrain: TerrainOption = TerrainName.PLAIN,
    detour: Detour = None,
    speed: Speed = None,
    matrix: Matrix = None,
    sensitivity: Annotated[
        bool,
        typer.Option(
            "--sensitivity", help=t("再算站点数和分钟数多些、少些", "Also with a few more and less of each")
        ),
    ] = False,
    seconds: Seconds = 60,
    output: PlanOutput = PlanFormat.TABLE,
    file: PlanFile = None,
) -> None:
    form = check_form(output, file)
    require_installation()
    where = place_named(place)
    travel = travel_of(mode, terrain, detour, speed, matrix)
    try:
        homes, services = homes_under(where), services_of(types, as_of, "institutions")
        places = _read_candidates(candidates) if candidates is not None else _villages(homes)
        task = _Task(
            homes,
            services,
            places,
            travel,
            goal,
            stations,
            share,
            minutes,
            existing,
            budget,
            capacity,
            seconds,
        )
        write_document(_document(task, where, sensitivity), form, file)
    except BadInput as error:
        raise told(error) from None


sites.__doc__ = t(
    "站点设在哪里：覆盖最多人、用最少站点、或总行程最短；写明离理论界限多远。备选点默认为各村，现有机构保留。",
    "Where to open stations: most people covered, fewest stations, or least travel, with the bound. Every village is a "
    "candidate unless a file says others; existing institutions stay.",
)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """``cost`` and ``capacity``: shape (n,), zero and infinite where nothing is said."""

    points: Points
    cost: Floats
    capacity: Floats


@dataclass(frozen=True, slots=True)
class _Task:
    homes: Homes
    services: Services
    candidates: _Candidates
    travel: Travel
    goal: Goal
    stations: int
    share: float
    minutes: float
    existing: Existing
    budget: float | None
    capacity: float | None
    seconds: float

    @property
    def kept(self) -> int:
        """How many options exist already; they come first."""
        return 0 if self.existing is Existing.IGNORE else len(self.services.points)

    @property
    def points(self) -> Points:
        """All options."""
        new, old = self.candidates.points, self.services.points
        if not self.kept:
            return new
        return Points(old.codes + new.codes, old.names + new.names, np.vstack((old.lonlat, new.lonlat)))

    @property
    def options(self) -> Options:
        n_new = len(self.candidates.points)
        simple = Options.simple(self.kept, n_new)
        capacity = np.concatenate((np.full(self.kept, np.inf), self.candidates.capacity))
        if self.capacity is not None:
            capacity = np.minimum(capacity, self.capacity)
        cost = np.concatenate((np.zeros(self.kept), self.candidates.cost))
        required = simple.required & (self.existing is Existing.KEEP)
        return Options(simple.site, simple.new, required, cost, capacity)

    def reach(self, minutes: float) -> Pairs:
        return self.travel.pairs(self.homes.points, self.points, minutes)

    def solve(self, stations: int, minutes: float) -> Siting:
        people, options, seconds = self.homes.people, self.options, self.seconds
        if self.goal is Goal.FEWEST:
            return fewest_stations(self.reach(minutes), people, options, self.share, seconds)
        if self.goal is Goal.TRAVEL:
            pairs, far = self.reach(FAR * minutes), FAR * minutes
            return least_travel(pairs, people, options, far, stations, self.budget, seconds)
        return most_people(self.reach(minutes), people, options, stations, self.budget, seconds)


def _villages(homes: Homes) -> _Candidates:
    n = len(homes.points)
    return _Candidates(homes.points, np.zeros(n), np.full(n, np.inf))


def _read_candidates(file: Path) -> _Candidates:
    """`BadInput` with every row that is wrong."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in ("code", "name", "lon", "lat") if name not in (reader.fieldnames or ())]
        if missing:
            names = ", ".join(missing)
            raise BadInput([Text(f"{file.name} 缺少列：{names}", f"{file.name} lacks columns: {names}")])
        rows = list(reader)
    problems: list[Text] = []
    numbers = [
        [_number(row, name, line, problems) for name in _NUMBERS] for line, row in enumerate(rows, start=2)
    ]
    if not rows:
        problems.append(Text(f"{file.name} 没有备选点", f"{file.name} holds no candidates"))
    if problems:
        raise BadInput(problems)
    table = np.array(numbers)
    points = Points(tuple(row["code"] for row in rows), tuple(row["name"] for row in rows), table[:, :2])
    return _Candidates(points, table[:, 2], table[:, 3])


_NUMBERS = {"lon": None, "lat": None, "cost": 0.0, "capacity": np.inf}
"""Columns of candidates, and what an empty cell means; None: it may not be empty."""


def _number(row: dict[str, str], name: str, line: int, problems: list[Text]) -> float:
    text, default = (row.get(name) or "").strip(), _NUMBERS[name]
    if not text and default is not None:
        return default
    try:
        return float(text)
    except ValueError:
        problems.append(
            Text(f"第 {line} 行：{name} “{text}”不是数", f"line {line}: {name} '{text}' is no number")
        )
        return np.nan


# -- telling ----------------------------------------------------------------------------------------


def _document(task: _Task, place: Place | None, sensitivity: bool) -> PlanDocument:
    found = task.solve(task.stations, task.minutes)
    notes = [
        place_note(place),
        *home_notes(task.homes),
        *service_notes(task.services),
        task.travel.note(),
        *_assumptions(task),
        *_found(task, found),
    ]
    sheets = [_stations(task, found), _served(task, found)]
    if sensitivity:
        sheets.append(_sensitivity(task, found))
    return PlanDocument(t("站点设在哪里", "Where to open"), notes, sheets)


def _assumptions(task: _Task) -> list[Note]:
    kept = {
        Existing.KEEP: t("保留", "kept"),
        Existing.CLOSABLE: t("可关闭", "may be closed"),
        Existing.IGNORE: t("不计", "not looked at"),
    }
    goals = {
        Goal.PEOPLE: t(
            f"新设至多 {task.stations} 个，覆盖最多人",
            f"most people with {task.stations} new stations at most",
        ),
        Goal.FEWEST: t(
            f"用最少站点覆盖 {task.share:.1%} 的人", f"fewest stations for {task.share:.1%} of people"
        ),
        Goal.TRAVEL: t(
            f"新设至多 {task.stations} 个，总行程最短",
            f"least travel with {task.stations} new stations at most",
        ),
    }
    text = t(
        f"{goals[task.goal]}；{task.minutes:g} 分钟以内算覆盖；现有机构{kept[task.existing]}；"
        f"备选点 {len(task.candidates.points)} 个",
        f"{goals[task.goal]}; covered means within {task.minutes:g} minutes; existing institutions are "
        f"{kept[task.existing]}; {len(task.candidates.points)} candidates",
    )
    limits = [
        t(f"预算 {task.budget:g}", f"budget {task.budget:g}") if task.budget is not None else "",
        t(f"每站至多 {task.capacity:g} 人", f"{task.capacity:g} people a station")
        if task.capacity is not None
        else "",
    ]
    text += "".join(t("；", "; ") + limit for limit in limits if limit)
    return [Note("question", t("问题", "question"), text)]


def _found(task: _Task, found: Siting) -> list[Note]:
    total = float(task.homes.people.sum())
    before = task.reach(task.minutes)
    reached = before.where(before.destinations < task.kept)
    now = float(task.homes.people[np.unique(reached.origins)].sum())
    opened = before.where(np.isin(before.destinations, found.open))
    then = float(task.homes.people[np.unique(opened.origins)].sum())
    unit = {
        Goal.PEOPLE: t("人", "people"),
        Goal.FEWEST: t("个", "stations"),
        Goal.TRAVEL: t("人·分钟", "person-minutes"),
    }
    exact = (
        t("已证明最优", "proven to be the best")
        if found.proven
        else t(f"最多差 {found.gap:.2%}", f"{found.gap:.2%} off at most")
    )
    covered = t(
        f"之前 {now:,.0f} 人（{now / total:.1%}），之后 {then:,.0f} 人（{then / total:.1%}）",
        f"{now:,.0f} people before ({now / total:.1%}), {then:,.0f} after ({then / total:.1%})",
    )
    value = t(
        f"{found.value:,.0f} {unit[task.goal]}，理论界限 {found.bound:,.0f}：{exact}",
        f"{found.value:,.0f} {unit[task.goal]}, bound {found.bound:,.0f}: {exact}",
    )
    taken = t(
        f"{found.seconds:.1f} 秒（处理器 {found.cpu_seconds:.1f} 秒）",
        f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s of the processor)",
    )
    return [
        Note("covered", t("覆盖", "covered"), covered, {"before": now, "after": then, "people": total}),
        Note(
            "value",
            t("结果", "result"),
            value,
            {"value": found.value, "bound": found.bound, "proven": found.proven},
        ),
        Note("seconds", t("用时", "took"), taken, round(found.seconds, 3)),
    ]


def _stations(task: _Task, found: Siting) -> Sheet:
    """New stations, and existing ones that are closed."""
    options, points = task.options, task.points
    opened = [int(at) for at in found.open if options.new[at]]
    closed = (
        []
        if task.existing is Existing.KEEP
        else [at for at in range(task.kept) if at not in set(found.open.tolist())]
    )
    listed = [*opened, *closed]
    served = np.bincount(
        found.serving[found.serving >= 0], task.homes.people[found.serving >= 0], len(points)
    )
    rows = pa.table(
        {
            "code": pa.array([points.codes[at] for at in listed], pa.string()),
            "name": pa.array([points.names[at] for at in listed], pa.string()),
            "change": pa.array(
                [t("新设", "open")] * len(opened) + [t("关闭", "close")] * len(closed), pa.string()
            ),
            "lon": pa.array([float(points.lonlat[at, 0]) for at in listed], pa.float64()),
            "lat": pa.array([float(points.lonlat[at, 1]) for at in listed], pa.float64()),
            "cost": pa.array([float(options.cost[at]) for at in listed], pa.float64()),
            "people": pa.array([int(served[at]) for at in listed], pa.int64()),
        }
    )
    return Sheet("stations", t("站点", "Stations"), rows, _headings())


def _served(task: _Task, found: Siting) -> Sheet:
    """Villages by the station that serves them; those that none serves first."""
    homes, points = task.homes, task.points
    order = np.lexsort((-homes.people, found.serving >= 0))
    serving = [int(at) for at in found.serving[order]]
    rows = pa.table(
        {
            "code": [homes.points.codes[at] for at in order],
            "village": [homes.points.names[at] for at in order],
            "township": [homes.township[at] for at in order],
            "people": homes.people[order].astype(np.int64),
            "station": pa.array([None if at < 0 else points.names[at] for at in serving], pa.string()),
            "new": [at >= task.kept for at in serving],
        }
    )
    return Sheet("villages", t("各村由谁服务", "Villages and their station"), rows, _headings())


def _sensitivity(task: _Task, found: Siting) -> Sheet:
    """The same question with one station less and more, and with other minutes."""
    variants: Sequence[tuple[int, float]] = [
        (stations, minutes)
        for stations, minutes in (
            (task.stations - 1, task.minutes),
            (task.stations, task.minutes),
            (task.stations + 1, task.minutes),
            (task.stations, task.minutes * 0.8),
            (task.stations, task.minutes * 1.2),
        )
        if 0 <= stations <= len(task.candidates.points)
        and (task.goal is not Goal.FEWEST or stations == task.stations)
    ]
    asked = (task.stations, task.minutes)
    answers = [found if variant == asked else _answer(task, *variant) for variant in variants]
    rows = pa.table(
        {
            "stations": [None if task.goal is Goal.FEWEST else stations for stations, _ in variants],
            "minutes": [round(minutes, 1) for _, minutes in variants],
            "served": [None if answer is None else int(answer.served) for answer in answers],
            "value": [None if answer is None else float(answer.value) for answer in answers],
            "bound": [None if answer is None else float(answer.bound) for answer in answers],
        }
    )
    return Sheet("sensitivity", t("换些条件", "With other numbers"), rows, _headings())


def _answer(task: _Task, stations: int, minutes: float) -> Siting | None:
    """None where the changed question has no answer."""
    try:
        return task.solve(stations, minutes)
    except BadInput:
        return None


def _headings() -> dict[str, str]:
    return {
        "code": t("编码", "code"),
        "name": t("名称", "name"),
        "change": t("变化", "change"),
        "lon": t("经度", "lon"),
        "lat": t("纬度", "lat"),
        "cost": t("费用", "cost"),
        "people": t("人口", "people"),
        "village": t("村", "village"),
        "township": t("乡镇", "township"),
        "station": t("服务站点", "station"),
        "new": t("新设", "new"),
        "stations": t("新设站点数", "stations"),
        "minutes": t("分钟", "minutes"),
        "served": t("覆盖人口", "people covered"),
        "value": t("结果", "value"),
        "bound": t("理论界限", "bound"),
    }
