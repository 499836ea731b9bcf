"""Lengths of time as authors write them in schedules: a duration, or the name of a parameter."""

from dataclasses import dataclass
from typing import Any

from wangdi.engine.model.expressions import CohortValue, Expression, Literal, ParameterValue
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.types import Base
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.scopes import EntityScope, parameter_value
from wangdi.engine.packs.syntax import Unknown
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class LengthReader(Reader):
    """What the readers of schedules share."""

    def length(self, text: str, path: Path_, entity: str) -> Length | None:
        """A length in a schedule about an entity; None when it was reported."""
        return self.length_for(text, path, EntityScope(self.names, self.file, entity).birth_date)

    def length_for(self, text: str, path: Path_, birth_date: Expression | None) -> Length | None:
        """A length where that birth date is known (None: nobody's); None when it was reported."""
        duration = parse_duration(text)
        if duration is not None:
            return Literal(duration)
        parameter = self.parameter(
            text, path, "neither a duration nor a parameter of this pack", cohorts=True
        )
        if parameter is None:
            return None
        if parameter.type.base is not Base.DURATION:
            hint = "write its value as a duration, such as 3 months"
            message = f"an interval is a duration, but '{text}' is a {parameter.type}"
            self.report("W2005", path, message, hint)
            return None
        found = parameter_value(self.names.library, self.file, text, birth_date)
        if isinstance(found, Unknown):
            self.report(found.code, path, found.message, found.hint)
        return found if isinstance(found, ParameterValue | CohortValue) else None

    def given_expressions(
        self, shape: Any, bases: dict[str, Base], path: Path_, entity: str
    ) -> dict[str, Any]:
        """The expressions of those keys that an author gave; None for one that was reported."""
        written = {key: getattr(shape, key) for key in bases}
        return {
            key: self.expression((*path, key), text, entity, bases[key])
            for key, text in written.items()
            if text is not None
        }
