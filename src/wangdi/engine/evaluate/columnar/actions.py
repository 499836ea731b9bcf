"""What each sort of step does: one function per node, found by the node's class and called once per range of entities.

An action is given the node, the slots of its inputs, the step, and where it is done. That the inputs are what the node
works on – values, records, days – is the plan's doing; it is not asked again at each of a plan's thousands of steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wangdi.engine.evaluate.columnar import operations
from wangdi.engine.evaluate.columnar.drawing import draw
from wangdi.engine.evaluate.columnar.functions import call
from wangdi.engine.evaluate.columnar.records import Found, RecordRange, cut, select, take
from wangdi.engine.evaluate.columnar.slots import Slot, choose_members, narrow
from wangdi.engine.evaluate.columnar.tables import Dataset
from wangdi.engine.evaluate.columnar.vectors import Vector, boolean, constant
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Call,
    Case,
    Compare,
    Day,
    IsNull,
    Literal,
    Logic,
    Not,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Selection
from wangdi.engine.model.indicators import FigureValue
from wangdi.engine.model.named import Membership
from wangdi.engine.model.related import Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.types import Base
from wangdi.engine.plan.plan import Members, Narrowed, Position, Rows, Step


@dataclass(frozen=True, slots=True)
class Here:
    """A range of entities at a moment, with the records of each kind and the slots computed so far."""

    data: Dataset
    moment: Moment
    low: int
    high: int
    ranges: Mapping[Rows, RecordRange]
    slots: list[Slot]

    def narrowed(self, vector: Vector, step: Step) -> Slot:
        """A whole register's column cut down to the range, and to the step's domain."""
        own = cut(vector, slice(self.low, self.high))
        return own if step.domain is None else narrow(own, self.slots[step.domain])

    def of_rows(self, step: Step) -> RecordRange:
        """The records that a step computes for."""
        if step.rows is None:
            raise TypeError(f"{step.node!r} has a meaning only inside a where")
        return self.ranges[step.rows]


Action = Callable[[Any, list[Any], Step, Here], Slot]


# -- who and what there is ------------------------------------------------------------------------


def _members(_: Members, inputs: list[Any], step: Step, here: Here) -> Slot:
    return choose_members(inputs[0], here.high - here.low)


def _narrowed(_: Narrowed, inputs: list[Any], step: Step, here: Here) -> Slot:
    return inputs[0] if step.domain is None else narrow(inputs[0], here.slots[step.domain])


def _attribute(node: Attribute, _: list[Any], step: Step, here: Here) -> Slot:
    return here.narrowed(here.data.entities[node.entity].columns[node.name], step)


def _adoption(node: Adopted | Edition, _: list[Any], step: Step, here: Here) -> Slot:
    found = here.data.jurisdictions.vector(node, here.moment.as_of, slice(here.low, here.high))
    return found if step.domain is None else narrow(found, here.slots[step.domain])


def _from_below(node: Rollup | FigureValue, _: list[Any], step: Step, here: Here) -> Slot:
    return here.narrowed(here.data.from_below[node], step)


# -- records --------------------------------------------------------------------------------------


def _selection(node: Selection, inputs: list[Any], _: Step, here: Here) -> Slot:
    since = inputs[-1] if node.window.since is not None else None
    where = inputs[0] if node.where is not None else None
    return select(node, here.ranges[Rows(node.kind, node.relation)], here.moment, where, since)


def _fact(node: Fact, inputs: list[Any], *_: Any) -> Slot:
    return draw(node, inputs[0], inputs[1] if node.of is not None else None)


def _fact_field(node: FactField, inputs: list[Any], *_: Any) -> Slot:
    found: Found = inputs[0]
    return take(found.records.column(node.field_name), found.row, found.found)


def _row_value(node: RowValue, _: list[Any], step: Step, here: Here) -> Slot:
    return here.of_rows(step).column(node.name)


def _previous_value(node: PreviousValue, _: list[Any], step: Step, here: Here) -> Slot:
    return here.of_rows(step).previous(node.name)


def _owner_value(_: OwnerValue, inputs: list[Any], step: Step, here: Here) -> Slot:
    return here.of_rows(step).at_each(inputs[0])


# -- whom references name -------------------------------------------------------------------------


def _row_related(node: RowRelated, _: list[Any], step: Step, here: Here) -> Slot:
    return _at(here.of_rows(step).column(node.role), here.data.entities[node.entity].columns[node.name])


def _related(node: Related, inputs: list[Any], _: Step, here: Here) -> Slot:
    return _at(inputs[0], here.data.entities[node.entity].columns[node.name])


def _position(node: Position, inputs: list[Any], step: Step, here: Here) -> Slot:
    """The position of whom a reference names, for each entity of the domain or each record."""
    match node.reference:
        case Attribute(entity, name):
            return here.narrowed(here.data.entities[entity].references[name], step)
        case Related(_, entity, name):
            return _at(inputs[0], here.data.entities[entity].references[name])
        case FactField(_, name):
            found: Found = inputs[0]
            return take(found.records.named(name), found.row, found.found)
        case RowValue(_, name):
            return here.of_rows(step).named(name)
        case RowRelated(role, entity, name):
            return _at(here.of_rows(step).column(role), here.data.entities[entity].references[name])


def _at(position: Vector, column: Vector) -> Vector:
    """A register's column at positions; null where these are."""
    return take(column, position.data, position.valid)


