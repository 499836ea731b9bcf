"""How pack authors write tests: a person, their records, a day, and what is expected."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from wangdi.engine.packs.shapes import Shape

Attributes = dict[str, Any]

FirstDay = Annotated[date, Field(strict=False)]
"""A day as a key: the reader of YAML gives keys as texts."""


class RecordShape(Shape):
    """A record in a test; the fields of its form stand in ``values``."""

    kind: str
    on: date
    id: str | None = None
    status: Literal["final", "void"] = "final"
    related: dict[Literal["subject", "institution", "worker"], Attributes] = {}
    values: Attributes = {}


class DueShape(Shape):
    """An item that is expected; what is left out may be anything."""

    due_from: date | None = None
    due_on: date | None = None
    overdue_from: date | None = None
    missed_from: date | None = None
    status: Literal["upcoming", "due", "overdue", "missed"] | None = None
    responsible: str | None = None
    other_than: date | None = None
    """An item that is not due from this day: that of another period."""
    before: Literal["upcoming", "none", "another"] = "upcoming"
    """With ``as_of: edges``: on the day before ``due_from`` the item is upcoming, or there is none yet, or that of another
    period."""
    after: Literal["overdue", "none", "another"] = "overdue"
    """With ``as_of: edges``: from ``overdue_from`` on the item is overdue, or gone, or that of another period is there."""


class StandardExpectShape(Shape):
    """``clauses``: the level each reaches, ``none``, or ``not_applicable``; ``gap``: the clauses to raise, in order."""

    review: Literal["self", "county", "city", "province"] = "self"
    year: int | None = None
    clauses: dict[str, Literal["C", "B", "A", "none", "not_applicable"]] = {}
    tier: str | None = None
    gap: list[str] | None = None


class SheetExpectShape(Shape):
    """Of the last record of the kind: texts that stand on its sheet, and texts that do not; or that it has none yet.

    A result is written ``title: what is shown``, with its judgement after it: ``空腹血糖: 7.2 high``.
    """

    says: list[str] = []
    silent: list[str] = []
    withheld: bool = False


def _item_or_steps(value: Any) -> str:
    by_step = (
        isinstance(value, dict)
        and value
        and all(one is None or isinstance(one, dict) for one in value.values())
    )
    return "steps" if by_step else "item"


_Due = Annotated[
    Annotated[DueShape, Tag("item")] | Annotated[dict[str, DueShape | None], Tag("steps")],
    Discriminator(_item_or_steps),
]
DueBySchedule = dict[str, _Due | None]
"""By schedule: its item, or its items by step, or none at all."""


def _figure(value: Any) -> Any:
    numbers = value if isinstance(value, list) else [value]
    if not numbers or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise ValueError("the value of the figure such as 0.75, or [numerator, denominator] such as [3, 4]")
    return value


FigureShape = Annotated[list[int | float] | int | float, BeforeValidator(_figure)]
"""What goes into a figure, numerator and denominator, or the value it comes to."""


class ExpectShape(Shape):
    """``open``: by schedule, every step that is due or overdue, in any order."""

    present: bool | None = None
    groups: dict[str, bool] = {}
    due: DueBySchedule = {}
    open: dict[str, list[str]] = {}
    indicators: dict[str, FigureShape] = {}
    targets: dict[str, int | float | None] = {}
    """By indicator its target on the day, in the unit of its value: a share as 0.9; None where it has none."""
    values: dict[str, Any] = {}
    standards: dict[str, StandardExpectShape | None] = {}
    channels: dict[str, dict[FirstDay, int | float]] = {}
    """By channel what is counted in each period, by its first day; periods without anything are left out."""
    sheets: dict[str, SheetExpectShape] = {}
    """By kind of record."""


class BelowShape(Shape):
    """Somebody below the institution or place of a test, ``times`` over, with records of their own."""

    attributes: Attributes = {}
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    records: list[RecordShape] = []


class TestShape(Shape):
    """One test, about one entity of a register. ``edges`` probes the days around the expected due item.

    ``adopted`` and ``edition`` are about the tested pack, if it is one that places adopt.
    """

    name: str
    as_of: date | Literal["edges"]
    resident: Attributes | None = None
    team: Attributes | None = None
    asset: Attributes | None = None
    worker: Attributes | None = None
    institution: Attributes | None = None
    place: Attributes | None = None
    adopted: bool = True
    edition: str | None = None
    institutions: dict[str, Attributes] = {}
    """Further institutions by code, such as those that records name; places, workers and teams alike."""
    places: dict[str, Attributes] = {}
    workers: dict[str, Attributes] = {}
    teams: dict[str, Attributes] = {}
    below: dict[str, list[BelowShape]] = {}
    records: list[RecordShape] = []
    expect: ExpectShape
