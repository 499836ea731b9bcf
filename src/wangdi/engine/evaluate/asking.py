"""Which fields of a form are asked: of one record, and of a table of many.

A field that is not asked holds nothing, so conditions below see it as empty. Null counts as not asked.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import MemoryWorld, Record
from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.fields import Field, value_in_rules
from wangdi.engine.model.pack import Rulebook

Mask = npt.NDArray[np.bool_]

_NO_DAY = date(2000, 1, 1)
_EVALUATOR = ReferenceEvaluator(MemoryWorld({}, ()), Rulebook(()), "resident", "", Moment.in_year(_NO_DAY))
"""Conditions look at the record alone, so neither the world nor the day matters."""


def asked_fields(form: Sequence[Field], values: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields that are asked of a record with these values (dates also as ISO texts)."""
    asked: set[str] = set()
    known: dict[str, Any] = {}
    for field in form:
        if field.asked_if is None or _EVALUATOR.is_true(field.asked_if, _record(known)):
            asked.add(field.name)
            known[field.name] = value_in_rules(field, values.get(field.name))
    return frozenset(asked)


def _record(values: Mapping[str, Any]) -> Record:
    return Record("", "", "", _NO_DAY, values=values)


def asked_masks(form: Sequence[Field], columns: Mapping[str, Any], length: int) -> dict[str, Mask]:
    """Per field with a condition, of which of ``length`` records it is asked. ``columns`` are Arrow arrays by field; one
    that is missing is empty.

    Every different combination of the answers that matter is looked at once.
    """
    matter = _that_matter(form)
    if not matter:
        return {}
    present = [field for field in matter if field.name in columns]
    of_row, first = _combinations([columns[field.name] for field in present], length)
    answers = {field.name: columns[field.name].take(pa.array(first)).to_pylist() for field in present}
    found = [
        asked_fields(form, {name: values[number] for name, values in answers.items()})
        for number in range(len(first))
    ]
    return {
        field.name: np.array([field.name in one for one in found], np.bool_)[of_row]
        for field in form
        if field.asked_if is not None
    }


def _that_matter(form: Sequence[Field]) -> list[Field]:
    names = {name for field in form if field.asked_if is not None for name in depends_on(field.asked_if)}
    return [field for field in form if field.name in names]


def _combinations(columns: Sequence[Any], length: int) -> tuple[Any, Any]:
    """The number of each row's combination of values, and the first row of each combination."""
    of_row = np.zeros(length, np.int64)
    for column in columns:
        codes, size = _codes(column)
        _, of_row = np.unique(of_row * size + codes, return_inverse=True)
    _, first = np.unique(of_row, return_index=True)
    return of_row, first


def _codes(column: Any) -> tuple[Any, int]:
    """A small number for each value (0 for none), and how many there are."""
    if pa.types.is_list(column.type):
        column = pa.array(
            [None if one is None else "\0".join(one) for one in column.to_pylist()], pa.string()
        )
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return codes, len(encoded.dictionary) + 1
