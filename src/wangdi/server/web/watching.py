"""What the pages of early warning show: alerts with their hours, channels with their latest numbers, series, cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString

from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import STATE
from wangdi.methods.detection.choosing import Method
from wangdi.methods.detection.wording import method_of, plain
from wangdi.server.access.scope import scope_of
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Place
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.alerts import alert_kind, final_states
from wangdi.server.watch.declaration import Declaration, Threshold
from wangdi.server.watch.limits import Limit, limits_of
from wangdi.server.watch.models import Silence
from wangdi.server.watch.reading import Reading, counted_by, standing_readings
from wangdi.server.watch.signals import sentence
from wangdi.server.watch.silences import Silences
from wangdi.server.web.areas import own_area
from wangdi.server.web.charts import drawn
from wangdi.server.web.requests import SignedInRequest
from wangdi.server.web.residents import Stage, names_in, stage_of
from wangdi.server.web.watch_charts import Point, band_chart, epidemic_curve, number
from wangdi.server.web.watch_maps import MOST_ON_MAP, Marked, heights, level_watched, watch_map
from wangdi.server.web.words import Names, say, wording

SHOWN = {Pace.DAY: 56, Pace.WEEK: 78, Pace.MONTH: 36}
"""Periods that a series shows: eight weeks, a year and a half, three years."""

LOOKED_BACK = 12
"""Periods in which the board looks for the last alarm, and for who reported before."""

MOST_PLACES = 150
"""Of more places the board judges the latest periods alone, so that it stays a page one waits for a second."""


def asked_place(request: SignedInRequest) -> Place | None:
    """``?place=``, else where the user works; None for whoever works nowhere. Http404 for what the reader may not see."""
    if code := request.GET.get("place"):
        return get_object_or_404(Place.objects.visible_to(request.user), code=code)
    area = own_area(request.user)
    return area.place if area is not None else None


def parts_of(place: Place, request: SignedInRequest) -> tuple[list[Place], list[Place]]:
    """Those above that the reader sees, from the top, and those just below."""
    visible = Place.objects.visible_to(request.user)
    codes = place.path.strip(SEPARATOR).split(SEPARATOR)[:-1]
    above = sorted(visible.filter(code__in=codes), key=lambda one: len(one.path))
    return above, list(visible.filter(parent=place).order_by("code"))


# -- alerts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as the list shows it. ``times``: observed over expected; ``left`` of the hours, in words."""

    record: RecordVersion
    title: str
    place: Place
    stage: Stage | None
    channels: str
    places: str
    holder: str
    limit: Limit | None
    left: str
    is_over: bool
    observed: float | None
    expected: float | None
    upper: float | None
    strongest: str
    """The channel that the numbers are of; empty where that was not written down."""
    unit: str

    @property
    def times(self) -> float | None:
        return self.observed / self.expected if self.observed is not None and self.expected else None


def alert_rows(records: Iterable[RecordVersion], declared: Declaration, now: datetime) -> list[AlertRow]:
    """One query each for places, names and moments."""
    listed, kind = list(records), alert_kind(declared)
    places = Place.objects.in_bulk({record.subject for record in listed})
    names = names_in(listed, {kind.name: kind})
    limits = limits_of(listed, declared)
    return [_alert_row(record, declared, places[record.subject], names, limits, now) for record in listed]


def _alert_row(
    record: RecordVersion,
    declared: Declaration,
    place: Place,
    names: Names,
    limits: dict[str, Limit],
    now: datetime,
) -> AlertRow:
    kind, alert, values = alert_kind(declared), declared.alert, record.values
    stage, limit = stage_of(record, kind, names), limits.get(record.record_id)
    options = {option.code: wording(option.title) for option in kind.field(alert.channels).options}
    ended = record.values.get(STATE) in final_states(declared)
    left = limit.left(now) if limit is not None and not ended else None
    channels, strongest = rulebook().channels, _strongest(values, declared)
    return AlertRow(
        record,
        wording(declared.title(kind, str(values.get(alert.trigger)))),
        place,
        stage,
        say("、", ", ").join(options.get(code, code) for code in values.get(alert.channels) or ()),
        str(values.get(alert.places) or ""),
        holder_of(stage, place),
        limit,
        wording(left) if left is not None else "",
        not ended and limit is not None and limit.is_over(now),
        values.get(alert.observed),
        values.get(alert.expected),
        values.get(alert.upper),
        options.get(strongest, ""),
        wording(counted_by(channels[strongest]).of("")).strip() if strongest in channels else "",
    )


