"""What a reader asks of a list: filters, order, columns. It stands in the address, so it can be kept and sent."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import QueryDict

from wangdi.engine.model.fields import FieldType
from wangdi.server.web.lists.columns import UNSET, Column, Control
from wangdi.server.web.words import NO, YES, day_in_words, say, wording

PREFIX = "f-"
LOW, HIGH = "-from", "-to"


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed for one column; ``value`` for options and words, ``low`` and ``high`` for days and numbers."""

    column: Column
    value: str = ""
    low: str = ""
    high: str = ""

    @property
    def key(self) -> str:
        return PREFIX + self.column.name

    @property
    def is_set(self) -> bool:
        return bool(self.value or self.low or self.high)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Codes and titles to choose from."""
        if self.column.field.type is FieldType.BOOLEAN:
            known = [("true", wording(YES)), ("false", wording(NO))]
        else:
            known = [(one.code, wording(one.title)) for one in self.column.field.options]
        return [*known, (UNSET, say("未填", "not given"))]

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty when it can be used."""
        wrong = [text for text in (self.low, self.high) if text and self._limit(text) is None]
        if wrong:
            example = "2026-03-01" if self.column.control is Control.DAYS else "140"
            return say(
                "“{text}”看不懂，请写成 {example} 这样",
                "'{text}' cannot be read; write it like {example}",
                text=wrong[0],
                example=example,
            )
        if self.value and self.column.control is Control.OPTIONS and self.value not in dict(self.options):
            return say("没有“{text}”这个选项", "there is no option '{text}'", text=self.value)
        return ""

    @property
    def condition(self) -> Q:
        """Of the rows wanted; of all where something is wrong, since `problem` is shown then."""
        if not self.is_set or self.problem:
            return Q()
        match self.column.control:
            case Control.OPTIONS:
                return self.column.is_option(self.value)
            case Control.WORDS:
                return self.column.has_words(self.value)
            case _:
                return self.column.between(self._limit(self.low), self._limit(self.high))

    def _limit(self, text: str) -> date | float | None:
        try:
            if self.column.control is Control.DAYS:
                return date.fromisoformat(text)
            number = float(text)
        except ValueError:
            return None
        return int(number) if number == int(number) else number

    @property
    def said(self) -> str:
        """In words, as a list says by what it is filtered."""
        if self.column.control is Control.OPTIONS:
            return dict(self.options).get(self.value, self.value)
        if self.column.control is Control.WORDS:
            return say("含“{words}”", "has '{words}'", words=self.value)
        low, high = self._said(self.low), self._said(self.high)
        if low and high:
            return say("{low} 至 {high}", "{low} to {high}", low=low, high=high)
        return say("{low} 起", "from {low}", low=low) if low else say("至 {high}", "up to {high}", high=high)

    def _said(self, text: str) -> str:
        limit = self._limit(text) if text else None
        return day_in_words(limit) if isinstance(limit, date) else text


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a reader chose for a list. Unknown columns count as not chosen."""

    filters: tuple[Filter, ...]
    order: Column
    descending: bool
    shown: tuple[Column, ...]

    @property
    def condition(self) -> Q:
        found = Q()
        for one in self.filters:
            found &= one.condition
        return found

    @property
    def active(self) -> tuple[Filter, ...]:
        return tuple(one for one in self.filters if one.is_set)

    @property
    def problems(self) -> tuple[Filter, ...]:
        return tuple(one for one in self.filters if one.problem)


def wanted(query: QueryDict, columns: Sequence[Column], shown: Sequence[str], order: str) -> Wanted:
    """What the address says; ``shown`` and ``order`` (with ``-``: downwards) where it says nothing."""
    by_name = {column.name: column for column in columns}
    sort = query.get("sort", "") or order
    if sort.removeprefix("-") not in by_name:
        sort = order
    chosen = {name for name in query.getlist("col") if name in by_name} or set(shown)
    return Wanted(
        tuple(_filter(query, column) for column in columns),
        by_name[sort.removeprefix("-")],
        sort.startswith("-"),
        tuple(by_name[name] for name in dict.fromkeys((*shown, *by_name)) if name in chosen),
    )


def _filter(query: QueryDict, column: Column) -> Filter:
    key = PREFIX + column.name
    texts = (query.get(key, ""), query.get(key + LOW, ""), query.get(key + HIGH, ""))
    value, low, high = (unicodedata.normalize("NFKC", text).strip() for text in texts)
    if column.control in (Control.DAYS, Control.NUMBERS):
        return Filter(column, "", low, high)
    return Filter(column, value)
