"""Before a month is closed: what will be kept, and what speaks for waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from wangdi.engine.model.text import Text
from wangdi.server.access.scope import scope_of
from wangdi.server.evaluation.models import Figure, KeptDay, Publication
from wangdi.server.evaluation.publishing import closed_days
from wangdi.server.jobs.models import Job
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.models import KindRow, RecordVersion
from wangdi.server.web.figures import month_ends
from wangdi.server.web.words import wording

OFFERED_MONTHS = 18

NAMED = 30
"""How many institutions are named; the others are counted."""

LATE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that speaks for waiting; ``named`` are the first of those it is about, as name and address."""

    text: str
    named: Sequence[tuple[str, str]] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """A month as it would be closed today. ``figures``: as many as are published of its last day now."""

    last_day: date
    figures: int
    made_at: datetime | None
    doubts: Sequence[Doubt]

    def __str__(self) -> str:
        return f"{self.last_day:%Y-%m}"


def may_close(user: AbstractBaseUser) -> bool:
    """Whether the user closes months and opens them again: whose area is the whole network, since figures of all
    are closed together – administrators, and officers beyond whose place no county and no institution lies."""
    scope = scope_of(user, closing=True)
    if scope.everything:
        return True
    if not scope.places:
        return False
    counties = Place.objects.filter(level="county").exclude(scope.covering_places())
    institutions = Institution.objects.exclude(scope.covering(place="place__path", institution=None))
    return not counties.exists() and not institutions.exists()


def open_months(today: date) -> list[date]:
    """The last days of months that are over and not closed, newest first."""
    closed, newest = closed_days(), today.replace(day=1) - timedelta(days=1)
    return [day for day in reversed(month_ends(newest, OFFERED_MONTHS)) if day not in closed]


def asked_months(texts: Sequence[str], today: date) -> list[date]:
    """Of months written as 2026-10 those that can be closed, oldest first."""
    return sorted(day for day in open_months(today) if f"{day:%Y-%m}" in texts)


def outlook(last_day: date, asked: Sequence[date], today: date) -> Outlook:
    """What closing would keep, and every doubt. A few indexed queries; some seconds with thousands of institutions."""
    kept = KeptDay.objects.select_related("publication").filter(as_of=last_day).first()
    figures = Figure.objects.filter(as_of=last_day, publication=kept.publication).count() if kept else 0
    doubts = [*_earlier(last_day, asked, today), *_imports(), *_late(last_day), *_silent(last_day)]
    return Outlook(last_day, figures, kept.publication.made_at if kept else None, doubts)


def _earlier(last_day: date, asked: Sequence[date], today: date) -> list[Doubt]:
    """Months before it in the same year that stay open, so that sums of the year would stand on open ground."""
    left = [
        day for day in open_months(today) if day < last_day and day not in asked and day.year == last_day.year
    ]
    if not left:
        return []
    months = "、".join(f"{day:%Y-%m}" for day in sorted(left))
    return [
        Doubt(
            wording(
                Text(f"本年更早的月份没有封账：{months}", f"earlier months of the year are open: {months}")
            )
        )
    ]


def _imports() -> list[Doubt]:
    """Imports that run, and the newest if it was refused: its rows are missing."""
    found = []
    if Job.objects.filter(kind="import", state__in=(Job.State.WAITING, Job.State.RUNNING)).exists():
        found.append(Doubt(wording(Text("有导入正在进行", "an import is under way"))))
    newest = Job.objects.filter(kind="import", state=Job.State.DONE).first()
    if newest is not None and (newest.result or {}).get("outcome") == "problems":
        day = f"{timezone.localtime(newest.made_at):%Y-%m-%d}"
        text = Text(
            f"{day} 的导入有问题，没有导入（第 {newest.pk} 号任务）",
            f"the import of {day} was refused for its problems (job {newest.pk})",
        )
        found.append(Doubt(wording(text)))
    return found


def _late(last_day: date) -> list[Doubt]:
    """Records of the month that came lately: as long as some come, more may."""
    since = timezone.now() - timedelta(days=LATE_DAYS)
    before = Publication.objects.filter(made_at__lte=since).order_by("-id").first()
    if before is None:
        return []
    month = RecordVersion.objects.filter(occurred_on__range=(last_day.replace(day=1), last_day))
    count = month.filter(seq__gt=before.watermark).count()
    if not count:
        return []
    text = Text(
        f"近 {LATE_DAYS} 天仍有本月的补录或更正 {count:,} 条，可能还会有",
        f"{count:,} records of the month were written or amended in the last {LATE_DAYS} days; more may come",
    )
    return [Doubt(wording(text))]


def _silent(last_day: date) -> list[Doubt]:
    """Institutions without any record of the month that had some in the month before."""
    first = last_day.replace(day=1)
    before = first - timedelta(days=1)
    silent = (
        Institution.objects.filter(Exists(_made_in(before.replace(day=1), before)))
        .exclude(Exists(_made_in(first, last_day)))
        .exclude(closed_on__lt=first)
        .order_by("code")
    )
    found = [(one.name, one.code) for one in silent]
    if not found:
        return []
    text = Text(
        f"{len(found):,} 家机构本月没有任何记录，上月还有",
        f"{len(found):,} institutions have no record of the month, and had some in the month before",
    )
    return [Doubt(wording(text), found[:NAMED], max(0, len(found) - NAMED))]


def _made_in(first: date, last: date) -> QuerySet[RecordVersion]:
    """With all kinds named, SQLite looks each up in the index instead of walking through an institution's years."""
    kinds = list(KindRow.objects.values_list("pk", flat=True))
    return RecordVersion.objects.valid().filter(
        institution=OuterRef("pk"), kind__in=kinds, occurred_on__range=(first, last)
    )
