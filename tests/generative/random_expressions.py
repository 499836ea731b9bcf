"""Random expressions: of every node, every function, every sort of fact, valid by construction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generative.random_data import EDITIONS, NUMBERS, TEXTS, days
from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Branch,
    Call,
    Case,
    CohortValue,
    Comparator,
    Compare,
    Connective,
    Day,
    Expression,
    Instant,
    IsNull,
    Literal,
    Logic,
    Not,
    Operator,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
    TypeMismatch,
)
from wangdi.engine.model.facts import (
    EVER,
    OPERATIONS_OF,
    RECORD_OPERATIONS,
    Calendar,
    Fact,
    FactField,
    Operation,
    OwnerValue,
    PreviousValue,
    Relation,
    Selection,
    Window,
)
from wangdi.engine.model.functions import FUNCTIONS, HAS, NUMBER_OF
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.named import Membership, Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.parameters import AppliesBy, DatedValue, Parameter, ParameterScalar, Trust
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Reference, Related
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import TEXT, Base, Type
from wangdi.engine.packs.references import references_in, references_of, register_types
from wangdi.engine.packs.scopes import fact_entity, row_types

T = TypeVar("T")
BASES = (Base.BOOLEAN, Base.NUMBER, Base.DATE, Base.TEXT)
WORDS = Text("词", "word")
AMOUNTS = (0, 1, 2, 3, 6, 12, 14, 31, 365, 5_000, 120_000, 4_000_000, 10**7, 10**11, 10**20)


@dataclass(frozen=True)
class Maker:
    """Draws expressions about an entity, or about one of its records, of the kind ``row``, inside a where."""

    draw: DrawFn
    kinds: Sequence[Kind]
    entity: str
    row: Kind | None = None
    figures: Sequence[Indicator] = ()
    """Indicators whose figures may be used."""
    looks_below: bool = True
    schedules: Sequence[Schedule] = ()
    """Schedules of which it may be asked whether they are overdue."""

    def one_of(self, choices: Sequence[T]) -> T:
        return self.draw(st.sampled_from(choices))

    def expression(self, base: Base, depth: int) -> Expression:
        """An expression of that base (or now and then the constant null, which fits everywhere)."""
        if depth <= 0:
            return self.leaf(base)
        if self.draw(st.integers(0, 19)) == 0:
            return Literal(None)
        return self.one_of(_BRANCHES[base])(self, base, depth - 1)

    def leaf(self, base: Base) -> Expression:
        leaves = self.stored(base)
        if not leaves or self.draw(st.integers(0, 2)) == 0:
            return self.constant(base)
        return self.one_of(leaves)

    def condition(self, depth: int) -> Expression:
        """An expression that is of true/false for certain."""
        found = self.expression(Base.BOOLEAN, depth)
        return found if found.type.base is Base.BOOLEAN else IsNull(found)

    # -- leaves -----------------------------------------------------------------------------------

    def constant(self, base: Base) -> Expression:
        match base:
            case Base.BOOLEAN:
                return self.fixed(self.draw(st.booleans()))
            case Base.NUMBER if self.draw(st.integers(0, 3)) == 0:
                return self.fixed(self.draw(st.sampled_from((1, 2.5, 140, 65))))
            case Base.NUMBER:
                return Literal(self.draw(NUMBERS))
            case Base.DATE if self.draw(st.booleans()):
                return Day(self.one_of(tuple(Instant)))
            case Base.DATE:
                return self.fixed(self.draw(days()))
            case _:
                return self.fixed(self.draw(TEXTS))

    def fixed(self, value: ParameterScalar) -> Length:
        """The value, as it is or as a parameter's."""
        return self.one_of((Literal, Literal, self.by_day, self.by_cohort))(value)

    def by_day(self, value: ParameterScalar) -> ParameterValue:
        return ParameterValue(self.parameter(value, AppliesBy.DAY))

    def by_cohort(self, value: ParameterScalar) -> ParameterValue | CohortValue:
        """A parameter's value for those born on a day, where somebody has one."""
        about = self.entity if self.row is None else self.row.about
        born = register_types(about).get("birth_date")
        if born is None:
            return self.by_day(value)
        own = Attribute(about, "birth_date", born)
        birth_date = own if self.row is None else RowRelated("subject", about, "birth_date", born)
        return CohortValue(self.parameter(value, AppliesBy.BIRTH_DATE), birth_date)

    def stored(self, base: Base) -> list[Expression]:
        """The columns and fields of that base that can be seen from here."""
        if self.row is None:
            types = register_types(self.entity)
            columns = [Attribute(self.entity, n, t) for n, t in types.items() if t.base is base]
            return [*columns, *self.adoption(base)]
        kind = self.row
        found: list[Expression] = [
            node(kind.name, n, t)
            for node in (RowValue, PreviousValue)
            for n, t in row_types(kind).items()
            if t.base is base
        ]
        roles = {"subject": kind.about, "institution": "institution", "worker": "worker"}
        return found + [
            RowRelated(role, entity, n, t)
            for role, entity in roles.items()
            for n, t in register_types(entity).items()
            if t.base is base
        ]

    def related(self, base: Base, depth: int) -> Expression | None:
        """A column of that base of somebody whom a reference names, one or two steps away."""
        start, entity = self.reference(depth)
        if self.draw(st.booleans()):
            name = self.one_of(tuple(references_of(entity)))
            start = Related(start, entity, name, register_types(entity)[name])
            entity = references_of(entity)[name]
        types = [(n, t) for n, t in register_types(entity).items() if t.base is base]
        return Related(start, entity, *self.one_of(types)) if types else None

    def reference(self, depth: int) -> tuple[Reference, str]:
        """A column or field that names somebody, and of which register."""
        if self.row is not None:
            return self.one_of(self._references_of_record(self.row))
        if self.draw(st.integers(0, 2)) == 0:
            fact = self.fact(_FINDING, depth)
            named = references_in(self.kind_of(fact))
            found = [(FactField(fact, name, TEXT), entity) for name, entity in named.items()]
            if found:
                return self.one_of(found)
        columns = references_of(self.entity)
        return self.one_of([(Attribute(self.entity, name, TEXT), entity) for name, entity in columns.items()])

    def _references_of_record(self, kind: Kind) -> list[tuple[Reference, str]]:
        fields = references_in(kind).items()
        found: list[tuple[Reference, str]] = [(RowValue(kind.name, n, TEXT), entity) for n, entity in fields]
        roles = {"subject": kind.about, "institution": "institution", "worker": "worker"}
        return found + [
            (RowRelated(role, whose, n, TEXT), entity)
            for role, whose in roles.items()
            for n, entity in references_of(whose).items()
        ]

    def adoption(self, base: Base) -> list[Expression]:
        """What can be known of that base about the pack's adoption."""
        edition = Edition("sample", self.entity, Type(Base.TEXT, EDITIONS))
        return {Base.BOOLEAN: [Adopted("sample", self.entity)], Base.TEXT: [edition]}.get(base, [])

    def parameter(self, value: ParameterScalar, applies_by: AppliesBy) -> Parameter:
        """A parameter with that value from some day on, and perhaps none, or it again, from a later day."""
        first, second = sorted(self.draw(st.lists(days(), min_size=2, max_size=2, unique=True)))
        values: list[DatedValue] = [DatedValue(first, value, "policy", Trust.OFFICIAL)]
        if self.draw(st.booleans()):
            other = Duration(5, Unit.DAYS) if isinstance(value, Duration) else value
            values.append(DatedValue(second, self.one_of((None, other)), "policy", Trust.OFFICIAL))
        return Parameter("sample", "limit", WORDS, None, tuple(values), applies_by)

    def duration(self) -> Length:
        return self.fixed(Duration(self.one_of(AMOUNTS), self.one_of(tuple(Unit))))

    # -- facts ------------------------------------------------------------------------------------

    def fact(self, operations: Sequence[Operation], depth: int) -> Fact:
        """A fact about the entity by one of the operations."""
        owned = [
            (kind, relation)
            for kind in self.kinds
            for relation in Relation
            if fact_entity(kind, relation) == self.entity
        ]
        kind, relation = self.one_of(owned)
        rows, below = Maker(self.draw, self.kinds, self.entity, kind), min(depth, 2)
        where = rows.expression(Base.BOOLEAN, below) if self.draw(st.booleans()) else None
        selection = Selection(kind.name, relation, self.window(below), where)
        operation = self.one_of(operations)
        of = rows.expression(self.one_of(_OF[operation]), below) if operation in OPERATIONS_OF else None
        number = self.one_of((1, 2, 3, -1, -2, -3, 2**40)) if operation is Operation.NTH else None
        return Fact(operation, selection, "sample", "fact", of, number)

    def window(self, depth: int) -> Window:
        length = Duration(self.one_of(AMOUNTS[1:]), self.one_of(tuple(Unit)))
        sort = self.one_of((None, *Calendar, "length", "since"))
        if isinstance(sort, Calendar):
            return Window(calendar=sort)
        if sort == "since":
            return Window(since=self.expression(Base.DATE, depth))
        return EVER if sort is None else Window(length=length)

    def fact_field(self, base: Base, depth: int) -> Expression | None:
        """A field of that base of a record; None where the kind has none."""
        fact = self.fact(_FINDING, depth)
        types = [(n, t) for n, t in row_types(self.kind_of(fact)).items() if t.base is base]
        return FactField(fact, *self.one_of(types)) if types else None

    def found_answers(self, depth: int) -> Expression | None:
        """A field of several answers of a record of the entity; None where no such record is its."""
        with_answers = [
            kind
            for kind in self.kinds
            if any(found.base is Base.CHOICES for found in row_types(kind).values())
            and self.entity in (fact_entity(kind, relation) for relation in Relation)
        ]
        return (
            replace(self, row=None, kinds=with_answers).fact_field(Base.CHOICES, depth)
            if with_answers
            else None
        )

    def kind_of(self, fact: Fact) -> Kind:
        return next(kind for kind in self.kinds if kind.name == fact.selection.kind)

    # -- those below ------------------------------------------------------------------------------

    def figure(self) -> Expression | None:
        """The figure of an indicator here; None where there is none to take."""
        if self.entity not in TREES:
            return None
        here = [i for i in self.figures if all(has_seat(one.entity, self.entity) for one in i.counted)]
        return FigureValue(self.entity, self.one_of(here)) if here and self.looks_below else None

    def rollup(self, operations: Sequence[Gathering], base: Base, depth: int) -> Expression | None:
        """A roll-up of an expression of that base; None where nothing lies below."""
        if self.entity not in TREES or not self.looks_below:
            return None
        over = self.one_of([entity for entity in REGISTERS if has_seat(entity, self.entity)])
        of = replace(self, entity=over, figures=()).expression(base, min(depth, 2))
        if of.type.base is not base:
            return None
        return Rollup(self.one_of(operations), self.entity, over, of, "sample", "rollup")


