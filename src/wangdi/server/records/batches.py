"""Writing some thousand records of a kind at once in a process that serves pages, where a bulk load may not run.

One transaction, one change; the same batch twice changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.kinds import Kind
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.network.models import MODELS, Institution, Resident, Worker
from wangdi.server.records.models import KindRow, RecordVersion
from wangdi.server.records.services import Content, indexed, workflow_values

_AT_A_TIME = 500
"""Rows and codes of one statement."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record by codes; ``values`` as they are stored, without the built-in fields of a workflow."""

    record_id: str
    subject: str
    institution: str | None
    worker: str | None
    occurred_on: date
    status: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """What was written. ``change`` is None where everything was in the store already."""

    created: tuple[RecordVersion, ...]
    amended: tuple[RecordVersion, ...]
    unchanged: int
    change: Change | None

    @property
    def written(self) -> tuple[RecordVersion, ...]:
        return self.created + self.amended


def save_batch(
    kind: Kind,
    rows: Sequence[Row],
    action: str,
    *,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
    **details: Any,
) -> Batch:
    """Saves records whose fields were checked, with distinct ids; a record in a workflow keeps its state.

    KeyError for a code that no register has: checking is the caller's, as permission is.
    """
    with transaction.atomic():
        keys = _Keys.of(kind, rows)
        before = newest_versions(kind, [row.record_id for row in rows])
        contents = {row.record_id: _content(kind, row, keys, before.get(row.record_id)) for row in rows}
        differing = {
            name: content
            for name, content in contents.items()
            if name not in before or Content.of(before[name]) != content
        }
        unchanged = len(contents) - len(differing)
        if not differing:
            return Batch((), (), unchanged, None)
        amended = sum(name in before for name in differing)
        summary = {"kind": kind.name, "created": len(differing) - amended, "amended": amended, **details}
        change = record_change(action, actor=actor, actor_name=actor_name, summary=summary)
        written = _write(kind, differing, before, change)
    new = tuple(one for one in written if one.record_id not in before)
    return Batch(new, tuple(one for one in written if one.record_id in before), unchanged, change)


def newest_versions(kind: Kind, record_ids: Sequence[str]) -> dict[str, RecordVersion]:
    """The newest version of each record that there is, by id."""
    found: dict[str, RecordVersion] = {}
    for some in _in_parts(record_ids):
        versions = RecordVersion.objects.current().filter(kind__name=kind.name, record_id__in=some)
        found |= {one.record_id: one for one in versions}
    return found


@dataclass(frozen=True)
class _Keys:
    """The keys of the codes that rows name."""

    subjects: Mapping[str, int]
    institutions: Mapping[str, int]
    workers: Mapping[str, int]

    @classmethod
    def of(cls, kind: Kind, rows: Sequence[Row]) -> "_Keys":
        subjects = sorted({row.subject for row in rows})
        return cls(
            _residents(subjects) if kind.about == "resident" else _found(MODELS[kind.about], subjects),
            _found(Institution, sorted({row.institution for row in rows if row.institution})),
            _found(Worker, sorted({row.worker for row in rows if row.worker})),
        )


def _residents(codes: Sequence[str]) -> dict[str, int]:
    """Records about a file that was merged are about the one that stands for it."""
    return {
        code: into or key
        for some in _in_parts(codes)
        for code, key, into in Resident.all_files.filter(code__in=some).values_list(
            "code", "pk", "merged_into_id"
        )
    }


def _found(model: Any, codes: Sequence[str]) -> dict[str, int]:
    return {
        code: key
        for some in _in_parts(codes)
        for code, key in model.objects.filter(code__in=some).values_list("code", "pk")
    }


def _content(kind: Kind, row: Row, keys: _Keys, newest: RecordVersion | None) -> Content:
    built_in = workflow_values(kind, newest, row.occurred_on, row.institution, row.worker)
    return Content(
        keys.subjects[row.subject],
        keys.institutions[row.institution] if row.institution else None,
        keys.workers[row.worker] if row.worker else None,
        row.occurred_on,
        row.status,
        {**row.values, **built_in},
    )


def _write(
    kind: Kind, contents: Mapping[str, Content], before: Mapping[str, RecordVersion], change: Change
) -> list[RecordVersion]:
    kind_row, _ = KindRow.objects.get_or_create(name=kind.name, defaults={"about": kind.about})
    outdated = [before[name].pk for name in contents if name in before]
    for some in _in_parts(outdated):
        RecordVersion.objects.filter(pk__in=some).update(is_current=False)
    versions = [
        RecordVersion(
            kind=kind_row,
            record_id=name,
            version=before[name].version + 1 if name in before else 1,
            is_current=True,
            subject=content.subject,
            institution_id=content.institution_id,
            worker_id=content.worker_id,
            occurred_on=content.occurred_on,
            status=content.status,
            values=dict(content.values),
            change=change,
            **indexed(kind, content.values),
        )
        for name, content in contents.items()
    ]
    return RecordVersion.objects.bulk_create(versions, batch_size=_AT_A_TIME)


def _in_parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_A_TIME):
        yield values[start : start + _AT_A_TIME]