# -- what depends on the inputs and the moment alone ----------------------------------------------


def _literal(node: Literal, *_: Any) -> Slot:
    return node.value if isinstance(node.value, Duration) else constant(node.value)


def _parameter(node: ParameterValue, _: list[Any], step: Step, here: Here) -> Slot:
    in_force = node.parameter.value_on(here.moment.as_of)
    if in_force is None and node.type.base is Base.BOOLEAN:
        return boolean(np.zeros(1, dtype=np.bool_), np.zeros(1, dtype=np.bool_))
    return in_force if isinstance(in_force, Duration) else constant(in_force)


def _day(node: Day, _: list[Any], step: Step, here: Here) -> Slot:
    return constant(here.moment.day(node.instant))


def _shift(node: Shift, inputs: list[Any], *_: Any) -> Slot:
    day, duration = inputs
    if isinstance(duration, Duration):
        return operations.shift(day, duration, node.sign)
    return Vector(day.data, np.zeros(1, dtype=np.bool_))  # a parameter without a value on that day


def _logic(node: Logic, inputs: list[Any], step: Step, here: Here) -> Slot:
    return operations.join(node.connective, inputs, truth_only=step.truth_only)


def _compare(node: Compare, inputs: list[Any], *_: Any) -> Slot:
    left, right = inputs
    options = () if left.categories is None and right.categories is None else node.options
    return operations.compare(node.comparator, left, right, options)


def _case(node: Case, inputs: list[Any], *_: Any) -> Slot:
    conditions, results = inputs[:-1:2], [*inputs[1:-1:2], inputs[-1]]
    return operations.case(conditions, results, is_condition=node.type.base is Base.BOOLEAN)


def _arithmetic(node: Arithmetic, inputs: list[Any], *_: Any) -> Slot:
    return operations.arithmetic(node.operator, inputs[0], inputs[1])


def _call(node: Call, inputs: list[Any], *_: Any) -> Slot:
    return call(node.function, tuple(inputs))


def _membership(_: Membership, inputs: list[Any], *__: Any) -> Slot:
    return operations.is_true(inputs[0])


def _not(_: Not, inputs: list[Any], *__: Any) -> Slot:
    return operations.negate(inputs[0])


def _is_null(_: IsNull, inputs: list[Any], *__: Any) -> Slot:
    return operations.is_null(inputs[0])


ACTIONS: Mapping[type, Action] = {
    Members: _members,
    Narrowed: _narrowed,
    Attribute: _attribute,
    Adopted: _adoption,
    Edition: _adoption,
    Rollup: _from_below,
    FigureValue: _from_below,
    Selection: _selection,
    Fact: _fact,
    FactField: _fact_field,
    RowValue: _row_value,
    PreviousValue: _previous_value,
    OwnerValue: _owner_value,
    RowRelated: _row_related,
    Related: _related,
    Position: _position,
    Literal: _literal,
    ParameterValue: _parameter,
    Day: _day,
    Shift: _shift,
    Logic: _logic,
    Compare: _compare,
    Case: _case,
    Arithmetic: _arithmetic,
    Call: _call,
    Membership: _membership,
    Not: _not,
    IsNull: _is_null,
}
"""By the class of the node."""
