"""Charts are drawn on the server, from what they are given only."""

import re
from datetime import date
from itertools import pairwise

import pytest

from wangdi.server.common.installation import Installation
from wangdi.server.web import charts
from wangdi.server.web.charts import (
    Bar,
    Series,
    bars_chart,
    drawn,
    framed,
    readings_chart,
    sparkline,
    trend_chart,
)
from wangdi.server.web.lines import MOST_TICKS, ticks
from wangdi.server.web.maps import Spot, spots_map, with_room

MONTH_ENDS = (date(2026, 1, 31), date(2026, 2, 28))
HOSTILE = '<script>alert(1)</script>"'


def spot(name: str, lon: float, people: int = 100) -> Spot:
    return Spot(name, lon, 30.0, 0.8, "80.0%", people, "/places/A/")


def test_a_name_can_not_bring_markup_into_a_chart() -> None:
    spots = [spot(HOSTILE, 114.0), spot("金湖街道", 115.0)]
    assert "<script" not in drawn(spots_map(spots, HOSTILE, HOSTILE), HOSTILE)


def test_no_chart_names_another_host() -> None:
    spots = [spot("甲", 114.0), spot("乙", 115.0)]
    pictures = (
        drawn(spots_map(spots, "签约率", "人数"), "地图")
        + framed(trend_chart([*zip(MONTH_ENDS, (0.5, 0.6), strict=True)], 0.77, "目标"), "趋势")
        + framed(readings_chart([Series("收缩压", ((MONTH_ENDS[0], 132.0),), 140, "上限")], "mmHg"), "血压")
    )
    assert set(re.findall(r"https?://[^\"']+", pictures)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_a_name_can_not_bring_markup_into_a_line() -> None:
    series = [Series(HOSTILE, ((MONTH_ENDS[0], 1.0), (MONTH_ENDS[1], 2.0)), 1.5, HOSTILE)]
    assert "<script" not in framed(readings_chart(series, HOSTILE), HOSTILE)


def test_points_stand_where_their_day_and_value_are() -> None:
    days = (date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21))
    picture = readings_chart([Series("", [*zip(days, (10.0, 15.0, 20.0), strict=True)], None, "")], "")
    [points] = re.findall(r'<polyline points="([^"]+)"', picture)
    (x1, y1), (x2, y2), (x3, y3) = ([float(one) for one in pair.split(",")] for pair in points.split())
    assert x1 < x2 < x3 and abs(x2 - (x1 + x3) / 2) < 0.1
    assert y1 > y2 > y3 and abs(y2 - (y1 + y3) / 2) < 0.1


def test_points_of_months_that_are_open_are_hollow() -> None:
    picture = trend_chart([*zip(MONTH_ENDS, (0.5, 0.6), strict=True)], None, "", firm={MONTH_ENDS[0]})
    assert re.findall(r'<circle [^>]*fill="(#\w+)"', picture) == ["#0b6e60", "#ffffff"]


def test_ticks_are_round_and_hold_all_values() -> None:
    for low, high in ((0.0, 0.0), (97.0, 103.0), (0.61, 0.779), (-3.0, 2.0), (5.0, 5.0), (0.0, 1_234_567.0)):
        found = ticks(low, high, float("-inf"), float("inf"))
        assert found[0] <= low and found[-1] >= high and 2 <= len(found) <= MOST_TICKS + 2
        assert len({f"{b - a:.6g}" for a, b in pairwise(found)}) == 1
    assert ticks(0.94, 1.0, 0.0, 1.0)[-1] == 1.0


def test_a_chart_takes_the_width_of_its_column() -> None:
    bars = drawn(bars_chart([Bar("甲", 0.5, "50%")]), "签约率")
    for picture in (framed(trend_chart([*zip(MONTH_ENDS, (0.5, 0.6), strict=True)], None, ""), "趋势"), bars):
        assert not re.search(r"<svg [^>]*\bwidth=", picture) and "viewBox" in picture


def test_of_two_names_that_would_overlap_the_larger_place_keeps_its_own() -> None:
    near, far = spot("东风路街道", 114.1, 300), spot("汪仁镇", 115.0)
    picture = drawn(spots_map([spot("东岳路街道", 114.0), near, far], "率", "人数"), "地图")
    assert ">东风路街道<" in picture and ">汪仁镇<" in picture
    assert ">东岳路街道<" not in picture


def test_names_given_first_keep_their_room_on_a_map() -> None:
    names = [("没有派驻镇", 114.0, 30.0), ("近镇", 114.01, 30.0), ("远镇", 115.0, 30.0)]
    everything = [(114.0, 29.5), (115.0, 30.5)]
    assert with_room(names, 11, everything) == [names[0], names[2]]
    assert with_room([names[1], names[0]], 11, everything) == [names[1]]
    assert with_room([], 11, []) == []


def test_the_same_chart_is_drawn_once() -> None:
    chart = bars_chart([Bar("乙", 0.51, "51%")])
    drawn(chart, "签约率")
    hits = charts._draw.cache_info().hits
    drawn(chart, "签约率")
    assert charts._draw.cache_info().hits == hits + 1


def test_a_chart_that_another_process_drew_is_not_drawn_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = bars_chart([Bar("甲", 0.52, "52%")])
    first = drawn(chart, "签约率")
    charts._draw.cache_clear()  # as a process that has just started
    monkeypatch.setattr(charts, "_drawn_anew", lambda spec: "anew")
    assert drawn(chart, "签约率") == first
    other = bars_chart([Bar("甲", 0.53, "53%")])
    assert "anew" in drawn(other, "签约率")
    charts._draw.cache_clear()


def test_a_sparkline_needs_two_points_and_stays_in_its_box() -> None:
    assert sparkline([0.5], 0.77) == ""
    heights = [float(y) for y in re.findall(r",([\d.]+)", sparkline([0.1, 0.9, 0.5], 0.95))]
    assert heights and all(0 <= height <= charts.SPARK_HEIGHT for height in heights)
