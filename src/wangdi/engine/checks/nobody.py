"""Groups that somebody would be in of whom nothing at all is known."""

from collections.abc import Iterator
from datetime import date

from wangdi.engine.checks.finding import Finding
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.model.named import Group
from wangdi.engine.model.pack import Rulebook

_NOBODY = "nobody"
_DAYS = tuple(
    date(year, month, day)
    for year in (2010, 2017, 2024, 2026, 2033)
    for month, day in ((1, 1), (2, 28), (6, 30), (12, 31))
)
"""Days of several years; the day on which each parameter changes is looked at as well."""


def groups_of_nobody(rulebook: Rulebook) -> Iterator[Finding]:
    """The groups whose condition is true for an entity without attributes and records, on any of several days."""
    days = sorted({*_DAYS, *_days_of_change(rulebook)})
    evaluators = {entity: _evaluators(rulebook, entity, days) for entity in _entities(rulebook)}
    for group in rulebook.groups.values():
        held = next((e for e in evaluators[group.entity] if e.is_true(group.condition)), None)
        if held is not None:
            yield _finding(group, held.moment.as_of)


def _entities(rulebook: Rulebook) -> set[str]:
    return {group.entity for group in rulebook.groups.values()}


def _days_of_change(rulebook: Rulebook) -> Iterator[date]:
    for pack in rulebook.packs:
        for parameter in pack.parameters:
            yield from (value.since for value in parameter.values)


def _evaluators(rulebook: Rulebook, entity: str, days: list[date]) -> list[ReferenceEvaluator]:
    world = MemoryWorld({}, ())
    return [ReferenceEvaluator(world, rulebook, entity, _NOBODY, Moment.in_year(day)) for day in days]


def _finding(group: Group, day: date) -> Finding:
    message = f"somebody of whom nothing is known is in the group '{group.name}' (on {day})"
    hint = "begin with what is known: a record, or a register column that 'is not null'"
    return Finding("W4001", group.pack, ("groups", group.name, "when"), message, hint)
