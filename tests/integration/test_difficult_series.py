"""What an officer reads of series that are not as one wishes them: half weeks, a 53rd week, zeros, gaps, no history."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation
from store_samples import network

from integration.watch_samples import Row, write
from wangdi.engine.model.channels import Pace
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Place
from wangdi.server.watch.alerts import watch
from wangdi.server.watch.declaration import declaration
from wangdi.server.web.watching import SeriesShown, series_at

AS_OF = date(2021, 1, 20)
"""A Wednesday; the year before has 53 weeks, the last of which begins on 28 December."""
FIRST, LAST = date(2018, 1, 1), date(2021, 1, 11)
STRUCK, SILENT = date(2020, 12, 28), date(2021, 1, 4)


def rows() -> Iterator[Row]:
    weeks = [FIRST + timedelta(days=7 * week) for week in range((LAST - FIRST).days // 7 + 1)]
    for number, monday in enumerate(weeks):
        fever = 60 if monday == STRUCK else 8 + number * 7 % 5
        yield "syndrome_day", "HA", monday, {"visits": 200, "fever": fever}
        sold = {"fever_medicine": 0} | ({"diarrhoea_medicine": 20} if number >= len(weeks) - 5 else {})
        yield "pharmacy_day", "420281A", monday, sold
        if monday != SILENT:
            yield "school_absence", "420281A", monday, {"pupils": 900, "absent_ill": 30 + number * 3 % 7}
    yield "syndrome_day", "HA", AS_OF, {"visits": 900, "fever": 500}


@pytest.fixture
def store(installation: Installation) -> Iterator[Installation]:
    write(rows(), **network())
    with translation.override("zh-hans"):
        yield installation


def shown(channel: str) -> SeriesShown | None:
    place = Place.objects.get(code="420281A")
    return series_at(rulebook().channels[channel], place, Pace.WEEK, declaration(), AS_OF)


def told(channel: str) -> dict[str, str]:
    """The sentence of each week, by its first day."""
    found = shown(channel)
    assert found is not None
    return {day: why for day, _, why in found.rows}


def test_awkward_series_are_told_as_they_are(store: Installation) -> None:
    raised = watch(store, AS_OF)
    assert [one.channel.name for one in raised.signals] == []

    fever = told("fever")
    assert next(iter(fever)) == "2021-01-11", "the week that is not over is neither shown nor judged"
    assert list(fever)[1:3] == ["2021-01-04", "2020-12-28"]
    assert fever["2020-12-28"].startswith("本周 60 人次，预计约") and "已超过上限" in fever["2020-12-28"]
    assert "未超过上限" in fever["2021-01-04"] and "未超过上限" in fever["2021-01-11"]

    zeros = shown("fever_medicine")
    assert zeros is not None and zeros.unit == "盒"
    assert not any(point.is_alarm for _, point, _ in zeros.rows)
    assert told("fever_medicine")["2021-01-11"].startswith("本周 0 盒，预计约 0 盒，未超过上限")

    short = told("diarrhoea_medicine")
    assert len(short) == 5
    assert short["2021-01-11"] == "历史数据不够长，还差 5 周，暂不判断。"
    with translation.override("en"):
        assert (
            told("diarrhoea_medicine")["2021-01-11"]
            == "The history is too short to judge: 5 more weeks needed."
        )

    gaps = shown("absence")
    assert gaps is not None and gaps.gaps == 1
    assert told("absence")["2021-01-04"] == "这一期没有数据。"
    assert told("absence")["2021-01-11"].startswith("本周 ") and " 人，" in told("absence")["2021-01-11"]

    nothing = shown("suspected")
    assert nothing is not None and nothing.chart is None


def test_the_53rd_week_raises_its_alarm_when_it_is_the_latest(store: Installation) -> None:
    found = watch(store, date(2021, 1, 3))
    assert [(one.channel.name, one.period) for one in found.signals] == [("fever", STRUCK)]
    assert "本周 60 人次" in found.signals[0].why.zh and "60 person-times" in found.signals[0].why.en
