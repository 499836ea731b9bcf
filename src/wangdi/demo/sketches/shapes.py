"""What a ``demo.yaml`` may say. Wherever a share stands, ``{poor: 0.2, good: 0.9}`` lets it depend on how well the place
or institution is run, from the worst to the best."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from wangdi.engine.packs.yaml_tree import LOADER

SKETCH_FILE = "demo.yaml"

Span = tuple[int, int]
"""Days from and to, both included."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Uneven(Shape):
    """A share where care is worst and where it is best."""

    poor: float = Field(ge=0, le=1)
    good: float = Field(ge=0, le=1)


Share = Annotated[float, Field(ge=0, le=1)] | Uneven


class Range(Shape):
    """Numbers or days within limits, both included; an open side has none."""

    at_least: float | None = None
    at_most: float | None = None


class Whom(Shape):
    """Who has records at all. ``where`` names register columns; of residents and workers also ``age`` (full years on the
    last day), of whatever has an institution ``institution.type`` and ``institution.level``."""

    where: dict[str, list[str] | Range] = {}
    condition: str | list[str] | None = None
    """Residents with ``hypertension`` or ``diabetes``; several: with all of them."""
    holds: str | None = Field(default=None, alias="if")
    """A formula over what is known of them, such as ``hypertension or age >= 65``."""
    share: Share = 1.0


class Course(Shape):
    """Visit after visit, as long as there are days: what is drawn at one decides when the next one is. Texts are formulas
    over what the person ``own``s, and, in ``soon_if``, what was ``drawn`` at the visit. Nobody comes on a Sunday."""

    gap: str
    """Days from one visit to the next."""
    spread: float = Field(default=0.08, ge=0, le=1)
    soon_if: str
    """Then the next one comes soon, where that is ``kept``; a missed one has the same chance once more, later."""
    soon: Span
    later: Span
    kept: Share
    ends: str | None = None
    """The last day."""


class After(Shape):
    """After each record of another kind about the same one; ``where`` names choices and flags of that record."""

    kind: str
    days: Span
    where: dict[str, list[str | bool]] = {}
    only_last: bool = False
    holds: str | None = Field(default=None, alias="if")
    """After those for which the formula holds over the values of that record."""
    again: int | None = Field(default=None, ge=1)
    """Then every so many days, about."""
    course: Course | None = None
    monthly: int | None = Field(default=None, ge=1, le=28)
    """From then on on that day of each month, or up to four days later."""
    yearly: list[tuple[int, int]] | None = None
    """From then on in each year around each of these (month, day)."""
    until: int | str | None = None
    """Not later than so many days after the earlier record, or than a date of it: one of its fields, or ``<state>_on``."""


class Every(Shape):
    """Again and again from a random first day on."""

    days: int = Field(ge=1)
    spread: float = Field(default=0.1, ge=0, le=1)
    """How far single gaps lie from the mean, as a share of it."""


class Ages(Shape):
    """At certain ages in months, each with a label that fields may hold, up to ``late`` days after."""

    months: dict[str, float]
    late: Span = (0, 20)
    since_birth: bool = False
    """Also before the three years: what older people had, as histories that were taken over."""


class When(Shape):
    """Exactly one way of finding days, and how many of them are kept."""

    within: Span | None = None
    """Once, so many days before the last day (``[0, 900]``)."""
    times: Span = (1, 1)
    """How often within these days."""
    every: Every | None = None
    monthly: int | None = Field(default=None, ge=1, le=28)
    """On that day of each month, or up to four days later."""
    yearly: list[tuple[int, int]] | None = None
    """In each year around each of these (month, day)."""
    ages: Ages | None = None
    after: After | None = None
    each: list[str] = []
    """Once for each of these labels; fields may hold them as those of ages."""
    last: int | None = Field(default=None, ge=1)
    """Only in so many days up to the last one."""
    day: str | None = None
    """The day after all, worked out from the ``day`` found so far, which then is exact."""
    kept: Share = 1.0
    holds: str | None = Field(default=None, alias="if")
    """Only records for which the formula holds over what they ``own`` and is ``drawn``."""

    @model_validator(mode="after")
    def _one_way(self) -> "When":
        ways = [self.within, self.every, self.monthly, self.yearly, self.ages, self.after]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of within, every, monthly, yearly, ages, after")
        if self.each and self.ages is not None:
            raise ValueError("ages have labels of their own: leave out each")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.ages.months if self.ages is not None else self.each)


Weights = dict[str, float]


class Tally(Shape):
    """How many records there are of a kind about residents at the institution, or the sum ``of`` a number of them, in
    the month that lies so many months from that of the record's day."""

    kind: str
    of: str | None = None
    month: int = 0


BESIDES = {"empty", "poor", "poor_mean", "times", "poor_times", "steady", "once", "holds"}
"""What an answer may say in addition."""


