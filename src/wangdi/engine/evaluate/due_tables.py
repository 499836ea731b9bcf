"""Due items as Arrow tables: keys, names and words instead of positions, one table for each range of entities."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.columnar.each import EachColumns
from wangdi.engine.evaluate.columnar.results import NEVER, DueColumns
from wangdi.engine.evaluate.columnar.vectors import Array, to_days
from wangdi.engine.evaluate.due import Status
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.plan.plan import Plan

_WORDS = tuple(s.value for s in (Status.UPCOMING, Status.DUE, Status.OVERDUE, Status.MISSED))


@dataclass(frozen=True)
class Seats:
    """The keys of a plan's members, of the institution of each and of the place of each (null: none)."""

    member: Any
    institution: Any
    place: Any


@dataclass(frozen=True)
class Institutions:
    """The institutions' keys and codes by position, and the position above each (−1: none)."""

    key: Any
    code: Any
    above: Array


@dataclass(frozen=True)
class DueTables:
    """Makes tables of a plan's due items. ``own`` is the position of each member's institution (−1: none)."""

    plan: Plan
    seats: Seats
    own: Array
    institutions: Institutions
    moment: Moment

    def list(self, due: DueColumns, each: EachColumns) -> Sequence[Any]:
        """The items of a range; may be called from several threads. Columns: see `Outcome.due`."""
        tables = [self._of_schedules(due)] if self.plan.schedules else []
        return [*tables, self._of_records(each)] if self.plan.each else tables

    def _of_schedules(self, due: DueColumns) -> Any:
        steps = self.plan.schedules
        names = _named([planned.step for planned in steps], due.schedule)
        table = self._items([planned.schedule for planned in steps], due, names)
        subject = pa.array(due.subject)
        return table.append_column("institution", self._institution(due)).append_column(
            "place", self._seats.place.take(subject)
        )

    def _of_records(self, each: EachColumns) -> Any:
        table = self._items([p.schedule for p in self.plan.each], each, each.record.dictionary_encode())
        table = table.append_column("institution", self._keys(self._responsible(each)))
        return table.append_column("place", self._seats.place.take(pa.array(each.subject)))

    def _institution(self, due: DueColumns) -> Any:
        """The key of the institution that each item is for: the one that its schedule names, or the member's."""
        own = self._seats.institution.take(pa.array(due.subject))
        if due.holder is None:
            return own
        named = self._known(due.holder)
        keys = self._keys(np.where(named >= 0, named, self.own[due.subject]))
        names_one = np.array([planned.holder is not None for planned in self.plan.schedules], dtype=np.bool_)
        return pc.if_else(pa.array(names_one[due.schedule]), keys, own)

    def _keys(self, position: Array) -> Any:
        """The keys of the institutions at positions; null at −1."""
        keys = _whole(self.institutions.key).take(pa.array(position, mask=position < 0))
        return keys.cast(self._seats.institution.type)

    def _known(self, codes: Any) -> Array:
        """The positions of the institutions of those codes; −1 where there is none."""
        found = pc.index_in(codes, value_set=_whole(self.institutions.code))
        position: Array = pc.fill_null(found, -1).to_numpy(zero_copy_only=False)
        return position

    @cached_property
    def _seats(self) -> Seats:
        """The seats in one piece each: keys are taken from one array, not looked for among chunks."""
        return Seats(*map(_whole, (self.seats.member, self.seats.institution, self.seats.place)))

    def _items(self, schedules: Sequence[Schedule], due: DueColumns | EachColumns, steps: Any) -> Any:
        """What all sorts of due items have in common."""
        missed_from = due.missed_from if isinstance(due, DueColumns) else np.full(len(due), NEVER, np.int32)
        status = self._status(due.due_from, due.overdue_from, missed_from)
        entity = pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(due), np.int8)), pa.array([self.plan.entity])
        )
        return pa.table(
            {
                "entity": entity,
                "subject": self._seats.member.take(pa.array(due.subject)),
                "schedule": _named([schedule.name for schedule in schedules], due.schedule),
                "step": steps,
                "due_from": pa.array(due.due_from).view(pa.date32()),
                "due_on": pa.array(due.due_on).view(pa.date32()),
                "overdue_from": pa.array(due.overdue_from).view(pa.date32()),
                "missed_from": pa.array(missed_from, mask=missed_from == NEVER).view(pa.date32()),
                "status": pa.DictionaryArray.from_arrays(pa.array(status), pa.array(_WORDS)),
            }
        )

    def _status(self, *first_days: Array) -> Array:
        """The position of each item's word: the last whose first day has come; due, overdue, missed."""
        as_of, status = to_days(self.moment.as_of), np.zeros(len(first_days[0]), np.int8)
        for word, day in enumerate(first_days, 1):
            np.maximum(status, (day <= as_of).view(np.int8) * np.int8(word), out=status)
        return status

    def _responsible(self, each: EachColumns) -> Array:
        """The position of the institution that has to act on each item; −1: none."""
        holder = self._known(each.holder)
        own = self.own[each.subject]
        position = np.where(holder >= 0, holder, np.where(each.institution >= 0, each.institution, own))
        escalated = np.array([planned.escalated for planned in self.plan.each], dtype=np.bool_)
        above = np.append(self.institutions.above, -1)[position]
        return np.where(escalated[each.schedule] & (above >= 0), above, position)


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _named(names: Sequence[str], which: Array) -> Any:
    """The names at positions, as an Arrow dictionary: no text is made for an item."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    numbers = np.array([known[name] for name in names], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(
        pa.array(np.take(numbers, which)), pa.array(list(known), pa.string())
    )
