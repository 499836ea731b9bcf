"""What the fields of simulated records hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Column, Floats, Ints, integers, pick
from wangdi.demo.institutions import Institutions
from wangdi.demo.sketches.crowds import Crowd
from wangdi.demo.sketches.formulas import RESULT, holds, work_out
from wangdi.demo.sketches.lookups import Lookup, Occasions, Written, whole
from wangdi.demo.sketches.shapes import Answer, Share, Tally, Uneven, Weights
from wangdi.engine.model.clocks import DAY, minutes_of
from wangdi.engine.model.fields import Field, FieldType
from wangdi.interchange.tables import arrow_type

SIMULATED = "（模拟）"
"""What required texts hold that a sketch does not mention."""

ONE = "one"
"""Among the parts of a sum: the number 1."""

USUAL = 0.95
"""How often a flag is set that a sketch does not mention."""


@dataclass(frozen=True)
class Writer:
    """Fills in the fields of one kind's records."""

    crowd: Crowd
    occasions: Occasions
    earlier: Written | None
    generator: np.random.Generator
    labels: Sequence[str] = ()
    """Those of the sketch, in order."""
    own: Mapping[str, Column] = part(default_factory=dict)
    """What everybody in the crowd owns."""
    known: dict[str, Column] = part(default_factory=dict)
    """What is filled in already, and the days on which states were entered."""

    @property
    def quality(self) -> Floats:
        return self.crowd.quality[self.occasions.member]

    def fill(self, field: Field, answer: Answer | None) -> Column | None:
        """The values of a field, in its own Arrow type; None for one that is neither sketched nor required."""
        if answer is None and not field.required:
            return None
        drawn = self._draw(field, answer) if answer is not None else self._usual(field)
        values = _in_type(field, drawn)
        return values if answer is None else self._left_out(field.name, answer, values)

    def work_out(self, fields: Mapping[str, Field], formulas: Mapping[str, str]) -> dict[str, Column]:
        """The values of fields that are formulas and nothing else, in their own Arrow types; all at once."""
        found = work_out(formulas, self.lookup, len(self.occasions), self.crowd.setting.seed)
        return {name: _in_type(fields[name], self._rounded(fields[name], found[name])) for name in formulas}

    def put(self, answers: Mapping[str, Answer]) -> dict[str, Column]:
        """Values that are no fields: plain ones, and then what is worked out from them, all at once."""
        for name, answer in answers.items():
            if answer.formula is None:
                drawn = self._draw(None, answer)
                self.known[name] = drawn if isinstance(drawn, pa.Array) else pa.array(drawn, from_pandas=True)
        formulas = {name: one.formula for name, one in answers.items() if one.formula is not None}
        if formulas:
            found = work_out(formulas, self.lookup, len(self.occasions), self.crowd.setting.seed)
            self.known.update(found)
        return {name: self.known[name] for name in answers}

    @property
    def lookup(self) -> Lookup:
        return Lookup(self.crowd, self.occasions, self.own, self.earlier, self.known)

    def _left_out(self, name: str, answer: Answer, values: Column) -> Column:
        """The values, empty where the answer says so."""
        if answer.steady:
            member = self.occasions.member
            values = values.take(pa.array(np.searchsorted(member, member)))
        if answer.once is not None:
            values = pc.if_else(self._day_of(answer.once).is_valid(), values, pa.scalar(None, values.type))
        if answer.holds is not None:
            known = {**self.known, name: values}
            lookup = Lookup(self.crowd, self.occasions, self.own, self.earlier, known)
            there = holds(answer.holds, lookup, len(values), self.crowd.setting.seed)
            values = pc.if_else(pa.array(there), values, pa.scalar(None, values.type))
        if answer.empty == 0:
            return values
        empty = pa.array(self.generator.random(len(values)) < chance(answer.empty, self.quality))
        return pc.if_else(empty, pa.scalar(None, values.type), values)

    def _usual(self, field: Field) -> Any:
        match field.type:
            case FieldType.CHOICE:
                return self._choice(dict.fromkeys(field.option_codes, 1.0), None)
            case FieldType.BOOLEAN:
                return self._flags(USUAL)
            case FieldType.DATE:
                return self._dates((0, 0), None)
            case FieldType.INTEGER | FieldType.DECIMAL if (
                field.minimum is not None and field.maximum is not None
            ):
                return self._uniform(field, field.minimum, field.maximum)
            case FieldType.TEXT:
                return self._texts([SIMULATED])
        raise ValueError(f"say what the required field '{field.name}' holds")

    def _draw(self, field: Field | None, answer: Answer) -> Any:
        if answer.formula is not None:
            return self._worked_out(field, answer.formula)
        if answer.tally is not None:
            return self._tallied(field, answer.tally)
        if answer.choice is not None:
            return self._choice(answer.choice, answer.poor)
        if answer.choices is not None:
            return self._choices(answer.choices)
        if answer.flag is not None:
            return self._flags(answer.flag)
        if answer.normal is not None:
            return self._normal(field, answer.normal, answer.poor_mean)
        if answer.normal_by_label is not None:
            return self._normal_by_label(field, answer.normal_by_label)
        if answer.uniform is not None:
            return self._uniform(field, *answer.uniform)
        if answer.days is not None:
            return self._dates(answer.days, answer.once)
        if answer.year is not None:
            day = self.occasions.day.astype("datetime64[D]").astype("datetime64[Y]")
            return integers(day.astype(np.int32) + 1970 + answer.year)
        if answer.month is not None:
            first = self.occasions.day.astype("datetime64[D]").astype("datetime64[M]") + answer.month
            return pa.array(first.astype("datetime64[D]"))
        if answer.of is not None:
            return self._of(field, answer.of, answer.times, answer.poor_times or answer.times)
        if answer.text is not None:
            return self._texts(answer.text)
        if answer.number is not None:
            start = self.crowd.number * 10_000_000
            return pa.array(
                [answer.number.format(start + i + 1) for i in range(len(self.occasions))], pa.string()
            )
        return self._known(field, answer)

    def _known(self, field: Field | None, answer: Answer) -> Any:
        """What is drawn from nothing: constants, columns, earlier fields, codes of others."""
        if answer.column is not None:
            column = self.crowd.column(answer.column)
            return whole(column.take(pa.array(self.occasions.member)))
        if answer.earlier is not None:
            if self.earlier is None or self.occasions.earlier is None:
                raise ValueError("there is no earlier record")
            return self.earlier.values[answer.earlier].take(pa.array(self.occasions.earlier))
        if answer.label is not None:
            values = [answer.label.get(one, one) for one in self.labels]
            return pa.array(values, pa.string()).take(pa.array(self.occasions.label))
        if answer.institution is not None:
            return self.institution_codes(self.someone_at(answer.institution))
        if answer.worker is not None:
            at = self.someone_at(answer.worker)
            return self.worker_codes(at)
        return pa.array([answer.value] * len(self.occasions), None if field is None else arrow_type(field))

    def _worked_out(self, field: Field | None, formula: str) -> Column:
        found = work_out({RESULT: formula}, self.lookup, len(self.occasions), self.crowd.setting.seed)[RESULT]
        return found if field is None else self._rounded(field, found)

    def _rounded(self, field: Field, values: Column) -> Column:
        """Numbers as the form takes them."""
        if field.type not in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.TIME):
            return values
        if pa.types.is_string(values.type):  # times of day such as '08:00'
            return values
        plain = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
        digits = 2 if field.type is FieldType.DECIMAL else 0
        return pa.array(self._within(field, np.round(plain, digits)), from_pandas=True)

    def _tallied(self, field: Field | None, tally: Tally) -> Floats:
        if self.crowd.tallies is None:
            raise ValueError(f"only of institutions the records of kind '{tally.kind}' can be counted")
        institution = self.crowd.institution[self.occasions.member]
        found = self.crowd.tallies.of_month(tally, institution, self.occasions.day)
        return np.round(found, 2)

    # -- others -----------------------------------------------------------------------------------

    def someone_at(self, types: list[str]) -> Ints:
        """The position of an institution of one of the types in the county of each record's subject."""
        setting = self.crowd.setting
        position = setting.institutions.indexes(*types)
        position = position[[_is_there(setting.institutions, one, setting.first_day) for one in position]]
        county = np.array([setting.institutions.rows[one].place[:6] for one in position])
        own = np.asarray(self.crowd.county.take(pa.array(self.occasions.member)).to_pylist(), dtype=object)
        found = np.full(len(own), position[0] if len(position) else -1, dtype=np.int32)
        for code in dict.fromkeys(own.tolist()):
            here, there = np.flatnonzero(own == code), position[county == code]
            if len(there):
                found[here] = there[self.generator.integers(0, len(there), len(here))]
        return found

    def institution_codes(self, position: Ints) -> Column:
        return self.crowd.setting.institution_codes.take(pa.array(position, mask=position < 0))

    def worker_codes(self, institution: Ints) -> Column:
        """An attending doctor of each institution; none where there is no institution, or it has no staff any more."""
        workers = self.crowd.setting.workers
        staffed = (institution >= 0) & (workers.doctors[institution] > 0)
        worker = np.zeros(len(institution), dtype=np.int32)
        worker[staffed] = workers.attending(institution[staffed], self.occasions.member[staffed])
        return workers.codes.take(pa.array(worker, mask=~staffed))

    # -- draws ------------------------------------------------------------------------------------

    def _choice(self, weights: Weights, poor: Weights | None) -> Column:
        codes, count = list(weights), len(self.occasions)
        chosen = pa.array(codes, pa.string()).take(
            pa.array(pick(self.generator, list(weights.values()), count))
        )
        if poor is None:
            return chosen
        worse = pa.array(list(poor), pa.string()).take(
            pa.array(pick(self.generator, list(poor.values()), count))
        )
        return pc.if_else(pa.array(self.generator.random(count) < self.quality), chosen, worse)

    def _choices(self, shares: Mapping[str, Share]) -> Column:
        ticked = np.stack([self._flags(share) for share in shares.values()], axis=1)
        offsets = np.concatenate([[0], np.cumsum(ticked.sum(axis=1))])
        codes = pa.array(list(shares), pa.string()).take(pa.array(np.nonzero(ticked)[1]))
        return pa.ListArray.from_arrays(pa.array(integers(offsets)), codes)

    def _flags(self, share: Share) -> Any:
        return self.generator.random(len(self.occasions)) < chance(share, self.quality)

    def _normal(self, field: Field | None, normal: tuple[float, float], poor_mean: float | None) -> Any:
        mean, deviation = normal
        centre = mean if poor_mean is None else poor_mean + (mean - poor_mean) * self.quality
        return self._number(field, centre + deviation * self.generator.standard_normal(len(self.occasions)))

    def _normal_by_label(self, field: Field | None, normal: Mapping[str, tuple[float, float]]) -> Any:
        """Empty at ages that are not named."""
        nothing = np.nan, 0.0
        mean, deviation = np.array([normal.get(one, nothing) for one in self.labels])[self.occasions.label].T
        return self._number(field, mean + deviation * self.generator.standard_normal(len(self.occasions)))

    def _uniform(self, field: Field | None, low: float, high: float) -> Any:
        return self._number(field, low + (high - low) * self.generator.random(len(self.occasions)))

    def _number(self, field: Field | None, values: Floats) -> Floats:
        if field is None:
            return values
        return self._within(field, np.round(values, 1 if field.type is FieldType.DECIMAL else 0))

    def _within(self, field: Field, values: Floats) -> Floats:
        if field.type is FieldType.TIME:  # what is worked out may run past midnight
            return np.mod(values, DAY)
        low = -np.inf if field.minimum is None else field.minimum
        high = np.inf if field.maximum is None else field.maximum
        return np.clip(values, low, high)

    def _of(
        self,
        field: Field | None,
        parts: Mapping[str, float],
        good: tuple[float, float],
        poor: tuple[float, float],
    ) -> Floats:
        total = np.zeros(len(self.occasions))
        for name, weight in parts.items():
            if name == ONE:
                total += weight
                continue
            column = self.known.get(name)
            if column is None:
                column = self.lookup(name)
            total += weight * column.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
        low, high = (
            worse + (better - worse) * self.quality for worse, better in zip(poor, good, strict=True)
        )
        return self._number(field, total * (low + (high - low) * self.generator.random(len(total))))

    def _day_of(self, states: list[str]) -> Column:
        """The day on which the first of the states was entered that was entered at all."""
        return pc.coalesce(*(self.known[f"{state}_on"] for state in states))

    def _dates(self, span: tuple[int, int], once: list[str] | None) -> Column:
        since: Any = self.occasions.day
        if once is not None:
            since = self._day_of(once).cast(pa.int32()).fill_null(0).to_numpy()
        days = since + self.generator.integers(span[0], span[1] + 1, len(self.occasions))
        return pa.array(integers(days)).cast(pa.date32())

    def _texts(self, texts: list[str]) -> Column:
        return pa.array(texts).take(pa.array(self.generator.integers(0, len(texts), len(self.occasions))))


