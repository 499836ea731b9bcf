"""From an author's roll-up to the model's: what an institution or a place gathers from those below it."""

from dataclasses import dataclass, replace

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import (
    Arithmetic,
    Call,
    Connective,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    Operator,
)
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.named import Named
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.packs.facts import FactReader
from wangdi.engine.packs.library import PackFile
from wangdi.engine.packs.scopes import EntityScope, LocalNames
from wangdi.engine.packs.shapes import FactShape
from wangdi.engine.packs.yaml_tree import Path_

_TABLES = {register.table: entity for entity, register in REGISTERS.items()}
_OWNERS = {"living_in": "place", "looked_after_by": "institution"}
"""The relations that gather records about residents, and for whom."""
_OF_FACTS = {
    Operation.COUNT: Gathering.SUM,
    Operation.ANY: Gathering.ANY,
    Operation.SUM: Gathering.SUM,
    Operation.MIN: Gathering.MIN,
    Operation.MAX: Gathering.MAX,
}
"""How the facts of residents are put together."""
_RECORD_KEYS = ("during", "where", "of", "n")


def is_rollup(shape: FactShape) -> bool:
    """Whether a fact looks at the entities below instead of at records of its own."""
    return shape.over is not None or shape.relation in _OWNERS


@dataclass(frozen=True)
class RollupReader:
    """Builds one roll-up from its author's shape. Methods return None when they reported what is wrong."""

    names: LocalNames
    file: PackFile
    name: str
    shape: FactShape
    owner: str
    """The entity that the shape or the pack names."""

    @property
    def path(self) -> Path_:
        return ("facts", self.name)

    def read(self) -> Rollup | Named | None:
        if self.shape.over is None:
            return self._of_records(_OWNERS[self.shape.relation])
        operation = self._operation()
        over = self._over(self.shape.over)
        if operation is None or over is None or self._has_record_keys():
            return None
        path, scope = (*self.path, operation.value), EntityScope(self.names, self.file, over)
        of = self.names.library.expression(self.file, path, getattr(self.shape, operation.value), scope)
        return self._build(operation, self.owner, over, of, path) if of is not None else None

    def _build(
        self, operation: Gathering, owner: str, over: str, of: Expression, path: Path_
    ) -> Rollup | None:
        return self.names.library.build(
            self.file, "W2005", path, lambda: Rollup(operation, owner, over, of, self.file.name, self.name)
        )

    # -- over the entities of a register ----------------------------------------------------------

    def _operation(self) -> Gathering | None:
        allowed = [operation.value for operation in Gathering]
        given = [o for o in {*allowed, *(o.value for o in Operation)} if getattr(self.shape, o) is not None]
        if len(given) == 1 and given[0] in allowed:
            return Gathering(given[0])
        message = f"a fact over other entities takes exactly one of {', '.join(allowed)}"
        hint = (
            f"this one has {', '.join(sorted(given))}" if given else "write for example {count: hypertension}"
        )
        self._report("W1005", self.path, message, hint, key=True)
        return None

    def _over(self, table: str) -> str | None:
        """The entity that is gathered, which lies below the owner."""
        entity, path = _TABLES.get(table), (*self.path, "over")
        if entity is None:
            self._report("W2003", path, f"'{table}' is no register", suggest(table, _TABLES))
        elif self.owner not in TREES:
            message = f"nothing lies below entity '{self.owner}'"
            self._report("W2110", path, message, "add 'entity: institution' or 'entity: place'")
        elif not has_seat(entity, self.owner):
            below = ", ".join(register for register, one in _TABLES.items() if has_seat(one, self.owner))
            message = f"{table} do not lie below entity '{self.owner}'"
            self._report("W2110", path, message, f"write one of {below}")
        else:
            return entity
        return None

    def _has_record_keys(self) -> bool:
        """Reports keys that choose records: they belong into what is gathered."""
        given = [key for key in _RECORD_KEYS if getattr(self.shape, key) is not None]
        for key in given:
            hint = "put it into the fact or group that is gathered"
            self._report("W1005", (*self.path, key), f"a fact over other entities has no '{key}'", hint)
        return bool(given)

    # -- over the records of residents ------------------------------------------------------------

    def _of_records(self, owner: str) -> Rollup | Named | None:
        """A fact of each resident, put together for the place or institution; with nobody there are 0 records."""
        about = self.shape.model_copy(update={"relation": "about", "entity": None})
        fact = FactReader(self.names, self.file, self.name, about).read()
        if fact is None or not self._fits(fact, owner):
            return None
        if fact.operation is Operation.MEAN:
            return self._mean(fact, owner)
        found = self._build(_OF_FACTS[fact.operation], owner, "resident", fact, self.path)
        if found is None or fact.operation is not Operation.COUNT:
            return found
        return self._named(owner, Call("coalesce", (found, Literal(0))))

    def _mean(self, fact: Fact, owner: str) -> Named | None:
        """Of all records together, not of the residents' means: the sum by the number of records that give a number."""
        given = Not(IsNull(fact.of)) if fact.of is not None else Literal(True)
        where = fact.selection.where
        both = Logic(Connective.AND, (where, given)) if where is not None else given
        parts = (
            replace(fact, operation=Operation.SUM),
            replace(fact, operation=Operation.COUNT, selection=replace(fact.selection, where=both), of=None),
        )
        sums = [self._build(Gathering.SUM, owner, "resident", part, self.path) for part in parts]
        if sums[0] is None or sums[1] is None:
            return None
        return self._named(owner, Arithmetic(Operator.DIVIDE, sums[0], sums[1]))

    def _named(self, owner: str, expression: Expression) -> Named:
        return Named(owner, expression, self.file.name, self.name, None)

    def _fits(self, fact: Fact, owner: str) -> bool:
        about, path = self.names.library.kinds[fact.selection.kind].about, (*self.path, "relation")
        if self.shape.entity not in (None, owner):
            message = f"'{self.shape.relation}' makes a fact of entity '{owner}', not '{self.shape.entity}'"
            self._report("W2110", (*self.path, "entity"), message, "leave 'entity' out")
        elif about != "resident":
            message = f"'{self.shape.relation}' needs records about residents, but these are about {about}s"
            self._report("W2110", path, message, "gather with 'over' instead")
        elif fact.operation not in (*_OF_FACTS, Operation.MEAN):
            words = ", ".join(operation.value for operation in (*_OF_FACTS, Operation.MEAN))
            message = f"{fact.operation.value} means nothing for the records of many residents together"
            self._report(
                "W1005", path, message, f"take {words}, or roll up a value of each resident with 'over'"
            )
        else:
            return True
        return False

    def _report(self, code: str, path: Path_, message: str, hint: str, *, key: bool = False) -> None:
        self.names.library.report(self.file, code, path, message, hint, key=key)
