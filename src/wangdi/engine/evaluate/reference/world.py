"""What the reference evaluator sees: entities with attributes, and records in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.seats import seat_columns

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """The newest version of a record that is not void. Subject, institution and worker are codes."""

    kind: str
    id: str
    subject: str
    occurred_on: date
    institution: str | None = None
    worker: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class World(Protocol):
    """Where attributes and records come from: a store, a test, a file."""

    def attributes(self, entity: str, code: str) -> Attributes:
        """The register columns of an entity, its code among them; empty when there is no such entity."""

    def records(
        self, kind: str, relation: Relation, code: str, since: date | None = None
    ) -> Sequence[Record]:
        """The records of a kind that belong to an entity in that way, ordered by date, then id.

        Those before ``since`` are not asked for, and may be there nevertheless.
        """

    def adoptions(self) -> Sequence[Adoption]:
        """Every decision about which pack is in force where."""

    def below(self, entity: str, tree: str, code: str) -> Sequence[str]:
        """The codes of the entities whose seat is a place or institution or lies under it; itself where it is one."""


class MemoryWorld:
    """A world held in memory."""

    def __init__(
        self,
        entities: Mapping[str, Mapping[str, Attributes]],
        records: Iterable[Record],
        adoptions: Sequence[Adoption] = (),
    ) -> None:
        self._adoptions = adoptions
        self.entities = {
            entity: {code: {"code": code, **attributes} for code, attributes in rows.items()}
            for entity, rows in entities.items()
        }
        self._below: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._records: dict[tuple[str, Relation, str], list[Record]] = {}
        for record in sorted(records, key=lambda r: (r.occurred_on, r.id)):
            for relation, code in owners(record):
                self._records.setdefault((record.kind, relation, code), []).append(record)

    def attributes(self, entity: str, code: str) -> Attributes:
        return self.entities.get(entity, {}).get(code, {})

    def records(
        self, kind: str, relation: Relation, code: str, since: date | None = None
    ) -> Sequence[Record]:
        return self._records.get((kind, relation, code), [])

    def adoptions(self) -> Sequence[Adoption]:
        return self._adoptions

    def below(self, entity: str, tree: str, code: str) -> Sequence[str]:
        if (entity, tree) not in self._below:
            self._below[entity, tree] = self._all_below(entity, tree)
        return self._below[entity, tree].get(code, [])

    def _all_below(self, entity: str, tree: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code in self.entities.get(entity, {}):
            at: str | None = seat(self, entity, code, tree)
            while at is not None and at in self.entities.get(tree, {}):
                found.setdefault(at, []).append(code)
                at = self.attributes(tree, at).get("parent")
        return found


def seat(world: World, entity: str, code: str, tree: str) -> str | None:
    """The place or institution an entity is counted at: itself, the one in its register, or its institution's place."""
    if entity == tree:
        return code
    if tree in seat_columns(entity):
        return world.attributes(entity, code).get(tree)
    institution = world.attributes(entity, code).get("institution")
    return world.attributes("institution", institution).get(tree) if institution and tree == "place" else None


def owners(record: Record) -> Iterable[tuple[Relation, str]]:
    """The ways in which a record belongs to somebody, and to whom."""
    yield Relation.ABOUT, record.subject
    if record.institution is not None:
        yield Relation.AT, record.institution
    if record.worker is not None:
        yield Relation.BY, record.worker


def record_before(world: World, record: Record) -> Record | None:
    """The record before one, by date, then id, among those of its kind about the same subject."""
    same = world.records(record.kind, Relation.ABOUT, record.subject)
    earlier = [r for r in same if (r.occurred_on, r.id) < (record.occurred_on, record.id)]
    return earlier[-1] if earlier else None