_NUMBERS, _DATES = (Base.NUMBER,), (Base.NUMBER, Base.DATE)
_OF = {
    Operation.COUNT_DISTINCT: BASES,
    Operation.SUM: _NUMBERS,
    Operation.MEAN: _NUMBERS,
    Operation.MIN: _DATES,
    Operation.MAX: _DATES,
}
_FINDING = tuple(sorted(RECORD_OPERATIONS, key=lambda operation: operation.value))
_COUNTS = (Operation.COUNT, Operation.MOST_PER_DAY, *_OF)


def in_one_unit(expressions: Iterable[Expression]) -> tuple[Expression, ...]:
    """The expressions so that they may be compared and added: a product has no unit, and fits every unit."""
    found = tuple(expressions)
    if len({node.type.unit for node in found} - {None}) < 2:
        return found
    return tuple(
        Arithmetic(Operator.MULTIPLY, node, Literal(1)) if node.type.unit is not None else node
        for node in found
    )


# -- inner nodes ----------------------------------------------------------------------------------

Make = Callable[[Maker, Base, int], Expression]


def _leaf(make: Maker, base: Base, depth: int) -> Expression:
    return make.leaf(base)


def _fact(make: Maker, base: Base, depth: int) -> Expression:
    if make.row is not None:
        return _owner(make, base, depth)
    if base is Base.NUMBER and make.draw(st.booleans()):
        found = make.fact(_COUNTS, depth)
        return found if found.type.base is base else make.leaf(base)
    if base is Base.DATE and make.draw(st.integers(0, 3)) == 0:
        found = make.fact((Operation.MIN, Operation.MAX), depth)
        return found if found.type.base is base else make.leaf(base)
    if base is Base.BOOLEAN and make.draw(st.booleans()):
        return make.fact((Operation.ANY,), depth)
    return make.fact_field(base, depth) or make.leaf(base)


