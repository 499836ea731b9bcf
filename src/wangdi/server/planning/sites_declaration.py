"""The ``sites.yaml`` beside a pack: the numbers of where to open, and which kind a new station becomes a record of."""

from collections.abc import Mapping, Sequence
from typing import Any

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import INSTITUTION
from wangdi.server.evaluation.declarations import DeclarationFile, Shape
from wangdi.server.planning.asking import AskedNumber, unknown_fields


class ProjectKind(Shape):
    """The kind of a new station's record, about the institution that builds it; ``name``, ``cost``: fields for these."""

    kind: str
    builders: Sequence[str]
    name: str
    cost: str | None = None
    opened: Mapping[str, Any] = {}
    upgraded: Mapping[str, Any] = {}

    @property
    def given(self) -> set[str]:
        """The fields that nobody is asked for."""
        return {self.name, *self.opened, *self.upgraded, *([self.cost] if self.cost else [])}


class SitesDeclaration(Shape):
    project: ProjectKind
    numbers: Mapping[str, AskedNumber]


def sites_declared() -> SitesDeclaration:
    """The declaration in force. Raises DeclarationError."""
    return SITES.in_force()


def _unknown(found: SitesDeclaration, rules: Rulebook) -> list[str]:
    types = INSTITUTION.field("type").option_codes
    wrong = [f"type {one}" for one in found.project.builders if one not in types]
    return wrong + unknown_fields(rules, found.project.kind, found.project.given)


SITES = DeclarationFile("sites.yaml", SitesDeclaration, _unknown)
