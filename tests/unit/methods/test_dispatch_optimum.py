"""Whom to post where: plans are as good as trying everything, at every level, and say how good they can be."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from methods.brute_dispatch import assignments, best_values, tiny
from wangdi.methods import highs
from wangdi.methods.dispatch import large, milp
from wangdi.methods.dispatch.flow import (
    NotOptimal,
    cheapest,
    combined,
    fit_64_bits,
    prove,
    runs_of,
    weights,
)
from wangdi.methods.dispatch.milp import solve as solve_milp
from wangdi.methods.dispatch.milp import split_bound
from wangdi.methods.dispatch.network import build
from wangdi.methods.dispatch.plan import measure, shortfalls
from wangdi.methods.dispatch.problem import ORDER, InvalidProblem, Level, Limit, Problem, SideRow
from wangdi.methods.dispatch.programme import Floats, Programme, programme
from wangdi.methods.dispatch.runs import Effort, run_highs
from wangdi.methods.dispatch.solve import solve

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_where_everything_nests_the_flow_is_as_good_as_trying_everything(seed: int) -> None:
    problem = tiny(seed)
    plan = solve(problem)
    assert plan.method == "flow"
    assert tuple(plan.values.values()) == best_values(problem, ORDER)
    assert plan.is_proved


@pytest.mark.parametrize("seed", SEEDS)
def test_where_requirements_cross_the_programme_is_as_good_as_trying_everything(seed: int) -> None:
    problem = tiny(seed, crossing=True)
    plan = solve(problem)
    assert tuple(plan.values.values()) == best_values(problem, ORDER)
    assert all(plan.bounds[level] <= value for level, value in plan.values.items())


@pytest.mark.parametrize("seed", range(15))
def test_any_order_of_levels_holds(seed: int) -> None:
    problem = tiny(seed + 1000, crossing=seed % 2 == 1)
    order = [Level(level) for level in np.random.default_rng(seed).permutation(len(ORDER))[:5].tolist()]
    assert tuple(solve(problem, order=order).values.values()) == best_values(problem, order)


@pytest.mark.parametrize("seed", range(15))
def test_prices_give_the_least_sum_by_both_methods(seed: int) -> None:
    prices = {Level.BROKEN: 1000, Level.UNCOVERED: 60, Level.UNMET: 9, Level.REPEATED: 2, Level.DISTANCE: 1}
    problem = tiny(seed + 2000)
    least = min(
        sum(prices[level] * value for level, value in measure(problem, each, tuple(prices)).items())
        for each in assignments(problem)
    )
    plan = solve(problem, prices=prices)
    other = solve_milp(problem, ORDER, prices, Effort(1e12, 0.0), 0.0, build(problem))
    assert plan.price == least == other.price
    assert plan.is_proved
    assert other.price_bound is not None
    assert other.price_bound <= least + 1e-6


@pytest.mark.parametrize("seed", range(25))
def test_levels_that_do_not_fit_64_bits_together_are_still_in_strict_order(seed: int) -> None:
    """Distances of thousands of kilometres in millimetres: the flow has to be solved in several runs."""
    problem = tiny(seed + 3000)
    huge = replace(problem, distance=problem.distance * 10**8)
    order = [Level.DISTANCE, Level.UNCOVERED, Level.UNMET, Level.REPEATED, Level.CHANGED]
    order = order if seed % 2 else list(ORDER)
    assert tuple(solve(huge, order=order).values.values()) == best_values(huge, order)


def test_levels_are_shared_among_runs_only_while_the_weights_fit() -> None:
    many = 3000
    index = np.arange(many)
    problem = Problem(
        many,
        many,
        index,
        index,
        np.full(many, 10**9),
        np.zeros(many, np.int64),
        np.ones(many, np.int64),
        np.ones(many, np.int64),
        tier=np.full(many, 3),
    )
    network = build(problem)
    order = [level for level in ORDER if level is not Level.FARTHEST]
    assert not fit_64_bits(network, weights(network, order))
    runs = runs_of(network, order)
    assert len(runs) > 1
    assert all(fit_64_bits(network, weights(network, run)) for run in runs)
    assert solve(problem).values[Level.UNCOVERED] == 0


def test_prices_too_large_for_64_bits_are_refused() -> None:
    with pytest.raises(OverflowError, match="64"):
        solve(tiny(1), prices={Level.UNCOVERED: 2**61})


def test_a_flow_that_is_not_the_cheapest_fails_the_proof() -> None:
    two, one = np.array([0, 1]), np.ones(1, np.int64)
    problem = Problem(2, 1, two, two * 0, np.array([3, 8]), two * 0, one, one)
    network = build(problem)
    cost = combined(network, weights(network, [Level.UNCOVERED, Level.DISTANCE]))
    prove(network, cost, cheapest(network, cost))
    with pytest.raises(NotOptimal):
        prove(network, cost, cheapest(network, -cost))


def test_the_bound_of_a_shared_run_is_split_from_the_first_level_down() -> None:
    chosen = {Level.UNCOVERED: 100, Level.DISTANCE: 1}
    assert split_bound(chosen, 340.0, 340) == {Level.UNCOVERED: 3.0, Level.DISTANCE: 40.0}
    assert split_bound(chosen, 310.0, 340) == {Level.UNCOVERED: 3.0, Level.DISTANCE: 10.0}
    assert split_bound(chosen, 250.0, 340) == {Level.UNCOVERED: 2.0}


def test_what_cannot_be_kept_is_named_with_how_much_is_missing() -> None:
    everybody = np.arange(2)
    problem = Problem(
        2,
        1,
        np.array([0, 1]),
        np.array([0, 0]),
        np.array([5, 6]),
        np.zeros(2, np.int64),
        np.ones(1, np.int64),
        np.ones(1, np.int64),
        limits=[Limit("two of the new", everybody, least=2, family="quota")],
        rows=[SideRow("none", np.array([0, 1]), np.array([1, 1]), most=0, family="ban")],
    )
    plan = solve(problem)
    assert plan.values[Level.BROKEN] == 2
    assert {(missed.family, missed.missing) for missed in shortfalls(problem, plan.centre_of)} <= {
        ("quota", 2),
        ("quota", 1),
        ("ban", 1),
    }


def test_all_faults_of_a_problem_are_told_at_once() -> None:
    one = np.ones(1, np.int64)
    with pytest.raises(InvalidProblem) as caught:
        Problem(1, 1, one * 5, one * 0, -one, one * 0, one, -one, limits=[Limit("x", one * 9)])
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize("seed", range(20))
def test_a_large_programme_cut_down_first_comes_to_the_same_plan(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every problem counted as large: its relaxation rounded, mended from one doctor on, then all postings."""
    monkeypatch.setattr(milp, "SMALL", 0)
    monkeypatch.setattr(large, "FIRST_FREE", 1)
    monkeypatch.setattr(large, "FIRST_WHOLE", 1)
    problem = tiny(seed, crossing=True)
    assert tuple(solve(problem).values.values()) == best_values(problem, ORDER)


