"""Counting per unit and summing up trees, against code that does it one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from wangdi.engine.evaluate.columnar.results import count_true, depth, roll_up
from wangdi.engine.evaluate.columnar.units import Tree, make_units

PROPERTY = settings(max_examples=60, derandomize=True, deadline=None)


@st.composite
def forests(draw: DrawFn) -> list[int]:
    """Parents by position (−1 at the top), in no particular order."""
    size = draw(st.integers(0, 12))
    order = draw(st.permutations(range(size)))
    parent = [-1] * size
    for place, member in enumerate(order):
        above = draw(st.integers(-1, place - 1))
        parent[member] = order[above] if above >= 0 else -1
    return parent


def upwards(parent: list[int], member: int) -> list[int]:
    found = []
    while member >= 0:
        found.append(member)
        member = parent[member]
    return found


@PROPERTY
@given(st.data(), st.integers(0, 40), st.integers(0, 20), st.integers(1, 9))
def test_each_condition_is_counted_in_each_unit(data: Any, people: int, conditions: int, units: int) -> None:
    flags = data.draw(
        st.lists(st.lists(st.booleans(), min_size=people, max_size=people), max_size=conditions)
    )
    unit = data.draw(st.lists(st.integers(0, units - 1), min_size=people, max_size=people))
    found = count_true([np.array(f, dtype=bool) for f in flags], np.array(unit, dtype=np.int32), units)
    expected = [
        [sum(f for f, u in zip(row, unit, strict=True) if u == at) for at in range(units)] for row in flags
    ]
    assert found.tolist() == expected


@PROPERTY
@given(forests(), st.data())
def test_a_unit_includes_everything_under_it(parent: list[int], data: Any) -> None:
    own = data.draw(st.lists(st.integers(0, 99), min_size=len(parent), max_size=len(parent)))
    expected = [0] * len(parent)
    for member, count in enumerate(own):
        for above in upwards(parent, member):
            expected[above] += count
    counts = np.array([own, own], dtype=np.int64).reshape(2, len(own))
    assert roll_up(counts, np.array(parent, dtype=np.int64)).tolist() == [expected, expected]


@PROPERTY
@given(forests())
def test_depth_is_the_number_of_units_above(parent: list[int]) -> None:
    found = depth(np.array(parent, dtype=np.int64))
    assert found.tolist() == [len(upwards(parent, member)) - 1 for member in range(len(parent))]


def test_a_tree_with_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        depth(np.array([1, 2, 0, -1], dtype=np.int64))


@PROPERTY
@given(forests(), forests(), st.data())
def test_units_give_the_figures_of_both_trees(places: list[int], institutions: list[int], data: Any) -> None:
    seats = st.tuples(st.integers(-1, len(places) - 1), st.integers(-1, len(institutions) - 1))
    people = data.draw(st.lists(seats, max_size=30))
    if data.draw(st.booleans()):  # neighbours sharing their unit take another way
        people = [person for person in people for _ in range(6)]
    place, institution = (np.array([p[i] for p in people], dtype=np.int64) for i in (0, 1))
    units = make_units(place, institution, len(institutions))
    assert [(units.place[u], units.institution[u]) for u in units.unit] == people
    counts = count_true([np.ones(len(people), dtype=bool)], units.unit, units.size)
    for tree, found, seat in (
        (places, units.by_place(counts, Tree(np.array(places, dtype=np.int64))), 0),
        (institutions, units.by_institution(counts, Tree(np.array(institutions, dtype=np.int64))), 1),
    ):
        expected = [
            sum(member in upwards(tree, person[seat]) for person in people) for member in range(len(tree))
        ]
        assert found.tolist() == [expected]
