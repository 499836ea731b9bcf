"""Moving a record on in its workflow: one amendment that changes its state, and perhaps who has it in hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction as database_transaction

from wangdi.engine.evaluate.asking import asked_fields
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.roles import ACTORS, SUBJECT
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import (
    ASSIGNED_INSTITUTION,
    ASSIGNED_WORKER,
    ORIGIN,
    STATE,
    STATE_SINCE,
    Side,
    Transition,
    Workflow,
)
from wangdi.server.access.models import Assignment, Role
from wangdi.server.network.models import MODELS, Institution, Place, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import (
    InvalidRecord,
    append_version,
    find_row,
    newest_version,
    reference_problems,
    refuse_stale,
)
from wangdi.server.records.validation import ValueProblem, checked_values

ACTION = "record.transition"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands: its state, the institution that has it in hand, and the one it was written at.

    ``place`` is whom it is about, where that is a place and it was written at no institution: its officers are whom it is
    given back to, and who has it in hand where no institution has.
    """

    state: str
    holder: Institution | None
    origin: Institution | None
    place: Place | None = None

    def at(self, side: Side) -> Institution | None:
        return self.holder if side is Side.HOLDER else self.origin


def standing_of(kind: Kind, version: RecordVersion) -> Standing:
    """Where a version stands. Who has no institution named is in the hands of the subject's."""
    workflow = _workflow(kind)
    origin = version.institution or _institution_of_subject(version)
    holder = version.assigned or origin
    state = version.values.get(STATE) or workflow.initial.name
    return Standing(state, holder, origin, _place_of_subject(version) if origin is None else None)


def possible_transitions(actor: AbstractBaseUser, kind: Kind, version: RecordVersion) -> Sequence[Transition]:
    """The transitions that a user may make with a record as it stands, in declared order."""
    if kind.workflow is None or version.status == RecordVersion.Status.VOID:
        return ()
    standing = standing_of(kind, version)
    roles = list(_roles_of(actor))
    return tuple(
        transition
        for transition in kind.workflow.transitions
        if standing.state in transition.sources and _may(roles, transition, standing)
    )


def transition_record(
    *,
    actor: AbstractBaseUser | None,
    kind: Kind,
    record_id: str,
    transition: str,
    on: date,
    values: Mapping[str, Any] | None = None,
    worker_code: str | None = None,
    expected_version: int | None = None,
    actor_name: str = "",
    for_subject: bool = False,
) -> RecordVersion:
    """Make a transition: a new version with the fields of its form, its state, and who has the record in hand.

    ``values`` are those of the transition's form, by field; others stay as they are. ``worker_code`` is who did it: the
    worker the record is assigned to, unless it is handed over. Raises InvalidRecord with all that stands against it
    (the state, the role of the user, fields that are missing or wrong, the day), Conflict as ``save_record`` does, and
    RecordVersion.DoesNotExist. Making the same transition again from the same version changes nothing. Without an
    ``actor`` it is whom the record is about, called ``actor_name``, who makes it, and ``for_subject`` the actor makes it
    in their place: the caller has made sure of that.
    """
    workflow = _workflow(kind)
    with database_transaction.atomic():
        newest = newest_version(kind, record_id)
        if newest is None:
            raise RecordVersion.DoesNotExist(f"there is no {kind.name} with the id {record_id!r}")
        step = next((t for t in workflow.transitions if t.name == transition), None)
        if step is not None and _is_repeated(actor, newest, step, expected_version):
            return newest
        refuse_stale(newest, expected_version)
        attempt = _Attempt(actor, kind, newest, step, on, dict(values or {}), worker_code, for_subject)
        kept = attempt.checked()
        return append_version(
            actor,
            kind,
            record_id,
            newest,
            attempt.content(kept),
            ACTION,
            actor_name,
            transition=transition,
        )


def _is_repeated(
    actor: AbstractBaseUser | None, newest: RecordVersion, step: Transition, expected_version: int | None
) -> bool:
    """Whether the newest version is what this very request made before."""
    summary = newest.change.summary
    return (
        newest.version - 1 == expected_version
        and newest.change.actor_id == (actor.pk if actor is not None else None)
        and newest.change.action == ACTION
        and summary.get("transition") == step.name
    )


