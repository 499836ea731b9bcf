"""The reference evaluator: one entity, plain Python, to be read in one sitting.

It is the referee of the columnar evaluator and the source of every *why*. Pages about one person ask it, so it does not
look at what cannot change an answer; nothing about everybody does.
"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from wangdi.engine.evaluate.due import Status
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.adoption import decision_for
from wangdi.engine.evaluate.reference.drawing import draw, number
from wangdi.engine.evaluate.reference.functions import IMPLEMENTATIONS
from wangdi.engine.evaluate.reference.gathering import Below, Figure, figure_at, rollup_value
from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.evaluate.reference.world import Record, World, record_before
from wangdi.engine.model.adoption import Adopted, Adoption, Edition
from wangdi.engine.model.calendar import shift
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Call,
    Case,
    CohortValue,
    Comparator,
    Compare,
    Connective,
    Day,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    Operator,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Selection, Window
from wangdi.engine.model.functions import FUNCTIONS
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.named import Group, Membership, Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.related import Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.types import Base, Type

_COMPARE: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.EQ: operator.eq,
    Comparator.NE: operator.ne,
    Comparator.LT: operator.lt,
    Comparator.LE: operator.le,
    Comparator.GT: operator.gt,
    Comparator.GE: operator.ge,
}
_ARITHMETIC: dict[Operator, Callable[[float, float], float]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
    Operator.DIVIDE: operator.truediv,
}


def _stored(value: Any, stored_type: Type) -> Any:
    """A stored value as rules see it: null when it is none of a choice's options, or no finite number.

    Of several answers those that are options, in their order; null when none is.
    """
    if stored_type.base is Base.CHOICES:
        return tuple(option for option in stored_type.options if option in (value or ())) or None
    if stored_type.options:
        return value if value in stored_type.options else None
    return number(float(value)) if value is not None and stored_type.base is Base.NUMBER else value


def _field(record: Record, name: str, field_type: Type) -> Any:
    return record.occurred_on if name == "occurred_on" else _stored(record.values.get(name), field_type)


@dataclass
class ReferenceEvaluator:
    """Evaluates expressions for one entity at one moment."""

    world: World
    rulebook: Rulebook
    entity: str
    code: str
    moment: Moment
    below: Below | None = None
    """What was gathered already of those below; where it is not, everybody is looked at one after another."""
    _memo: dict[Expression, Any] = field(default_factory=dict)
    _adoptions: dict[str, Adoption | None] = field(default_factory=dict)
    _others: dict[tuple[str, str], "ReferenceEvaluator"] = field(default_factory=dict)

    # -- expressions ------------------------------------------------------------------------------

    def is_true(self, condition: Expression, row: Record | None = None) -> bool:
        """Whether a condition holds; null counts as false."""
        return self.value(condition, row) is True

    def value(self, node: Expression, row: Record | None = None) -> Any:
        """What an expression comes to; ``row`` is the record at hand inside a fact's where."""
        if row is not None:
            return self._value(node, row)
        if node not in self._memo:
            self._memo[node] = self._value(node, None)
        return self._memo[node]

    def _value(self, node: Expression, row: Record | None) -> Any:
        match node:  # those that occur most come first
            case RowValue() | RowRelated() | PreviousValue():
                return self._row_value(node, row)
            case Compare():
                return self._compare(node, row)
            case Logic():
                return self._logic(node, row)
            case Literal(value):
                return value
            case Fact():
                return self._fact(node)
            case FactField():
                return self._fact_field(node)
            case Membership(_, condition):
                return self.is_true(condition, row)
            case Named():
                return self.value(node.expression, row)
            case ParameterValue(parameter):
                return parameter.value_on(self.moment.as_of)
            case CohortValue(parameter, birth_date):
                born = self.value(birth_date, row)
                return parameter.value_on(born) if born is not None else None
            case Day(instant):
                return self.moment.day(instant)
            case Attribute():
                return _stored(self.world.attributes(self.entity, self.code).get(node.name), node.type)
            case OwnerValue(expression):
                return self.value(expression)
            case Related(reference, entity, name):
                code = self.value(reference, row)
                found = self.world.attributes(entity, code) if code is not None else {}
                return _stored(found.get(name), node.type)
            case Adopted(pack):
                return self.adoption(pack) is not None
            case Edition(pack):
                adoption = self.adoption(pack)
                return _stored(adoption.edition, node.type) if adoption is not None else None
            case Overdue(schedule):
                items, day = due_items(self, schedule), self.moment.as_of
                return any(item.status_on(day) is Status.OVERDUE for item in items)
            case Rollup():
                below = self._known_below(node.owner)
                return below.rollup(node, self.code) if below is not None else rollup_value(self, node)
            case FigureValue(owner, indicator):
                return self.figure(indicator, owner).value
            case _:
                return self._operation(node, row)

    def _operation(self, node: Expression, row: Record | None) -> Any:
        match node:
            case Not(operand):
                value = self.value(operand, row)
                return None if value is None else not value
            case IsNull(operand):
                return self.value(operand, row) is None
            case Case(branches, otherwise):
                chosen = next((b.then for b in branches if self.is_true(b.when, row)), otherwise)
                return self.value(chosen, row)
            case Arithmetic():
                return self._arithmetic(node, row)
            case Shift():
                return self._shift(node, row)
            case Call():
                return self._call(node, row)
            case _:
                raise TypeError(f"no such expression: {node!r}")

    def _logic(self, node: Logic, row: Record | None) -> bool | None:
        deciding, unknown = node.connective is Connective.OR, False
        for operand in node.operands:
            value: bool | None = self.value(operand, row)
            if value is deciding:  # whatever the others are, so they are not looked at
                return value
            unknown = unknown or value is None
        return None if unknown else not deciding

    def _compare(self, node: Compare, row: Record | None) -> bool | None:
        left, right = self.value(node.left, row), self.value(node.right, row)
        if left is None or right is None:
            return None
        if node.comparator.is_order and node.options:
            if left not in node.options or right not in node.options:
                return None
            left, right = node.options.index(left), node.options.index(right)
        return _COMPARE[node.comparator](left, right)

    def _arithmetic(self, node: Arithmetic, row: Record | None) -> Any:
        left, right = self.value(node.left, row), self.value(node.right, row)
        if left is None or right is None:
            return None
        if node.operator is Operator.DIVIDE and not right:
            return None
        return number(_ARITHMETIC[node.operator](float(left), float(right)))

    def _shift(self, node: Shift, row: Record | None) -> date | None:
        day, duration = self.value(node.day, row), self.value(node.duration, row)
        if day is None or duration is None:
            return None
        try:
            return shift(day, duration, node.sign)
        except (OverflowError, ValueError):
            return None

    def _call(self, node: Call, row: Record | None) -> Any:
        values = [self.value(argument, row) for argument in node.arguments]
        if None in values and not FUNCTIONS[node.function].skips_nulls:
            return None
        return IMPLEMENTATIONS[node.function](*values)

    # -- records ----------------------------------------------------------------------------------

    def _row_value(self, node: RowValue | RowRelated | PreviousValue, row: Record | None) -> Any:
        if row is None:
            raise TypeError(f"{node!r} has a meaning only inside a where")
        if isinstance(node, RowValue):
            return _field(row, node.name, node.type)
        if isinstance(node, PreviousValue):
            before = record_before(self.world, row)
            return _field(before, node.name, node.type) if before is not None else None
        code = {"subject": row.subject, "institution": row.institution, "worker": row.worker}[node.role]
        if code is None:
            return None
        return _stored(self.world.attributes(node.entity, code).get(node.name), node.type)

    def selected(self, selection: Selection) -> list[Record]:
        """The records a fact looks at, in order."""
        days = self._days(selection.window)
        if days is None:
            return []
        first, last = days
        return [
            record
            for record in self.world.records(selection.kind, selection.relation, self.code, first)
            if (first is None or first <= record.occurred_on)
            and record.occurred_on <= last
            and (selection.where is None or self.is_true(selection.where, record))
        ]

    def _days(self, window: Window) -> tuple[date | None, date] | None:
        """The first day (None: no beginning) and the last day inside a window; None when no day is."""
        if window.since is None:
            return self.moment.days_in(window)
        since: date | None = self.value(window.since)
        return (since, self.moment.as_of) if since is not None else None

    def _fact(self, fact: Fact) -> Any:
        records = self.selected(fact.selection)
        of = fact.of
        values = [self.value(of, record) for record in records] if of is not None else []
        return draw(fact, records, [value for value in values if value is not None])

    def _fact_field(self, node: FactField) -> Any:
        record: Record | None = self.value(node.fact)
        return _field(record, node.field_name, node.type) if record is not None else None

    # -- those below ------------------------------------------------------------------------------

    def figure(self, indicator: Indicator, tree: str) -> Figure:
        """An indicator at the evaluator's place or institution."""
        below = self._known_below(tree)
        if below is not None:
            return below.figure(indicator, tree, self.code)
        return figure_at(self, indicator, tree, self.code)

    def _known_below(self, tree: str) -> Below | None:
        return self.below if self.below is not None and self.below.knows(tree, self.code) else None

    def about(self, entity: str, code: str) -> "ReferenceEvaluator":
        """The evaluator of another entity of the same world at the same moment."""
        if (entity, code) not in self._others:
            self._others[entity, code] = ReferenceEvaluator(
                self.world, self.rulebook, entity, code, self.moment, self.below, _others=self._others
            )
        return self._others[entity, code]

    def present_below(self, entity: str, tree: str, code: str) -> Iterator["ReferenceEvaluator"]:
        """Those present on the day who stand at a place or institution or under it."""
        everybody = (self.about(entity, one) for one in self.world.below(entity, tree, code))
        return (one for one in everybody if one.present)

    # -- presence and groups -----------------------------------------------------------------------

    @cached_property
    def present(self) -> bool:
        """Whether the entity exists on the day of evaluation."""
        return self.is_true(self.rulebook.presence(self.entity))

    def adoption(self, pack: str) -> Adoption | None:
        """The decision by which a pack is in force where the entity is; None when it is not."""
        if pack not in self._adoptions:
            decision = decision_for(self.world, self.entity, self.code, pack, self.moment.as_of)
            holds = decision is not None and decision.holds_on(self.moment.as_of)
            self._adoptions[pack] = decision if holds else None
        return self._adoptions[pack]

    def is_concerned(self, pack: str) -> bool:
        """Whether a pack says anything of the entity: it is present, and the pack is in force where it is."""
        return self.present and self.is_in_force(pack)

    def is_in_force(self, pack: str) -> bool:
        """Whether a pack is in force where the entity is."""
        return pack not in self.rulebook.adopted_by_place or self.adoption(pack) is not None

    def is_member(self, group: Group) -> bool:
        """Whether the entity is present and in the group."""
        return self.present and self.is_true(group.condition)
