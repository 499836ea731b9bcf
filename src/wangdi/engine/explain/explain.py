"""Why: traces through the reference evaluator, down to the records and to the sources of policy values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import fields as parts_of
from datetime import date
from functools import cached_property
from typing import Any

from wangdi.engine.evaluate.due import DueItem, Status
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.gathering import Below
from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.evaluate.reference.world import Record, World
from wangdi.engine.explain import timing
from wangdi.engine.explain.adoption import explain_adoptions
from wangdi.engine.explain.answers import MISSING, answer_in_words, field_of
from wangdi.engine.explain.records import RecordExplainer
from wangdi.engine.explain.trace import (
    Basis,
    DueExplained,
    DueFound,
    Evidence,
    Explanation,
    GroupExplained,
    GroupFound,
    IndicatorExplained,
    IndicatorFound,
    Overview,
    Trace,
)
from wangdi.engine.explain.wording import name_of, spell, spell_definition, value_text
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import (
    Attribute,
    CohortValue,
    Expression,
    ParameterValue,
    RowRelated,
    RowValue,
)
from wangdi.engine.model.facts import RECORD_OPERATIONS, Fact, FactField
from wangdi.engine.model.indicators import FigureValue, Indicator, Ratio, Scorecard
from wangdi.engine.model.measures import EVERYBODY, Counted
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.text import Text

_PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")


def explain(rulebook: Rulebook, world: World, entity: str, code: str, as_of: date) -> Explanation:
    """Everything the rules say of one entity on a day, and why."""
    return Explainer(rulebook, world, entity, code, as_of).explanation()


@dataclass(frozen=True)
class Explainer:
    """Explains what the rules say of one entity on a day."""

    rulebook: Rulebook
    world: World
    entity: str
    code: str
    as_of: date
    below: Below | None = None
    """What was gathered of those below a place or institution: looked at one by one, a county takes hours."""

    @cached_property
    def evaluator(self) -> ReferenceEvaluator:
        return ReferenceEvaluator(
            self.world, self.rulebook, self.entity, self.code, Moment.in_year(self.as_of), self.below
        )

    def explanation(self) -> Explanation:
        self._look_below()
        return Explanation(
            self.entity,
            self.code,
            self.as_of,
            self.evaluator.present,
            tuple(
                GroupExplained(
                    g.name, g.title, g.internal, self._is_member(g.condition), self.trace(g.as_expression())
                )
                for g in self._groups()
            ),
            tuple(self.due()),
            tuple(self.indicator(one, measure) for one, measure in self._indicators()),
            tuple(explain_adoptions(self.evaluator)),
        )

    def overview(self) -> Overview:
        """What `explanation` comes to."""
        self._look_below()
        return Overview(
            tuple(
                GroupFound(g.name, g.title, g.internal, self._is_member(g.condition)) for g in self._groups()
            ),
            tuple(self._due(schedule, item) for schedule, item in self._items()),
            tuple(
                IndicatorFound(one.name, one.title, *self._counted(one, measure))
                for one, measure in self._indicators()
            ),
        )

    def _look_below(self) -> None:
        """What groups and indicators take from below is gathered at once."""
        if self.below is not None:
            asked = [group.condition for group in self._groups()]
            for _, measure in self._indicators():
                asked += [measure.members, measure.reached]
            self.below.ahead(asked)

    def _groups(self) -> Iterator[Group]:
        return (group for group in self.rulebook.groups.values() if group.entity == self.entity)

    def _indicators(self) -> Iterator[tuple[Indicator, Counted]]:
        for one in self.rulebook.indicators.values():
            if one.entity == self.entity and isinstance(one.measure, Counted):
                yield one, one.measure

    def _is_member(self, condition: Expression) -> bool:
        return self.evaluator.present and self.evaluator.is_true(condition)

    # -- due items --------------------------------------------------------------------------------

    def due(self) -> Iterator[DueExplained]:
        """Each item of each schedule, with its reason."""
        for schedule, item in self._items():
            found = self._due(schedule, item)
            said = {part.name: getattr(found, part.name) for part in parts_of(found)}
            yield DueExplained(**said, traces=self.reasons(schedule, item.step))

    def _items(self) -> Iterator[tuple[Schedule, DueItem]]:
        for schedule in self.rulebook.schedules.values():
            if schedule.group.entity == self.entity:
                for item in due_items(self.evaluator, schedule):
                    yield schedule, item

    def _due(self, schedule: Schedule, item: DueItem) -> DueFound:
        step = schedule.step(item.step)
        return DueFound(
            schedule.name,
            schedule.title,
            schedule.service,
            item.step,
            step.title if step is not None else None,
            item.due_from,
            item.due_on,
            item.overdue_from,
            item.missed_from,
            item.status_on(self.as_of).value,
            self.because(schedule, item.step),
            item.responsible,
        )

    def reasons(self, schedule: Schedule, step: str = "") -> tuple[Trace, ...]:
        """Step by step why there is an item: who belongs to the group, then what decided its days."""
        return tuple(self._deciding(schedule, step))

    def because(self, schedule: Schedule, step: str = "") -> Text | None:
        """The reason in a sentence: of the step, of the interval that counts now, or of the record that ``step`` names."""
        if isinstance(schedule.shape, Each):
            return RecordExplainer(self.evaluator).because(schedule.shape, step)
        text = timing.because_of(self.evaluator, schedule.shape, step)
        return self._fill(text, self._pack(schedule.pack)) if text is not None else None

    def _deciding(self, schedule: Schedule, step: str) -> Iterator[Trace]:
        yield self.trace(schedule.group.as_expression())
        if isinstance(schedule.shape, Each):
            yield from RecordExplainer(self.evaluator).traces(schedule.shape, step)
            yield self.trace(schedule.shape.within)
            return
        for expression in timing.deciding(self.evaluator, schedule.shape, step):
            yield self.trace(expression)
        if schedule.holder is not None:
            yield self.trace(schedule.holder)

    # -- indicators -------------------------------------------------------------------------------

    def indicator(self, indicator: Indicator, measure: Counted) -> IndicatorExplained:
        """Where the entity stands in an indicator that counts it, and why."""
        if self.below is not None:
            self.below.ahead([measure.members, measure.reached])
        return IndicatorExplained(
            indicator.name,
            indicator.title,
            *self._counted(indicator, measure),
            self.trace(measure.members if measure.above == EVERYBODY else measure.above),
            self.trace(measure.members),
        )

    def _counted(self, indicator: Indicator, measure: Counted) -> tuple[bool, bool]:
        """Whether the entity is in the numerator, and in the denominator."""
        member = self.evaluator.is_concerned(indicator.pack) and self.evaluator.is_true(measure.members)
        return member and self.evaluator.is_true(measure.reached), member

    # -- traces -----------------------------------------------------------------------------------

    def trace(self, node: Expression) -> Trace:
        """How an expression came to its value. A named one is spelled out one level; its parts in turn.

        What a fact takes from the entity itself, to choose its records by, is a part, too.
        """
        if isinstance(node, Rollup | FigureValue):
            return self._from_below(node)
        if isinstance(node, Overdue):
            return self._of_overdue(node)
        body = node.expression if isinstance(node, Named) else node
        used = list(_used_names(body))
        staged = [name for fact in used for name in _staged_names(fact)]
        explained: list[Expression] = [
            part for part in used if isinstance(part, Named | Rollup | FigureValue | Overdue)
        ]
        explained += [part for part in staged if not isinstance(part, ParameterValue | CohortValue)]
        return Trace(
            name=name_of(node) or "",
            title=node.title if isinstance(node, Named) else None,
            expression=spell(body),
            filled=spell(body, self._filled_leaf),
            result=_plain(self.evaluator.value(node)),
            parts=tuple(self.trace(part) for part in dict.fromkeys(explained)),
            evidence=tuple(self._evidence(used)),
            bases=tuple(self._bases([*used, *staged])),
            told=self._told(node),
        )

    def _from_below(self, node: Rollup | FigureValue) -> Trace:
        """What was gathered from those below; they are not explained one by one, but figures by what they rest on."""
        result, written = _plain(self.evaluator.value(node)), spell_definition(node)
        if not isinstance(node, FigureValue):
            return Trace(name_of(node) or "", None, written, value_text(result), result)
        figure = self.evaluator.figure(node.indicator, node.owner)
        filled = value_text(figure.numerator)
        if figure.denominator is not None:
            filled = f"{filled} / {value_text(figure.denominator)}"
        measure = node.indicator.measure
        parts = measure.parts if isinstance(measure, Ratio | Scorecard) else ()
        traces = tuple(self._from_below(FigureValue(node.owner, part)) for part in dict.fromkeys(parts))
        return Trace(name_of(node) or "", node.indicator.title, written, filled, result, traces)

    def _of_overdue(self, node: Overdue) -> Trace:
        """The last days of the items there are; who belongs to the group, and what decided each overdue item."""
        items = due_items(self.evaluator, node.schedule)
        late = [item for item in items if item.status_on(self.as_of) is Status.OVERDUE]
        deciding = [part for item in late for part in tuple(self._deciding(node.schedule, item.step))[1:]]
        return Trace(
            name=name_of(node) or "",
            title=node.schedule.title,
            expression=spell(node),
            filled=", ".join(f"{item.step} {item.due_on}".strip() for item in items),
            result=_plain(self.evaluator.value(node)),
            parts=(self.trace(node.schedule.group.as_expression()), *deciding),
        )

    def _filled_leaf(self, node: Expression) -> str | None:
        if name_of(node) is None:
            return None
        value = self.evaluator.value(node)
        return value.id if isinstance(value, Record) else value_text(value)

    def _evidence(self, used: list[Expression]) -> Iterator[Evidence]:
        looked_at: dict[Fact, dict[str, None]] = {}
        for node in used:
            fact = node.fact if isinstance(node, FactField) else node
            if isinstance(fact, Fact):
                looked_at.setdefault(fact, {}).update(dict.fromkeys(_fields_looked_at(node)))
        for fact, fields in looked_at.items():
            for record in self._records(fact):
                values = {name: record.values.get(name) for name in fields}
                yield Evidence(record.kind, record.id, record.occurred_on, values)

    def _records(self, fact: Fact) -> list[Record]:
        if fact.operation in RECORD_OPERATIONS:
            record = self.evaluator.value(fact)
            return [record] if record is not None else []
        return self.evaluator.selected(fact.selection)

    def _bases(self, used: list[Expression]) -> Iterator[Basis]:
        for node in dict.fromkeys(used):
            if isinstance(node, ParameterValue | CohortValue):
                parameter = node.parameter
                day = self._born(node.birth_date) if isinstance(node, CohortValue) else self.as_of
                entry = parameter.dated_value(day) if day is not None else None
                source = self._pack(parameter.pack).source(entry.source) if entry is not None else None
                if entry is not None and source is not None:
                    unit = f" {parameter.unit}" if parameter.unit else ""
                    value = f"{value_text(entry.value)}{unit}"
                    yield Basis(
                        parameter.name,
                        parameter.title,
                        value,
                        entry.since,
                        source.title,
                        source.number,
                        entry.trust,
                        parameter.applies_by,
                        entry.checked_on,
                    )

    def _born(self, birth_date: Expression) -> date | None:
        """The day of birth that chose a value; of a record's subject only where that is who is explained."""
        if isinstance(birth_date, RowRelated):
            if birth_date.entity != self.entity:
                return None
            birth_date = Attribute(self.entity, birth_date.name, birth_date.type)
        born: date | None = self.evaluator.value(birth_date)
        return born

    # -- sentences --------------------------------------------------------------------------------

    def _pack(self, name: str) -> Pack:
        return next(pack for pack in self.rulebook.packs if pack.name == name)

    def _fill(self, text: Text, pack: Pack) -> Text:
        def fill(wording: str, language: str) -> str:
            return _PLACEHOLDER.sub(lambda match: self._words(match[1], pack).in_language(language), wording)

        return Text(fill(text.zh, "zh"), fill(text.en, "en"))

    def _words(self, name: str, pack: Pack) -> Text:
        """The value of a fact's field or of a named value, for a sentence; `MISSING` when it is null."""
        head, _, field_name = name.partition(".")
        known: tuple[Fact | Rollup | Named, ...] = (*pack.facts, *pack.values)
        node: Expression | None = next((named for named in known if named.name == head), None)
        value = self.evaluator.value(node) if node is not None else None
        field = field_of(self.rulebook, node) if node is not None else None
        if isinstance(value, Record) and field_name == "occurred_on":
            value = value.occurred_on
        elif isinstance(value, Record):
            field, value = self.rulebook.kinds[value.kind].field(field_name), value.values.get(field_name)
        if value is None:
            return MISSING
        if field is not None and (field.is_coded or field.refers_to):
            return answer_in_words(self.world, field, value)
        written = value_text(value).strip("'")
        return Text(written, written)

    def _told(self, node: Expression) -> Text | None:
        """What the value of a field with options is called, or a time of day."""
        field = field_of(self.rulebook, node)
        if field is None or not field.is_coded:
            return None
        value = self.evaluator.value(node)
        return answer_in_words(self.world, field, value) if value is not None else None


def _used_names(node: Expression) -> Iterator[Expression]:
    """The named things an expression uses directly."""
    if isinstance(
        node, Named | Fact | FactField | ParameterValue | CohortValue | Rollup | FigureValue | Overdue
    ):
        yield node
        return
    for child in node.children:
        yield from _used_names(child)


def _staged_names(node: Expression) -> Iterator[Expression]:
    """The named things by which a fact chooses records: values of the entity itself, and parameters."""
    fact = node.fact if isinstance(node, FactField) else node
    if not isinstance(fact, Fact):
        return
    for child in fact.children:
        yield from _used_names(child)


def _fields_looked_at(node: Expression) -> Iterator[str]:
    """The fields of its records that a fact, or a field of a fact, comes from."""
    if isinstance(node, FactField):
        yield from () if node.field_name == "occurred_on" else (node.field_name,)
    elif isinstance(node, Fact) and node.of is not None:
        yield from (part.name for part in node.of.walk() if isinstance(part, RowValue))


def _plain(value: Any) -> object:
    return value.id if isinstance(value, Record) else value