def _strongest(values: dict[str, Any], declared: Declaration) -> str:
    """The channel of an alert's numbers; for alerts that do not say it the only one, or none."""
    alert, several = declared.alert, values.get(declared.alert.channels) or [""]
    said = values.get(alert.strongest) if alert.strongest is not None else None
    return str(said or (several[0] if len(several) == 1 else ""))


def holder_of(stage: Stage | None, place: Place) -> str:
    """Who has it in hand: an institution, or the health bureau of the county (of a city: the commission)."""
    if stage is not None and stage.holder:
        return stage.holder
    codes = place.path.strip(SEPARATOR).split(SEPARATOR)
    level = "county" if place.level in ("county", "township", "village") else place.level
    name = (
        Place.objects.filter(code__in=codes, level=level).values_list("name", flat=True).first() or place.name
    )
    return say("{name}卫生健康部门", "health bureau of {name}", name=name)


def map_of(
    place: Place, rows: Sequence[AlertRow], declared: Declaration, as_of: date, request: SignedInRequest
) -> tuple[SafeString | None, list[str]]:
    """What is watched under a place, with its open alerts; and the names of places without a position.

    Before there is a lake, and of more places than a map can show, only those of alerts are on it.
    """
    channels = rulebook().channels
    level = level_watched(declared, channels)
    places = list(
        Place.objects.visible_to(request.user).filter(path__under=place.path, level=level)[: MOST_ON_MAP + 1]
    )
    if len(places) > MOST_ON_MAP:
        places = []
    watched = [channels[name] for name in declared.channels if channels[name].level == level]
    readings = standing_readings(watched, declared, as_of) if places else None
    known = heights(readings or (), declared, {one.code for one in places})
    marked = [
        Marked(row.place, row.title, reverse("watch_alert", args=[row.record.record_id]), row.places)
        for row in rows
        if row.stage is None or not row.stage.is_final
    ]
    return watch_map(places, known, marked, "/watch/channels/{}/")


# -- series ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeriesShown:
    """A channel at one place, drawn, with the sentences of its latest periods, the newest first."""

    channel: Channel
    chart: SafeString | None
    method: str
    rows: tuple[tuple[str, Point, str], ...]
    late: bool
    gaps: int
    unit: str = ""
    by_method: bool = True
    """Judged by the method of the channel, not just against the periods before."""


def watched_method(channel: Channel, declared: Declaration, base: Channel) -> Method | Threshold | None:
    """The declared method, at other levels too; none for another pace, or for a number of cases at another level."""
    method = declared.method_of(base.name)
    fits = channel.level == base.level or not isinstance(method, Threshold)
    return method if fits and channel.pace is base.pace else None


def series_at(
    base: Channel, place: Place, pace: Pace, declared: Declaration, as_of: date
) -> SeriesShown | None:
    """A channel at a place of any level; None before there is a lake, or where the lake does not know the place."""
    channel = replace(base, level=place.level, pace=pace)
    readings = standing_readings([channel], declared, as_of)
    if readings is None or place.code not in readings[0].places:
        return None
    reading = readings[0].at(place.code)
    method = watched_method(channel, declared, base)
    found = points_of(reading, method, SHOWN[pace])
    if not found:
        return SeriesShown(channel, None, "", (), False, 0)
    points = [point for point, _, _ in found]
    title = say("{channel} · {place}", "{channel} · {place}", channel=wording(base.title), place=place.name)
    chart = drawn(band_chart(points, title), title)
    rows = tuple((point.day, point, wording(why)) for point, why, _ in found[::-1])
    gaps = sum(point.reported is None for point in points)
    unit = wording(counted_by(base).of("")).strip()
    late = any(one.is_late for one in points)
    named = wording(found[-1][2])
    return SeriesShown(channel, chart, named, rows, late, gaps, unit, method is not None)


def points_of(
    reading: Reading, method: Method | Threshold | None, last: int
) -> list[tuple[Point, Text, Text]]:
    """The latest periods of a reading of one place: the point, why, and by which method."""
    found = []
    least, most = reading.in_the_end(0)
    for judged in reading.judged(method, last):
        for column, time in enumerate(judged.times.tolist()):
            point = Point(
                reading.periods[time].isoformat(),
                None if np.isnan(reading.counts[0, time]) else float(reading.reported[0, time]),
                number(float(reading.counts[0, time])),
                number(float(judged.expected[0, column])),
                number(float(judged.upper[0, column])),
                bool(judged.alarm[0, column]),
                bool(reading.late[time]),
                number(float(least[time])),
                number(float(most[time])),
                _described(reading, time),
            )
            found.append((point, sentence(reading, judged, 0, column), method_of(judged, 0, column)))
    return found