def _related(make: Maker, base: Base, depth: int) -> Expression:
    return make.related(base, depth) or make.leaf(base)


def _owner(make: Maker, base: Base, depth: int) -> Expression:
    """Something of the entity whose record it is."""
    return OwnerValue(replace(make, row=None).expression(base, min(depth, 1)))


_EXTREMES = (Gathering.MIN, Gathering.MAX)


def below(make: Maker, base: Base, depth: int) -> Expression:
    found: Expression | None = None
    if make.row is None and base is Base.BOOLEAN:
        found = make.rollup((Gathering.ANY,), Base.BOOLEAN, depth)
    elif make.row is None and base is Base.NUMBER:
        ways = (
            make.figure,
            lambda: make.rollup((Gathering.COUNT,), Base.BOOLEAN, depth),
            *[lambda: make.rollup((Gathering.SUM, Gathering.MEAN, *_EXTREMES), Base.NUMBER, depth)] * 2,
        )
        found = make.one_of(ways)()
    elif make.row is None and base is Base.DATE:
        found = make.rollup(_EXTREMES, Base.DATE, depth)
    return found or make.leaf(base)


def _named(make: Maker, base: Base, depth: int) -> Expression:
    inner = make.expression(base, depth)
    if make.row is not None:
        return inner
    is_group = inner.type.base is Base.BOOLEAN and make.draw(st.booleans())
    return (Membership if is_group else Named)(make.entity, inner, "sample", "named", None)


