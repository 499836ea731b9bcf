"""Standards put to both evaluators, and what a spec expects of them."""

from collections.abc import Iterator
from datetime import date

from spec.evaluations import Data
from spec.tables import parse_table
from wangdi.engine.evaluate.assessment import Assessment
from wangdi.engine.evaluate.gap import gap_to_next_tier
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.standards import assess
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.evaluate.standards import assess_network
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.standards import REVIEWS, Review, day_of_assessment

Found = dict[tuple[str, str, Review], Assessment]
"""By standard, institution and review."""


def assess_by_reference(data: Data, rulebook: Rulebook, year: int, as_of: date) -> Found:
    """The assessments of the reference evaluator, one institution after another."""
    world = MemoryWorld(data.registers, data.records, data.adoptions)
    moment = Moment.in_year(day_of_assessment(year, as_of))
    found = {}
    for code in data.registers.get("institution", {}):
        evaluator = ReferenceEvaluator(world, rulebook, "institution", code, moment)
        for standard in rulebook.standards.values():
            for review in REVIEWS:
                one = assess(evaluator, standard, year, review, as_of)
                if one is not None:
                    found[standard.name, code, review] = one
    return found


def assess_by_columns(network: Network, year: int, as_of: date) -> Found:
    """The assessments of the columnar evaluator, all at once."""
    result = assess_network(network, year, as_of)
    return {
        (name, code, review): assessed.assessment(code, number, review)
        for name, assessed in result.assessed.items()
        for number, code in enumerate(result.codes[position] for position in assessed.positions)
        for review in REVIEWS
    }


def check_expected(table: str, found: Found, day: str) -> None:
    """Every assessment of the reviews that a table names stands in it, and says what the table says."""
    rows = [row for row in parse_table(table) if row.get("as_of", day) == day]
    reviews = {Review(row.get("review", "self")) for row in rows}
    shown = sorted(
        {cell for row in rows for cell in _cells(row, found)},
    )
    expected = sorted(
        (row["institution"], row.get("review", "self"), column, row[column])
        for row in rows
        for column in row
        if column not in ("as_of", "institution", "review")
    )
    assert shown == expected, f"assessments on {day}"
    listed = {(row["institution"], Review(row.get("review", "self"))) for row in rows}
    assert {(code, review) for _, code, review in found if review in reviews} == listed


def _cells(row: dict[str, str], found: Found) -> Iterator[tuple[str, str, str, str]]:
    code, review = row["institution"], row.get("review", "self")
    [assessment] = [one for (_, c, r), one in found.items() if (c, r) == (code, Review(review))]
    for column in row:
        if column not in ("as_of", "institution", "review"):
            yield code, review, column, _shown(assessment, column)


def _shown(assessment: Assessment, column: str) -> str:
    if column == "tier":
        return assessment.tier or ""
    if column == "gap":
        gap = gap_to_next_tier(assessment)
        if gap is None:
            return ""
        return ", ".join(item.clause.number for item in gap.items) if gap.reachable else "out of reach"
    result = assessment.numbered[column]
    if not result.applies:
        return "not applicable"
    return result.level.value if result.level is not None else ""
