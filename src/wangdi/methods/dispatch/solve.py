"""One door: `solve` picks the exact flow where everything nests, and else the mixed-integer programme."""

import time
from collections.abc import Mapping, Sequence

from wangdi.methods.dispatch import milp
from wangdi.methods.dispatch.flow import cheapest, combined, fit_64_bits, prove, solve_by_levels
from wangdi.methods.dispatch.network import Network, build
from wangdi.methods.dispatch.plan import Plan, centres_of, measure
from wangdi.methods.dispatch.problem import ORDER, Ints, Level, Problem
from wangdi.methods.dispatch.runs import Effort

SECONDS = 120.0


def solve(
    problem: Problem,
    *,
    order: Sequence[Level] = ORDER,
    prices: Mapping[Level, int] | None = None,
    seconds: float = SECONDS,
    gap: float = 0.0,
) -> Plan:
    """The best plan: level by level in ``order``, or for the least sum of ``prices`` when these are given.

    What does not nest is solved within ``seconds``, or until within ``gap`` of the bound. Raises OverflowError
    when prices do not fit
    64 bits (levels in order always do), ValueError when prices are set on the farthest posting or ``order``
    repeats a level.
    """
    _check(order, prices)
    began = time.perf_counter()
    network = build(problem)
    if network.crossing or problem.rows or problem.teams:
        effort = Effort(began + seconds, gap)
        return milp.solve(problem, order, prices, effort, began, network)
    in_order = prices is None
    flow = (
        solve_by_levels(network, problem.distance, order).flow if in_order else _priced(network, prices or {})
    )
    return _exact(problem, network, flow, order, prices, began)


def _check(order: Sequence[Level], prices: Mapping[Level, int] | None) -> None:
    if len(set(order)) < len(order):
        raise ValueError("order: a level stands there twice")
    if prices is not None and (Level.FARTHEST in prices or min(prices.values(), default=0) < 0):
        raise ValueError("prices: none below 0, none on the farthest posting")


def _priced(network: Network, prices: Mapping[Level, int]) -> Ints:
    chosen = dict(prices)
    if not fit_64_bits(network, chosen):
        raise OverflowError("prices: the sum may exceed 64 bits; take smaller ones, or give levels in order")
    cost = combined(network, chosen)
    flow = cheapest(network, cost)
    prove(network, cost, flow)
    return flow


def _exact(
    problem: Problem,
    network: Network,
    flow: Ints,
    order: Sequence[Level],
    prices: Mapping[Level, int] | None,
    began: float,
) -> Plan:
    centre_of = centres_of(problem, flow[network.postings] > 0)
    values = measure(problem, centre_of, order if prices is None else tuple(prices))
    price = None if prices is None else sum(prices[level] * value for level, value in values.items())
    seconds = time.perf_counter() - began
    return Plan(problem, centre_of, values, dict(values), "flow", seconds, price, price)