def _case(make: Maker, base: Base, depth: int) -> Expression:
    size = make.draw(st.integers(1, 3))
    *results, otherwise = in_one_unit(make.expression(base, depth) for _ in range(size + 1))
    branches = tuple(Branch(make.expression(Base.BOOLEAN, depth), result) for result in results)
    return Case(branches, otherwise)


def _call(make: Maker, base: Base, depth: int) -> Expression:
    fitting = [f for f in FUNCTIONS.values() if f.result is not None and f.result.base is base]
    fitting += [f for f in FUNCTIONS.values() if f.result is None and _fits(f.name, base)]
    function = make.one_of(fitting)
    if Base.CHOICES in function.arguments:
        return _answers(make, base, depth)
    bases = function.arguments or (base,) * make.draw(st.integers(2, 4))
    values = tuple(make.expression(argument, depth) for argument in bases)
    return Call(function.name, in_one_unit(values) if function.variadic else values)


def _answers(make: Maker, base: Base, depth: int) -> Expression:
    """What is asked of several answers, where some can be seen from here."""
    seen = make.stored(Base.CHOICES)
    if make.row is None or make.draw(st.integers(0, 3)) == 0:
        field = make.found_answers(min(depth, 1))
        seen = [field if make.row is None else OwnerValue(field)] if field is not None else []
    if not seen:
        return make.leaf(base)
    answers = make.one_of(seen)
    if base is Base.NUMBER:
        return Call(NUMBER_OF, (answers,))
    null = make.draw(st.integers(0, 9)) == 0
    option = Literal(None) if null else make.fixed(make.one_of(answers.type.options))
    return Call(HAS, (answers, option))


