"""The map of early warning: which circle says what."""

from datetime import date, timedelta

import numpy as np
from django.utils import translation

from wangdi.engine.model.channels import Channel
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Place
from wangdi.server.watch.declaration import Threshold, declaration
from wangdi.server.watch.reading import Reading
from wangdi.server.web.watch_maps import Height, Marked, heights, watch_map


def place(number: int, name: str, lon: float | None = 114.9) -> Place:
    at = None if lon is None else lon + number / 10
    return Place(pk=number, code=f"P{number}", name=name, lon=at, lat=30.0 + number / 20)


def fever() -> Channel:
    return rulebook().channels["fever"]


def test_a_place_far_above_what_is_usual_is_darker_than_one_below() -> None:
    places = [place(1, "甲镇"), place(2, "乙镇"), place(3, "丙镇")]
    known = {"P1": Height(3.2, fever(), 64.0), "P2": Height(0.8, fever(), 8.0)}
    with translation.override("zh-hans"):
        drawn, lost = watch_map(places, known, [], "/watch/channels/{}/")
    assert lost == []
    for told in ("甲镇 发热就诊 64 人次 3.2 倍", "乙镇 发热就诊 8 人次 0.8 倍", "丙镇 没有数据"):
        assert drawn is not None and told in drawn
    assert 'fill="#c25e1c"' in drawn and 'fill="#8fc3a6"' in drawn
    assert "/watch/channels/fever/?place=P1" in drawn


def test_an_alert_is_marked_and_the_places_of_its_cluster_have_rings() -> None:
    places = [place(1, "甲镇"), place(2, "乙镇"), place(3, "丙镇")]
    marked = [Marked(places[0], "法定传染病登记升高", "/watch/alerts/1/", "甲镇、乙镇")]
    drawn, _ = watch_map(places, {}, marked, "/watch/channels/{}/")
    assert drawn is not None
    assert drawn.count("stroke-dasharray") == 2
    assert drawn.count(">乙镇</text>") == 2  # with its white edge
    assert ">丙镇</text>" not in drawn
    assert "甲镇 法定传染病登记升高" in drawn and "/watch/alerts/1/" in drawn


def test_places_without_a_position_are_named_and_one_alone_is_no_map() -> None:
    drawn, lost = watch_map([place(1, "甲镇", None), place(2, "乙镇"), place(3, "丙镇")], {}, [], "/{}/")
    assert drawn is not None and lost == ["甲镇"]
    assert watch_map([place(1, "甲镇", None), place(2, "乙镇")], {}, [], "/{}/") == (None, ["甲镇"])


def test_cases_where_none_are_expected_are_far_above_what_is_usual_and_none_are_as_usual() -> None:
    counts = np.zeros((2, 80))
    counts[0, -1] = 4
    weeks = tuple(date(2025, 1, 6) + timedelta(days=7 * week) for week in range(80))
    reading = Reading(
        fever(), ("P1", "P2"), weeks, counts, counts, np.ones_like(counts), np.ones(80), np.empty((0, 0))
    )
    declared = declaration().model_copy(update={"methods": {"fever": Threshold(deviations=3)}})
    found = heights([reading], declared, {"P1", "P2"})
    assert (found["P1"].ratio, found["P2"].ratio) == (np.inf, 0.0)
    with translation.override("zh-hans"):
        drawn, _ = watch_map([place(1, "甲镇"), place(2, "乙镇")], found, [], "/watch/channels/{}/")
    assert drawn is not None and "甲镇 发热就诊 4 人次 平常没有" in drawn
    assert 'fill="#c25e1c"' in drawn and 'fill="#8fc3a6"' in drawn
