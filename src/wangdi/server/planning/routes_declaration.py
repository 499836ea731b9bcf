"""The ``routes.yaml`` beside a pack: which assets are vehicles, the numbers, what an adopted plan becomes."""

from collections.abc import Mapping, Sequence
from typing import Any

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import ASSET
from wangdi.server.evaluation.declarations import DeclarationFile, Shape
from wangdi.server.planning.asking import AskedNumber, unknown_fields


class VisitedKind(Shape):
    """The kind by which a village is registered for visits, and its fields for base, people and days."""

    kind: str
    base: str
    people: str | None = None
    days: str | None = None
    values: Mapping[str, Any] = {}

    @property
    def given(self) -> set[str]:
        return {self.base, *self.values, *(one for one in (self.people, self.days) if one)}


class RoutesDeclaration(Shape):
    vehicles: Sequence[str]
    visited: VisitedKind
    numbers: Mapping[str, AskedNumber]


def routes_declared() -> RoutesDeclaration:
    """The declaration in force. Raises DeclarationError."""
    return ROUTES.in_force()


def _unknown(found: RoutesDeclaration, rules: Rulebook) -> list[str]:
    types = ASSET.field("type").option_codes
    wrong = [f"vehicle {one}" for one in found.vehicles if one not in types]
    wrong += unknown_fields(rules, found.visited.kind, found.visited.given)
    return wrong + [
        problem
        for number in found.numbers.values()
        if number.parameter is not None and (problem := number.parameter.problem_in(rules))
    ]


ROUTES = DeclarationFile("routes.yaml", RoutesDeclaration, _unknown)
