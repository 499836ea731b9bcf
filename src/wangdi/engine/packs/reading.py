"""What the readers of rules share: expressions, groups, parameters and sentences at a path of a pack."""

import re
from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.named import Group
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.registers import PLACE_LEVELS
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base
from wangdi.engine.packs.library import PackFile, text_of
from wangdi.engine.packs.names import Names
from wangdi.engine.packs.scopes import EntityScope
from wangdi.engine.packs.shapes import TextShape
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_DOTTED_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


def placeholders(wording: str) -> list[str]:
    """What stands in braces in a sentence."""
    return _PLACEHOLDER.findall(wording)


@dataclass(frozen=True)
class Reader:
    """What the readers of a pack's rules share. A method returns None when it reported what is wrong."""

    names: Names
    file: PackFile

    def report(self, code: str, path: Path_, message: str, hint: str = "", *, key: bool = False) -> None:
        self.names.library.report(self.file, code, path, message, hint, key=key)

    def expression(self, path: Path_, text: str, entity: str, base: Base) -> Expression | None:
        """The expression at a path, which is of the given base."""
        scope = EntityScope(self.names, self.file, entity)
        found = self.names.library.expression(self.file, path, text, scope)
        if found is not None and found.type.base is not base:
            self.report("W2005", path, f"{path[-1]} needs a {base.value}, but this is a {found.type}")
            return None
        return found

    def is_place_level(self, level: str, path: Path_) -> bool:
        levels = [option.code for option in PLACE_LEVELS]
        if level not in levels:
            self.report("W2003", path, f"'{level}' is no level of places", suggest(level, levels))
        return level in levels

    def try_local(self, name: str) -> Expression | None:
        try:
            return self.names.local(self.file, name)
        except Broken:
            return None

    def try_schedule(self, name: str) -> Schedule | None:
        try:
            return self.names.own_schedule(self.file, name)
        except Broken:
            return None

    def try_indicator(self, name: str) -> Indicator | None:
        try:
            return self.names.own_indicator(self.file, name)
        except Broken:
            return None

    def group(self, name: str, path: Path_) -> Group | None:
        owner = self.names.group_file(name)
        if owner is None:
            known = {group for file in self.names.library.files.values() for group in file.shape.groups}
            self.names.library.report_unknown(self.file, "W2105", path, "group", name, known)
            return None
        try:
            self.names.local(owner, name)
        except Broken:
            return None
        return self.names.groups.get(name)

    def parameter(self, name: str, path: Path_, otherwise: str, *, cohorts: bool = False) -> Parameter | None:
        """The parameter of that name; only with ``cohorts`` one that applies by birth date. None when it was reported."""
        library = self.names.library
        parameter = library.parameters.get((self.file.name, name))
        if parameter is None and not library.excuses(name):
            known = {parameter for pack, parameter in library.parameters if pack == self.file.name}
            self.report("W2003", path, f"'{name}' is {otherwise}", suggest(name, known))
        if parameter is not None and parameter.by_cohort and not cohorts:
            message = f"'{name}' applies by birth date, but here a value is the same for everybody"
            self.report("W2110", path, message, "use a parameter that applies by day")
            return None
        return parameter

    def sentence(self, shape: TextShape | None, path: Path_, entity: str) -> Text | None:
        """The wording of a reason; each {name} in it is a value or a field of a fact of this pack."""
        if shape is None:
            return None
        for language, wording in (("zh", shape.zh), ("en", shape.en)):
            for name in placeholders(wording):
                self._check_placeholder(name, (*path, language), entity)
        return text_of(shape)

    def _check_placeholder(self, name: str, path: Path_, entity: str) -> None:
        known = [*self.file.shape.facts, *self.file.shape.values]
        if not _DOTTED_NAME.fullmatch(name):
            hint = "write a name in the braces, such as {last_visit.occurred_on}"
            self.report("W2001", path, f"'{{{name}}}' is no name", hint)
        elif name.split(".")[0] not in known:
            self.names.library.report_unknown(self.file, "W2003", path, "fact or value", name, known)
        else:
            scope = EntityScope(self.names, self.file, entity)
            self.names.library.expression(self.file, path, name, scope)
