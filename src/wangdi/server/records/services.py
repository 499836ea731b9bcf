"""Writing single records: what forms and the API call. One transaction and one change per call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from uuid6 import uuid7

from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, ASSIGNED_WORKER, STATE, STATE_SINCE
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.network.merged import current_code
from wangdi.server.network.models import MODELS, Entity, Institution, Worker
from wangdi.server.records.models import KindRow, RecordQuerySet, RecordVersion
from wangdi.server.records.validation import ValueProblem, checked_values

_Row = TypeVar("_Row", bound=Entity)

PROGRAM = "wangdi"
"""What the chain of changes names where no user wrote: early warning."""


@dataclass(eq=False)
class InvalidRecord(Exception):
    """Nothing was saved; all that is wrong, by field."""

    problems: Sequence[ValueProblem]

    def __str__(self) -> str:
        return "\n".join(f"{problem.field}: {problem.message.zh}" for problem in self.problems)


@dataclass(eq=False)
class Conflict(Exception):
    """Somebody saved a newer version since the one the caller saw; nothing was saved."""

    newer: RecordVersion

    def __str__(self) -> str:
        return f"{self.newer} is newer than the version that was changed"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version says."""

    subject: int
    institution_id: int | None
    worker_id: int | None
    occurred_on: date
    status: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, version: RecordVersion) -> "Content":
        return cls(
            version.subject,
            version.institution_id,
            version.worker_id,
            version.occurred_on,
            version.status,
            version.values,
        )


def save_record(
    *,
    actor: AbstractBaseUser | None,
    kind: Kind,
    subject_code: str,
    occurred_on: date,
    values: Mapping[str, Any],
    institution_code: str | None = None,
    worker_code: str | None = None,
    record_id: str | None = None,
    expected_version: int | None = None,
    actor_name: str = "",
) -> RecordVersion:
    """Save a new record, or a new version of the record ``record_id``; ``values`` is its whole content.

    Content the store already holds is not saved again: the stored version is returned, so that a repeated
    request does no harm. A new record of a kind with a workflow begins in the initial state; an amendment leaves the
    state as it is (`transitions.transition_record` moves it on).

    Raises InvalidRecord with all problems, and Conflict when ``expected_version`` (0:
    none yet) is not the newest and the content differs. Permission is the caller's to check; without an
    ``actor`` it is ``actor_name`` who writes (a resident), or else the program itself.
    """
    kept, problems = checked_values(kind, values)
    problems += reference_problems(kind, kept)
    subject = _find(MODELS[kind.about], subject_code, "subject", problems)
    institution = _find(Institution, institution_code, "institution", problems)
    worker = _find(Worker, worker_code, "worker", problems)
    if subject is None:
        problems.append(ValueProblem("subject", Text("请填写对象的编码", "whom it is about is not known")))
    if problems or subject is None:
        raise InvalidRecord(problems)
    with transaction.atomic():
        newest = newest_version(kind, record_id) if record_id else None
        content = Content(
            subject.pk,
            institution.pk if institution else None,
            worker.pk if worker else None,
            occurred_on,
            RecordVersion.Status.FINAL,
            kept | workflow_values(kind, newest, occurred_on, institution_code, worker_code),
        )
        if newest is not None and Content.of(newest) == content:
            return newest
        refuse_stale(newest, expected_version)
        return _append(actor, kind, record_id or str(uuid7()), newest, content, "record.save", actor_name)


def workflow_values(
    kind: Kind,
    newest: RecordVersion | None,
    occurred_on: date,
    institution_code: str | None,
    worker_code: str | None,
) -> dict[str, Any]:
    """The built-in fields: those of the initial state for a new record, and else as they are."""
    if kind.workflow is None:
        return {}
    if newest is not None and newest.values.get(STATE) is not None:
        names = [field.name for field in kind.workflow.fields]
        return {name: newest.values[name] for name in names if name in newest.values}
    day, initial = occurred_on.isoformat(), kind.workflow.initial
    begun = {
        STATE: initial.name,
        STATE_SINCE: day,
        ASSIGNED_INSTITUTION: institution_code or None,
        ASSIGNED_WORKER: worker_code or None,
        initial.entered.name: day,
    }
    return {name: value for name, value in begun.items() if value is not None}


def void_record(
    *,
    actor: AbstractBaseUser,
    kind: Kind,
    record_id: str,
    reason: str,
    expected_version: int | None = None,
) -> RecordVersion:
    """Declare a record void, with the reason in the change. A record that is void already stays as it is.

    Raises RecordVersion.DoesNotExist for an unknown id, and Conflict as ``save_record`` does.
    """
    with transaction.atomic():
        newest = newest_version(kind, record_id)
        if newest is None:
            raise RecordVersion.DoesNotExist(f"there is no {kind.name} with the id {record_id!r}")
        if newest.status == RecordVersion.Status.VOID:
            return newest
        refuse_stale(newest, expected_version)
        content = Content(
            newest.subject,
            newest.institution_id,
            newest.worker_id,
            newest.occurred_on,
            RecordVersion.Status.VOID,
            newest.values,
        )
        return _append(actor, kind, record_id, newest, content, "record.void", "", reason=reason)