def _overdue(make: Maker, base: Base, depth: int) -> Expression:
    found = [schedule for schedule in make.schedules if schedule.group.entity == make.entity]
    return Overdue(make.one_of(found)) if found and make.row is None else make.leaf(base)


def _fits(variadic: str, base: Base) -> bool:
    return variadic == "coalesce" or base in (Base.NUMBER, Base.DATE)


def _not(make: Maker, base: Base, depth: int) -> Expression:
    return Not(make.expression(Base.BOOLEAN, depth))


def _logic(make: Maker, base: Base, depth: int) -> Expression:
    operands = [make.expression(Base.BOOLEAN, depth) for _ in range(make.draw(st.integers(2, 3)))]
    return Logic(make.one_of(tuple(Connective)), tuple(operands))


def _is_null(make: Maker, base: Base, depth: int) -> Expression:
    answers = make.stored(Base.CHOICES)
    if answers and make.draw(st.integers(0, 3)) == 0:
        return IsNull(make.one_of(answers))
    return IsNull(make.expression(make.one_of(BASES), depth))


def _compare(make: Maker, base: Base, depth: int) -> Expression:
    sort = make.one_of(BASES)
    left, right = in_one_unit((make.expression(sort, depth), make.expression(sort, depth)))
    if left.type.options and isinstance(right, Literal | ParameterValue | CohortValue):
        right = make.fixed(make.one_of(left.type.options))
    try:
        return Compare(make.one_of(tuple(Comparator)), left, right)
    except TypeMismatch:  # texts and true/false have no order, options differ: then for being the same
        return IsNull(left)


def _ordered(make: Maker, base: Base, depth: int) -> Expression:
    """A comparison of an ordered choice."""
    choices = [node for node in make.stored(Base.TEXT) if node.type.ordered]
    if make.row is None and not choices:
        found = make.fact_field(Base.TEXT, depth)
        choices = [found] if found is not None and found.type.ordered else []
    if not choices:
        return _compare(make, base, depth)
    left = make.one_of(choices)
    right = make.one_of((left, make.fixed(make.one_of(left.type.options)), make.expression(Base.TEXT, depth)))
    try:
        return Compare(make.one_of(tuple(Comparator)), left, right)
    except TypeMismatch:
        return IsNull(left)


def _arithmetic(make: Maker, base: Base, depth: int) -> Expression:
    left, right = in_one_unit(make.expression(Base.NUMBER, depth) for _ in range(2))
    return Arithmetic(make.one_of(tuple(Operator)), left, right)


def _shift(make: Maker, base: Base, depth: int) -> Expression:
    return Shift(make.expression(Base.DATE, depth), make.duration(), make.one_of((1, -1)))


_ANYWHERE: tuple[Make, ...] = (_leaf, _fact, _fact, _related, below, _named, _case, _call)
_BRANCHES: dict[Base, tuple[Make, ...]] = {
    Base.BOOLEAN: (
        _leaf,
        _fact,
        _related,
        below,
        _named,
        _case,
        _call,
        _not,
        _logic,
        _is_null,
        _compare,
        _compare,
        _ordered,
        _answers,
        _overdue,
    ),
    Base.NUMBER: (*_ANYWHERE, below, _answers, _call, _call, _arithmetic, _arithmetic),
    Base.DATE: (*_ANYWHERE, _call, _shift, _shift),
    Base.TEXT: _ANYWHERE,
}
