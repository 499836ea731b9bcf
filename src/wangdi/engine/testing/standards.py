"""What a test expects of standards, checked on both evaluators."""

from collections.abc import Iterator
from dataclasses import dataclass

from wangdi.engine.evaluate.assessment import Assessment
from wangdi.engine.evaluate.gap import gap_to_next_tier
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.standards import assess
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.evaluate.standards import assess_network
from wangdi.engine.model.standards import Review, Standard, day_of_assessment
from wangdi.engine.testing.scene import SUBJECT, Scene
from wangdi.engine.testing.shapes import StandardExpectShape

_NOT_APPLICABLE, _NONE = "not_applicable", "none"


@dataclass(frozen=True)
class StandardCheck:
    """One expectation about one standard, in one scene."""

    scene: Scene
    standard: Standard
    expected: StandardExpectShape | None

    def failures(self) -> Iterator[str]:
        """What differs, in words."""
        found, columnar = self._reference(), self._columnar()
        name = self.standard.name
        if found != columnar:
            yield f"{name}: the evaluators differ: reference {found}, columnar {columnar}"
        if self.expected is None or found is None:
            if (self.expected is None) != (found is None):
                wanted, got = ("is not for it", "is") if self.expected is None else ("is for it", "is not")
                yield f"{name}: expected that the standard {wanted}, but it {got}"
            return
        yield from (f"{name}: {failure}" for failure in _differences(self.expected, found))

    @property
    def _review(self) -> Review:
        return Review(self.expected.review) if self.expected is not None else Review.SELF

    @property
    def _year(self) -> int:
        asked = self.expected.year if self.expected is not None else None
        return asked or self.scene.moment.as_of.year

    def _reference(self) -> Assessment | None:
        scene, as_of = self.scene, self.scene.moment.as_of
        moment = Moment.in_year(day_of_assessment(self._year, as_of))
        world = MemoryWorld(scene.entities, scene.records, scene.adoptions)
        evaluator = ReferenceEvaluator(world, scene.rulebook, scene.entity, SUBJECT, moment)
        return assess(evaluator, self.standard, self._year, self._review, as_of)

    def _columnar(self) -> Assessment | None:
        scene = self.scene
        found = assess_network(
            scene.network, self._year, scene.moment.as_of, standards=[self.standard]
        ).assessed.get(self.standard.name)
        if found is None:
            return None
        at = list(scene.entities["institution"]).index(SUBJECT)
        numbers = {int(position): number for number, position in enumerate(found.positions)}
        return found.assessment(SUBJECT, numbers[at], self._review) if at in numbers else None


def check_standards(scene: Scene, expected: dict[str, StandardExpectShape | None]) -> Iterator[str]:
    """What differs between an institution and what is expected of standards, in words."""
    for name, wanted in expected.items():
        yield from StandardCheck(scene, scene.rulebook.standards[name], wanted).failures()


def _differences(expected: StandardExpectShape, found: Assessment) -> Iterator[str]:
    for number, wanted in expected.clauses.items():
        if (level := _level_of(found, number)) != wanted:
            yield f"clause {number}: expected {wanted}, found {level}"
    if expected.tier is not None and (found.tier or _NONE) != expected.tier:
        yield f"expected tier {expected.tier}, found {found.tier or _NONE}"
    if expected.gap is not None:
        yield from _gap_differences(expected.gap, found)


def _level_of(found: Assessment, number: str) -> str:
    result = found.numbered[number]
    if not result.applies:
        return _NOT_APPLICABLE
    return result.level.value if result.level is not None else _NONE


def _gap_differences(expected: list[str], found: Assessment) -> Iterator[str]:
    gap = gap_to_next_tier(found)
    if gap is not None and not gap.reachable:
        yield f"gap: tier {gap.tier.name} cannot be reached"
        return
    clauses = [item.clause.number for item in gap.items] if gap is not None else []
    if clauses != expected:
        yield f"gap: expected {expected}, found {clauses}"
