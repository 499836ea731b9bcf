"""Lists that are paged without being counted to their end: how many there are is told as far as it is quickly known."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property

MOST_COUNTED = 1000
"""A reader of a list goes through a few pages of it: a county's list of 200,000 records took a second to count."""

EXACT = "count"
"""In the address of a list: all of it is to be counted."""


class _Part(Page):  # type: ignore[type-arg]
    """A page of a list whose end is not known: whether another follows is known from one row more than is shown."""

    paginator: "BoundedPaginator"

    def __init__(self, rows: Sequence[Any], number: int, paginator: "BoundedPaginator") -> None:
        super().__init__(rows[: paginator.per_page], number, paginator)
        self._is_followed = len(rows) > paginator.per_page

    def has_next(self) -> bool:
        return self._is_followed

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1

    def end_index(self) -> int:
        return self.start_index() + len(self.object_list) - 1


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of ordered rows, of which no more than ``MOST_COUNTED`` are counted unless ``?count`` asks for it.

    Every row is on a page, also of those beyond: only their number is left open, and ``is_bounded`` says so.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, query: QueryDict) -> None:
        super().__init__(rows, per_page)
        self._rows = rows
        self._counts_all = EXACT in query

    @cached_property
    def is_bounded(self) -> bool:
        """Whether there are more than ``count``."""
        return not self._counts_all and self._counted > MOST_COUNTED

    @cached_property
    def count(self) -> int:
        return self._rows.count() if self._counts_all else min(self._counted, MOST_COUNTED)

    @cached_property
    def _counted(self) -> int:
        return int(self._rows[: MOST_COUNTED + 1].count())

    def get_page(self, number: int | float | str | None) -> Page[Any]:
        """The last page for a number beyond the end, as `Paginator` does: then all are counted."""
        if not self.is_bounded:
            return super().get_page(number)
        asked = max(int(number), 1) if isinstance(number, str) and number.isdecimal() else 1
        first = (asked - 1) * self.per_page
        rows = list(self._rows[first : first + self.per_page + 1])
        if rows:
            return _Part(rows, asked, self)
        return Paginator(self._rows, self.per_page).get_page(number)
