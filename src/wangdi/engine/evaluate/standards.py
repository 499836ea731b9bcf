"""Assesses every institution of a network, and counts the tiers they reach by place and by institution."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.evaluate.columnar.arrow import Positions
from wangdi.engine.evaluate.columnar.executor import Executor
from wangdi.engine.evaluate.columnar.results import Counts
from wangdi.engine.evaluate.columnar.standards import Assessed, assess, no_judgements, read_judgements
from wangdi.engine.evaluate.columnar.units import Units
from wangdi.engine.evaluate.columnar.vectors import Array
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Opened
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.standards import (
    JUDGEMENT,
    JUDGEMENT_FIELDS,
    REVIEWS,
    Review,
    Standard,
    day_of_assessment,
)
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.lowering import all_of, concerned_by
from wangdi.engine.plan.plan import Plan


@dataclass(frozen=True)
class NetworkAssessment:
    """All standards used in a year, with the institutions' keys and codes in the order of the register."""

    year: int
    as_of: date
    units: Units
    keys: tuple[object, ...]
    codes: tuple[str, ...]
    assessed: Mapping[str, Assessed]
    """By the standard's name."""


@dataclass(frozen=True)
class TierCounts:
    """How many institutions a standard is for, how many of them a review took in, how many reached each tier.

    Rows: reviews; ``reached`` has tiers as its first axis (a higher tier counts in the lower ones too). The last axis
    is the places or institutions of a tree, each with everything under it.
    """

    institutions: Counts
    reviewed: Counts
    reached: Counts


def standard_plan(network: Network, standards: Iterable[Standard], values: Iterable[Expression] = ()) -> Plan:
    """The plan of every condition of the standards, and of further expressions about institutions."""
    chosen = tuple(standards)
    members = (_membership(network, standard) for standard in chosen)
    conditions = (e for standard in chosen for e in standard.expressions())
    asked = dict.fromkeys((*members, *conditions, *values))
    return build_plan(network.rulebook, "institution", schedules=(), indicators=(), values=asked)


def _membership(network: Network, standard: Standard) -> Expression:
    """Whether the standard is for an institution: present, the pack in force there, and in the group."""
    concerned = concerned_by(standard.pack, "institution", network.rulebook)
    return all_of(*concerned, standard.group.as_expression())


def assess_network(
    network: Network,
    year: int,
    as_of: date,
    *,
    standards: Iterable[Standard] | None = None,
    values: Iterable[Expression] = (),
) -> NetworkAssessment:
    """Assesses all institutions in a year, at every review, with the judgements recorded through ``as_of``.

    All standards unless some are named; those not used in that year are left out. ``values`` are further expressions
    to be had along with the result. ValueError when the year lies after ``as_of``.
    """
    chosen = network.rulebook.standards.values() if standards is None else standards
    used = [standard for standard in chosen if standard.is_used_in(year)]
    moment = Moment.in_year(day_of_assessment(year, as_of))
    plan = standard_plan(network, used, values)
    opened = network.open(plan, None).with_columns(network.from_below(plan, moment))
    slots = Executor(opened.plan, opened.data, moment).run(0, len(opened.members))
    found = {value: slots[slot] for value, slot in opened.plan.values.items()}
    judgements = _judgements(network, opened, used, year, as_of)
    assessed = {}
    for standard in used:
        member = found[_membership(network, standard)].data
        members = np.broadcast_to(member, len(opened.members))
        assessed[standard.name] = assess(standard, year, moment, members, found, judgements[standard.name])
    keys = tuple(opened.members[network.source.key].to_pylist())
    codes = tuple(network.institutions["code"].to_pylist())
    return NetworkAssessment(year, as_of, opened.units, keys, codes, assessed)


def _judgements(
    network: Network, opened: Opened, standards: Iterable[Standard], year: int, as_of: date
) -> dict[str, Array]:
    kind = network.rulebook.kinds.get(JUDGEMENT)
    if kind is None:
        return {standard.name: no_judgements(standard, len(opened.members)) for standard in standards}
    table = network.source.records(kind, ("subject", "occurred_on", *JUDGEMENT_FIELDS), None)
    institutions = Positions.of(opened.members[network.source.key].combine_chunks())
    return {s.name: read_judgements(s, year, as_of, table, institutions) for s in standards}


def count_tiers(network: Network, found: NetworkAssessment, assessed: Assessed, tree: str) -> TierCounts:
    """The counts at every ``place`` or ``institution``."""
    unit = found.units.unit[assessed.positions]
    everybody = np.ones((1, len(unit)), dtype=np.bool_)
    reviewed = np.array([assessed.reviewed(review) for review in REVIEWS])
    tiers = len(assessed.standard.tiers)
    reached = np.array([(assessed.tiers >= number) & reviewed for number in range(1, tiers + 1)])

    def count(flags: Array) -> Counts:
        by_unit = np.zeros((len(flags), found.units.size), dtype=np.int64)
        np.add.at(by_unit.T, unit, flags.T.astype(np.int64))
        towards = found.units.by_place if tree == "place" else found.units.by_institution
        return towards(by_unit, network.tree(tree))

    flat = reached.reshape(tiers * len(REVIEWS), len(unit))
    return TierCounts(count(everybody)[0], count(reviewed), count(flat).reshape(tiers, len(REVIEWS), -1))


def assessments(found: NetworkAssessment, review: Review) -> Iterator[tuple[object, object]]:
    """Key and assessment of every institution that a standard is for, by standard."""
    for assessed in found.assessed.values():
        for number, position in enumerate(assessed.positions):
            yield (
                found.keys[position],
                assessed.assessment(found.codes[position], number, review),
            )
