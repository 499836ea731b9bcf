"""What channels counted, read for detectors: what was not reported is missing, what is reported late is estimated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.channels import TimeSeries
from wangdi.engine.evaluate.network import Network
from wangdi.engine.handbook.vocabulary import ENGLISH_ONE, ENGLISH_UNITS
from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.expressions import Comparator, Compare, Connective, Literal, Logic, RowValue
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.types import DATE
from wangdi.methods.detection.arrays import Bools, Floats
from wangdi.methods.detection.calendar import Calendar, Unit
from wangdi.methods.detection.choosing import Method, detect_each, detect_recent
from wangdi.methods.detection.nowcast import Triangle, in_the_end, nowcast
from wangdi.methods.detection.result import Detection
from wangdi.methods.detection.threshold_rule import threshold_rule
from wangdi.methods.detection.wording import Counted
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake, NoSuchTable
from wangdi.server.evaluation.publishing import network_of
from wangdi.server.watch.declaration import Declaration, Threshold

UNITS = {Pace.DAY: Unit.DAY, Pace.WEEK: Unit.WEEK, Pace.MONTH: Unit.MONTH}

TRIANGLE = 26
"""Periods from which delays are estimated."""

LEAST_SHARE = 0.2
"""Where less than that share of reports is thought to have come in, nothing is estimated: the number would be noise."""


def counted_by(channel: Channel) -> Counted:
    """What a channel counts, in both languages."""
    plural = ENGLISH_UNITS.get(channel.unit, channel.unit)
    return Counted(channel.unit, plural, ENGLISH_ONE.get(channel.unit, plural))


KEPT = 64
"""Readings that a process keeps; one of 2,000 places and 20 years of weeks takes 17 MB at most."""


@dataclass(frozen=True)
class Reading:
    """A channel in whole periods at all places of its level; arrays are (places, periods).

    ``reported``: as the store has it, 0 where nothing was. ``counts``: what detectors judge – missing (NaN) where a
    channel that adds up reports has none, and what is expected in the end where reports come late. ``share`` of what
    will be reported that is reported by now, per period; ``reports``: how many records a number comes from;
    ``shares`` (draws, latest periods): what else the shares of the latest periods may be, empty where nothing is late.
    """

    channel: Channel
    places: tuple[str, ...]
    periods: tuple[date, ...]
    reported: Floats
    counts: Floats
    reports: Floats
    share: Floats
    shares: Floats

    @property
    def calendar(self) -> Calendar:
        """ValueError without a period."""
        return Calendar.dated(np.array(self.periods, "M8[D]"), UNITS[self.channel.pace])

    @property
    def late(self) -> Bools:
        """Periods for which more reports are expected."""
        found: Bools = self.share < 0.995
        return found

    def in_the_end(self, row: int) -> tuple[Floats, Floats]:
        """Between which numbers (19 times out of 20) a place's numbers will come to lie, per period; NaN where nothing is
        estimated.
        """
        lower, upper = np.full((2, len(self.periods)), np.nan)
        estimated = self.late & (self.share >= LEAST_SHARE)
        size = self.shares.shape[1]
        if size and estimated.any():
            lower[-size:], upper[-size:] = in_the_end(self.reported[row, -size:], self.shares)
        return np.where(estimated, lower, np.nan), np.where(estimated, upper, np.nan)

    def at(self, place: str) -> "Reading":
        """The reading of one place. ValueError where the channel does not count at it."""
        return self.of([self.places.index(place)])

    def of(self, rows: Sequence[int]) -> "Reading":
        """The reading of the places in these rows."""
        return replace(
            self,
            places=tuple(self.places[row] for row in rows),
            reported=self.reported[rows],
            counts=self.counts[rows],
            reports=self.reports[rows],
        )

    def judged(self, method: Method | Threshold | None, last: int) -> list[Detection]:
        """The latest periods, each judged as on its own day; nothing without places or periods. Without a method against
        those just before.
        """
        if not self.places or not self.periods:
            return []
        times = np.arange(max(0, len(self.periods) - last), len(self.periods))
        if method is None:
            return [detect_recent(self.counts, times)]
        if isinstance(method, Threshold):
            return [threshold_rule(self.counts, method.rule, times=times)]
        return detect_each(self.counts, self.calendar, method, last)


def read(network: Network, channels: Sequence[Channel], declared: Declaration, as_of: date) -> list[Reading]:
    """Readings of channels in whole periods before or on a day, all in one pass over the records."""
    parts = [part for channel in channels for part in _parts(channel, declared, as_of)]
    series = iter(network.time_series(parts, as_of))
    return [_reading(channel, declared, as_of, series) for channel in channels]


def standing_readings(
    channels: Sequence[Channel], declared: Declaration, as_of: date
) -> list[Reading] | None:
    """Readings over the lake as it stands, kept for as long as it stays the same; None before there is one."""
    lake = Lake(Installation.current().lake)
    state = lake.state()
    if state is None:
        return None
    try:
        return list(_standing(lake, state.change_hash, tuple(channels), _Kept(declared), as_of))
    except NoSuchTable:  # the lake is older than the packs: the next evaluation builds what is lacking
        return None


@dataclass(frozen=True)
class _Kept:
    """A declaration as part of a key: there is one in force."""

    declared: Declaration

    def __hash__(self) -> int:
        return hash(tuple(self.declared.late.items()))


@lru_cache(maxsize=KEPT)
def _standing(
    lake: Lake, _as_built: str, channels: tuple[Channel, ...], kept: _Kept, as_of: date
) -> tuple[Reading, ...]:
    return tuple(read(network_of(lake), channels, kept.declared, as_of))


# -- the series that a reading is made from --------------------------------------------------------


def _parts(channel: Channel, declared: Declaration, as_of: date) -> Iterator[Channel]:
    """The channel itself, the records it is made from, and what was known of it at the end of earlier periods."""
    yield channel
    yield replace(
        channel,
        name=f"{channel.name}/reports",
        amount=replace(channel.amount, operation=Operation.COUNT, of=None),
    )
    for number, day in enumerate(_ends(channel, declared, as_of)):
        yield replace(channel, name=f"{channel.name}/{number}", amount=_known_by(channel, day))


def _ends(channel: Channel, declared: Declaration, as_of: date) -> list[date]:
    """The last days of the latest whole periods, oldest first; none for channels whose reports are not late."""
    if channel.name not in declared.late:
        return []
    found, first = [], channel.pace.first_day(as_of + timedelta(days=1))
    for _ in range(TRIANGLE):
        end = first - timedelta(days=1)
        found.append(end)
        first = channel.pace.first_day(end)
    return found[::-1]


def _known_by(channel: Channel, day: date) -> Fact:
    """The channel's fact as it was on a day: records of later days had not come in."""
    selection = channel.amount.selection
    written = RowValue(selection.kind, "occurred_on", DATE)
    known = Compare(Comparator.LE, written, Literal(day))
    where = known if selection.where is None else Logic(Connective.AND, (selection.where, known))
    return replace(channel.amount, selection=replace(selection, where=where))


