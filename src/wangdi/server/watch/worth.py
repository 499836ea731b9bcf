"""What the alarms of a channel were worth: how often it was silent where nothing happened, and heard what did.

A *quiet* period of a place is one that was judged and in which no confirmed outbreak went on there; specificity is the
share of them without an alarm (as Buckeridge 2007, Journal of Biomedical Informatics 40:370-379, has it). An *eventful*
one is a period in which a confirmed outbreak of a trigger that looks at the channel went on. Periods are judged as on
their own day, by what is known of them now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.model.channels import Pace
from wangdi.methods.detection.result import Reason
from wangdi.server.access.scope import Viewer
from wangdi.server.network.models import Place
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.declaration import Declaration
from wangdi.server.watch.reading import Reading

LOOKED_BACK = {Pace.DAY: 182, Pace.WEEK: 52, Pace.MONTH: 12}
"""Periods that are judged: a year; of days, half a year."""


@dataclass(frozen=True, slots=True)
class Outbreak:
    """A confirmed outbreak at a place (by its path) from a first through a last day; of one ``trigger``, or, where it was
    found without an alert, of nobody knows which.
    """

    path: str
    first: date
    last: date
    trigger: str | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Periods of places that a channel judged: ``quiet`` ones, of these ``false`` alarms, ``eventful`` ones, of these
    ``heard`` with an alarm.
    """

    quiet: int = 0
    false: int = 0
    eventful: int = 0
    heard: int = 0

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(
            self.quiet + other.quiet,
            self.false + other.false,
            self.eventful + other.eventful,
            self.heard + other.heard,
        )

    @property
    def specificity(self) -> float | None:
        """The share of the quiet periods without an alarm; None without a quiet period."""
        return 1 - self.false / self.quiet if self.quiet else None


def outbreaks(declared: Declaration, since: date, viewer: Viewer) -> list[Outbreak]:
    """Those confirmed that went on since a day, as a viewer may see them: alerts with such an outcome, and outbreaks found
    without one.
    """
    rules = declared.confirmed
    if rules is None:
        return []
    kinds = [name for name in (declared.alert.kind, rules.otherwise) if name is not None]
    records = (
        RecordVersion.objects.valid()
        .visible_to(viewer)
        .filter(kind__name__in=kinds, **{f"values__{rules.outcome}__in": list(rules.of)})
    )
    paths = dict(Place.objects.values_list("pk", "path"))
    found = [_outbreak(one, declared, paths[one.subject]) for one in records.select_related("kind")]
    return [one for one in found if one.last >= since]


def _outbreak(record: RecordVersion, declared: Declaration, path: str) -> Outbreak:
    """From the onset of the first case, or what stands for it, until the alert's last period or the day it was found."""
    alert, values = declared.alert, record.values
    onset = values.get(declared.confirmed.onset) if declared.confirmed is not None else None
    if record.kind.name != alert.kind:
        return Outbreak(path, _day(onset) or record.occurred_on, record.occurred_on, None)
    first, last = _day(values.get(alert.first_period)), _day(values.get(alert.last_period))
    begins = [day for day in (_day(onset), first) if day is not None]
    return Outbreak(
        path, min(begins, default=record.occurred_on), last or record.occurred_on, values.get(alert.trigger)
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def worth_of(
    reading: Reading, declared: Declaration, found: Sequence[Outbreak], paths: Mapping[str, str]
) -> Worth:
    """Over the latest year of a channel at its places, whose ``paths`` are by code. Whether a period without an answer, for
    want of reports or history, is quiet nobody knows: it is left out.
    """
    name, total = reading.channel.name, Worth()
    own = {trigger for trigger, one in declared.triggers.items() if name in one.channels}
    relevant = [one for one in found if one.trigger is None or one.trigger in own]
    rows = [[one for one in relevant if _touches(one.path, paths[code])] for code in reading.places]
    for judged in reading.judged(declared.method_of(name), LOOKED_BACK[reading.channel.pace]):
        known = judged.reason == Reason.COMPUTED
        known |= judged.reason == Reason.FEW_CASES
        going_on = np.zeros(known.shape, bool)
        ours = np.zeros(known.shape, bool)
        for row, here in enumerate(rows):
            for column, time in enumerate(judged.times.tolist()) if here else ():
                there = [one for one in here if _overlaps(one, reading, time)]
                going_on[row, column] = bool(there)
                ours[row, column] = any(one.trigger is not None for one in there)
        total += Worth(
            int((known & ~going_on).sum()),
            int((known & ~going_on & judged.alarm).sum()),
            int((known & ours).sum()),
            int((known & ours & judged.alarm).sum()),
        )
    return total


def _touches(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _overlaps(one: Outbreak, reading: Reading, time: int) -> bool:
    first = reading.periods[time]
    after = reading.channel.pace.next(first)
    return one.last >= first and (after is None or one.first < after)
