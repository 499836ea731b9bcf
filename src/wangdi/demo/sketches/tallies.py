"""Counts and sums of the residents' records by institution and month, for what institutions report of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Floats, Ints
from wangdi.demo.forms import Rows
from wangdi.demo.setting import Setting
from wangdi.demo.sketches.shapes import Sketch, Tally

Wanted = tuple[str, str | None]
"""A kind, and the field to sum; without one records are counted."""


@dataclass(frozen=True)
class Tallies:
    """Per wanted sum, one number per institution and calendar month since the first one of the three years."""

    setting: Setting
    sums: Mapping[Wanted, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, setting: Setting, sketches: Iterable[Sketch]) -> "Tallies":
        """Nothing yet, for each tally that the sketches ask for."""
        months = int(_month(np.asarray([setting.as_of]), setting)[0]) + 1
        shape = (len(setting.institution_codes), months)
        answers = (one for sketch in sketches for one in (*sketch.drawn.values(), *sketch.fields.values()))
        wanted = {(one.tally.kind, one.tally.of) for one in answers if one.tally is not None}
        return cls(setting, {one: np.zeros(shape) for one in wanted})

    def add(self, rows: Rows) -> None:
        """Counts records of any kind; those that nobody asked for are left out."""
        for (kind, name), sums in self.sums.items():
            if kind == rows.kind:
                at = pc.index_in(rows.institution, self.setting.institution_codes).fill_null(-1).to_numpy()
                amount = np.ones(len(at)) if name is None else _numbers(rows, name)
                known = at >= 0
                np.add.at(sums, (at[known], _month(rows.day[known], self.setting)), amount[known])

    def of_month(self, tally: Tally, institution: Ints, day: Ints) -> Floats:
        """What institutions had in the month so many months from that of each day; nothing before the three years."""
        sums = self.sums[tally.kind, tally.of]
        month = _month(day, self.setting) + tally.month
        known = (month >= 0) & (month < sums.shape[1]) & (institution >= 0)
        return np.where(known, sums[institution * known, month * known], 0.0)


def _numbers(rows: Rows, name: str) -> Floats:
    values = rows.values[name]
    if not isinstance(values, pa.Array):
        raise ValueError(f"'{rows.kind}.{name}' cannot be summed")
    return np.asarray(values.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False))


def _month(day: Ints, setting: Setting) -> Ints:
    """Calendar months since that of the first day."""
    first = np.datetime64(int(setting.first_day), "D").astype("datetime64[M]").astype(int)
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(int) - first)
