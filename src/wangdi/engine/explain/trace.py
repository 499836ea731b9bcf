"""What an explanation consists of: a tree of named results down to the records behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.parameters import AppliesBy, Trust
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that a fact rests on; ``values`` holds the fields the rule looked at."""

    kind: str
    record_id: str
    occurred_on: date
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Basis:
    """A policy value the rule used, with where it is written and how far that is trusted.

    ``since`` is the first day (of evaluation, or of birth) it applies to.
    """

    name: str
    title: Text
    value: str
    since: date
    source: Text
    number: str | None
    trust: Trust
    applies_by: AppliesBy
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class Trace:
    """One step: the expression as written, the same with its values filled in, and what came out.

    ``parts`` are the named values and groups it uses, each explained in turn; ``evidence`` the records of its facts;
    ``told`` what the result is called where it is an option of a field.
    """

    name: str
    title: Text | None
    expression: str
    filled: str
    result: object
    parts: tuple["Trace", ...] = ()
    evidence: tuple[Evidence, ...] = ()
    bases: tuple[Basis, ...] = ()
    told: Text | None = None


@dataclass(frozen=True, slots=True)
class GroupFound:
    """``internal``: only a step of other rules; lists of somebody's groups leave it out."""

    name: str
    title: Text
    internal: bool
    member: bool


@dataclass(frozen=True, slots=True)
class GroupExplained(GroupFound):
    trace: Trace


@dataclass(frozen=True, slots=True)
class DueFound:
    """A due item with its reason in a sentence (None where the pack gives none).

    ``step_title`` is None for schedules without steps, ``missed_from`` for what can always be done, ``responsible``
    where no institution is named to act.
    """

    schedule: str
    title: Text
    service: str
    step: str
    step_title: Text | None
    due_from: date
    due_on: date
    overdue_from: date
    missed_from: date | None
    status: str
    because: Text | None
    responsible: str | None


@dataclass(frozen=True, slots=True)
class DueExplained(DueFound):
    """And step by step."""

    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class IndicatorFound:
    """Where an entity stands in an indicator: counted in, in the denominator only, or not concerned."""

    name: str
    title: Text
    in_numerator: bool
    in_denominator: bool


@dataclass(frozen=True, slots=True)
class IndicatorExplained(IndicatorFound):
    numerator: Trace
    denominator: Trace


@dataclass(frozen=True, slots=True)
class AdoptionExplained:
    """Whether a pack that places adopt is in force for an entity, and why, in a sentence."""

    pack: str
    title: Text
    in_force: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class Overview:
    """What the rules say of one entity on a day, without the steps that lead there: a tenth of the work."""

    groups: tuple[GroupFound, ...]
    due: tuple[DueFound, ...]
    indicators: tuple[IndicatorFound, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything the rules say of one entity on a day, and why."""

    entity: str
    code: str
    as_of: date
    present: bool
    groups: tuple[GroupExplained, ...]
    due: tuple[DueExplained, ...]
    indicators: tuple[IndicatorExplained, ...]
    adoptions: tuple[AdoptionExplained, ...] = ()
