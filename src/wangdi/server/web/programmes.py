"""The figures of an area by programme (pack), those that lead its home, and those furthest from their targets."""

from collections.abc import Sequence
from dataclasses import dataclass

from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.text import Text
from wangdi.server.packs.home_declaration import Home
from wangdi.server.web.figures import Standing
from wangdi.server.web.homepage import in_groups

LEADING = 8
"""How many figures the home page leads with."""

FURTHEST = 8
"""How many figures the home page names as furthest from their targets."""


@dataclass(frozen=True, slots=True)
class Programme:
    """A pack's figures in an area. ``parts`` are those that only make up other figures and have no target."""

    pack: Pack
    figures: tuple[Standing, ...]
    parts: tuple[Standing, ...]

    @property
    def with_target(self) -> int:
        return sum(row.is_reached is not None for row in self.figures)

    @property
    def reached(self) -> int:
        return sum(row.is_reached is True for row in self.figures)


def programmes(rules: Rulebook, rows: Sequence[Standing]) -> list[Programme]:
    """Programmes with a figure here, in the order of the packs."""
    parts = rules.once("parts of figures", lambda: _parts_of_figures(rules))
    of_pack: dict[str, tuple[list[Standing], list[Standing]]] = {}
    for row in rows:
        is_part = row.indicator.name in parts and row.target is None
        of_pack.setdefault(row.indicator.pack, ([], []))[is_part].append(row)
    return [Programme(pack, *map(tuple, of_pack[pack.name])) for pack in rules.packs if pack.name in of_pack]


def _parts_of_figures(rules: Rulebook) -> frozenset[str]:
    """The indicators that others are put together from."""
    composed = (one for one in rules.indicators.values() if one.counted != (one,))
    return frozenset(part.name for one in composed for part in one.counted)


def grouped(home: Home, listed: Sequence[Programme]) -> list[tuple[Text, list[Programme]]]:
    """Programmes under the titles of their groups, in declared order; those of no group come last."""
    by_name = {one.pack.name: one for one in listed}
    return [(title, [by_name[name] for name in names]) for title, names in in_groups(home, by_name)]


def leading(home: Home, rows: Sequence[Standing]) -> list[Standing]:
    """The figures that are declared to lead, in that order; those of too few to tell only where there are no others."""
    by_name = {row.indicator.name: row for row in rows}
    found = [by_name[name] for name in home.lead if name in by_name]
    return ([row for row in found if is_telling(home, row)] or found)[:LEADING]


def is_telling(home: Home, row: Standing) -> bool:
    """Whether a figure is no share of a handful."""
    denominator = row.figure.denominator if row.figure is not None else None
    return denominator is None or denominator >= home.least_denominator


def furthest(home: Home, rows: Sequence[Standing]) -> list[Standing]:
    """Those that miss their targets by the largest share of them, worst first; shares of a handful come last."""
    behind = [row for row in rows if row.is_reached is False]
    return sorted(behind, key=lambda row: (not is_telling(home, row), -_shortfall(row), row.indicator.name))[
        :FURTHEST
    ]


def _shortfall(row: Standing) -> float:
    if row.value is None or row.target is None:
        return 0.0
    return abs(row.target - row.value) / max(abs(row.target), abs(row.value))
