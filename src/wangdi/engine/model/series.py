"""Series: the steps of a schedule that are counted from one day, such as doses and milestones of a child."""

from collections.abc import Iterator
from dataclasses import dataclass

from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.expressions import Expression, Literal, TypeMismatch
from wangdi.engine.model.lengths import Length, require
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base

AT_ONCE = Literal(Duration(0, Unit.DAYS))


@dataclass(frozen=True, slots=True)
class SeriesStep:
    """One dose or milestone. All ages are counted from the series' anchor.

    ``given`` is the day on which it was done; while it is null the step is open to those for whom ``when`` is true.
    It may be done from the age ``earliest``; not before ``min_interval`` after the step named ``after`` was done, which
    it waits for; and not before the day ``not_before`` (null: no such day). It should be done on the day of the age
    ``by`` at the latest, or before the day of the age ``before``, but at least ``grace`` after it first may be.
    From the day of the age ``until`` on it can no longer be done: it is missed then if ``report_missed``, else gone.
    """

    name: str
    title: Text
    given: Expression
    earliest: Length = AT_ONCE
    by: Length | None = None
    before: Length | None = None
    until: Length | None = None
    after: str | None = None
    min_interval: Length = AT_ONCE
    not_before: Expression | None = None
    grace: Length = AT_ONCE
    when: Expression | None = None
    report_missed: bool = False
    because: Text | None = None

    def __post_init__(self) -> None:
        require(self.given, Base.DATE, "given")
        require(self.not_before, Base.DATE, "not_before")
        require(self.when, Base.BOOLEAN, "when")
        for name, length in self.lengths():
            require(length, Base.DURATION, name)
        if self.by is not None and self.before is not None:
            raise TypeMismatch("a step is to be done by an age or before one, not both")
        if self.report_missed and self.until is None:
            raise TypeMismatch("only a step with an age 'until' which it can be done is ever missed")
        if self.after is None and self.min_interval != AT_ONCE:
            raise TypeMismatch("min_interval counts from the step named in 'after'")

    def lengths(self) -> Iterator[tuple[str, Length]]:
        """The lengths of time it counts with, by the words authors have for them."""
        named = (
            ("from", self.earliest),
            ("by", self.by),
            ("before", self.before),
            ("until", self.until),
            ("min_interval", self.min_interval),
            ("grace", self.grace),
        )
        yield from ((name, length) for name, length in named if length is not None)


@dataclass(frozen=True, slots=True)
class Series:
    """Steps counted from the day ``anchor``; without one nothing is due. Nothing is due while ``stop`` is true."""

    anchor: Expression
    steps: tuple[SeriesStep, ...]
    stop: Expression | None = None

    def __post_init__(self) -> None:
        require(self.anchor, Base.DATE, "anchor")
        require(self.stop, Base.BOOLEAN, "stop")
        if not self.steps:
            raise TypeMismatch("a series has one step or more")
        seen: set[str] = set()
        for step in self.steps:
            if step.name in seen:
                raise TypeMismatch(f"two steps are named '{step.name}'")
            if step.after is not None and step.after not in seen:
                raise TypeMismatch(f"'{step.name}' comes after '{step.after}', which is no earlier step")
            seen.add(step.name)

    def step(self, name: str) -> SeriesStep:
        """The step of that name. KeyError when there is none."""
        found = next((step for step in self.steps if step.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def previous(self, step: SeriesStep) -> SeriesStep | None:
        """The step that one waits for; None when it waits for none."""
        return self.step(step.after) if step.after is not None else None