def _reading(channel: Channel, declared: Declaration, as_of: date, series: Iterator[TimeSeries]) -> Reading:
    own = next(series).whole(as_of)
    reports = _aligned(next(series), own)
    reported = own.counts
    counts = (
        np.where(reports > 0, reported, np.nan) if channel.amount.operation is Operation.SUM else reported
    )
    share, shares = np.ones(len(own.periods)), np.empty((0, 0))
    known = [_aligned(next(series), own) for _ in _ends(channel, declared, as_of)]
    if known and len(own.periods) >= len(known):
        share, shares = _shares(np.array(known), declared.late[channel.name], len(own.periods))
        estimated = np.rint(reported / np.where(share >= LEAST_SHARE, share, 1.0))
        counts = np.where(share < 1, estimated, counts)
    return Reading(channel, own.places, own.periods, reported, counts, reports, share, shares)


def _aligned(series: TimeSeries, own: TimeSeries) -> NDArray[np.float64]:
    """Another series of the same places in the same periods: one that began later has zeros before."""
    found = np.zeros((len(own.places), len(own.periods)))
    if not series.periods or not own.periods:
        return found
    offset = own.periods.index(series.periods[0]) if series.periods[0] in own.periods else len(own.periods)
    length = min(len(own.periods) - offset, len(series.periods))
    found[:, offset : offset + length] = series.counts[:, :length]
    return found


def _shares(known: NDArray[np.float64], longest: int, periods: int) -> tuple[Floats, Floats]:
    """Which share of each period's reports is in by now, and draws of it for the latest periods: delays are those of
    all places together.

    ``known``: what was known at the end of each of the latest periods, (periods known, places, periods).
    """
    size = len(known)
    together = known.sum(axis=1)[:, -size:]
    cases = np.zeros((size, longest + 1))
    for time in range(size):
        seen = together[time:, time]
        new = np.diff(seen, prepend=0.0)[: longest + 1]
        cases[time, : len(new)] = new
        if len(seen) > longest:
            cases[time, longest] = seen[-1] - seen[longest - 1]
    share, found = np.ones(periods), nowcast(Triangle(cases), draws=200)
    share[-size:] = found.share
    return np.where(share > 0, share, 1.0), found.shares
