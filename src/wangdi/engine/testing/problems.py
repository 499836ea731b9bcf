"""What a test says that the packs, their forms and the registers do not know, with its place in the test."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.engine.model.seats import TREES, seat_columns
from wangdi.engine.model.series import Series
from wangdi.engine.model.workflows import STATE, STATE_SINCE
from wangdi.engine.packs.yaml_tree import Path_
from wangdi.engine.testing.answers import wrong_answers
from wangdi.engine.testing.due import expected_items
from wangdi.engine.testing.shapes import DueShape, RecordShape, TestShape

_FURTHER = {"institutions": "institution", "places": "place", "workers": "worker", "teams": "team"}
_EDGES = ("due_from", "due_on", "overdue_from")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a path of a test's shape."""

    code: str
    path: Path_
    message: str
    hint: str = ""
    at_key: bool = False


def problems_of(test: TestShape, rulebook: Rulebook, pack: Pack | None) -> Iterator[Problem]:
    """All problems of a test of ``pack``; of one that is about nobody or several, only that."""
    given = [entity for entity in REGISTERS if getattr(test, entity) is not None]
    if len(given) != 1:
        message = f"a test is about exactly one of {', '.join(REGISTERS)}"
        hint = (
            f"this one is about {' and '.join(given)}"
            if given
            else "add for example resident: {birth_date: …}"
        )
        yield Problem("W5003", (), message, hint)
        return
    yield from _adoption(test, pack)
    yield from _people(test, given[0])
    yield from _records(test, rulebook)
    yield from _expected_names(test, rulebook)
    yield from _expected_standards(test, rulebook, given[0])
    yield from _expected_figures(test, rulebook, given[0])
    yield from _expected_steps(test, rulebook)
    if test.as_of == "edges":
        yield from _edges(test)


def _unknown(code: str, path: Path_, sort: str, name: str, known: Iterable[str]) -> Problem:
    return Problem(code, path, f"unknown {sort} '{name}'", suggest(name, known), at_key=True)


def _adoption(test: TestShape, pack: Pack | None) -> Iterator[Problem]:
    editions = [option.code for option in pack.editions] if pack is not None else []
    if test.edition is not None and test.edition not in editions:
        message = f"the pack has no edition '{test.edition}'"
        yield Problem("W2003", ("edition",), message, suggest(test.edition, editions))
    if not test.adopted and (pack is None or not pack.by_place):
        message = "this pack is in force everywhere, so nobody decides on it"
        yield Problem(
            "W5003", ("adopted",), message, "'adopted: false' is for packs with 'adoption: by_place'"
        )


# -- people, places and records --------------------------------------------------------------------------


def _people(test: TestShape, entity: str) -> Iterator[Problem]:
    yield from _columns(REGISTERS[entity], getattr(test, entity), (entity,))
    for key, other in _FURTHER.items():
        for code, attributes in getattr(test, key).items():
            yield from _columns(REGISTERS[other], attributes, (key, code))
    by_table = {register.table: register for register in REGISTERS.values()}
    for table, rows in test.below.items():
        register = by_table.get(table)
        if register is None:
            yield _unknown("W2003", ("below", table), "register", table, by_table)
            continue
        if register.entity != entity and entity not in seat_columns(register.entity):
            message = f"{table} have no column '{entity}', so they cannot be put below it"
            yield Problem("W5003", ("below", table), message, at_key=True)
        for index, row in enumerate(rows):
            yield from _columns(register, row.attributes, ("below", table, index, "attributes"))


def _columns(register: Register, attributes: Mapping[str, Any], path: Path_) -> Iterator[Problem]:
    names = [field.name for field in register.fields]
    for name in attributes:
        if name not in names:
            yield _unknown("W2003", (*path, name), f"column of the {register.entity}'s register", name, names)
    for name, message, hint in wrong_answers(register.fields, attributes):
        yield Problem("W5001", (*path, name), message, hint)


def _records(test: TestShape, rulebook: Rulebook) -> Iterator[Problem]:
    lists: list[tuple[Path_, list[RecordShape]]] = [(("records",), test.records)]
    for table, rows in test.below.items():
        lists += [(("below", table, number, "records"), row.records) for number, row in enumerate(rows)]
    for path, records in lists:
        for number, record in enumerate(records):
            yield from _record(rulebook, record, (*path, number))


def _record(rulebook: Rulebook, record: RecordShape, path: Path_) -> Iterator[Problem]:
    kind = rulebook.kinds.get(record.kind)
    if kind is None:
        yield _unknown("W2104", (*path, "kind"), "record kind", record.kind, rulebook.kinds)
        return
    names = [field.name for field in kind.fields]
    for name in record.values:
        if name not in names:
            yield _unknown("W2003", (*path, "values", name), f"field of '{kind.name}'", name, names)
    for name, message, hint in wrong_answers(kind.fields, record.values):
        yield Problem("W5001", (*path, "values", name), message, hint)
    for role, attributes in record.related.items():
        entity = kind.about if role == "subject" else role
        yield from _columns(REGISTERS[entity], attributes, (*path, "related", role))
    yield from _state(kind, record, path)


def _state(kind: Kind, record: RecordShape, path: Path_) -> Iterator[Problem]:
    """A record in a state came into it on a day. What the ways into it need may be left out, as `required` fields may:
    tests say what matters."""
    workflow, state = kind.workflow, record.values.get(STATE)
    if workflow is None or state not in {one.name for one in workflow.states}:
        return
    since, entered = record.values.get(STATE_SINCE), record.values.get(f"{state}_on")
    if since is None and entered is None:
        message = f"since when the record is in the state '{state}' is not said, so no time limit runs"
        yield Problem("W5002", (*path, "values", STATE), message, f"add state_since: {record.on}")
    if since is not None and entered is not None and since != entered:
        message = f"'{state}_on' and 'state_since' are one day: that on which the record came into its state"
        yield Problem("W5002", (*path, "values", f"{state}_on"), message, "give both the same day")


