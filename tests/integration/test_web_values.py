"""Figures of every measure are written in their unit."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from integration.web_network import Cast, build_network
from spec.examples import Example
from wangdi.server.evaluation.models import Figure
from wangdi.server.web.charts import Axis, trend_chart
from wangdi.server.web.values import PERCENTAGE, PLAIN, POINTS, SHARE, Scale, amount, plain, rate, scale_of


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("scale", "value", "chinese", "english"),
    [
        (SHARE, 0.7041, "70.4%", "70.4%"),
        (SHARE, None, "—", "—"),
        (PERCENTAGE, 1.204, "120.4%", "120.4%"),
        (rate(1_000), 3.8, "3.8 / 千人", "3.8 per 1,000"),
        (rate(100_000), 1204.25, "1,204.2 / 10 万人", "1,204.2 per 100,000"),
        (rate(1_000, of_people=False), 3.8, "3.8 / 千", "3.8 per 1,000"),
        (plain("人"), 1204.0, "1,204 人", "1,204 people"),
        (POINTS, 0.725, "72.5 分", "72.5 points"),
        (PLAIN, 1204.0, "1,204", "1,204"),
        (PLAIN, 128.46, "128.5", "128.5"),
        (PLAIN, 0.826, "0.83", "0.83"),
    ],
)
def test_a_value_is_written_in_its_unit(
    language: str, scale: Scale, value: float | None, chinese: str, english: str
) -> None:
    assert scale.written(value) == (english if language == "en" else chinese)


def test_a_rate_or_a_ratio_per_hundred_is_written_in_percent() -> None:
    indicators = Example(
        rules="""
        entity: institution
        indicators:
          beds: {sum: beds, of: "true"}
          all: {count: "true"}
          full: {numerator: beds > 3, denominator: "true", per: 100}
          used: {numerator: beds - 1, denominator: beds, per: 100}
          each: {ratio_of: [beds, all], per: 100}
        """
    ).rulebook.indicators
    scales = {name: scale_of(found) for name, found in indicators.items()}
    assert (scales["full"], scales["used"], scales["each"]) == (SHARE, PERCENTAGE, PERCENTAGE)
    assert PERCENTAGE.axis.domain([0.5, 1.2])[1] > 1.2


def test_the_way_to_a_target_has_the_unit_of_a_difference() -> None:
    with override("zh-hans"):
        assert SHARE.difference(0.77, 0.7) == "7.0 个百分点"
        assert rate(1_000).difference(3.0, 3.8) == "0.8 / 千人"
        assert SHARE.difference(0.77, 0.7697) == "不到 0.1 个百分点"
        assert PLAIN.difference(3, 3) == "0"


def test_whole_numbers_have_no_decimals() -> None:
    assert [amount(number) for number in (12.0, -3.0, 0.5, 1234.5)] == ["12", "-3", "0.50", "1,234.5"]


def test_an_axis_has_room_and_ends_at_the_highest_value_there_can_be() -> None:
    assert SHARE.axis.domain([0.5, 0.98]) == [0.44, 1]
    assert Axis().domain([10.0, 17.0]) == [9.0, 18.0]
    assert Axis().domain([0.0, 0.0]) == [0.0, 1]
    chart = trend_chart([(date(2026, 1, 31), 0.5), (date(2026, 2, 28), 0.75)], 0.8, "目标", POINTS.axis)
    assert re.findall(r'text-anchor="end" fill="#52635f">([^<]+)<', chart) == [
        "40",
        "50",
        "60",
        "70",
        "80",
        "90",
    ]


@pytest.fixture
def officer(installation: object, client: Client) -> Client:
    cast: Cast = build_network()
    client.force_login(cast.county)
    return client


def page(client: Client, language: str = "zh-CN") -> str:
    address = "/places/420281/?indicator=contract_coverage_key"
    return re.sub(r"\s+", " ", client.get(address, headers={"accept-language": language}).content.decode())


def test_a_figure_without_a_denominator_shows_its_value_alone(officer: Client) -> None:
    Figure.objects.filter(indicator="contract_coverage_key").update(denominator=None, numerator=0.5)
    shown = page(officer)
    assert "50.0%" in shown and "分子 / 分母" not in shown and "None" not in shown
