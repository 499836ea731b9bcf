"""Nothing in the language is without a spec, and the manual is the specs."""

import importlib
import inspect
from functools import cache
from pathlib import Path
from types import FunctionType

import pytest

from spec import features, manual
from spec.examples import Example
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import (
    Arithmetic,
    Comparator,
    Compare,
    Connective,
    Day,
    Expression,
    Instant,
    Literal,
    Logic,
    Operator,
)
from wangdi.engine.model.functions import FUNCTIONS
from wangdi.engine.model.rollups import Gathering
from wangdi.engine.model.schedules import Deadline, Every, OncePer
from wangdi.engine.model.series import Series


@cache
def all_examples() -> tuple[Example, ...]:
    return tuple(example for _, _, found in manual.chapters() for s in found for example in s.examples)


@cache
def all_nodes() -> tuple[Expression, ...]:
    return tuple(node for example in all_examples() for node in features.nodes(example.rulebook))


def test_every_sort_of_expression_has_a_spec() -> None:
    assert features.node_classes() - features.used_classes(all_nodes()) == set()


def test_every_function_has_a_spec() -> None:
    assert set(FUNCTIONS) - features.functions(all_nodes()) == set()


def test_every_operator_unit_and_day_has_a_spec() -> None:
    nodes = all_nodes()
    assert {n.comparator for n in nodes if isinstance(n, Compare)} == set(Comparator)
    assert {n.connective for n in nodes if isinstance(n, Logic)} == set(Connective)
    assert {n.operator for n in nodes if isinstance(n, Arithmetic)} == set(Operator)
    assert {n.instant for n in nodes if isinstance(n, Day)} == set(Instant)
    durations = (n.value for n in nodes if isinstance(n, Literal))
    assert {d.unit for d in durations if isinstance(d, Duration)} == set(Unit)


def test_every_two_parts_of_a_fact_stand_together_in_a_spec() -> None:
    assert features.all_pairs_of_fact_parts() - features.pairs_of_fact_parts(all_nodes()) == set()
    assert features.related_roles(all_nodes()) == {"subject", "institution", "worker"}


def test_every_way_of_looking_below_has_a_spec() -> None:
    assert features.gatherings(all_nodes()) == set(Gathering)
    assert features.seen_from_above(all_nodes()) == features.all_seen_from_above()


def test_every_shape_of_schedule_has_a_spec_in_every_status() -> None:
    schedules = [s for example in all_examples() for s in example.rulebook.schedules.values()]
    assert {type(s.shape) for s in schedules} == {Every, OncePer, Series, Deadline, Each}
    shown = " ".join(example.due for example in all_examples())
    assert all(status in shown for status in ("upcoming", "due", "overdue", "missed"))


def test_every_module_of_specs_is_a_chapter() -> None:
    files = {path.stem for path in Path(__file__).parent.glob("test_language_*.py")} - {Path(__file__).stem}
    assert files == {f"test_language_{name}" for name in manual.CHAPTERS}


@pytest.mark.parametrize("chapter", manual.CHAPTERS)
def test_every_spec_is_explained_and_takes_nothing_but_the_fixture(chapter: str) -> None:
    module = importlib.import_module(f"spec.test_language_{chapter}")
    specs = [f for name, f in vars(module).items() if name.startswith("test_")]
    assert specs
    for function in specs:
        assert isinstance(function, FunctionType)
        assert list(inspect.signature(function).parameters) == ["spec"]
        assert function.__doc__


def test_the_manual_is_written_from_the_specs_as_they_are() -> None:
    """After a change: python tools/write_language_reference.py"""
    assert manual.render() == manual.MANUAL.read_text("utf-8")