# -- expectations ----------------------------------------------------------------------------------------


def _names_of_values(rulebook: Rulebook) -> frozenset[str]:
    return frozenset(value.name for pack in rulebook.packs for value in (*pack.values, *pack.facts))


def _expected_names(test: TestShape, rulebook: Rulebook) -> Iterator[Problem]:
    expect = test.expect
    values = rulebook.once("names of values", lambda: _names_of_values(rulebook))
    sorts: tuple[tuple[str, str, str, Iterable[str], Container[str]], ...] = (
        ("groups", "W2105", "group", expect.groups, rulebook.groups),
        ("due", "W2003", "schedule", expect.due, rulebook.schedules),
        ("open", "W2003", "schedule", expect.open, rulebook.schedules),
        ("indicators", "W2003", "indicator", expect.indicators, rulebook.indicators),
        ("targets", "W2003", "indicator", expect.targets, rulebook.indicators),
        ("values", "W2003", "value", expect.values, values),
        ("standards", "W2003", "standard", expect.standards, rulebook.standards),
        ("channels", "W2003", "channel", expect.channels, rulebook.channels),
        ("sheets", "W2003", "sheet", expect.sheets, rulebook.sheets),
    )
    for key, code, sort, names, known in sorts:
        for name in names:
            if name not in known and isinstance(known, Iterable):
                yield _unknown(code, ("expect", key, name), sort, name, known)


def _expected_standards(test: TestShape, rulebook: Rulebook, entity: str) -> Iterator[Problem]:
    for name, expected in test.expect.standards.items():
        path: Path_ = ("expect", "standards", name)
        if entity != "institution":
            message = "standards are for institutions"
            yield Problem("W5003", path, message, "make the test one about an institution", at_key=True)
        standard = rulebook.standards.get(name)
        if standard is None or expected is None:
            continue
        clauses = [clause.number for clause in standard.clauses]
        for number in (*expected.clauses, *(expected.gap or ())):
            if number not in clauses:
                at = (*path, "clauses", number) if number in expected.clauses else (*path, "gap")
                yield _unknown("W2003", at, "clause", number, clauses)
        tiers = [*(tier.name for tier in standard.tiers), "none"]
        if expected.tier is not None and expected.tier not in tiers:
            message = f"unknown tier '{expected.tier}'"
            yield Problem("W2003", (*path, "tier"), message, suggest(expected.tier, tiers))


def _expected_figures(test: TestShape, rulebook: Rulebook, entity: str) -> Iterator[Problem]:
    for name, expected in test.expect.indicators.items():
        indicator = rulebook.indicators.get(name)
        if indicator is None:
            continue
        path, composed = ("expect", "indicators", name), not isinstance(indicator.measure, Counted)
        if composed and entity not in TREES:
            message = f"'{name}' is put together from other figures, which a {entity} alone has not"
            hint = "make the test one about an institution or a place, with people below it"
            yield Problem("W5003", path, message, hint, at_key=True)
        parts = 2 if indicator.measure.has_denominator else 1
        if isinstance(expected, list) and len(expected) != parts:
            counted = "a numerator and a denominator" if parts == 2 else "one number"
            hint = (
                "write for example [3, 4], or the value they come to"
                if parts == 2
                else "write for example [3]"
            )
            yield Problem("W5003", path, f"'{name}' is {counted}, but this list has {len(expected)}", hint)


def _expected_steps(test: TestShape, rulebook: Rulebook) -> Iterator[Problem]:
    for name, step, item in expected_items(test.expect):
        schedule = rulebook.schedules.get(name)
        if schedule is None or not isinstance(schedule.shape, Series):
            continue
        path: Path_ = ("expect", "due", name)
        steps = [one.name for one in schedule.shape.steps]
        if step and step not in steps:
            yield _unknown("W2003", (*path, step), f"step of '{name}'", step, steps)
        elif not step and item is not None:
            hint = f"write {name}: {{{steps[0]}: {{…}}}}"
            yield Problem("W5003", path, f"items of '{name}' stand by step", hint, at_key=True)


def _edges(test: TestShape) -> Iterator[Problem]:
    """``as_of: edges`` needs exactly one item, with the days it looks around."""
    items = expected_items(test.expect)
    if len(items) != 1:
        message = f"'as_of: edges' looks around the days of one due item, but {len(items)} are expected here"
        hint = (
            "expect one item with due_from, due_on and overdue_from, and write a test with a day for the rest"
        )
        yield Problem("W5003", ("as_of",), message, hint)
        return
    [(schedule, step, item)] = items
    missing = [key for key in _EDGES if item is None or getattr(item, key) is None]
    if missing:
        path: Path_ = ("expect", "due", schedule, *((step,) if step else ()))
        message = f"'as_of: edges' does not know around which days to look: {', '.join(missing)} missing"
        hint = _edges_hint(item, missing)
        yield Problem("W5003", path, message, hint, at_key=True)


def _edges_hint(item: DueShape | None, missing: list[str]) -> str:
    if item is None:
        return "that there is no item is tested on a day: as_of: 2026-03-01"
    return "add " + ", ".join(f"{key}: …" for key in missing)
