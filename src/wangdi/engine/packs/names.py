"""Every named thing of the packs being read, resolved once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import Expression, TypeMismatch, UnitMismatch
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.types import Base
from wangdi.engine.packs.facts import FactReader
from wangdi.engine.packs.library import Library, PackFile, optional_text, text_of
from wangdi.engine.packs.rollups import RollupReader, is_rollup
from wangdi.engine.packs.scopes import LOCAL_SECTIONS, EntityScope, entity_of
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_

T = TypeVar("T")


@dataclass
class Names:
    """Resolves every named thing of a library once; finds circles."""

    library: Library
    read_indicator: Callable[["Names", PackFile, str], Indicator | None]
    read_schedule: Callable[["Names", PackFile, str], Schedule | None]
    _done: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _open: list[tuple[str, str, str]] = field(default_factory=list)
    """What is being built now: pack, section, name."""
    groups: dict[str, Group] = field(default_factory=dict)

    def group_file(self, name: str) -> PackFile | None:
        """The pack that declares a group."""
        return next((f for f in self.library.files.values() if name in f.shape.groups), None)

    def local(self, file: PackFile, name: str) -> Expression:
        """The fact, value or group of a pack. `Broken` when its definition is in error."""
        section = next((s for s in LOCAL_SECTIONS if name in getattr(file.shape, s)), LOCAL_SECTIONS[0])
        return self._once(file, section, name, lambda: self._build(file, name))

    def _once(self, file: PackFile, section: str, name: str, build: Callable[[], T | None]) -> T:
        """What a definition comes to, built when it is first asked for. `Broken` when it is in error."""
        key = (file.name, section, name)
        if key not in self._done:
            if key in self._open:
                self._report_circle(file, key)
                raise Broken
            self._open.append(key)
            try:
                self._done[key] = build()
            finally:
                self._open.pop()
        found: T | None = self._done[key]
        if found is None:
            raise Broken
        return found

    def _report_circle(self, file: PackFile, key: tuple[str, str, str]) -> None:
        _, section, name = key
        way = " → ".join([step[-1] for step in self._open[self._open.index(key) :]] + [name])
        message = f"'{name}' depends on itself: {way}"
        self.library.report(file, "W2006", (section, name), message, "break the circle", key=True)

    def _build(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape
        if name in shape.facts:
            return self._build_fact(file, name)
        if name in shape.groups:
            return self._build_group(file, name)
        return self._build_value(file, name)

    def _build_fact(self, file: PackFile, name: str) -> Expression | None:
        shape, path = file.shape.facts[name], ("facts", name, "entity")
        if is_rollup(shape):
            return RollupReader(self, file, name, shape, self.entity(file, shape.entity, path)).read()
        fact = FactReader(self, file, name, shape).read()
        about = entity_of(fact, self.library) if fact is not None else None
        if shape.entity not in (None, about) and fact is not None:
            message = f"the records make '{name}' a fact of entity '{about}', not '{shape.entity}'"
            self.library.report(
                file, "W2110", path, message, "leave 'entity' out, or choose another relation"
            )
            return None
        return fact

    def indicator(self, name: str) -> Indicator | None:
        """The indicator of that name, of whichever pack; None when there is none. `Broken` when it is in error."""
        file = next((f for f in self.library.files.values() if name in f.shape.indicators), None)
        return self.own_indicator(file, name) if file is not None else None

    def own_indicator(self, file: PackFile, name: str) -> Indicator:
        """A pack's indicator. `Broken` when its definition is in error."""
        return self._once(file, "indicators", name, lambda: self.read_indicator(self, file, name))

    def schedule(self, name: str) -> Schedule | None:
        """The schedule of that name, of whichever pack; None when there is none. `Broken` when it is in error."""
        file = next((f for f in self.library.files.values() if name in f.shape.schedules), None)
        return self.own_schedule(file, name) if file is not None else None

    def own_schedule(self, file: PackFile, name: str) -> Schedule:
        """A pack's schedule. `Broken` when its definition is in error."""
        return self._once(file, "schedules", name, lambda: self.read_schedule(self, file, name))

    def _build_value(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape.values[name]
        entity = self.entity(file, shape.entity, ("values", name, "entity"))
        path: Path_ = ("values", name, "is")
        path = path if path in file.document.values else ("values", name)
        expression = self.library.expression(file, path, shape.is_, EntityScope(self, file, entity))
        if expression is None:
            return None
        if expression.type.base is Base.DURATION:
            message, hint = "a value cannot be a duration", "declare the duration as a parameter"
            self.library.report(file, "W2005", path, message, hint)
            return None
        if expression.type.base is Base.CHOICES:
            message, hint = (
                "a value cannot be several answers at once",
                "ask has(…, 'option') or number_of(…)",
            )
            self.library.report(file, "W2005", path, message, hint)
            return None
        title = optional_text(shape.title)
        try:
            return Named(entity, expression, file.name, name, title, shape.internal, shape.unit)
        except TypeMismatch as error:
            code = "W2120" if isinstance(error, UnitMismatch) else "W2005"
            self.library.report(file, code, ("values", name, "unit"), str(error))
            return None

    def _build_group(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape.groups[name]
        entity = self.entity(file, shape.entity, ("groups", name, "entity"))
        path: Path_ = ("groups", name, "when")
        condition = self.library.expression(file, path, shape.when, EntityScope(self, file, entity))
        if condition is None:
            return None
        title = text_of(shape.title)
        group = self.library.build(
            file, "W2005", path, lambda: Group(file.name, name, title, entity, condition, shape.internal)
        )
        if group is None:
            return None
        self.groups[name] = group
        return group.as_expression()

    def entity(self, file: PackFile, written: str | None, path: Path_, *, key: bool = False) -> str:
        """The entity a definition is about: the one written, or the pack's. `Broken` when it is none."""
        entity = written or file.shape.entity
        if entity not in REGISTERS:
            at = path if written else ("entity",)
            message = f"'{entity}' is no entity"
            self.library.report(file, "W2003", at, message, suggest(entity, REGISTERS), key=key)
            raise Broken
        return entity
