"""Charts are drawn on the server, from what they are given only."""

import re

from wangdi.server.web import charts
from wangdi.server.web.charts import Series, drawn, readings_chart, sparkline, trend_chart
from wangdi.server.web.maps import Spot, spots_map

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
        + drawn(trend_chart([("2026-01-31", 0.5), ("2026-02-28", 0.6)], 0.77, "目标"), "趋势")
        + drawn(readings_chart([Series("收缩压", (("2026-01-31", 132.0),), 140, "上限")], "mmHg"), "血压")
    )
    assert set(re.findall(r"https?://[^\"']+", pictures)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_a_chart_takes_the_width_of_its_column() -> None:
    picture = drawn(trend_chart([("2026-01-31", 0.5), ("2026-02-28", 0.6)], None, ""), "趋势")
    assert not re.search(r"<svg [^>]*\bwidth=", picture) and "viewBox" in picture


def test_of_two_names_that_would_overlap_the_larger_place_keeps_its_own() -> None:
    near, far = spot("东风路街道", 114.1, 300), spot("汪仁镇", 115.0)
    picture = drawn(spots_map([spot("东岳路街道", 114.0), near, far], "率", "人数"), "地图")
    assert ">东风路街道<" in picture and ">汪仁镇<" in picture
    assert ">东岳路街道<" not in picture


def test_the_same_chart_is_drawn_once() -> None:
    chart = trend_chart([("2026-01-31", 0.51), ("2026-02-28", 0.61)], 0.77, "目标")
    drawn(chart, "趋势")
    hits = charts._draw.cache_info().hits
    drawn(chart, "趋势")
    assert charts._draw.cache_info().hits == hits + 1


def test_a_sparkline_needs_two_points_and_stays_in_its_box() -> None:
    assert sparkline([0.5], 0.77) == ""
    heights = [float(y) for y in re.findall(r",([\d.]+)", sparkline([0.1, 0.9, 0.5], 0.95))]
    assert heights and all(0 <= height <= charts.SPARK_HEIGHT for height in heights)
