"""Reading series of counts: what people export, and what is said when it does not fit."""

from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from wangdi.engine.model.text import Text
from wangdi.interchange.series import SeriesRows, duplicate_problem, one_date_problem, read_series_rows
from wangdi.methods.detection.calendar import Unit
from wangdi.methods.detection.grid import grid_of, unit_of


def read(tmp_path: Path, text: str) -> SeriesRows:
    file = tmp_path / "counts.csv"
    file.write_text(text, encoding="utf-8")
    return read_series_rows(file)


def codes(rows: SeriesRows) -> list[tuple[str, int | None]]:
    return sorted((one.code, one.where.row) for one in rows.problems)


def test_rows_come_in_any_order_with_chinese_headings_and_empty_counts(tmp_path: Path) -> None:
    rows = read(tmp_path, "例数,日期,序列\n3,2026年1月12日,甲\n,2026/1/5,甲\n7,20260105,乙\n")
    assert rows.problems == ()
    assert rows.names == ("甲", "乙")
    assert rows.days.astype(str).tolist() == ["2026-01-12", "2026-01-05", "2026-01-05"]
    assert [None if np.isnan(one) else one for one in rows.counts] == [3, None, 7]


def test_weeks_and_months_stand_for_their_first_day(tmp_path: Path) -> None:
    rows = read(tmp_path, "series,week,count\nA,2020-W53,1\nA,2021年第1周,2\nA,2021-03,4\n")
    assert rows.days.astype(str).tolist() == ["2020-12-28", "2021-01-04", "2021-03-01"]


def test_a_workbook_with_dates_in_cells_is_read(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["每周报表"], ["机构", "日期", "病例数"], ["A", np.datetime64("2026-01-05").item(), 4]):
        book.active.append(row)
    book.save(tmp_path / "counts.xlsx")
    rows = read_series_rows(tmp_path / "counts.xlsx")
    assert (rows.problems, rows.counts.tolist(), str(rows.days[0])) == ((), [4.0], "2026-01-05")


def test_all_problems_are_told_at_once_each_with_its_row(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "series,date,count\nA,2025-W53,3\nA,2026-01-05,x\nA,2026-01-12,-2\n,2026-01-12,1\nB,soon,1\n",
    )
    assert codes(rows) == [("I301", 5), ("I302", 6), ("I305", 3), ("I309", 4), ("I802", 2)]
    assert "2025 年有 52 周" in next(one.hint.zh for one in rows.problems if one.code == "I802")


@pytest.mark.parametrize(
    ("text", "code"), [("name,when,n\nA,2026-01-05,3\n", "I201"), ("series,date,count\n", "I702")]
)
def test_a_file_without_columns_or_rows_is_refused(tmp_path: Path, text: str, code: str) -> None:
    assert [one.code for one in read(tmp_path, text).problems] == [code]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "counts.pdf").write_bytes(b"%PDF")
    assert [one.code for one in read_series_rows(tmp_path / "counts.pdf").problems] == ["I101"]


def test_two_rows_for_one_week_are_told_with_both_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, "series,date,count\nA,2026-01-05,3\nA,2026-01-12,3\nA,2026-01-14,4\n")
    grid = grid_of(rows.series, rows.days, rows.counts, 1, Unit.WEEK)
    [[first, second]] = grid.twice.tolist()
    problem = duplicate_problem(rows, first, second, Text("周", "week"))
    assert (problem.code, problem.where.row) == ("I801", 4)
    assert "已有第 3 行" in problem.message.zh
    assert one_date_problem(rows).code == "I803"


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (["2026-01-05", "2026-01-12", "2026-01-26"], Unit.WEEK),
        (["2026-01-05", "2026-01-13", "2026-01-19"], Unit.WEEK),
        (["2026-01-31", "2026-02-28", "2026-03-31"], Unit.MONTH),
        (["2026-01-05", "2026-01-06", "2026-01-09"], Unit.DAY),
        (["2026-01-05"], None),
    ],
)
def test_the_dates_tell_how_far_apart_they_are(days: list[str], unit: Unit | None) -> None:
    assert unit_of(np.array(days, "M8[D]")) is unit


def test_what_has_no_row_is_a_gap_and_the_53rd_week_a_column(tmp_path: Path) -> None:
    rows = read(tmp_path, "series,date,count\nA,2020-12-21,1\nA,2021-01-04,3\nB,2020-12-28,5\n")
    grid = grid_of(rows.series, rows.days, rows.counts, 2, Unit.WEEK)
    assert grid.calendar.days.astype(str).tolist() == ["2020-12-21", "2020-12-28", "2021-01-04"]
    assert np.isnan(grid.counts).tolist() == [[False, True, False], [True, False, True]]
    assert grid.absent.tolist() == [1, 0]
