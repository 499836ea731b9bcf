"""The form of a kind of record, from the fields its pack declares. The store decides what values are right.

A form keeps what was typed as text, so that nothing is lost when something in it is wrong.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from uuid6 import uuid7

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.usual import span_in_words
from wangdi.server.network.models import AnyEntity, Institution, Resident, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.validation import checked_values
from wangdi.server.web.asking import condition_of, deciding, name_of
from wangdi.server.web.words import NO, YES, say, unit, value_in_words, wording

Typed = Mapping[str, tuple[str, ...]]
"""What stands in each field of the form, by field name; several texts for a multiple choice."""

Problems = Mapping[str, str]
"""What is wrong, in the reader's language, by field name."""

Options = Mapping[str, Sequence[tuple[str, str]]]
"""Codes and names of entities, by register."""

YES_AND_NO = (("true", YES), ("false", NO))


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as it stands in the form. ``version`` is the one it was opened at; 0 for a new record."""

    record_id: str
    version: int
    occurred_on: str
    institution: str
    worker: str
    typed: Typed

    @classmethod
    def fresh(cls, today: date, institution: str, worker: str) -> "Draft":
        return cls(str(uuid7()), 0, today.isoformat(), institution, worker, {})

    @classmethod
    def of(cls, record: RecordVersion) -> "Draft":
        typed = {name: as_typed(value) for name, value in record.values.items()}
        institution = record.institution.code if record.institution else ""
        worker = record.worker.code if record.worker else ""
        return cls(
            record.record_id, record.version, record.occurred_on.isoformat(), institution, worker, typed
        )

    @classmethod
    def posted(cls, kind: Kind, post: QueryDict, record_id: str | None = None, prefix: str = "") -> "Draft":
        """Full-width digits and stray spaces are mended. Http404 for hidden fields that are not ours."""
        typed = {
            field.name: tuple(_tidy(text) for text in post.getlist(name_of(field, prefix)))
            for field in kind.form
        }
        return cls(
            record_id or new_id(post.get(f"{prefix}id", "")),
            number_in(post.get(f"{prefix}version", "")),
            _tidy(post.get("occurred_on", "")),
            post.get("institution", ""),
            post.get("worker", ""),
            typed,
        )

    def at_version(self, version: int) -> "Draft":
        return replace(self, version=version)

    def values(self, kind: Kind) -> dict[str, Any]:
        """Typed values; a text that is no number stays text, and the store says what is wrong with it."""
        return {field.name: _value(field, self.typed.get(field.name, ())) for field in kind.form}

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.occurred_on)
        except ValueError:
            return None


def new_id(text: str) -> str:
    """The id that a page of ours made for a new record; Http404 for anything else."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Http404 from None


def number_in(text: str) -> int:
    """A whole number that a page of ours wrote into a hidden field; Http404 for anything else."""
    if not (text.isascii() and text.isdecimal()):
        raise Http404
    return int(text)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip() if not text.isascii() else text.strip()


def as_typed(value: object) -> tuple[str, ...]:
    """A stored value as it stands in the form."""
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (str(value),)


def _value(field: Field, texts: Sequence[str]) -> Any:
    given = [text for text in texts if text]
    if field.type is FieldType.CHOICES:
        return given
    text = given[0] if given else ""
    if not text:
        return None
    if field.type is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    try:
        if field.type is FieldType.INTEGER:
            return int(text)
        if field.type is FieldType.DECIMAL:
            return float(text)
    except ValueError:
        return text
    return text


@dataclass(frozen=True, slots=True)
class Choices:
    """The institutions and workers a record of this resident may name."""

    institutions: Sequence[Institution]
    workers: Sequence[Worker]
    receivers: Sequence[Institution] = ()
    """The institutions that a field of the form may name, such as those a patient may be referred to."""
    records: Options | None = None
    """Stored values and titles, by a field's ``owner``, of the records that the form's record may belong to."""

    def including(self, record: RecordVersion | None) -> "Choices":
        """With the institution and the worker that a record names already."""
        if record is None:
            return self
        institutions = {one.pk: one for one in (*self.institutions, record.institution) if one is not None}
        workers = {one.pk: one for one in (*self.workers, record.worker) if one is not None}
        return replace(self, institutions=list(institutions.values()), workers=list(workers.values()))

    def named(self) -> Options:
        """Codes and names by the register that a field refers to, or the ``owner`` of one that names a record."""
        return {
            **(self.records or {}),
            "institution": tuple((one.code, one.name) for one in self.receivers),
            "worker": tuple((one.code, one.name) for one in self.workers),
        }


