"""From an author's keys to the measure of an indicator."""

from collections.abc import Callable
from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import Measure
from wangdi.engine.model.measures import Count, Mean, Proportion, Rate, Sum
from wangdi.engine.model.types import Base
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.scopes import EntityScope
from wangdi.engine.packs.scorecards import ComposedReader
from wangdi.engine.packs.shapes import IndicatorShape
from wangdi.engine.packs.yaml_tree import Path_

_FORMS = {
    "count": (),
    "sum": ("of",),
    "mean": ("of",),
    "numerator": ("denominator", "per"),
    "ratio_of": ("per",),
    "scorecard": (),
}
"""The key that each form of measure is known by, and those that may stand beside it."""
_PARTS = ("numerator", "denominator", "count", "sum", "mean", "of", "per", "ratio_of", "scorecard")
_FORMS_HINT = "write numerator and denominator, or one of count, sum, mean, ratio_of, scorecard"


@dataclass(frozen=True)
class MeasureReader(Reader):
    """Reads what one indicator measures. Methods return None when they reported what is wrong."""

    name: str
    shape: IndicatorShape
    entity: str

    @property
    def path(self) -> Path_:
        return ("indicators", self.name)

    def read(self) -> Measure | None:
        form = self._form()
        if form is None:
            return None
        readers: dict[str, Callable[[], Measure | None]] = {
            "count": self._count,
            "sum": self._sum,
            "mean": self._mean,
            "numerator": self._proportion,
        }
        if form in readers:
            return readers[form]()
        return ComposedReader(self.names, self.file, self.path, self.shape).read()

    def _form(self) -> str | None:
        """The one form that the indicator has."""
        given = [key for key in _PARTS if getattr(self.shape, key) is not None]
        forms = [key for key in given if key in _FORMS]
        if len(forms) != 1:
            message = "an indicator measures exactly one thing"
            found = f"this one has {', '.join(given)}; {_FORMS_HINT}" if given else _FORMS_HINT
            self.report("W1005", self.path, message, found, key=True)
            return None
        form = forms[0]
        extra = [key for key in given if key not in (form, *_FORMS[form])]
        for key in extra:
            self.report("W1005", (*self.path, key), f"'{key}' has no meaning beside '{form}'", "leave it out")
        return None if extra else form

    def _part(self, key: str, *bases: Base) -> Expression | None:
        """The expression at a key, which has to be there."""
        text: str | None = getattr(self.shape, key)
        if text is None:
            self.report("W1004", self.path, f"missing key '{key}'", key=True)
            return None
        scope, path = EntityScope(self.names, self.file, self.entity), (*self.path, key)
        found = self.names.library.expression(self.file, path, text, scope)
        if found is not None and found.type.base not in bases:
            wanted = " or a ".join(base.value for base in bases)
            self.report("W2005", path, f"{key} needs a {wanted}, but this is a {found.type}")
            return None
        return found

    # -- counted ----------------------------------------------------------------------------------

    def _count(self) -> Measure | None:
        of = self._part("count", Base.BOOLEAN)
        return Count(of) if of is not None else None

    def _sum(self) -> Measure | None:
        number, of = self._part("sum", Base.NUMBER), self._part("of", Base.BOOLEAN)
        return Sum(number, of) if number is not None and of is not None else None

    def _mean(self) -> Measure | None:
        number, of = self._part("mean", Base.NUMBER), self._part("of", Base.BOOLEAN)
        return Mean(number, of) if number is not None and of is not None else None

    def _proportion(self) -> Measure | None:
        per = self.shape.per
        bases = (Base.BOOLEAN,) if per is None else (Base.BOOLEAN, Base.NUMBER)
        numerator, denominator = self._part("numerator", *bases), self._part("denominator", *bases)
        if numerator is None or denominator is None:
            return None
        if per is None:
            return Proportion(numerator, denominator)
        path = (*self.path, "per")
        return self.names.library.build(self.file, "W2005", path, lambda: Rate(numerator, denominator, per))
