"""How pack authors write tests: a person, their records, a day, and what is expected."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from wangdi.engine.packs.shapes import Shape

Attributes = dict[str, Any]


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


DueBySchedule = dict[str, DueShape | dict[str, DueShape | None] | None]
"""By schedule: its item, or its items by step, or none at all."""


class ExpectShape(Shape):
    """``open``: by schedule, every step that is due or overdue, in any order."""

    present: bool | None = None
    groups: dict[str, bool] = {}
    due: DueBySchedule = {}
    open: dict[str, list[str]] = {}
    indicators: dict[str, Annotated[list[int | float], Field(min_length=1, max_length=2)]] = {}
    values: dict[str, Any] = {}
    standards: dict[str, StandardExpectShape | None] = {}


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