class Answer(Shape):
    """What a field holds: exactly one of the following, and how often it is left empty."""

    value: bool | int | float | str | None = None
    choice: Weights | None = None
    """Options with their weights; where care is poor, those of ``poor``."""
    poor: Weights | None = None
    choices: dict[str, Share] | None = None
    """Of several choices: how often each is ticked."""
    flag: Share | None = None
    """How often true."""
    normal: tuple[float, float] | None = None
    """Mean and standard deviation; kept within the field's limits."""
    poor_mean: float | None = None
    uniform: tuple[float, float] | None = None
    days: Span | None = None
    """A date so many days after the record's day."""
    text: list[str] | None = None
    number: str | None = None
    """A text with a running number: ``"T{:05d}"``."""
    column: str | None = None
    """The register column of that name of whomever the record is about."""
    earlier: str | None = None
    """The field of that name of the record that this one comes after."""
    institution: list[str] | None = None
    """The code of an institution of one of these types, in the same county."""
    worker: list[str] | None = None
    """The code of a doctor of such an institution."""
    label: dict[str, str] | None = None
    """By the label of the age; ``{}`` holds the label itself."""
    normal_by_label: dict[str, tuple[float, float]] | None = None
    year: int | None = None
    """The year of the record's day, and so many years more."""
    month: int | None = None
    """The first day of the month of the record's day, and so many months later."""
    of: dict[str, float] | None = None
    """The sum of other numbers of the record, register columns, or ``one`` (1), each times its weight; what is missing
    counts nothing. Such fields are filled in after all others, in the order of the sketch."""
    times: tuple[float, float] = (1, 1)
    """What ``of`` is multiplied by: something between the two."""
    poor_times: tuple[float, float] | None = None
    """The same where care is poor."""
    formula: str | None = Field(default=None, alias="is")
    """A SQL expression over other values of the record, what is ``drawn`` and ``own``ed, ``earlier.`` values of the record
    it follows, register columns, and ``day``, ``as_of``, ``first_day``, ``age`` (on the day), ``nth`` (which record about
    the same one it is), ``quality``, the names of conditions, ``rounds`` (the clinic rounds its readings), ``dense``,
    ``gave_birth`` (the day of the last child's birth), ``moved_on`` (the day of moving away), ``trait.word`` (a number
    with mean 0 and deviation 1 that each one keeps in all sketches), ``lot('text')``. Filled in last, as ``of``."""
    tally: Tally | None = None
    holds: str | None = Field(default=None, alias="if")
    """Filled in only where the formula holds."""
    steady: bool = False
    """The same in all records about one subject."""
    once: list[str] | None = None
    """Filled in only when the record has been in one of these states; ``days`` count from then."""
    empty: Share = 0.0

    @model_validator(mode="after")
    def _one_way(self) -> "Answer":
        given = set(self.model_fields_set) - BESIDES
        if len(given) != 1:
            raise ValueError(
                "give exactly one of value, choice, choices, flag, normal, uniform, days, is, text, …"
            )
        return self

    @property
    def comes_last(self) -> bool:
        """Whether other values of the record have to be known first."""
        return self.of is not None or self.formula is not None or self.holds is not None

    @property
    def whole_formula(self) -> str | None:
        """The formula with its condition, where nothing else is left to chance; None where something is."""
        if self.formula is None or self.model_fields_set - {"formula", "holds"}:
            return None
        return self.formula if self.holds is None else f"case when {self.holds} then {self.formula} end"


class Step(Shape):
    """A record moves on to a state, or to one of several by weight."""

    to: str | Weights
    after: Span
    chance: Share = 1.0
    only: str | None = None
    """Only of those in this state; the others wait for the next step."""
    late: Span | None = None
    """Those who miss the chance move on, too, but so many days later."""


class Sketch(Shape):
    """The records of one kind."""

    whom: Whom = Whom()
    own: dict[str, Answer] = {}
    """Values of each one, which all records about the same one have in common."""
    drawn: dict[str, Answer] = {}
    """Values of each record besides its fields, from which days and fields may be worked out."""
    when: When
    done_at: list[str] | None = None
    """Written at an institution of one of these types in the same county; else where the one it is about belongs."""
    done_above: list[str] = []
    """Where the one it is about belongs to an institution of these types, the one above it writes the record."""
    done_there: bool = False
    """Written where the record it comes after was."""
    fields: dict[str, Answer] = {}
    path: list[Step] = []
    """How records of a kind with a workflow move on; they stop where the day or their luck ends."""
    corrected: dict[str, float] = {}
    """Numbers that are sometimes corrected afterwards, and by how much."""
    assigned: str | None = None
    """The field that names the institution which has the record in hand."""


class Sketches(RootModel[dict[str, Sketch]]):
    """A ``demo.yaml``: sketches by kind, each after those it follows. ``kind/other`` sketches more records of a kind."""


def read_sketches(folder: Path) -> dict[str, Sketch]:
    """The sketches of every pack in a folder of packs. ValueError that names the file where one cannot be read."""
    found: dict[str, Sketch] = {}
    for path in sorted(folder.glob(f"*/{SKETCH_FILE}")):
        content: Any = yaml.load(path.read_text("utf-8"), Loader=LOADER)
        try:
            sketches = Sketches.model_validate(content).root
        except ValueError as error:
            raise ValueError(f"{path.parent.name}/{SKETCH_FILE}: {error}") from None
        twice = found.keys() & sketches.keys()
        if twice:
            raise ValueError(
                f"{path.parent.name}/{SKETCH_FILE}: {', '.join(sorted(twice))} is sketched twice"
            )
        found |= sketches
    return _in_order(found)


def _in_order(sketches: dict[str, Sketch]) -> dict[str, Sketch]:
    """Each after the one it follows. ValueError when sketches follow one another in a circle."""
    ordered: dict[str, Sketch] = {}
    waiting = dict(sketches)
    while waiting:
        ready = [
            name
            for name, one in waiting.items()
            if one.when.after is None or one.when.after.kind not in waiting
        ]
        if not ready:
            raise ValueError(f"these sketches follow one another in a circle: {', '.join(sorted(waiting))}")
        ordered |= {name: waiting.pop(name) for name in ready}
    return ordered