@dataclass(frozen=True)
class _Attempt:
    actor: AbstractBaseUser | None
    kind: Kind
    newest: RecordVersion
    step: Transition | None
    on: date
    values: dict[str, Any]
    worker_code: str | None
    for_subject: bool

    def checked(self) -> dict[str, Any]:
        """The record's values with those of the form. InvalidRecord with everything that stands against it."""
        form = {field.name for field in self.kind.form}
        before = {name: value for name, value in self.newest.values.items() if name in form}
        standing = form - set(self.step.form if self.step is not None else ())
        kept, problems = checked_values(self.kind, before | self.values, standing)
        problems += reference_problems(self.kind, kept)
        problems += self._refusals(kept)
        if problems:
            first = {problem.field: problem for problem in reversed(problems)}
            raise InvalidRecord(list(reversed(first.values())))
        return kept

    def _refusals(self, kept: Mapping[str, Any]) -> Iterator[ValueProblem]:
        if self.step is None:
            yield ValueProblem("transition", Text("没有这种流转", "there is no such transition"))
            return
        if self.newest.status == RecordVersion.Status.VOID:
            yield ValueProblem("transition", Text("记录已作废，不能流转", "the record is void"))
        standing = standing_of(self.kind, self.newest)
        yield from self._wrong_state(self.step, standing)
        yield from self._wrong_role(self.step, standing)
        yield from self._wrong_day()
        yield from self._wrong_fields(self.step, kept)
        if self.worker_code and not Worker.objects.filter(code=self.worker_code).exists():
            yield ValueProblem("worker", Text("没有这个编码的人员", "no worker has this code"))

    def _wrong_state(self, step: Transition, standing: Standing) -> Iterator[ValueProblem]:
        if standing.state not in step.sources:
            workflow = _workflow(self.kind)
            now = next((s.title for s in workflow.states if s.name == standing.state), None)
            now = now or Text(standing.state, standing.state)
            yield ValueProblem(
                "transition",
                Text(
                    f"记录现在是“{now.zh}”，不能“{step.title.zh}”；请刷新后再看",
                    f"the record is '{now.en}' now, so '{step.title.en}' is not possible; reload and look again",
                ),
            )

    def _wrong_role(self, step: Transition, standing: Standing) -> Iterator[ValueProblem]:
        if (self.actor is None or self.for_subject) and SUBJECT in step.roles:
            return
        if self.actor is not None and _may(list(_roles_of(self.actor)), step, standing):
            return
        institution = standing.at(step.side)
        holder = institution or standing.place
        name = holder.name if holder is not None else "—"
        zh = "、".join(ACTORS[role].zh for role in step.roles)
        en = ", ".join(ACTORS[role].en for role in step.roles)
        yield ValueProblem(
            "transition",
            Text(
                f"“{step.title.zh}”由{name}的{zh}办理，您没有这个权限",
                f"'{step.title.en}' is made at {name} by: {en}; you have no such role there",
            ),
        )

    def _wrong_day(self) -> Iterator[ValueProblem]:
        since = self.newest.values.get(STATE_SINCE)
        if since is not None and self.on.isoformat() < since:
            yield ValueProblem(
                "on",
                Text(f"日期不能早于上一步（{since}）", f"the day is before the last step ({since})"),
            )

    def _wrong_fields(self, step: Transition, kept: Mapping[str, Any]) -> Iterator[ValueProblem]:
        for name in self.values:
            if name not in step.form and self.values[name] != self.newest.values.get(name):
                yield ValueProblem(name, Text("这一步不能修改此项", "this step cannot change this field"))
        asked = asked_fields(self.kind.form, kept)
        for name in step.needs:
            if name not in kept and name in asked:
                title = self.kind.field(name).title
                yield ValueProblem(name, Text(f"请填写{title.zh}", f"{title.en} is required"))
        if step.hand_over is not None and self._receiver(step, kept) is None:
            if step.hand_over != ORIGIN and step.hand_over not in step.needs:
                yield ValueProblem(
                    step.hand_over, Text("请填写移交给哪个机构", "say which institution it is handed over to")
                )
            elif step.hand_over == ORIGIN and standing_of(self.kind, self.newest).place is None:
                yield ValueProblem(
                    "transition", Text("没有发起机构，无法退回", "there is no institution to give it back to")
                )

    def _receiver(self, step: Transition, kept: Mapping[str, Any]) -> str | None:
        """The code of the institution that the record is handed over to; None also for the officers of a place."""
        if step.hand_over == ORIGIN:
            origin = standing_of(self.kind, self.newest).origin
            return origin.code if origin is not None else None
        return kept.get(step.hand_over) if step.hand_over is not None else None

    def content(self, kept: dict[str, Any]) -> dict[str, Any]:
        """The values of the new version, after `checked`."""
        if self.step is None:
            raise ValueError("a transition that does not exist was not refused")
        day = self.on.isoformat()
        built_in = {f.name: self.newest.values.get(f.name) for f in _workflow(self.kind).fields}
        built_in |= {STATE: self.step.target, STATE_SINCE: day, f"{self.step.target}_on": day}
        if self.step.hand_over is not None:
            built_in |= {ASSIGNED_INSTITUTION: self._receiver(self.step, kept), ASSIGNED_WORKER: None}
        elif self.worker_code:
            built_in[ASSIGNED_WORKER] = self.worker_code
        return kept | {name: value for name, value in built_in.items() if value is not None}


def _workflow(kind: Kind) -> Workflow:
    if kind.workflow is None:
        raise ValueError(f"kind {kind.name!r} has no workflow")
    return kind.workflow


def _institution_of_subject(version: RecordVersion) -> Institution | None:
    subject = find_row(MODELS[version.kind.about], version.subject)
    if isinstance(subject, Institution):
        return subject
    found = getattr(subject, "institution", None)
    return found if isinstance(found, Institution) else None


def _place_of_subject(version: RecordVersion) -> Place | None:
    return find_row(Place, version.subject) if version.kind.about == "place" else None


_Held = tuple[str, str | None, str | None]
"""A role, with the path of the place or the institution it is held in."""


def _roles_of(actor: AbstractBaseUser) -> Iterator[_Held]:
    if actor.is_active:
        yield from Assignment.objects.filter(user_id=actor.pk).values_list(
            "role", "place__path", "institution__path"
        )


def _may(roles: Sequence[_Held], transition: Transition, standing: Standing) -> bool:
    institution = standing.at(transition.side)
    return any(
        role in transition.roles and _reaches(role, place, held_at, institution or standing.place)
        for role, place, held_at in roles
    )


def _reaches(role: str, place: str | None, held_at: str | None, holder: Institution | Place | None) -> bool:
    """Whether a role held in a place or institution is held at that institution or place, or above it."""
    if role == Role.ADMINISTRATOR or holder is None:
        return role == Role.ADMINISTRATOR
    if isinstance(holder, Institution):
        if held_at is not None:
            return holder.path.startswith(held_at)
        holder = holder.place
    return place is not None and holder.path.startswith(place)