def _is_there(institutions: Institutions, position: int, since: int) -> bool:
    """Whether it is open all the time."""
    return bool(institutions.opened[position] <= since and institutions.rows[position].closed_on is None)


def _in_type(field: Field, drawn: Any) -> Column:
    """Values in the field's own Arrow type. ValueError when a choice holds what the kind does not offer."""
    values = drawn if isinstance(drawn, pa.Array) else pa.array(drawn, from_pandas=True)
    if field.type is FieldType.TIME and pa.types.is_string(values.type):
        told = values.dictionary_encode()
        minutes = [minutes_of(text) for text in told.dictionary.to_pylist()]
        values = pa.array(minutes, pa.int64()).take(told.indices)
    if not values.type.equals(arrow_type(field)):
        values = values.cast(arrow_type(field))
    _check_options(field, values)
    if field.type is FieldType.CHOICES:  # nothing ticked is no answer
        ticked = pc.greater(pc.list_value_length(values), 0)
        values = pc.if_else(ticked, values, pa.scalar(None, values.type))
    return values


def _check_options(field: Field, values: Column) -> None:
    """ValueError when a choice holds what the kind does not offer."""
    if field.type not in (FieldType.CHOICE, FieldType.CHOICES):
        return
    found = values.flatten() if field.type is FieldType.CHOICES else values
    unknown = set(pc.unique(found).to_pylist()) - {None, *field.option_codes}
    if unknown:
        offered = ", ".join(field.option_codes)
        raise ValueError(
            f"field '{field.name}' has no option {', '.join(sorted(map(str, unknown)))}, but {offered}"
        )


def chance(share: Share, quality: Floats) -> Floats | float:
    """A share where care is so good."""
    return share.poor + (share.good - share.poor) * quality if isinstance(share, Uneven) else share