def problems_of(draft: Draft, kind: Kind, person: AnyEntity, choices: Choices, today: date) -> dict[str, str]:
    """Everything wrong with the form, at once."""
    found = {
        problem.field: wording(problem.message) for problem in checked_values(kind, draft.values(kind))[1]
    }
    if message := _day_problem(draft.day, person, today):
        found["occurred_on"] = wording(message)
    if draft.institution and draft.institution not in {one.code for one in choices.institutions}:
        found["institution"] = say("请从列表中选择机构", "choose an institution from the list")
    if draft.worker and draft.worker not in {one.code for one in choices.workers}:
        found["worker"] = say("请从列表中选择人员", "choose a worker from the list")
    return found


def _day_problem(day: date | None, person: AnyEntity, today: date) -> Text | None:
    if day is None:
        return Text("请填写日期，如 2026-03-01", "enter a date such as 2026-03-01")
    if day > today:
        return Text(f"日期不能晚于今天（{today}）", f"the date may not be after today ({today})")
    if not isinstance(person, Resident):
        return None
    if person.birth_date and day < person.birth_date:
        return Text(
            f"日期早于出生日期（{person.birth_date}）", f"this is before the birth date ({person.birth_date})"
        )
    if person.death_date and day > person.death_date:
        return Text(
            f"日期晚于死亡日期（{person.death_date}）", f"this is after the death date ({person.death_date})"
        )
    return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form, ready to be shown."""

    field: Field
    typed: tuple[str, ...]
    problem: str
    last: str
    named: Sequence[tuple[str, str]] = ()
    """Codes and names of the entities that may be chosen, for a field that refers to a register."""
    prefix: str = ""
    asked_if: str = ""
    """The field's condition for the script, as JSON; empty where the field is always asked."""
    deciding: str = ""
    """The titles of the fields that the condition looks at."""
    last_typed: tuple[str, ...] = ()
    """The last value as it would be typed, to be taken over with one tap."""

    @property
    def name(self) -> str:
        return name_of(self.field, self.prefix)

    @property
    def text(self) -> str:
        return self.typed[0] if self.typed else ""

    @property
    def control(self) -> str:
        """Which part of the field template draws it."""
        return "named" if self.named else _CONTROLS[self.field.type]

    @property
    def is_idle(self) -> bool:
        """Whether it asks what the record belongs to, and there is nothing that it could."""
        return self.field.record_of is not None and not (self.named or self.text or self.field.required)

    @property
    def reused(self) -> str:
        """The last value as JSON, for the script that takes it over."""
        return json.dumps(self.last_typed, ensure_ascii=False)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Code, title and whether it is chosen."""
        if self.named:
            own = () if not self.text or self.text in dict(self.named) else ((self.text, self.text),)
            return [(code, name, code in self.typed) for code, name in (*own, *self.named)]
        known = (
            YES_AND_NO
            if self.field.type is FieldType.BOOLEAN
            else tuple((option.code, option.title) for option in self.field.options)
        )
        return [(code, wording(title), code in self.typed) for code, title in known]

    @property
    def limits(self) -> str:
        """``50–300 mmHg``; empty when any number may stand here."""
        low, high = self.field.minimum, self.field.maximum
        if low is None and high is None:
            return unit(self.field.unit)
        return f"{span_in_words(low, high)} {unit(self.field.unit)}".strip()

    @property
    def usual(self) -> str:
        """``90–180 mmHg``; empty where nothing is declared."""
        return f"{self.field.usual.in_words} {unit(self.field.unit)}".strip() if self.field.usual else ""


_CONTROLS = {
    FieldType.INTEGER: "number",
    FieldType.DECIMAL: "number",
    FieldType.DATE: "date",
    FieldType.TIME: "time",
    FieldType.BOOLEAN: "one",
    FieldType.CHOICE: "one",
    FieldType.CHOICES: "several",
    FieldType.TEXT: "text",
    FieldType.REFERENCE: "reference",
}


def entries(
    draft: Draft,
    kind: Kind,
    problems: Problems,
    last: RecordVersion | None,
    named: Options,
    prefix: str = "",
    known: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> list[Entry]:
    """``known``: names of entities beside those that may be chosen, by register and code, for the last values."""
    names = {**known} | {(entity, code): name for entity, pairs in named.items() for code, name in pairs}
    return [
        Entry(
            field,
            tuple(draft.typed.get(field.name, ())),
            problems.get(field.name, ""),
            value_in_words(field, last.values[field.name], names)
            if last and field.name in last.values
            else "",
            named.get(field.refers_to or field.owner, ()),
            prefix,
            condition_of(field, kind, draft.typed, prefix),
            deciding(field, kind),
            as_typed(last.values[field.name]) if last and field.name in last.values else (),
        )
        for field in kind.form
    ]
