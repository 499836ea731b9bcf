"""Merging two files of one person, and undoing it.

A person's records are some dozens, so they are written anew, as versions that are about the other file: everything that
reads records – lake, pages, both evaluators – needs to know nothing of it. Only the code of the file that was merged is
followed, where it still comes in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.registers import RESIDENT
from wangdi.engine.model.text import Text
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.duplicates.models import Merge, Pair
from wangdi.server.evaluation.models import Charge, DueItem
from wangdi.server.evaluation.open_counts import note_changes
from wangdi.server.evaluation.services import refresh_due_items, today
from wangdi.server.network.models import RegisterVersion, Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import move_records

CHOSEN = tuple(field.name for field in RESIDENT.fields if field.name != "code")
"""The fields of which one of the two values is chosen."""

ENTITY = RESIDENT.entity


@dataclass(eq=False)
class NotMerged(Exception):
    """Nothing was changed."""

    message: Text

    def __str__(self) -> str:
        return f"{self.message.zh} / {self.message.en}"


def merge(
    winner_code: str,
    loser_code: str,
    taken: Sequence[str],
    reason: str,
    *,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
) -> Merge:
    """From now on one file stands for both: its records are those of both, its fields its own but for those ``taken``.

    `NotMerged` where one of them is not there, or was merged already, where both are the same, or no reason is given.
    """
    with transaction.atomic():
        winner, loser = (_locked(code) for code in (winner_code, loser_code))
        _refuse(winner, loser, reason)
        summary = {"winner": winner.code, "loser": loser.code, "taken": list(taken), "reason": reason.strip()}
        change = record_change("resident.merge", actor=actor, actor_name=actor_name, summary=summary)
        _keep_version(loser, change)
        before, after = _take(winner, loser, taken, change)
        numbers = move_records(ENTITY, loser.pk, winner.pk, change)
        loser.merged_into, loser.change = winner, change
        loser.save(update_fields=["merged_into", "change"])
        Resident.all_files.filter(merged_into=loser).update(merged_into=winner)
        made = Merge.objects.create(
            winner=winner, loser=loser, before=before, after=after, records=numbers, change=change
        )
        Pair.objects.filter(dismissed=None).filter(Q(first=loser) | Q(second=loser)).delete()
        _move_charges(loser, winner)
        left = DueItem.objects.of(ENTITY, loser.pk)
        note_changes(left, ())
        left.delete()
        refresh_due_items(winner, today())
    return made


def undo(made: Merge, reason: str, *, actor: AbstractBaseUser | None = None, actor_name: str = "") -> Merge:
    """Two files again. Records that came from the loser go back, however they were amended since; new ones stay.

    A field of the winner is as before, unless somebody changed it since. `NotMerged` where it was undone already, where the
    winner was merged itself since (undo that first), or no reason is given.
    """
    with transaction.atomic():
        made = Merge.objects.select_for_update().get(pk=made.pk)
        winner = Resident.all_files.get(pk=made.winner_id)
        loser = Resident.all_files.get(pk=made.loser_id)
        if made.undone_id is not None or loser.merged_into_id != winner.pk:
            raise NotMerged(Text("已经撤销，或其后又合并过", "it was undone already, or merged again since"))
        if not reason.strip():
            raise NotMerged(Text("请写明原因", "say why"))
        summary = {"winner": winner.code, "loser": loser.code, "merge": made.pk, "reason": reason.strip()}
        change = record_change("resident.unmerge", actor=actor, actor_name=actor_name, summary=summary)
        _give_back(winner, made, change)
        loser.merged_into, loser.change = None, change
        loser.save(update_fields=["merged_into", "change"])
        Resident.all_files.filter(pk__in=_merged_before(made)).update(merged_into=loser)
        if numbers := _still_about(winner, made.records):
            move_records(ENTITY, winner.pk, loser.pk, change, only=numbers)
        made.undone = change
        made.save(update_fields=["undone"])
        for one in (winner, loser):
            refresh_due_items(one, today())
    return made


def dismiss(pair: Pair, *, actor: AbstractBaseUser | None = None, actor_name: str = "") -> None:
    """These are two people: the pair is not shown again."""
    with transaction.atomic():
        summary = {"first": pair.first.code, "second": pair.second.code}
        pair.dismissed = record_change(
            "resident.two_people", actor=actor, actor_name=actor_name, summary=summary
        )
        pair.save(update_fields=["dismissed"])


def _locked(code: str) -> Resident:
    found = Resident.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise NotMerged(
            Text(f"没有编码为“{code}”的居民，或已合并", f"there is no resident {code!r}, or merged already")
        )
    return found


def _refuse(winner: Resident, loser: Resident, reason: str) -> None:
    if winner.pk == loser.pk:
        raise NotMerged(Text("两个编码是同一份档案", "both codes are the same file"))
    if not reason.strip():
        raise NotMerged(Text("请写明原因", "say why"))


def _columns(name: str) -> tuple[str, ...]:
    """The columns of the table that hold a field."""
    field = RESIDENT.field(name)
    if field.sensitive:
        return f"{name}_sealed", f"{name}_index"
    if field.type is FieldType.REFERENCE:
        return (f"{name}_id",)
    return (name, "pinyin", "initials") if name == "name" else (name,)


def _written(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return bytes.fromhex(value["hex"]) if "hex" in value else date.fromisoformat(value["date"])
    return value


def _take(
    winner: Resident, loser: Resident, taken: Sequence[str], change: Change
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The winner's columns that change, as they were and as they become."""
    columns = [column for name in taken if name in CHOSEN for column in _columns(name)]
    before = {column: _written(getattr(winner, column)) for column in columns}
    after = {column: _written(getattr(loser, column)) for column in columns}
    _keep_version(winner, change)
    for column in columns:
        setattr(winner, column, getattr(loser, column))
    winner.change = change
    winner.save()
    return before, after


