"""``wangdi watch``: series of counts that rise above what is usual."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer
from rich.table import Table

from wangdi.cli.output import errors
from wangdi.cli.plan_documents import PlanFile, PlanFormat, PlanOutput, check_form, write_document
from wangdi.cli.watching_network import run, series
from wangdi.cli.wording import of, t
from wangdi.engine.model.text import Text
from wangdi.interchange.series import SeriesRows, duplicate_problem, one_date_problem, read_series_rows
from wangdi.interchange.tabular.problems import Problem
from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.calendar import Unit
from wangdi.methods.detection.choosing import Method, detect
from wangdi.methods.detection.grid import Grid, grid_of, unit_of
from wangdi.methods.detection.result import Detection, Reason, Variant
from wangdi.methods.detection.wording import NO_ANSWER, UNIT_WORDS, method_of, named, plain, why
from wangdi.server.planning.sheets import Document, Note, Sheet

SHOWN_PROBLEMS = 40


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Absent(StrEnum):
    """What a time without a row means."""

    MISSING = "missing"
    ZERO = "zero"


SeriesFile = Annotated[Path, typer.Argument(exists=True, help=t("csv 或 xlsx 文件", "A csv or xlsx file"))]
ChosenMethod = Annotated[
    Method,
    typer.Option(
        "--method",
        help=t(
            "探测方法；auto：有三年以上历史用 farrington-improved，否则用 ears-c2",
            "The method; auto is farrington-improved from three years of history on, else ears-c2",
        ),
    ),
]
LatestTimes = Annotated[
    int,
    typer.Option("--last", min=1, help=t("判断最近几个时段", "How many of the latest times to judge")),
]
Spacing = Annotated[
    Interval | None,
    typer.Option(
        "--unit",
        help=t("间隔：日、周、月；默认按日期判断", "Day, week or month; told from the dates by default"),
    ),
]
WithoutRow = Annotated[
    Absent,
    typer.Option(
        "--absent",
        help=t(
            "没有行的时段：missing 缺报，zero 零例",
            "Times without a row: missing (not reported) or zero (no cases)",
        ),
    ),
]
FalseAlarms = Annotated[
    float | None,
    typer.Option(
        "--alpha",
        min=1e-9,
        max=0.5,
        help=t(
            "误报概率，默认为各方法的常用值（auto 为 0.005）",
            "The chance of a false alarm; each method has its usual one (auto 0.005)",
        ),
    ),
]
ChosenVariant = Annotated[
    Variant | None,
    typer.Option(
        "--variant",
        help=t(
            "与 R 一致或按原论文；默认与 R 一致，唯 ears-c3 按原论文",
            "As R's surveillance or as in the paper; R's by default, but for ears-c3",
        ),
    ),
]
AllJudgements = Annotated[
    bool, typer.Option("--all", help=t("也列出未报警的序列", "List what raised no alarm, too"))
]


app = typer.Typer(no_args_is_help=True)


def detect_in_file(
    file: SeriesFile,
    method: ChosenMethod = Method.AUTOMATIC,
    last: LatestTimes = 1,
    unit: Spacing = None,
    absent: WithoutRow = Absent.MISSING,
    alpha: FalseAlarms = None,
    variant: ChosenVariant = None,
    every: AllJudgements = False,
    output: PlanOutput = PlanFormat.TABLE,
    to: PlanFile = None,
) -> None:
    form = check_form(output, to)
    if alpha is not None and method is Method.CUSUM:
        raise typer.BadParameter(t("cusum 没有 --alpha", "cusum has no --alpha"))
    rows = read_series_rows(file)
    _stop_at(list(rows.problems), rows.problem_count)
    grid = _grid(rows, None if unit is None else Unit(unit.value))
    counts = np.nan_to_num(grid.counts) if absent is Absent.ZERO else grid.counts
    found = detect(counts, grid.calendar, method, last, variant, alpha)
    document = Document(
        Text("预警", "Early warning"),
        _notes(rows, grid, found, absent),
        [_sheet(rows.names, grid, found, every, form is PlanFormat.TABLE)],
    )
    write_document(document, form, to)


detect_in_file.__doc__ = t(
    "判断文件中各序列最近的计数是否多于平常。\n\n"
    "文件为 csv 或 xlsx，每行一个序列、一个日期、一个例数（列名 series、date、count，或 序列、日期、例数；"
    "日期可写 2026-06-01、2026-W23、2026年第23周、2026-05）。每个报警都给出期望值、上限、超出度和理由。"
    "没有行的时段按缺报处理，除非用 --absent zero。",
    "Judges whether the latest counts of each series are more than usual.\n\n"
    "The file is csv or xlsx with a row per series and date (columns series, date, count; dates such as 2026-06-01, "
    "2026-W23 or 2026-05). Every alarm has its expected value, bound, exceedance and reason. Times without a row count "
    "as not reported, unless --absent zero.",
)


def _grid(rows: SeriesRows, unit: Unit | None) -> Grid:
    """The rows by time; ends with a message where they cannot be laid out."""
    unit = unit or unit_of(rows.days)
    if unit is None:
        _stop_at([one_date_problem(rows)], 1)
        raise AssertionError
    grid = grid_of(rows.series, rows.days, rows.counts, len(rows.names), unit)
    pairs = grid.twice[:SHOWN_PROBLEMS].tolist()
    _stop_at(
        [duplicate_problem(rows, first, second, UNIT_WORDS[unit]) for first, second in pairs], len(grid.twice)
    )
    return grid


def _stop_at(problems: list[Problem], total: int) -> None:
    """Prints problems and ends; nothing when there are none."""
    if not total:
        return
    table = Table(box=None, pad_edge=False)
    for heading in (
        t("位置", "where"),
        t("内容", "value"),
        t("问题", "what is wrong"),
        t("怎样改", "how to mend it"),
    ):
        table.add_column(heading, overflow="fold")
    for problem in problems[:SHOWN_PROBLEMS]:
        table.add_row(str(problem.where), problem.value or "", of(problem.message), of(problem.hint))
    errors.print(table)
    errors.print(
        t(f"共 {total:,} 个问题，未作判断。", f"Problems: {total:,}. Nothing was judged."),
        style="red",
        highlight=False,
    )
    raise SystemExit(1)


# -- what was found -------------------------------------------------------------------------------


def _sheet(names: tuple[str, ...], grid: Grid, found: Detection, every: bool, for_people: bool) -> Sheet:
    """A row per alarm, the furthest above its bound first; per point judged with ``every``."""
    wanted = np.argwhere(np.ones_like(found.alarm) if every else found.alarm)
    order = np.argsort(
        -np.nan_to_num(found.exceedance[wanted[:, 0], wanted[:, 1]], nan=-np.inf), kind="stable"
    )
    points = [(series, column) for series, column in wanted[order].tolist()]
    numbers = _shown if for_people else _exact
    columns = {
        "series": pa.array([names[series] for series, _ in points], pa.string()),
        "date": pa.array([str(grid.calendar.days[found.times[column]]) for _, column in points], pa.string()),
        "count": numbers(found.observed, points),
        "expected": numbers(found.expected, points),
        "upper": numbers(found.upper, points),
        "exceedance": numbers(found.exceedance, points),
        "alarm": pa.array([bool(found.alarm[point]) for point in points], pa.bool_()),
        "method": pa.array([of(method_of(found, *point)) for point in points], pa.string()),
        "why": pa.array([of(why(found, *point, grid.calendar.unit)) for point in points], pa.string()),
    }
    if not every:
        del columns["alarm"]
    if for_people:
        del columns["method"]  # a note and the sentence say it
    title = Text("所有判断", "all judgements") if every else Text("报警", "alarms")
    headings = {name: _HEADINGS[name] for name in columns}
    return Sheet("points", title, headings, pa.table(columns).to_pylist())


_HEADINGS = {
    "series": Text("序列", "series"),
    "date": Text("日期", "date"),
    "count": Text("例数", "count"),
    "expected": Text("期望值", "expected"),
    "upper": Text("上限", "upper bound"),
    "exceedance": Text("超出度", "exceedance"),
    "alarm": Text("报警", "alarm"),
    "method": Text("方法", "method"),
    "why": Text("理由", "why"),
}


def _exact(values: Floats, points: Sequence[tuple[int, int]]) -> Any:
    """Null where there is no number, or none that JSON knows."""
    told = [float(values[point]) for point in points]
    return pa.array([round(value, 6) if np.isfinite(value) else None for value in told], pa.float64())


def _shown(values: Floats, points: Sequence[tuple[int, int]]) -> Any:
    told = [float(values[point]) for point in points]
    return pa.array(["" if np.isnan(value) else plain(value) for value in told], pa.string())


def _notes(rows: SeriesRows, grid: Grid, found: Detection, absent: Absent) -> list[Note]:
    series, times = found.alarm.shape
    unit = UNIT_WORDS[grid.calendar.unit]
    first, last = str(grid.calendar.days[0]), str(grid.calendar.days[-1])
    alarms, alarming = int(found.alarm.sum()), int(found.alarm.any(axis=1).sum())
    notes = [
        Note(
            "data",
            Text("数据", "data"),
            Text(
                f"{series} 个序列，按{unit.zh}，{first} 至 {last}",
                f"{series} series by {unit.en}, {first} to {last}",
            ),
        ),
        Note(
            "judged",
            Text("判断", "judged"),
            Text(f"最近 {times} {unit.zh}", f"the last {times} {unit.en}(s)"),
            times,
        ),
        Note(
            "method",
            Text("方法", "method"),
            named(found),
        ),
        Note(
            "alarms",
            Text("报警", "alarms"),
            Text(f"{alarms} 个，涉及 {alarming} 个序列", f"{alarms}, in {alarming} series"),
            alarms,
        ),
    ]
    return [*notes, *_absent(int(grid.absent.sum()), absent), *_unanswered(found)]


def _absent(holes: int, absent: Absent) -> Iterator[Note]:
    """How times without a row were taken."""
    if not holes:
        return
    zh, en = "按零例计", "taken as no cases"
    if absent is Absent.MISSING:
        zh, en = (
            "按缺报计；若无行即零例，请加 --absent zero",
            "taken as not reported; --absent zero where no row means no cases",
        )
    told = Text(f"{holes} 个时段没有行，{zh}", f"{holes} times have no row, {en}")
    yield Note("absent", Text("缺行", "rows absent"), told, holes)


def _unanswered(found: Detection) -> Iterator[Note]:
    """Why points have no answer, the commonest reason first."""
    reasons = Counter(Reason(int(one)) for one in found.reason.ravel() if one != Reason.COMPUTED)
    for reason, number in reasons.most_common():
        text = Text(f"{number} 个：{NO_ANSWER[reason].zh}", f"{number}: {NO_ANSWER[reason].en}")
        yield Note(f"no_answer_{reason.name.lower()}", Text("无法判断", "no answer"), text, number)


app.command("run")(run)
app.command("series")(series)
app.command("detect")(detect_in_file)
