"""A plan of stations as a document: what was asked, what opens, who is served by whom, what other numbers would bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.siting.options import Siting
from wangdi.methods.travel.pairs import Flags, Floats
from wangdi.server.common.loading import OnProgress
from wangdi.server.planning.asking import Question
from wangdi.server.planning.notes import (
    answer_notes,
    data_notes,
    home_notes,
    place_note,
    service_note,
    solved_note,
    travel_notes,
)
from wangdi.server.planning.place_maps import CLOSED, OPENED, UPGRADED, map_data
from wangdi.server.planning.sheets import Cell, Document, Note, Sheet
from wangdi.server.planning.siting import EXISTINGS, GOALS, Goal, Task, asked_of_sites, task_of

CHANGES = {
    OPENED: Text("新设", "open"),
    UPGRADED: Text("扩建", "upgrade"),
    CLOSED: Text("关闭", "close"),
}
SHORTER, LONGER = 0.8, 1.2
"""Of the minutes, for what other numbers bring."""


@dataclass(frozen=True, slots=True)
class Found:
    """``before``, ``after``: minutes of each village to the nearest station, infinite where none is near; shape (n,)."""

    task: Task
    siting: Siting
    before: Floats
    after: Floats

    def within(self, taken: Floats) -> Flags:
        return taken <= self.task.minutes

    def people(self, taken: Floats) -> float:
        return float(self.task.homes.people[self.within(taken)].sum())

    def changed(self, change: str) -> list[int]:
        """The options that open, are upgraded, or close (of those, the options that exist)."""
        opened, task = set(self.siting.open.tolist()), self.task
        first_new = task.kept + task.upgrades
        if change == OPENED:
            return sorted(at for at in opened if at >= first_new)
        if change == UPGRADED:
            return sorted(at for at in opened if task.kept <= at < first_new)
        sites = {int(task.options.site[at]) for at in opened}
        return [at for at in range(task.kept) if at not in sites]


def sites_document(question: Question, report: OnProgress) -> Document:
    """The answer. `BadInput` when there is no such plan, or something in question, files or registers is wrong."""
    report("registers", 0, 0)
    task = task_of(question)
    report("solve", 0, 0)
    found = solved(task, question.number("seconds"))
    sheets = [_stations(found), _sensitivity(found, report), _townships(found), _served(found)]
    notes = [
        place_note(question.place),
        *home_notes(task.homes),
        service_note(task.services),
        *travel_notes(task.journeys, task.homes),
        _question(task),
        *_found(found),
        *answer_notes(asked_of_sites(question.place, question.as_of), question),
        *data_notes(question),
    ]
    changed = [
        (change, task.points.only(np.array(found.changed(change), dtype=np.int64))) for change in CHANGES
    ]
    drawn = map_data(task.homes, task.services.points, task.minutes, found.before, found.after, changed)
    return Document(Text("站点设在哪里", "Where to open"), notes, sheets, drawn)


def solved(task: Task, seconds: float) -> Found:
    """`BadInput` as above."""
    siting = task.solve(task.stations, task.minutes, seconds)
    n = len(task.options)
    opened = np.isin(np.arange(n), siting.open)
    return Found(task, siting, task.taken(np.arange(n) < task.kept), task.taken(opened))


def _question(task: Task) -> Note:
    goal, kept = GOALS[task.goal], EXISTINGS[task.existing]
    wanted = task.question.number("share")
    asked = (
        Text(f"{wanted:g}% 的人", f"{wanted:g} % of people")
        if task.goal is Goal.FEWEST
        else Text(f"至多 {task.stations} 个", f"{task.stations} at most")
    )
    text = Text(
        f"{goal.zh}：{asked.zh}；{task.minutes:g} 分钟以内算覆盖；现有机构{kept.zh}；"
        f"备选点 {len(task.candidates.points)} 个",
        f"{goal.en}: {asked.en}; covered means within {task.minutes:g} minutes; existing institutions are {kept.en}; "
        f"{len(task.candidates.points)} candidates",
    )
    return Note("question", Text("问题", "question"), text)


def _found(found: Found) -> list[Note]:
    task, siting = found.task, found.siting
    total, now, then = float(task.homes.people.sum()), found.people(found.before), found.people(found.after)
    exact = (
        Text("已证明最优", "proven to be the best")
        if siting.proven
        else Text(f"最多差 {siting.gap:.2%}", f"{siting.gap:.2%} off at most")
    )
    unit = {
        Goal.PEOPLE: Text("人", "people"),
        Goal.FEWEST: Text("个", "stations"),
        Goal.TRAVEL: Text("人·分钟", "person-minutes"),
    }[task.goal]
    cost = sum(
        float(task.options.cost[at]) - task.saves * (at < task.kept + task.upgrades) for at in siting.open
    )
    saved = task.saves * len(found.changed(CLOSED))
    elderly = float(task.homes.elderly[found.within(found.after) & ~found.within(found.before)].sum())
    return [
        Note(
            "covered",
            Text("覆盖", "covered"),
            Text(
                f"之前 {now:,.0f} 人（{now / total:.1%}），之后 {then:,.0f} 人（{then / total:.1%}），"
                f"新覆盖的人中老年人 {elderly:,.0f}",
                f"{now:,.0f} people before ({now / total:.1%}), {then:,.0f} after ({then / total:.1%}); "
                f"{elderly:,.0f} elderly among those newly covered",
            ),
            {"before": now, "after": then, "people": total},
        ),
        Note(
            "value",
            Text("结果", "result"),
            Text(
                f"{siting.value:,.0f} {unit.zh}，理论界限 {siting.bound:,.0f}：{exact.zh}",
                f"{siting.value:,.0f} {unit.en}, bound {siting.bound:,.0f}: {exact.en}",
            ),
            {"value": siting.value, "bound": siting.bound, "proven": siting.proven},
        ),
        Note(
            "cost",
            Text("费用", "cost"),
            Text(
                f"{cost:g} 万元" + (f"，关闭省下 {saved:g} 万元" if saved else ""),
                f"{cost:g} (10,000 yuan)" + (f", closing saves {saved:g}" if saved else ""),
            ),
            {"spent": cost, "saved": saved},
        ),
        *([_room(siting.served)] if task.options.limited else []),
        solved_note(siting.seconds, siting.cpu_seconds),
    ]


def _room(served: float) -> Note:
    text = Text(f"站点容量够 {served:,.0f} 人", f"stations have room for {served:,.0f} people")
    return Note("room", Text("容量", "room"), text, served)


def _stations(found: Found) -> Sheet:
    """What opens, is upgraded, closes; how many people each serves, and how many of them had nothing before."""
    task, serving = found.task, found.siting.serving
    some = serving >= 0
    served, gained = (
        np.bincount(serving[chosen], task.homes.people[chosen], len(task.options))
        for chosen in (some, some & ~found.within(found.before))
    )
    first_new = task.kept + task.upgrades
    rows: list[dict[str, Cell]] = [
        {
            "code": task.points.codes[at],
            "name": task.points.names[at],
            "change": CHANGES[change],
            "township": task.candidates.area[at - first_new] if change == OPENED else "",
            "people": int(served[at]),
            "gained": int(gained[at]),
            "cost": round(float(task.options.cost[at]) - (0 if change == OPENED else task.saves), 2),
            "lon": float(task.points.lonlat[at, 0]),
            "lat": float(task.points.lonlat[at, 1]),
        }
        for change in CHANGES
        for at in found.changed(change)
    ]
    columns = {
        "code": Text("编码", "code"),
        "name": Text("地点", "where"),
        "change": Text("变化", "change"),
        "township": Text("乡镇", "township"),
        "people": Text("服务人口", "people served"),
        "gained": Text("其中原来不可及", "of them outside before"),
        "cost": Text("费用（万元）", "cost (10,000 yuan)"),
        "lon": Text("经度", "lon"),
        "lat": Text("纬度", "lat"),
    }
    return Sheet("stations", Text("站点", "Stations"), columns, rows)


def _townships(found: Found) -> Sheet:
    homes = found.task.homes
    people, before, after = (
        np.bincount(homes.area, amounts, len(homes.areas))
        for amounts in (
            homes.people,
            homes.people * found.within(found.before),
            homes.people * found.within(found.after),
        )
    )
    rows = [
        {
            "township": homes.areas.names[at],
            "people": int(people[at]),
            "before": round(float(before[at] / people[at]), 4) if people[at] else None,
            "after": round(float(after[at] / people[at]), 4) if people[at] else None,
            "still_outside": int(people[at] - after[at]),
        }
        for at in np.lexsort((-people, -(after - before))).tolist()
    ]
    columns = {
        "township": Text("乡镇", "township"),
        "people": Text("人口", "people"),
        "before": Text("之前可及", "within before"),
        "after": Text("之后可及", "within after"),
        "still_outside": Text("仍在外", "still outside"),
    }
    return Sheet("townships", Text("各乡镇之前和之后", "Townships before and after"), columns, rows)


def _served(found: Found) -> Sheet:
    """Villages by the station that serves them; those that none serves first."""
    task, homes = found.task, found.task.homes
    serving = found.siting.serving
    first_new = task.kept + task.upgrades
    rows = [
        {
            "code": homes.points.codes[at],
            "village": homes.points.names[at],
            "township": homes.areas.names[homes.area[at]],
            "people": int(homes.people[at]),
            "before": _minutes(found.before[at]),
            "after": _minutes(found.after[at]),
            "station": task.points.names[serving[at]] if serving[at] >= 0 else None,
            "new": bool(serving[at] >= first_new),
        }
        for at in np.lexsort((-homes.people, serving >= 0)).tolist()
    ]
    columns = {
        "code": Text("编码", "code"),
        "village": Text("村", "village"),
        "township": Text("乡镇", "township"),
        "people": Text("人口", "people"),
        "before": Text("之前分钟", "minutes before"),
        "after": Text("之后分钟", "minutes after"),
        "station": Text("服务站点", "station"),
        "new": Text("新设", "new"),
    }
    return Sheet("villages", Text("各村由谁服务", "Villages and their station"), columns, rows)


def _minutes(taken: float) -> float | None:
    return round(float(taken), 1) if np.isfinite(taken) else None


def _sensitivity(found: Found, report: OnProgress) -> Sheet:
    """The same question with a few stations less and more, and with other minutes."""
    task = found.task
    asked = (task.stations, task.minutes)
    variants = _variants(task)
    rows: list[dict[str, Cell]] = []
    for at, (stations, minutes) in enumerate(variants):
        report("sensitivity", at, len(variants))
        answer = found.siting if (stations, minutes) == asked else _answer(task, stations, minutes)
        rows.append(
            {
                "stations": None if task.goal is Goal.FEWEST else stations,
                "minutes": round(minutes, 1),
                "served": None if answer is None else int(answer.served),
                "value": None if answer is None else float(answer.value),
                "bound": None if answer is None else float(answer.bound),
            }
        )
    columns = {
        "stations": Text("新设站点数", "stations"),
        "minutes": Text("分钟", "minutes"),
        "served": Text("覆盖人口", "people covered"),
        "value": Text("结果", "value"),
        "bound": Text("理论界限", "bound"),
    }
    if task.goal is Goal.PEOPLE:  # the value is the people covered
        del columns["value"]
    return Sheet("sensitivity", Text("换些条件", "With other numbers"), columns, rows)


def _variants(task: Task) -> Sequence[tuple[int, float]]:
    stations, minutes = task.stations, task.minutes
    times = [(stations, minutes * SHORTER), (stations, minutes * LONGER)]
    if task.goal is Goal.FEWEST:
        return [(stations, minutes), *times]
    more = [stations - 1, stations, stations + 1, stations + 2, stations * 2]
    possible = sorted({n for n in more if 0 <= n <= len(task.candidates.points)} | {stations})
    return [*((n, minutes) for n in possible), *times]


def _answer(task: Task, stations: int, minutes: float) -> Siting | None:
    """None where the changed question has no answer."""
    try:
        return task.solve(stations, minutes, min(task.question.number("seconds"), 20.0))
    except BadInput:
        return None