def test_a_rounded_relaxation_keeps_every_hard_row() -> None:
    found = 0
    for seed in range(20):
        problem = replace(tiny(seed, crossing=True), teams=())
        model = programme(problem, build(problem))
        cost = model.cost({Level.BROKEN: 100, Level.UNCOVERED: 20, Level.DISTANCE: 1})
        relaxed = large.relax(model, cost, Effort(1e12, 0.0))
        assert relaxed is not None
        near = large.rounded(model, relaxed, cost)
        if near is not None:
            found += 1
            assert model.holds(near)
            assert float(cost @ near) >= relaxed.bound - 1e-6
    assert found > 10


def _split_problems() -> list[tuple[Programme, Floats, large.Relaxation]]:
    """Small programmes whose relaxations are not whole, with costs and relaxation."""
    result = []
    for seed in range(120):
        problem = replace(tiny(seed, crossing=True), teams=())
        model = programme(problem, build(problem))
        cost = model.cost({Level.BROKEN: 100, Level.UNCOVERED: 20, Level.DISTANCE: 1})
        relaxed = large.relax(model, cost, Effort(1e12, 0.0))
        if relaxed is not None and large._split(relaxed.model, relaxed.x).any():
            result.append((model, cost, relaxed))
    return result


def test_every_posting_that_is_not_whole_is_in_one_knot() -> None:
    found = _split_problems()
    assert len(found) > 5
    for _, _, relaxed in found:
        assert (np.sum(large._knots(relaxed), axis=0) == large._split(relaxed.model, relaxed.x)).all()


def test_the_bound_of_a_relaxation_is_no_dearer_than_the_optimum() -> None:
    for model, cost, relaxed in _split_problems():
        best = run_highs(model, cost, model.upper, Effort(1e12, 0.0), whole=True)
        plain = run_highs(model, cost, model.upper, Effort(1e12, 0.0), whole=False)
        assert plain.bound - 1e-6 <= relaxed.bound <= best.value + 1e-6


def test_a_relaxation_made_whole_keeps_every_row_and_is_no_cheaper_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large, "FIRST_WHOLE", 1)
    monkeypatch.setattr(large, "AT_ANY_PRICE", 2)
    made = 0
    for model, cost, relaxed in _split_problems():
        effort = Effort(time.perf_counter() + 5, 0.0)
        x = large._made_whole(relaxed, cost, effort)
        if x is not None:
            made += 1
            assert model.holds(x)
            assert float(cost @ x) >= relaxed.bound - 1e-6
            assert not large._split(model, x).any()
    assert made > 5


def test_a_relaxation_with_room_covers_as_many_and_keeps_the_rows_of_the_programme() -> None:
    roomy = 0
    for model, cost, relaxed in _split_problems():
        effort = Effort(time.perf_counter() + 5, 0.0)
        uncovered = model.cost({Level.UNCOVERED: 1})
        for draw in range(3):
            near = large._with_room(relaxed, relaxed.bound + 50, np.random.default_rng(draw), effort)
            if near is None:
                continue
            roomy += 1
            assert model.holds(near.x)
            assert float(uncovered @ near.x) == pytest.approx(np.ceil(uncovered @ relaxed.x - 1e-6), abs=1e-6)
            assert float(cost @ near.x) >= relaxed.bound - 1e-6
    assert roomy > 5


def test_a_try_that_is_limited_by_steps_ends_at_the_same_place_every_time() -> None:
    """A market split: hard enough that one look does not solve it."""
    random = np.random.default_rng(3)
    weights = random.integers(0, 100, (4, 30)).astype(float)
    half = np.floor(weights.sum(axis=1) / 2)
    rows = sparse.csr_matrix(np.hstack([weights, np.eye(4), -np.eye(4)]))
    costs, upper = np.r_[np.zeros(30), np.ones(8)], np.r_[np.ones(30), np.full(8, 1e4)]
    whole = np.r_[np.ones(30, np.bool_), np.zeros(8, np.bool_)]
    asked = highs.Programme(costs, rows, half, half, np.zeros(38), upper, whole)
    few = [highs.solve(asked, 60.0, 0.0, looks=40) for _ in range(2)]
    more = highs.solve(asked, 60.0, 0.0, looks=400)
    assert few[0].value > few[0].bound + 0.5
    assert (few[0].value, few[0].bound) == (few[1].value, few[1].bound)
    assert more.bound >= few[0].bound
    assert more.value <= few[0].value
