"""How many items are open at each place and institution: counted by an evaluation, kept right by every change.

Counting a county's 300,000 items takes a third of a second. What is counted is kept for the day of the evaluation and
the day after; every item that comes or goes meanwhile is noted, and what is asked is the count with what was noted
since. On other days, and before the first evaluation, the items themselves are counted.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from wangdi.server.access.scope import Viewer
from wangdi.server.common.bulk import BulkWriter
from wangdi.server.common.once import once
from wangdi.server.evaluation.models import (
    DueItem,
    DueItemQuerySet,
    OpenChange,
    OpenCount,
    Publication,
    is_open_on,
)
from wangdi.server.network.models import Institution, Place

KEPT_DAYS = 2
"""An evaluation of late in the evening is read all through the next day."""

Seat = tuple[str, int, int]
"""The path of a place or an institution, and how many items are overdue and due there."""


def open_by_seat(user: Viewer, entity: str, path: str, day: date) -> list[Seat]:
    """Of the places (``entity``: ``place``) or institutions at a path and under it, those where the user sees open items.

    A seat may come twice: its numbers are to be added.
    """

    def ask() -> list[Seat]:
        model: type[Place] | type[Institution] = Place if entity == "place" else Institution
        within = Q(**{f"{entity}__in": model.objects.filter(path__under=path).values("pk")})
        if not OpenCount.objects.filter(day=day).exists():
            return counted_by_seat(DueItem.objects.visible_to(user).filter(within), entity, day)
        seats = f"{entity}__path"
        counts = OpenCount.objects.visible_to(user).filter(within, day=day).order_by().values_list(seats)
        counts = counts.annotate(late=Sum("overdue"), timely=Sum("due"))
        last = OpenCount.objects.order_by("-after").values("after")[:1]
        changes: QuerySet[Any] = OpenChange.objects.visible_to(user).filter(is_open_on(day), within)
        changes = changes.filter(pk__gt=last).order_by().values_list(seats)
        is_late = Q(overdue_from__lte=day)
        changes = changes.annotate(late=_signed(is_late), timely=_signed(~is_late))
        # One statement, so that both are of one moment: an evaluation may put a new count in the place of the changes.
        return list(counts.union(changes, all=True))

    return once(("open by seat", user.pk, entity, path, day), ask)


def _signed(condition: Q) -> Sum:
    return Sum(Case(When(condition, then=F("sign")), default=Value(0)))


def counted_by_seat(items: DueItemQuerySet, entity: str, day: date) -> list[Seat]:
    """The same from the items themselves."""
    late = Q(overdue_from__lte=day)
    rows = items.open_on(day).order_by().values_list(f"{entity}__path")
    return list(rows.annotate(late=Count("pk", filter=late), timely=Count("pk", filter=~late)))


def note_changes(gone: Iterable[DueItem], come: Iterable[DueItem]) -> None:
    """In the transaction in which items go and come. Nothing is kept, so nothing noted, before the first evaluation."""
    left, new = Counter(map(_noted, gone)), Counter(map(_noted, come))
    changed = [
        *((1, one) for one in (new - left).elements()),
        *((-1, one) for one in (left - new).elements()),
    ]
    if changed and Publication.objects.exists():
        OpenChange.objects.bulk_create(
            OpenChange(sign=sign, **dict(zip(_NOTED, one, strict=True))) for sign, one in changed
        )


def _noted(item: DueItem) -> tuple[Any, ...]:
    return tuple(getattr(item, name) for name in _NOTED)


_NOTED = ("institution_id", "place_id", "due_from", "overdue_from", "missed_from")
_COLUMNS = ", ".join(_NOTED)


def note_in_bulk(writer: BulkWriter, rows: str, sign: int) -> None:
    """As `note_changes`, for the rows of a query's ``FROM`` clause that have the columns of due items."""
    writer.execute(
        f"INSERT INTO evaluation_openchange ({_COLUMNS}, sign) SELECT {_COLUMNS}, {sign} FROM {rows}"
    )


def keep_counts(writer: BulkWriter, as_of: date) -> int:
    """Counts all items anew; the number of the last change that is among them.

    Counting writes nothing, so nobody waits for it. It reads one moment of the store, together with the number of the
    last change at that moment; what is noted afterwards is added to it.
    """
    days = [(as_of + timedelta(days=n)).isoformat() for n in range(KEPT_DAYS)]
    with writer.one_moment():
        last: int = writer.value("SELECT coalesce(max(id), 0) FROM evaluation_openchange")
        sums = ", ".join(
            f"{_count(day, '<=')} AS late{n}, {_count(day, '>')} AS timely{n}" for n, day in enumerate(days)
        )
        writer.make("open", f"SELECT institution_id, place_id, {sums} FROM evaluation_dueitem GROUP BY 1, 2")
    with writer.transaction():
        writer.execute("DELETE FROM evaluation_opencount")
        for n, day in enumerate(days):
            writer.execute(
                "INSERT INTO evaluation_opencount (day, institution_id, place_id, overdue, due, after) "
                f"SELECT '{day}', institution_id, place_id, late{n}, timely{n}, {last} FROM temp.open"
            )
    return last


def _count(day: str, comparison: str) -> str:
    """Open items that are overdue (``<=``) or not yet (``>``) on a day; as `DueItemQuerySet.open_on` says."""
    is_open = f"due_from <= '{day}' AND (missed_from IS NULL OR missed_from > '{day}')"
    return f"sum({is_open} AND overdue_from {comparison} '{day}')"