def _find(model: type[_Row], code: str | None, field: str, problems: list[ValueProblem]) -> _Row | None:
    if not code:
        return None
    row = model._default_manager.filter(code=code).first()
    if row is None and model._meta.model_name == "resident":
        row = model._default_manager.filter(code=current_code(code)).first()
    if row is None:
        title = REGISTERS[field].title.zh if field in REGISTERS else ""
        message = Text(f"没有编码为“{code}”的{title}登记，请核对", f"nothing has the code {code!r}; check it")
        problems.append(ValueProblem(field, message))
    return row


def find_row(model: type[_Row], key: int) -> _Row | None:
    """The entity with that key; None when there is none."""
    return model._default_manager.filter(pk=key).first()


def reference_problems(kind: Kind, values: Mapping[str, Any]) -> list[ValueProblem]:
    """The fields that name an entity no register has."""
    found: list[ValueProblem] = []
    problems = []
    for field in kind.form:
        if field.refers_to is not None:
            _find(MODELS[field.refers_to], values.get(field.name), field.refers_to, found)
            problems += [ValueProblem(field.name, problem.message) for problem in found]
            found.clear()
        if field.record_of is not None and not _belongs(field, values.get(field.name)):
            message = Text(
                "没有这条所属记录，请从列表中选",
                "there is no such record to belong to; choose one from the list",
            )
            problems.append(ValueProblem(field.name, message))
    return problems


def _belongs(field: Field, named: object) -> bool:
    """Whether nothing is named, or a record of the kind that is not void."""
    return named is None or records_named(field, [str(named)]).valid().exists()


def records_named(field: Field, named: Iterable[str]) -> RecordQuerySet:
    """The records that values of a ``record_of`` field name, by id or by the text that it holds of them; void ones, too."""
    key = f"values__{field.record_by}" if field.record_by else "record_id"
    return RecordVersion.objects.current().filter(kind__name=field.record_of, **{f"{key}__in": list(named)})


def newest_version(kind: Kind, record_id: str) -> RecordVersion | None:
    """The newest version of a record, locked until the transaction ends; None when there is none."""
    versions = RecordVersion.objects.current().filter(kind__name=kind.name, record_id=record_id)
    return versions.select_for_update().first()


def refuse_stale(newest: RecordVersion | None, expected_version: int | None) -> None:
    """Raises Conflict when the newest version is another one than the caller saw."""
    if expected_version is not None and newest is not None and newest.version != expected_version:
        raise Conflict(newest)


def append_version(
    actor: AbstractBaseUser | None,
    kind: Kind,
    record_id: str,
    newest: RecordVersion,
    values: Mapping[str, Any],
    action: str,
    actor_name: str = "",
    **details: str,
) -> RecordVersion:
    """Appends a version that differs from the newest one in its values alone, in the caller's transaction."""
    content = replace(Content.of(newest), values=values)
    return _append(actor, kind, record_id, newest, content, action, actor_name, **details)


def move_records(entity: str, of: int, to: int, change: Change, only: Collection[int] = ()) -> list[int]:
    """New versions that are about another of the register, in the caller's transaction; their sequence numbers.

    Of all records about ``of``, or of those alone whose newest version has one of the numbers ``only``.
    """
    versions = RecordVersion.objects.current().filter(kind__about=entity, subject=of)
    moving = list(versions.filter(seq__in=only) if only else versions)
    RecordVersion.objects.filter(seq__in=[one.seq for one in moving]).update(is_current=False)
    for one in moving:
        one.pk, one.version, one.is_current, one.subject, one.change = None, one.version + 1, True, to, change
    return [one.seq for one in RecordVersion.objects.bulk_create(moving)]


def _append(
    actor: AbstractBaseUser | None,
    kind: Kind,
    record_id: str,
    newest: RecordVersion | None,
    content: Content,
    action: str,
    actor_name: str,
    **details: str,
) -> RecordVersion:
    kind_row, _ = KindRow.objects.get_or_create(name=kind.name, defaults={"about": kind.about})
    version = newest.version + 1 if newest else 1
    summary = {"kind": kind.name, "record": record_id, "version": version, **details}
    by = "" if actor is not None else actor_name or PROGRAM
    change = record_change(action, actor=actor, actor_name=by, summary=summary)
    if newest is not None:
        RecordVersion.objects.filter(pk=newest.pk).update(is_current=False)
    return RecordVersion.objects.create(
        kind=kind_row,
        record_id=record_id,
        version=version,
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


def indexed(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns beside the values by which records are found in a workflow."""
    if kind.workflow is None:
        return {}
    code = values.get(ASSIGNED_INSTITUTION)
    assigned = Institution.objects.filter(code=code).first() if code else None
    return {"state": values.get(STATE), "assigned": assigned}
