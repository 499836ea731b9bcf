"""The fixture that runs a spec: every way of evaluating has to give the rows that the spec expects."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from spec.assessments import assess_by_columns, assess_by_reference, check_expected
from spec.evaluations import (
    Answers,
    Data,
    Parts,
    ask_columnar,
    ask_reference,
    differences,
    due_one_by_one,
    network_of,
)
from spec.examples import Example, Spec
from spec.sheets import asked_of, check_told
from spec.tables import expected_value, parse_table
from spec.watching import check_watched, watch_by_columns, watch_by_reference
from wangdi.engine.evaluate.below import GatheredBelow
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.model.seats import TREES


@pytest.fixture
def spec() -> Spec:
    """Call it with the parts of an `Example`."""

    def check(*tables: dict[str, str], **parts: object) -> None:
        example = Example(*tables, **parts)  # type: ignore[arg-type]  # as the spec wrote them
        for day in example.days:
            _check_day(example, day)

    return check


def _check_day(example: Example, day: str) -> None:
    data, moment = example.data, example.moment(day)
    asked = asked_of(example)
    expected = ask_reference(data, example.rulebook, moment, asked)
    _check_expected(example, day, expected)
    if example.entity in TREES:
        below = GatheredBelow(network_of(_shuffled(data), example.rulebook, LocalRunner()), moment)
        answers = ask_reference(data, example.rulebook, moment, asked, below)
        assert not differences(expected, answers, asked), f"what lies below gathered by columns, {day}"
    for way, answers in _columnar_ways(example, data, moment):
        differing = differences(expected, answers, asked)
        assert not differing, f"columnar, {way}, on {day}"
    if example.standards:
        _check_standards(example, day)
    if example.rulebook.channels:
        _check_series(example, day)
    if example.sheets:
        check_told(example, day)
    one_by_one = due_one_by_one(data, example.rulebook, moment)
    assert one_by_one == {(row.entity, row.item) for row in expected.due}, f"one at a time, {day}"


def _check_standards(example: Example, day: str) -> None:
    as_of = date.fromisoformat(day)
    found = assess_by_reference(example.data, example.rulebook, as_of.year, as_of)
    check_expected(example.standards, found, day)
    for data in (example.data, _shuffled(example.data)):
        network = network_of(data, example.rulebook, LocalRunner())
        assert assess_by_columns(network, as_of.year, as_of) == found, f"columnar standards on {day}"


def _check_series(example: Example, day: str) -> None:
    as_of = date.fromisoformat(day)
    found = watch_by_reference(example.data, example.rulebook, as_of)
    check_watched(example.series, found, day)
    for way, network in _networks(example, example.data).items():
        assert watch_by_columns(network, as_of) == found, f"series, columnar, {way}, on {day}"


def _columnar_ways(example: Example, data: Data, moment: Moment) -> Iterator[tuple[str, Answers]]:
    asked = asked_of(example)
    for way, network in _networks(example, data).items():
        yield way, ask_columnar(network, moment, asked)


def _networks(example: Example, data: Data) -> dict[str, Network]:
    """The ways in which the product goes through a network."""
    codes = list(data.registers["resident"])
    return {
        "at once": network_of(data, example.rulebook, LocalRunner()),
        "in chunks of one": network_of(_shuffled(data), example.rulebook, LocalRunner(2, 1)),
        "in chunks of two": network_of(data, example.rulebook, LocalRunner(1, 2)),
        "in partitions": network_of(
            _shuffled(data), example.rulebook, LocalRunner(2, 3), [codes[::2], codes[1::2]]
        ),
    }


def _shuffled(data: Data) -> Data:
    """The same data with its rows in another order."""
    chance = random.Random(7)
    registers = {
        entity: dict(chance.sample(list(rows.items()), len(rows))) for entity, rows in data.registers.items()
    }
    return replace(data, registers=registers, records=tuple(chance.sample(data.records, len(data.records))))


# -- what the spec expects ------------------------------------------------------------------------


def _rows(table: str, day: str) -> list[dict[str, str]]:
    return [row for row in parse_table(table) if row.get("as_of", day) == day] if table else []


def _check_expected(example: Example, day: str, answers: Answers) -> None:
    for row in _rows(example.expected_by_entity, day):
        code = row[example.entity]
        for number, (expression, value) in enumerate(zip(example.asked, example.values, strict=True)):
            if expression in row:
                found = answers.values[example.entity, code, number]
                expected = expected_value(value.type.base, row[expression])
                assert found == expected, f"{expression} of {code} on {day}"
    if example.due:
        _check_due(example, day, answers)
    for tree, table in (("place", example.places), ("institution", example.institutions)):
        for row in _rows(table, day):
            code = row.pop(tree)
            row.pop("as_of", None)
            found = {name: _written(answers.figures[name, tree, code]) for name in row}
            assert found == row, f"figures of {tree} {code} on {day}"


def _written(parts: Parts) -> str:
    """As specs write a figure: 3/4, or 3 where the measure has no denominator."""
    return "/".join(f"{part:.15g}" for part in parts if part is not None)


def _check_due(example: Example, day: str, answers: Answers) -> None:
    rows = _rows(example.due, day)
    columns = [name for name in rows[0] if name != "as_of"] if rows else []
    subject = columns[0]
    expected = sorted([row[c] for c in columns] for row in rows if any(row[c] for c in columns[1:]))
    found = sorted(
        [
            {
                "schedule": row.item.schedule,
                "step": row.item.step,
                "due_from": str(row.item.due_from),
                "due_on": str(row.item.due_on),
                "overdue_from": str(row.item.overdue_from),
                "missed_from": str(row.item.missed_from or ""),
                "status": row.status.value,
                "institution": row.institution or "",
                "place": row.place or "",
                "responsible": row.institution or "",
                subject: row.item.subject,
            }[c]
            for c in columns
        ]
        for row in answers.due
        if row.entity == subject
    )
    assert found == expected, f"due items on {day}"
