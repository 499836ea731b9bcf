"""Assessments of a year: conditions from the lake as it stands, judgements up to this minute.

Whether conditions are met costs a pass over the records, so it is kept for as long as the lake stays the same.
Judgements are few: those saved since the lake was built are laid over its own, and levels and tiers follow at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.assessment import Assessment
from wangdi.engine.evaluate.columnar.arrow import Positions
from wangdi.engine.evaluate.columnar.standards import Assessed, assess, no_judgements, read_judgements
from wangdi.engine.evaluate.columnar.vectors import to_date
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.standards import NetworkAssessment, assess_network, count_tiers
from wangdi.engine.model.expressions import Compare, Expression, Literal, Logic, Not, ParameterValue
from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.standards import JUDGEMENT, JUDGEMENT_FIELDS, REVIEWS, Evaluated, Review, Standard
from wangdi.engine.model.types import Base
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake, LakeState, NoSuchTable
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.publishing import network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.models import RecordVersion

KEPT = 4
"""How many years of conditions are kept: this one, the last, and what somebody looks back at."""

_COLUMN_TYPES = {
    FieldType.TEXT: pa.string(),
    FieldType.CHOICE: pa.string(),
    FieldType.INTEGER: pa.int32(),
    FieldType.BOOLEAN: pa.bool_(),
}
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("subject", pa.int32()),
        ("occurred_on", pa.date32()),
        *((name, _COLUMN_TYPES[type_]) for name, type_ in JUDGEMENT_FIELDS.items()),
    ]
)


@dataclass(frozen=True)
class TierLine:
    """The institutions of an area at one review: how many there are, were reviewed, reached each tier."""

    review: Review
    institutions: int
    reviewed: int
    reached: tuple[int, ...]


@dataclass(frozen=True)
class StandardAssessed:
    """A standard in a year, over every institution it is for; keys are the store's."""

    network: Network
    found: NetworkAssessment
    assessed: Assessed

    @property
    def standard(self) -> Standard:
        return self.assessed.standard

    @cached_property
    def _numbers(self) -> Mapping[object, int]:
        return {self.found.keys[at]: number for number, at in enumerate(self.assessed.positions)}

    def concerns(self, key: int) -> bool:
        """Whether the standard is for the institution with that key."""
        return key in self._numbers

    def assessment(self, key: int, review: Review) -> Assessment:
        """Of one institution at one review. KeyError when the standard is not for it."""
        number = self._numbers[key]
        return self.assessed.assessment(self.found.codes[self.assessed.positions[number]], number, review)

    def tier_lines(self, entity: str, code: str) -> list[TierLine]:
        """One per review for a place or institution with everything under it; none when the lake does not know it."""
        table = self.network.places if entity == "place" else self.network.institutions
        at = pc.index(table["code"], code).as_py()
        if at < 0:
            return []
        counts = count_tiers(self.network, self.found, self.assessed, entity)
        return [
            TierLine(
                review,
                int(counts.institutions[at]),
                int(counts.reviewed[row, at]),
                tuple(int(count) for count in counts.reached[:, row, at]),
            )
            for row, review in enumerate(REVIEWS)
        ]

    def values_behind(self, criterion: Evaluated, key: int) -> list[tuple[Expression, Any]]:
        """What a condition compares, with the value found for an institution; None where there is none."""
        at = self.assessed.positions[self._numbers[key]]
        return [(one, _value(self.assessed, one, int(at))) for one in _compared(criterion.when)]


def assess_standard(standard: Standard, year: int, as_of: date) -> StandardAssessed | None:
    """The standard in a year, with everything known by ``as_of``; None before the first evaluation.

    ValueError when the year lies after ``as_of``, KeyError when the standard is not used in it.
    """
    lake = Lake(Installation.current().lake)
    state = lake.state()
    if state is None:
        return None
    try:
        network, found = _conditions(lake, state.change_hash, rulebook(), year, as_of)
        table = _judgements(lake, state)
    except NoSuchTable:  # the lake is older than the packs: the next evaluation builds what is lacking
        return None
    judged = _judged(found, found.assessed[standard.name], table)
    found = replace(found, assessed={**found.assessed, standard.name: judged})
    return StandardAssessed(network, found, judged)


@lru_cache(maxsize=KEPT)
def _conditions(
    lake: Lake, _as_built: str, rules: Rulebook, year: int, as_of: date
) -> tuple[Network, NetworkAssessment]:
    network, standards = network_of(lake), rules.standards.values()
    compared = {
        one: None
        for standard in standards
        for *_, criterion in standard.criteria
        if isinstance(criterion, Evaluated)
        for one in _compared(criterion.when)
    }
    return network, assess_network(network, year, as_of, values=compared)


def _judgements(lake: Lake, state: LakeState) -> Any:
    """Every valid judgement, ordered by institution, date and id: the lake's, as changed in the store since."""
    kind = rulebook().kinds.get(JUDGEMENT)
    if kind is None:
        return None
    kept = LakeSource(lake).records(kind, _SCHEMA.names, None).select(_SCHEMA.names).cast(_SCHEMA)
    changed = list(
        RecordVersion.objects.current()
        .filter(kind__name=JUDGEMENT, seq__gt=state.seq)
        .values_list("record_id", "subject", "occurred_on", "status", "values")
    )
    if not changed:
        return kept
    outdated = pa.array([row[0] for row in changed], pa.string())
    rows = [
        {"id": name, "subject": subject, "occurred_on": day}
        | {field: values.get(field) for field in JUDGEMENT_FIELDS}
        for name, subject, day, status, values in changed
        if status == RecordVersion.Status.FINAL
    ]
    kept = kept.filter(pc.invert(pc.is_in(kept["id"], outdated)))
    together = pa.concat_tables([kept, pa.Table.from_pylist(rows, _SCHEMA)])
    return together.sort_by([(name, "ascending") for name in ("subject", "occurred_on", "id")])


def _judged(found: NetworkAssessment, before: Assessed, table: Any) -> Assessed:
    """The assessment with these judgements instead of those it was made with."""
    members = np.zeros(len(found.keys), dtype=np.bool_)
    members[before.positions] = True
    keys = Positions.of(pa.array(found.keys, pa.int32()))
    judgements = (
        no_judgements(before.standard, len(members))
        if table is None
        else read_judgements(before.standard, found.year, found.as_of, table, keys)
    )
    return assess(before.standard, found.year, before.moment, members, before.values, judgements)


def _compared(condition: Expression) -> tuple[Expression, ...]:
    """The sides of a condition's comparisons that depend on the institution."""
    match condition:
        case Named(_, expression):
            return _compared(expression)
        case Not(operand):
            return _compared(operand)
        case Logic(_, operands):
            return tuple(dict.fromkeys(one for operand in operands for one in _compared(operand)))
        case Compare(_, left, right):
            return tuple(one for one in (left, right) if not isinstance(one, Literal | ParameterValue))
    return ()


def _value(assessed: Assessed, expression: Expression, at: int) -> Any:
    vector = assessed.values[expression]
    at = at if len(vector) > 1 else 0
    valid = vector.validity
    if not valid[at if len(valid) > 1 else 0]:
        return None
    value = vector.data[at].item()
    if vector.categories is not None:
        return vector.categories[value]
    return to_date(value) if expression.type.base is Base.DATE else value
