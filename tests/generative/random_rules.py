"""Random rulebooks: values, groups, schedules, indicators and who is present."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generative.random_expressions import BASES, WORDS, Maker, below
from generative.random_measures import composed_indicators, counted_indicator
from spec.evaluations import Values
from spec.examples import Example
from wangdi.engine.evaluate.network import ENTITIES
from wangdi.engine.explain.wording import spell, spell_measure
from wangdi.engine.model.calendar import CalendarUnit, Duration, Unit
from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Attribute, Call, Expression, Literal, RowValue
from wangdi.engine.model.facts import EVER, RECORD_OPERATIONS, FactField, Operation, Relation, Selection
from wangdi.engine.model.named import Group
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.registers import PLACE_LEVELS
from wangdi.engine.model.schedules import Deadline, Every, Interval, OncePer, Schedule
from wangdi.engine.model.series import AT_ONCE, Series, SeriesStep
from wangdi.engine.model.types import DATE, Base

KINDS = tuple(Example().rulebook.kinds.values())
DEPTH = 3
T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    rulebook: Rulebook
    values: Values
    """Further expressions, by the entity they are about."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As an author would write them, for reports of failures: the nodes fill pages."""
        printer.text(self.written())

    def written(self) -> str:
        [pack] = self.rulebook.packs
        lines = [f"{entity}: {spell(value)}" for entity, found in self.values.items() for value in found]
        lines += [f"{group.name}: {spell(group.condition)}" for group in pack.groups]
        lines += [f"{i.name}: {spell_measure(i.measure)}" for i in pack.indicators]
        lines += [f"{entity} present: {spell(condition)}" for entity, condition in pack.presence]
        lines += [f"{c.name}: {c.pace} {c.level} {spell(c.day)} {c.amount}" for c in pack.channels]
        return "\n".join([*lines, *(f"{s.name}: {s.lead}, {s.shape}" for s in pack.schedules)])


@st.composite
def rules(draw: DrawFn) -> Rules:
    """Rules about one or two sorts of entities."""
    sorts = st.sampled_from(("resident", "institution", "worker", *ENTITIES))
    entities = draw(st.lists(sorts, min_size=1, max_size=2, unique=True))
    counted = draw(st.lists(sorts, max_size=2, unique=True))
    figures = [counted_indicator(Maker(draw, KINDS, entity), f"figure_{entity}") for entity in counted]
    figures += composed_indicators(Maker(draw, KINDS, "resident"), figures)
    asked_of = [_spare_schedule(Maker(draw, KINDS, entity)) for entity in entities if draw(st.booleans())]
    makers = {entity: Maker(draw, KINDS, entity, figures=figures, schedules=asked_of) for entity in entities}
    groups = {entity: _group(make) for entity, make in makers.items()}
    schedules = [_schedule(make, groups[entity]) for entity, make in makers.items()]
    indicators = [counted_indicator(make, f"indicator_{entity}") for entity, make in makers.items()]
    channels = [_channel(make) for make in makers.values()]
    # Who is present cannot depend on those below, who have to be present themselves.
    plain = {entity: replace(make, looks_below=False, schedules=()) for entity, make in makers.items()}
    present = [(entity, make.condition(2)) for entity, make in plain.items() if draw(st.booleans())]
    pack = Pack(
        "sample",
        WORDS,
        "1",
        None,
        "",
        sources=(),
        parameters=(),
        kinds=KINDS,
        facts=(),
        values=(),
        groups=tuple(groups.values()),
        schedules=tuple(schedules),
        indicators=(*figures, *indicators),
        presence=tuple(present),
        by_place=draw(st.booleans()),
        channels=tuple(channels),
    )
    values = {entity: _values(make) for entity, make in makers.items()}
    return Rules(Rulebook((pack,)), values)


def _values(make: Maker) -> list[Expression]:
    """Expressions of every base, facts of any sort, and what can be seen below; equal ones once."""
    found = [*(make.expression(base, DEPTH) for base in BASES), *(_any_fact(make) for _ in range(3))]
    found += [below(make, Base.NUMBER, 2) for _ in range(3)]
    return list(dict.fromkeys(found))


def _any_fact(make: Maker) -> Expression:
    fact = make.fact(tuple(Operation), 1)
    return FactField(fact, "occurred_on", DATE) if fact.operation in RECORD_OPERATIONS else fact


def _group(make: Maker) -> Group:
    return Group("sample", f"group_{make.entity}", WORDS, make.entity, make.condition(2))


