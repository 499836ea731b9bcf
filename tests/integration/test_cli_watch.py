"""``wangdi watch detect``."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from wangdi.cli.plan_documents import PlanFormat
from wangdi.cli.watching import Absent, Interval, detect_in_file
from wangdi.methods.detection.choosing import Method

WEEKS = 330
FIRST = date(2019, 1, 7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A busy centre with an outbreak in the last week, a quiet one, and a clinic with its first cluster after years
    of none.
    """
    random = np.random.default_rng(4)
    counts = {name: random.poisson(9, WEEKS) for name in ("甲卫生院", "乙卫生院")}
    counts["丙村卫生室"] = np.zeros(WEEKS, np.int64)
    counts["甲卫生院"][-1], counts["乙卫生院"][-1], counts["丙村卫生室"][-1] = 40, 8, 3
    rows = [
        f"{name},{FIRST + timedelta(weeks=week)},{count}"
        for name, series in counts.items()
        for week, count in enumerate(series.tolist())
    ]
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(["序列,日期,例数", *rows]), encoding="gb18030")
    return path


def told(
    capsys: pytest.CaptureFixture[str], file: Path, **options: object
) -> dict[str, list[dict[str, object]]]:
    detect_in_file(file, output=PlanFormat.JSON, **options)  # type: ignore[arg-type]
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_alarms_come_with_what_was_expected_and_a_sentence_why(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGDI_LANG", "zh")
    points = {str(point["series"]): point for point in told(capsys, file)["points"]}
    assert set(points) == {"甲卫生院", "丙村卫生室"}
    busy = points["甲卫生院"]
    assert busy["count"] == 40
    assert 6 < float(str(busy["expected"])) < 12 < float(str(busy["upper"])) < 25
    assert "本周 40 例，预计约" in str(busy["why"])
    assert "与 R 的 surveillance 1.20 一致" in str(busy["method"])
    assert "精确检验" in str(points["丙村卫生室"]["why"])


@pytest.mark.parametrize("method", list(Method))
def test_every_method_judges_every_series(
    file: Path, capsys: pytest.CaptureFixture[str], method: Method
) -> None:
    points = told(capsys, file, method=method, every=True, last=2)["points"]
    assert len(points) == 6
    assert all(point["why"] for point in points)
    if method is not Method.C3:
        assert any(point["alarm"] for point in points if point["series"] == "甲卫生院")


def test_short_history_is_judged_by_ears_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"A,{date(2026, 3, 1) + timedelta(days=day)},{5 + day % 3}" for day in range(15)]
    (tmp_path / "short.csv").write_text("\n".join(["series,date,count", *rows, "A,2026-03-16,30"]))
    [point] = told(capsys, tmp_path / "short.csv")["points"]
    assert "EARS C2" in str(point["method"])


def test_a_table_for_people_has_the_same_alarms(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    detect_in_file(file)
    out = capsys.readouterr().out
    assert "甲卫生院" in out
    assert "乙卫生院" not in out


def test_a_bad_file_is_refused_with_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text("series,date,count\nA,2026-01-05,x\nA,2026-01-12,-2\n")
    with pytest.raises(SystemExit) as stopped:
        detect_in_file(tmp_path / "bad.csv")
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert "C2" in said
    assert "C3" in said


def test_rows_that_count_twice_are_refused_in_any_unit(tmp_path: Path) -> None:
    rows = [f"A,{date(2026, 1, 5) + timedelta(weeks=week)},4" for week in range(20)]
    (tmp_path / "twice.csv").write_text("\n".join(["series,date,count", *rows, "A,2026-01-05,4"]))
    with pytest.raises(SystemExit):
        detect_in_file(tmp_path / "twice.csv")
    with pytest.raises(SystemExit):
        detect_in_file(tmp_path / "twice.csv", unit=Interval.DAY)


def test_rows_that_are_not_there_are_gaps_or_zeros_as_one_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(12) if week != 6]
    (tmp_path / "gap.csv").write_text("\n".join(["series,date,count", *(f"A,{day},3" for day in days)]))
    [gap] = told(capsys, tmp_path / "gap.csv", method=Method.C1, every=True)["points"]
    assert gap["upper"] is None
    assert "reported" in str(gap["why"]) or "缺报" in str(gap["why"])
    [zero] = told(capsys, tmp_path / "gap.csv", method=Method.C1, every=True, absent=Absent.ZERO)["points"]
    assert zero["upper"] is not None
