"""Due lists and figures at any day, straight from the lake, as tables with codes: what commands and exports print."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.columnar.results import Amounts
from wangdi.engine.evaluate.gathering import FigureRow, told, values_of
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Outcome
from wangdi.engine.evaluate.public import public
from wangdi.engine.model.indicators import Indicator, Span
from wangdi.server.adoption.targets import Seat, Targets
from wangdi.server.evaluation.comparing import without_empty_parts

LEVELS = ("province", "city", "county", "township", "village")


@dataclass(frozen=True)
class Listings:
    """The outcome at one moment, with codes instead of keys."""

    network: Network
    outcome: Outcome

    @classmethod
    def at(cls, network: Network, as_of: date, *, upcoming: bool = False) -> "Listings":
        """Evaluates the network on a day."""
        (outcome,) = network.evaluate([Moment.in_year(as_of)], upcoming=upcoming)
        return cls(network, outcome)

    # -- due list ---------------------------------------------------------------------------------

    def due(
        self, *, place: str | None = None, institution: str | None = None, schedule: str | None = None
    ) -> Any:
        """Due items by subject.

        Columns: subject, schedule, step, due_from, due_on, overdue_from, status, institution; and last missed_from
        where an item can be missed.
        """
        due = self.outcome.due
        if schedule is not None:
            due = due.filter(pc.equal(due["schedule"].cast(pa.string()), schedule))
        for register, code in (("place", place), ("institution", institution)):
            if code is not None:
                due = due.filter(pc.is_in(due[register], value_set=self._keys_under(register, code)))
        listed = pa.table(
            {
                "subject": self._subjects(due),
                "schedule": due["schedule"].cast(pa.string()),
                "step": due["step"].cast(pa.string()),
                "due_from": due["due_from"],
                "due_on": due["due_on"],
                "overdue_from": due["overdue_from"],
                "status": due["status"].cast(pa.string()),
                "institution": self._codes(self.network.institutions, due["institution"]),
            }
        )
        if due["missed_from"].null_count < len(due):
            listed = listed.append_column("missed_from", due["missed_from"])
        return listed.sort_by([("subject", "ascending"), ("schedule", "ascending")])

    # -- figures ----------------------------------------------------------------------------------

    def figures(
        self,
        *,
        by: str = "place",
        levels: Collection[str] = (),
        under: str | None = None,
        indicators: Collection[str] = (),
        for_public: bool = False,
    ) -> Any:
        """Figures: indicator, dimension, category, place (or institution), period, numerator, denominator, value, target.

        Dimension and category are left out where no figure listed is broken down; denominators are null where a
        measure has none. Numerators and denominators are float64: `COUNTS` are written whole where they are.
        All places of the named levels (all levels when none is named), or all institutions; with ``under``, only
        that one and everything under it. ``for_public``: what `public` hides is null, the numerator too.
        """
        units = self.network.places if by == "place" else self.network.institutions
        chosen = np.ones(len(units), dtype=np.bool_)
        if levels and by == "place":
            chosen &= np.asarray(pc.is_in(units["level"], value_set=pa.array(list(levels), pa.string())))
        if under is not None:
            chosen &= self.network.under(by, under)
        rows = np.flatnonzero(chosen)
        figures = self.outcome.figures
        if for_public:
            figures = public(figures, self.outcome.moment.as_of)
        numerators, denominators = figures.at(by)
        parts = []
        for row, numerator, denominator in zip(figures.rows, numerators, denominators, strict=True):
            if indicators and row.indicator.name not in indicators:
                continue
            # Of a category only where there is anything to tell, for most nowhere; of a whole indicator everywhere.
            listed = rows if row.is_total else rows[told(numerator, denominator)[rows]]
            if row.is_total or len(listed):
                parts.append(self._figure_rows(row, by, units["code"], listed, numerator, denominator))
        return without_empty_parts(pa.concat_tables(parts))

    def _figure_rows(
        self, row: FigureRow, by: str, codes: Any, chosen: Any, numerator: Amounts, denominator: Amounts
    ) -> Any:
        """One figure at the chosen places or institutions."""
        size, codes = len(chosen), codes.take(pa.array(chosen))
        numerator, denominator = numerator[chosen], denominator[chosen]
        value = values_of(row.indicator, numerator, denominator)
        targets = self._targets_at(row.indicator, by, codes) if row.is_total else [None] * size
        return pa.table(
            {
                "indicator": pa.array([row.indicator.name] * size, pa.string()),
                "dimension": pa.array([row.dimension] * size, pa.string()),
                "category": pa.array([row.category] * size, pa.string()),
                by: codes,
                "period": pa.array([period_of(row.indicator, self.outcome.moment)] * size, pa.string()),
                "numerator": pa.array(numerator, from_pandas=True),
                "denominator": pa.array(denominator, from_pandas=True),
                "value": pa.array(value.data, mask=~value.validity | np.isnan(value.data)),
                "target": pa.array(targets, pa.float64()),
            }
        )

    # -- targets ----------------------------------------------------------------------------------

    @cached_property
    def _targets(self) -> Targets:
        return Targets.on(self.outcome.moment.as_of)

    def _targets_at(self, indicator: Indicator, by: str, codes: Any) -> list[float | None]:
        if indicator.name not in self._targets.given and indicator.target_level is None:
            return [self._targets.at(indicator, ())] * len(codes)
        return [self._targets.at(indicator, self._seats_above(by, code)) for code in codes.to_pylist()]

    def _seats_above(self, by: str, code: str) -> Iterator[Seat]:
        """A place and those above it; an institution and those above it, then its place and those above that."""
        above, place_of = self._above[by], self._above["seat"]
        place = place_of.get(code) if by == "institution" else None
        upwards: str | None = code
        while upwards is not None:
            yield by, upwards
            upwards = above.get(upwards)
        if place is not None:
            yield from self._seats_above("place", place)

    @cached_property
    def _above(self) -> dict[str, dict[str, str | None]]:
        """By code: the place above each place, the institution above each institution, the seat of each institution."""
        places, institutions = self.network.places, self.network.institutions
        return {
            "place": self._pairs(places, places["parent"], places),
            "institution": self._pairs(institutions, institutions["parent"], institutions),
            "seat": self._pairs(institutions, institutions["place"], places),
        }

    def _pairs(self, table: Any, column: Any, referred: Any) -> dict[str, str | None]:
        known = referred[self.network.source.key].combine_chunks()
        codes = referred["code"].take(pc.index_in(column, value_set=known))
        return dict(zip(table["code"].to_pylist(), codes.to_pylist(), strict=True))

    # -- keys and codes ---------------------------------------------------------------------------

    def _subjects(self, due: Any) -> Any:
        """The code of whom each item is about, whichever register they are in."""
        entity = due["entity"].cast(pa.string())
        codes = pa.nulls(len(due), pa.string())
        for name in pc.unique(entity).to_pylist():
            table = self.network.source.register(name, ("code",), None)
            codes = pc.if_else(pc.equal(entity, name), self._codes(table, due["subject"]), codes)
        return codes

    def _codes(self, table: Any, keys: Any) -> Any:
        """The code for each key; null for null."""
        known = table[self.network.source.key].combine_chunks()
        position = pc.index_in(keys, value_set=known)
        return table["code"].take(position)

    def _keys_under(self, entity: str, code: str) -> Any:
        """The keys of a place or institution and of everything under it. `UnknownCode` when there is none."""
        table = self.network.places if entity == "place" else self.network.institutions
        return (
            table[self.network.source.key].combine_chunks().filter(pa.array(self.network.under(entity, code)))
        )


def period_of(indicator: Indicator, moment: Moment) -> str:
    """The days a figure tells about, as ISO 8601: one day, or first/last day."""
    if indicator.span is Span.ON_THE_DAY:
        return moment.as_of.isoformat()
    return f"{moment.period_start}/{moment.as_of}"