def _schedule(make: Maker, group: Group) -> Schedule:
    lead = Duration(make.one_of((0, 1, 7, 400, 4_000_000)), make.one_of((Unit.DAYS, Unit.WEEKS)))
    shape = make.one_of((_every, _once_per, _deadline, _series, _series, _each))(make)
    holder = None if isinstance(shape, Each) else make.one_of((None, _holder))
    named = holder(make) if holder is not None else None
    return Schedule("sample", f"schedule_{make.entity}", WORDS, group, "visit", shape, lead, named)


def _holder(make: Maker) -> Expression | None:
    """Who has to act: any text, of which some are codes of institutions."""
    own = [node for node in make.stored(Base.TEXT) if isinstance(node, Attribute)]
    found = make.one_of((make.expression(Base.TEXT, 2), make.fixed("i1"), *own))
    return found if found.type.base is Base.TEXT else None


def _spare_schedule(make: Maker) -> Schedule:
    """A schedule of which rules may ask whether it is overdue."""
    group = Group("sample", f"spare_{make.entity}", WORDS, make.entity, make.condition(1))
    shape = make.one_of((_every, _once_per, _deadline, _series))(make)
    return Schedule("sample", f"spare_{make.entity}", WORDS, group, "visit", shape, Duration(7, Unit.DAYS))


def _channel(make: Maker) -> Channel:
    """A count or a sum over all records, at any level, each on any date of the record."""
    fact = make.fact((Operation.COUNT, Operation.SUM), 2)
    amount = replace(fact, selection=replace(fact.selection, window=EVER))
    kind = make.kind_of(fact)
    found = Maker(make.draw, make.kinds, make.entity, kind).expression(Base.DATE, 2)
    day = found if found.type.base is Base.DATE else RowValue(kind.name, "occurred_on", DATE)
    pace, level = make.one_of(tuple(Pace)), make.one_of(tuple(option.code for option in PLACE_LEVELS))
    return Channel("sample", f"channel_{make.entity}", WORDS, amount, make.entity, day, pace, level)


def _maybe(make: Maker, part: Callable[[Maker], T]) -> T | None:
    return part(make) if make.draw(st.booleans()) else None


def _condition(make: Maker) -> Expression:
    return make.condition(2)


def _every(make: Maker) -> Every:
    conditional = [Interval(make.duration(), make.condition(2)) for _ in range(make.draw(st.integers(0, 2)))]
    return Every(
        make.fact((Operation.LATEST,), 2),
        (*conditional, Interval(make.duration())),
        _date(make),
        Interval(make.duration()),
        _maybe(make, _condition),
        _maybe(make, _date),
    )


def _once_per(make: Maker) -> OncePer:
    return OncePer(make.one_of(tuple(CalendarUnit)), make.condition(2), _maybe(make, _date))


def _deadline(make: Maker) -> Deadline:
    return Deadline(_date(make), make.duration(), make.condition(2), _maybe(make, _condition))


def _series(make: Maker) -> Series:
    names = [f"step_{number}" for number in range(make.draw(st.integers(1, 3)))]
    steps = tuple(_step(make, name, names[:number]) for number, name in enumerate(names))
    return Series(_date(make), steps, _maybe(make, _condition))


def _step(make: Maker, name: str, earlier: list[str]) -> SeriesStep:
    after = make.one_of((None, *earlier))
    last = make.one_of((None, "by", "before"))
    until = _maybe(make, Maker.duration)
    return SeriesStep(
        name,
        WORDS,
        make.one_of((_date, lambda _: _NO_DATE))(make),
        earliest=make.duration(),
        by=make.duration() if last == "by" else None,
        before=make.duration() if last == "before" else None,
        until=until,
        after=after,
        min_interval=make.duration() if after is not None else AT_ONCE,
        not_before=_maybe(make, _date),
        grace=make.one_of((AT_ONCE, make.duration())),
        when=_maybe(make, _condition),
        report_missed=until is not None and make.draw(st.booleans()),
    )


_NO_DATE = Call("start_of_year", (Literal(None),))


def _each(make: Maker) -> Every | Each:
    """An item per record, where there are records about the entity."""
    about = [kind for kind in KINDS if kind.about == make.entity]
    if not about:
        return _every(make)
    kind = make.one_of(about)
    row = Maker(make.draw, KINDS, make.entity, kind)
    where = row.condition(2) if make.draw(st.booleans()) else None
    holders = [node for node in row.stored(Base.TEXT) if make.draw(st.booleans())]
    texts = [row.expression(Base.TEXT, 1), *holders]
    holder = make.one_of([None, *(node for node in texts if node.type.base is Base.TEXT)])
    selection = Selection(kind.name, Relation.ABOUT, EVER, where)
    return Each(selection, _date(row), row.duration(), holder, make.draw(st.booleans()))


def _date(make: Maker) -> Expression:
    found = make.expression(Base.DATE, 2)
    return found if found.type.base is Base.DATE else _NO_DATE
