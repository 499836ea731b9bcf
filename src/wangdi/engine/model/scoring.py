"""Amounts that policy sets, and the rules by which a value becomes points."""

from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.expressions import TypeMismatch
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.types import NUMBER, is_exact


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that policy sets: written down, or a dated parameter."""

    given: float | Parameter

    def __post_init__(self) -> None:
        if isinstance(self.given, Parameter):
            if self.given.type != NUMBER:
                raise TypeMismatch(f"a number is needed here, but '{self.given.name}' is a {self.given.type}")
        elif not is_exact(self.given):
            raise ValueError("the number is too large to be computed with exactly")

    def on(self, day: date) -> float | None:
        """The number in force on a day; None where the parameter has none."""
        if not isinstance(self.given, Parameter):
            return float(self.given)
        value = self.given.value_on(day)
        return float(value) if isinstance(value, int | float) else None

    @property
    def ever(self) -> tuple[float, ...]:
        """Every number it is or was."""
        if not isinstance(self.given, Parameter):
            return (float(self.given),)
        return tuple(
            float(dated.value) for dated in self.given.values if isinstance(dated.value, int | float)
        )


@dataclass(frozen=True, slots=True)
class Proportional:
    """No points at ``zero`` and beyond, the full weight from ``full`` on, in between in proportion."""

    zero: Amount
    full: Amount

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return (self.zero, self.full)


@dataclass(frozen=True, slots=True)
class FullOrZero:
    """The full weight from ``full`` on, else nothing."""

    full: Amount

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return (self.full,)


@dataclass(frozen=True, slots=True)
class Band:
    """The points for a value that reaches a threshold."""

    threshold: Amount
    points: Amount


@dataclass(frozen=True, slots=True)
class Bands:
    """The points of the first band whose threshold is reached; nothing when none is."""

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if not self.bands:
            raise ValueError("bands are one or more pairs of a threshold and points")

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return tuple(amount for band in self.bands for amount in (band.threshold, band.points))


ScoringRule = Proportional | FullOrZero | Bands