def _described(reading: Reading, time: int) -> str:
    """What a bar says to whoever cannot see it."""
    day, count = reading.periods[time].isoformat(), reading.counts[0, time]
    if np.isnan(count):
        return say("{day}：没有报告", "{day}: nothing reported", day=day)
    return f"{day} {wording(counted_by(reading.channel).of(plain(float(reading.reported[0, time]))))}"


def curve_at(
    base: Channel, place: Place, first: date, declared: Declaration, as_of: date
) -> SafeString | None:
    """Cases day by day from a day on, by the channel's own day: that of onset where it has one."""
    channel = replace(base, level=place.level, pace=Pace.DAY)
    readings = standing_readings([channel], replace_late(declared), as_of)
    if readings is None or place.code not in readings[0].places:
        return None
    reading = readings[0].at(place.code)
    days = [
        (day.isoformat(), float(count))
        for day, count in zip(reading.periods, reading.reported[0], strict=True)
        if day >= first
    ]
    if not any(count for _, count in days):
        return None
    title = wording(base.title)
    return drawn(epidemic_curve(days, title), say("{name}逐日曲线", "{name} by day", name=title))


def replace_late(declared: Declaration) -> Declaration:
    """Without estimates of what is still to come: a curve by day shows what was reported."""
    return declared.model_copy(update={"late": {}})


# -- the board -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelRow:
    """A channel in an area: its latest whole period, the last alarm, who has not reported. Numbers are None where nobody
    reported anything.
    """

    channel: Channel
    period: date | None
    total: float | None
    before: float | None
    alarms: tuple[tuple[date, tuple[str, ...]], ...]
    reporting: int
    silent: tuple[str, ...]
    silences: tuple[Silence, ...]


def channel_rows(
    channels: Sequence[Channel], place: Place, declared: Declaration, as_of: date, request: SignedInRequest
) -> list[ChannelRow] | None:
    """None before there is a lake."""
    readings = standing_readings(channels, declared, as_of)
    if readings is None:
        return None
    names = dict(
        Place.objects.visible_to(request.user).filter(path__under=place.path).values_list("code", "name")
    )
    silences = Silences.on(as_of).standing
    return [_channel_row(one, declared, names, silences, place) for one in readings]


def _channel_row(
    reading: Reading, declared: Declaration, names: dict[str, str], silences: Sequence[Silence], place: Place
) -> ChannelRow:
    rows = [row for row, code in enumerate(reading.places) if code in names]
    own = reading.of(rows)
    here = tuple(
        one
        for one in silences
        if one.channel == reading.channel.name
        and (one.place.path.startswith(place.path) or place.path.startswith(one.place.path))
    )
    if not rows or not reading.periods:
        return ChannelRow(reading.channel, None, None, None, (), 0, (), here)
    ever = (own.reports[:, -LOOKED_BACK:] > 0).any(axis=1) & np.isnan(own.counts).any(axis=1)
    regular = (own.reports[:, -LOOKED_BACK:] > 0).any(axis=1)
    missing = ever & np.isnan(own.counts[:, -1])
    return ChannelRow(
        reading.channel,
        own.periods[-1],
        _total(own, -1),
        _total(own, -2),
        _alarms(own, declared, names),
        int(regular.sum()),
        tuple(names[own.places[row]] for row in np.flatnonzero(missing).tolist()),
        here,
    )


def _total(own: Reading, period: int) -> float | None:
    """What was reported in a period, counted from the last; None where nobody reported."""
    if len(own.periods) < -period or np.isnan(own.counts[:, period]).all():
        return None
    return float(own.reported[:, period].sum())


def _alarms(
    own: Reading, declared: Declaration, names: dict[str, str]
) -> tuple[tuple[date, tuple[str, ...]], ...]:
    """The latest period with an alarm, and where."""
    last = LOOKED_BACK if len(own.places) <= MOST_PLACES else declared.judged
    found: dict[date, list[str]] = {}
    for judged in own.judged(declared.method_of(own.channel.name), last):
        for row, column in np.argwhere(judged.alarm).tolist():
            found.setdefault(own.periods[int(judged.times[column])], []).append(names[own.places[row]])
    newest = max(found, default=None)
    return () if newest is None else ((newest, tuple(found[newest])),)


def first_day_shown(first_period: str) -> date:
    """Three weeks before an alert's first period: what was usual stands beside what was not."""
    return date.fromisoformat(first_period) - timedelta(days=21)


def sees_people_of(request: SignedInRequest, place: Place) -> bool:
    """Whether the reader's role covers the place itself, not just an institution in it."""
    return scope_of(request.user).reaches_place(place.path)