def _give_back(winner: Resident, made: Merge, change: Change) -> None:
    _keep_version(winner, change)
    for column, became in made.after.items():
        if _written(getattr(winner, column)) == became:
            setattr(winner, column, _read(made.before[column]))
    winner.change = change
    winner.save()


def _keep_version(one: Resident, change: Change) -> None:
    """What the register says of somebody before a change, as bulk loads keep it."""
    previous: dict[str, Any] = {}
    for name in CHOSEN:
        field = RESIDENT.field(name)
        if field.sensitive:
            sealed = getattr(one, f"{name}_sealed")
            previous[f"{name}_sealed"] = bytes(sealed).hex().upper() if sealed is not None else ""
        elif field.type is FieldType.REFERENCE:
            to = getattr(one, name)
            previous[name] = to.code if to is not None else None
        else:
            value = getattr(one, name)
            previous[name] = value.isoformat() if isinstance(value, date) else value
    RegisterVersion.objects.create(entity=ENTITY, code=one.code, change=change, previous=previous)


def _still_about(winner: Resident, numbers: Sequence[int]) -> list[int]:
    """The newest versions of the records that came with those versions, which may have been amended since."""
    came = RecordVersion.objects.filter(seq__in=numbers).values_list("kind_id", "record_id")
    named = set(came)
    about = RecordVersion.objects.current().filter(kind__about=ENTITY, subject=winner.pk)
    rows = about.values_list("seq", "kind_id", "record_id")
    return [seq for seq, kind, record in rows if (kind, record) in named]


def _merged_before(made: Merge) -> list[int]:
    """Files that had been merged into the loser before."""
    earlier = Merge.objects.filter(winner=made.loser_id, undone=None, pk__lt=made.pk)
    return list(earlier.values_list("loser_id", flat=True))


def _move_charges(loser: Resident, winner: Resident) -> None:
    """What somebody was given to do about the loser is about the winner, who may have the same given already."""
    about = Charge.objects.filter(entity=ENTITY)
    has = set(about.filter(subject=winner.pk).values_list("schedule", "step"))
    for charge in about.filter(subject=loser.pk):
        if (charge.schedule, charge.step) not in has:
            charge.subject = winner.pk
            charge.save(update_fields=["subject"])
