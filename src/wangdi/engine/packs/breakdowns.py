"""By what an indicator is broken down: columns and values of the entity, and age bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wangdi.engine.model.expressions import (
    Attribute,
    Branch,
    Call,
    Case,
    Comparator,
    Compare,
    Day,
    Expression,
    Instant,
    Literal,
)
from wangdi.engine.model.indicators import Dimension
from wangdi.engine.model.types import DATE
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.references import register_types
from wangdi.engine.packs.scopes import EntityScope
from wangdi.engine.packs.shapes import IndicatorShape
from wangdi.engine.packs.yaml_tree import Path_

AGE_BAND = "age_band"
_BIRTH_DATE = "birth_date"


@dataclass(frozen=True)
class BreakdownReader(Reader):
    """Reads the breakdowns of one indicator. Methods return None when they reported what is wrong."""

    path: Path_
    shape: IndicatorShape
    entity: str

    def read(self) -> tuple[Dimension, ...] | None:
        names = self.shape.by
        found = [self._dimension(name, self._at(number)) for number, name in enumerate(names)]
        fine = tuple(dimension for dimension in found if dimension is not None)
        if self.shape.age_bands is not None and AGE_BAND not in names:
            message = "age bands without a breakdown by age_band"
            self.report("W1005", (*self.path, "age_bands"), message, "write by: [age_band]")
            return None
        if len(set(names)) < len(names):
            self.report("W1005", (*self.path, "by"), "a breakdown stands twice", "keep one of them")
            return None
        return fine if len(fine) == len(names) else None

    def _at(self, number: int) -> Path_:
        """Where a dimension is written: in the list, or alone without one."""
        path = (*self.path, "by", number)
        return path if path in self.file.document.values else path[:-1]

    def _dimension(self, name: str, path: Path_) -> Dimension | None:
        if name == AGE_BAND:
            return self._age_bands(path)
        scope = EntityScope(self.names, self.file, self.entity)
        category = self.names.library.expression(self.file, path, name, scope)
        if category is None:
            return None
        return self.names.library.build(
            self.file, "W2005", path, lambda: Dimension(name, category, category.type.options)
        )

    def _age_bands(self, path: Path_) -> Dimension | None:
        ages = self.shape.age_bands
        if _BIRTH_DATE not in register_types(self.entity):
            message = f"entity '{self.entity}' has no birth date, so no age bands"
            self.report("W2110", path, message, "leave age_band out")
        elif not ages:
            message = "a breakdown by age_band needs the ages at which the bands begin"
            self.report("W1005", path, message, "write for example age_bands: [0, 7, 18, 60]")
        elif ages[0] < 0 or any(young >= old for young, old in pairwise(ages)):
            message = "age bands begin at rising ages, from 0 on"
            self.report("W1005", (*self.path, "age_bands"), message, "for example [0, 7, 18, 60]")
        else:
            return _age_dimension(self.entity, ages)
        return None


def _age_dimension(entity: str, ages: Sequence[int]) -> Dimension:
    """Bands in full years on the day of evaluation: 0-6, 7-17, …, the last one open; <7 for those younger than all."""
    birth_date = Attribute(entity, _BIRTH_DATE, DATE)
    age = Call("full_years", (birth_date, Day(Instant.AS_OF)))
    known = Compare(Comparator.GE, age, Literal(0))
    closed = (f"{first}-{last - 1}" if last > first + 1 else f"{first}" for first, last in pairwise(ages))
    names = [*closed, f"{ages[-1]}+"]
    bands = [(Compare(Comparator.GE, age, Literal(a)), name) for a, name in zip(ages, names, strict=True)]
    if ages[0] > 0:
        bands.insert(0, (known, f"<{ages[0]}"))
    branches = tuple(Branch(condition, Literal(name)) for condition, name in reversed(bands))
    category: Expression = Case(branches, Literal(None))
    return Dimension(AGE_BAND, category, tuple(name for _, name in bands))
