"""Whether what is stored fits kinds as they are to be: records are never rewritten, so a field keeps its meaning.

A record holds the values of its form as JSON. Fields may come and go: what a kind no longer asks for stays in the
records and on their pages, and counts for nothing. What may not happen is that a stored value is read as another type,
that a subject is looked for in another register, or that a record stands in a state that nothing leads out of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.records.models import RecordQuerySet, RecordVersion

_TEXTS = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.REFERENCE})

_READABLE: Mapping[FieldType, frozenset[FieldType]] = {
    FieldType.TEXT: _TEXTS | {FieldType.DATE},
    FieldType.CHOICE: _TEXTS,
    FieldType.REFERENCE: _TEXTS,
    FieldType.DECIMAL: frozenset({FieldType.DECIMAL, FieldType.INTEGER}),
}
"""Which stored types a type can be read from, besides itself."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """``hindrances``: what forbids the change. ``notes``: what becomes of stored records otherwise."""

    hindrances: tuple[Text, ...]
    notes: tuple[Text, ...]


def fitting(before: Mapping[str, Kind], after: Mapping[str, Kind]) -> Fitting:
    """What the records in the store have against the kinds ``after``, written by those ``before``."""
    hindrances, notes = [], []
    for name, old in before.items():
        new = after.get(name)
        if new == old or not RecordVersion.objects.filter(kind__name=name).exists():
            continue
        if new is None:
            notes.append(_dropped(old))
            continue
        hindrances += [*_other_register(old, new), *_other_types(old, new), *_stuck(old, new)]
        notes += [*_no_longer_asked(old, new), *_options_gone(old, new)]
    return Fitting(tuple(hindrances), tuple(notes))


def _records(kind: Kind) -> RecordQuerySet:
    return RecordVersion.objects.current().filter(kind__name=kind.name)


def _with(kind: Kind, field: Field) -> int:
    return _records(kind).filter(values__has_key=field.name).count()


def _dropped(old: Kind) -> Text:
    n = f"{_records(old).count():,}"
    return Text(
        f"{old.title.zh}（{old.name}）不再有表单：已有 {n} 条记录仍可查看，不再计入任何名单和指标",
        f"{old.title.en} ({old.name}) has no form any more: its {n} records stay readable, and count for nothing",
    )


def _other_register(old: Kind, new: Kind) -> Iterator[Text]:
    if old.about != new.about:
        yield Text(
            f"{old.name}：已有记录是关于 {old.about} 的，不能改为 {new.about}；请用新的名称另建表单",
            f"{old.name}: the records there are about a {old.about} and cannot be about a {new.about}; "
            "declare a kind of another name",
        )


def _pairs(old: Kind, new: Kind) -> Iterator[tuple[Field, Field]]:
    """The fields that both have."""
    named = {field.name: field for field in new.fields}
    yield from ((field, named[field.name]) for field in old.fields if field.name in named)


def _other_types(old: Kind, new: Kind) -> Iterator[Text]:
    for was, now in _pairs(old, new):
        readable = _READABLE.get(now.type, frozenset()) | {now.type}
        if was.type not in readable and (n := _with(old, was)):
            yield Text(
                f"{old.name}.{was.name}：{n:,} 条记录里的值是 {was.type.value}，不能当作 {now.type.value}；"
                "请给新字段另取名称",
                f"{old.name}.{was.name}: {n:,} records hold a {was.type.value}, which cannot be read as "
                f"{now.type.value}; give the new field a name of its own",
            )


def _stuck(old: Kind, new: Kind) -> Iterator[Text]:
    if old.workflow is None or new.workflow is None:
        return
    kept = {state.name for state in new.workflow.states}
    for state in old.workflow.states:
        standing = _records(old).filter(state=state.name, status=RecordVersion.Status.FINAL)
        if state.name not in kept and (n := standing.count()):
            yield Text(
                f"{old.name}：{n:,} 条记录处于“{state.title.zh}”（{state.name}），新流程没有这个状态；请先办结，或保留它",
                f"{old.name}: {n:,} records are in the state {state.name}, which the new workflow lacks; "
                "lead them out of it first, or keep it",
            )


def _no_longer_asked(old: Kind, new: Kind) -> Iterator[Text]:
    kept = {field.name for field in new.fields}
    for field in old.form:
        if field.name not in kept and (n := _with(old, field)):
            yield Text(
                f"{old.name}.{field.name}（{field.title.zh}）不再填写：{n:,} 条记录里的值保留，仍可查看",
                f"{old.name}.{field.name} ({field.title.en}) is no longer asked for: "
                f"the values of {n:,} records stay, and stay readable",
            )


def _options_gone(old: Kind, new: Kind) -> Iterator[Text]:
    for was, now in _pairs(old, new):
        gone = set(was.option_codes) - set(now.option_codes)
        if now.type is not FieldType.CHOICE or not gone:
            continue
        held = Q(**{f"values__{was.name}__in": sorted(gone)})
        if n := _records(old).filter(held).count():
            codes = "、".join(sorted(gone))
            yield Text(
                f"{old.name}.{was.name}：{n:,} 条记录选了已去掉的选项（{codes}），照编码显示",
                f"{old.name}.{was.name}: {n:,} records hold options that are gone ({codes}), shown by their codes",
            )
