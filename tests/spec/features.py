"""Which features of the language a rulebook uses."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, get_args

from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Call, Expression, RowRelated
from wangdi.engine.model.facts import Fact, Operation, Relation, Selection, Window
from wangdi.engine.model.indicators import Composed
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.schedules import Deadline, Every, OncePer, Schedule
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.series import Series

WINDOWS = ("ever", "year", "half_year", "quarter", "month", "period", "previous_period", "length", "since")
PARTS_OF_A_FACT: dict[str, tuple[Any, ...]] = {
    "operation": tuple(Operation),
    "window": WINDOWS,
    "relation": tuple(Relation),
    "where": (True, False),
}


def node_classes() -> set[str]:
    """The name of every class of expression in the engine (by name: a class with slots is made twice)."""

    def below(cls: type[Expression]) -> Iterator[str]:
        for sub in cls.__subclasses__():
            if sub.__module__.startswith("wangdi."):
                yield sub.__name__
            yield from below(sub)

    return set(below(Expression))


def measure_classes() -> set[str]:
    """The name of every class of measure there is."""
    return {measure.__name__ for measure in (*Counted.__subclasses__(), *get_args(Composed))}


def used_classes(found: Iterable[Expression]) -> set[str]:
    return {type(node).__name__ for node in found}


def _in_schedule(schedule: Schedule) -> Iterator[Expression | None]:
    yield from (schedule.group.condition, schedule.holder)
    match schedule.shape:
        case Every(after=after, start=start, first=first, intervals=intervals, stop=stop, until=until):
            yield from (after, start, first.length, stop, until)
            for interval in intervals:
                yield from (interval.when, interval.length)
        case OncePer(satisfied=satisfied, not_before=not_before):
            yield from (satisfied, not_before)
        case Deadline(start=start, within=within, done=done, stop=stop):
            yield from (start, within, done, stop)
        case Series(anchor=anchor, steps=steps, stop=stop):
            yield from (anchor, stop)
            for step in steps:
                yield from (step.given, step.not_before, step.when)
                yield from (length for _, length in step.lengths())
        case Each(selection=selection, start=start, within=within, holder=holder):
            yield from (selection.where, start, within, holder)


def _roots(rulebook: Rulebook) -> Iterator[Expression | None]:
    for pack in rulebook.packs:
        yield from (*pack.facts, *pack.values, *(condition for _, condition in pack.presence))
        yield from (group.condition for group in pack.groups)
        for schedule in pack.schedules:
            yield from _in_schedule(schedule)
        for indicator in pack.indicators:
            yield from indicator.expressions
            yield from (dimension.category for dimension in indicator.by)


def nodes(rulebook: Rulebook, more: Iterable[Expression] = ()) -> Iterator[Expression]:
    """Every node of the rulebook's rules and of further expressions."""
    for root in (*_roots(rulebook), *more):
        if root is not None:
            yield from root.walk()


def functions(found: Iterable[Expression]) -> set[str]:
    return {node.function for node in found if isinstance(node, Call)}


def related_roles(found: Iterable[Expression]) -> set[str]:
    return {node.role for node in found if isinstance(node, RowRelated)}


def _window(window: Window) -> str:
    if window.calendar is not None:
        return window.calendar.value
    return "length" if window.length else "since" if window.since is not None else "ever"


def _parts(fact: Fact) -> dict[str, Any]:
    selection: Selection = fact.selection
    return {
        "operation": fact.operation,
        "window": _window(selection.window),
        "relation": selection.relation,
        "where": selection.where is not None,
    }


def pairs_of_fact_parts(found: Iterable[Expression]) -> set[tuple[str, Any, str, Any]]:
    """Which two of operation, window, relation and where stand together in a fact."""
    return {
        (one, parts[one], other, parts[other])
        for node in found
        if isinstance(node, Fact)
        for parts in (_parts(node),)
        for one, other in combinations(PARTS_OF_A_FACT, 2)
    }


def all_pairs_of_fact_parts() -> set[tuple[str, Any, str, Any]]:
    return {
        (one, first, other, second)
        for one, other in combinations(PARTS_OF_A_FACT, 2)
        for first in PARTS_OF_A_FACT[one]
        for second in PARTS_OF_A_FACT[other]
    }


def gatherings(found: Iterable[Expression]) -> set[Gathering]:
    return {node.operation for node in found if isinstance(node, Rollup)}


def seen_from_above(found: Iterable[Expression]) -> set[tuple[str, str]]:
    """Who rolls up whom."""
    return {(node.owner, node.over) for node in found if isinstance(node, Rollup)}


def all_seen_from_above() -> set[tuple[str, str]]:
    return {(owner, over) for owner in TREES for over in REGISTERS if has_seat(over, owner)}
