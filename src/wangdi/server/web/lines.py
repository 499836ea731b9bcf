"""Lines over time, written as SVG directly: the charts that nearly every page has.

Vega-Lite measures each label with the system's fonts, 60 to 100 ms for such a chart. A line over days needs none of
it, takes a third of a millisecond and an eighth of the bytes, which on a telephone are seconds. Other charts and maps
stay with Vega-Lite (`charts`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wangdi.server.web.looks import FAINT, FONT, GRID, TEAL

WIDTH, HEIGHT = 440, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 10, 14, 26
KEY_HEIGHT = 24
"""Pixels at which text has its natural size: readable scaled to a phone and to a column of a desk screen."""

MOST_TICKS, MOST_MONTHS = 6, 5
_STEPS = (1, 2, 5, 10)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)

Points = Sequence[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """Values on days, the days ascending. ``hollow``: days whose points are not filled."""

    points: Points
    title: str = ""
    color: str = TEAL
    square: bool = False
    hollow: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Level:
    """A dashed line across, named at its right end."""

    value: float
    title: str
    color: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over the same days. ``low`` and ``high`` are the least that the axis shows; ``percent``: values are shares.

    ``top`` and ``bottom`` are values beyond which there are none.
    """

    lines: Sequence[Line]
    levels: Sequence[Level]
    low: float
    high: float
    percent: bool = False
    unit: str = ""
    bottom: float = float("-inf")
    top: float = float("inf")

    def svg(self) -> SafeString:
        """A picture that scales with its column."""
        first, last, ticks = self._first, self._last, self._ticks
        x, y = (
            _Scale(first, last, LEFT, WIDTH - RIGHT),
            _Scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, self._top),
        )
        parts = [self._keys(), self._unit(), self._grid(ticks, y), _days(first, last, x)]
        parts += [_drawn_level(level, y) for level in self.levels]
        parts += [_drawn_line(line, x, y) for line in self.lines]
        parts += [_named_level(level, y) for level in self.levels]
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="{}" font-size="13">{}</svg>',
            WIDTH,
            HEIGHT,
            FONT,
            SafeString("".join(parts)),
        )

    @property
    def _first(self) -> int:
        return min(line.points[0][0] for line in self.lines).toordinal()

    @property
    def _last(self) -> int:
        return max(line.points[-1][0] for line in self.lines).toordinal()

    @property
    def _has_keys(self) -> bool:
        return bool(self.unit) or any(line.title for line in self.lines)

    @property
    def _top(self) -> int:
        return TOP + (KEY_HEIGHT if self._has_keys else 0)

    @property
    def _ticks(self) -> list[float]:
        return ticks(self.low, self.high, self.bottom, self.top)

    def _keys(self) -> SafeString:
        """Which line is which; of a single one its chart tells."""
        found, at = [], LEFT
        for line in self.lines:
            if line.title:
                found.append((_mark(at + 5, 11, line, filled=True), at + 15, FAINT, line.title))
                at += 30 + _width(line.title)
        return format_html_join("", '{}<text x="{}" y="15.5" fill="{}">{}</text>', found)

    def _unit(self) -> SafeString:
        if not self.unit:
            return SafeString("")
        return format_html(
            '<text x="{}" y="15.5" text-anchor="end" fill="{}">{}</text>', WIDTH - RIGHT, FAINT, self.unit
        )

    def _grid(self, ticks: Sequence[float], y: "_Scale") -> SafeString:
        places = _places(ticks[1] - ticks[0], self.percent)
        return format_html_join(
            "",
            '<path d="M{} {}H{}" stroke="{}"/><text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>',
            (
                (
                    LEFT,
                    _px(y.at(tick)),
                    WIDTH - RIGHT,
                    GRID,
                    LEFT - 6,
                    _px(y.at(tick) + 4.5),
                    FAINT,
                    _written(tick, places, self.percent),
                )
                for tick in ticks
            ),
        )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values from ``low`` to ``high`` as pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, bottom: float, top: float) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``, at most `MOST_TICKS` steps apart."""
    span = (high - low) or abs(high) or 1.0
    size = 10 ** floor(log10(span / MOST_TICKS))
    step = next(size * one for one in _STEPS if span / (size * one) <= MOST_TICKS)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    found = [number * step for number in range(first, max(last, first + 1) + 1)]
    return [one for one in found if bottom - step / 1e6 <= one <= top + step / 1e6]


def _places(step: float, percent: bool) -> int:
    """Decimals that tell neighbouring ticks apart."""
    return max(0, -floor(log10(step * (100 if percent else 1)) + 1e-9))


def _written(value: float, places: int, percent: bool) -> str:
    return f"{value * 100:.{places}f}%" if percent else f"{value:,.{places}f}"


def _days(first: int, last: int, x: _Scale) -> SafeString:
    """Months below the axis; both ends where the days lie within one month."""
    found = list(_months(date.fromordinal(first), date.fromordinal(last)))
    labels = [(day.toordinal(), f"{day:%Y-%m}") for day in found] or [
        (day, date.fromordinal(day).isoformat()) for day in dict.fromkeys((first, last))
    ]
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>',
        ((_px(x.at(day)), HEIGHT - 7, _anchor(x.at(day)), FAINT, label) for day, label in labels),
    )


def _anchor(at: float) -> str:
    """Labels near an end of the axis stay within the picture."""
    return "start" if at < LEFT + 24 else "end" if at > WIDTH - RIGHT - 24 else "middle"


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of every, every second, third … month, at most `MOST_MONTHS` of them."""
    start, end = _number(first) + (first.day > 1), _number(last)
    step = next((one for one in _MONTHS if (end - start) // one < MOST_MONTHS), _MONTHS[-1])
    for month in range(start + (-start) % step, end + 1, step):
        yield date(month // 12, month % 12 + 1, 1)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _drawn_level(level: Level, y: _Scale) -> SafeString:
    return format_html(
        '<path d="M{} {}H{}" stroke="{}" stroke-width="1.5" stroke-dasharray="5 4"/>',
        LEFT,
        _px(y.at(level.value)),
        WIDTH - RIGHT,
        level.color,
    )


def _named_level(level: Level, y: _Scale) -> SafeString:
    """Above all lines, with a rim, so that it can be read across them."""
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="{}" stroke="#ffffff" stroke-width="3" paint-order="stroke">{}</text>',
        WIDTH - RIGHT,
        _px(y.at(level.value) - 5),
        level.color,
        level.title,
    )


def _drawn_line(line: Line, x: _Scale, y: _Scale) -> SafeString:
    placed = [(day, x.at(day.toordinal()), y.at(value)) for day, value in line.points]
    path = " ".join(f"{_px(across)},{_px(down)}" for _, across, down in placed)
    marks = (_mark(across, down, line, filled=day not in line.hollow) for day, across, down in placed)
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.2"/>{}',
        path,
        line.color,
        SafeString("".join(marks)),
    )


def _mark(across: float, down: float, line: Line, *, filled: bool) -> SafeString:
    fill = line.color if filled else "#ffffff"
    look = f'fill="{fill}" stroke="{line.color}" stroke-width="1.8"'
    if line.square:
        return SafeString(
            f'<rect x="{_px(across - 3.2)}" y="{_px(down - 3.2)}" width="6.4" height="6.4" {look}/>'
        )
    return SafeString(f'<circle cx="{_px(across)}" cy="{_px(down)}" r="3.4" {look}/>')


def _px(value: float) -> str:
    return f"{value:.1f}"


def _width(text: str) -> int:
    """About how wide a text of 13 pixels is: Chinese characters are as wide as high."""
    return sum(13 if ord(sign) > 0x2E7F else 7 for sign in text)
