"""What changes between two versions of packs, in words: thing by thing, the old beside the new."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wangdi.engine.explain.wording import spell
from wangdi.engine.handbook.schedules import shape_in_words
from wangdi.engine.handbook.sections import (
    channel_in_words,
    how_to_fill_in,
    indicator_in_words,
    quick_in_words,
    trust,
)
from wangdi.engine.handbook.sheets import sheet_in_words
from wangdi.engine.handbook.standards import standard_in_words
from wangdi.engine.handbook.words import Words
from wangdi.engine.handbook.workflows import workflow_in_words
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.contents import contents
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Fact, FactField
from wangdi.engine.model.fields import Option
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.parameters import Parameter, Source
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.sheets import Sheet
from wangdi.engine.model.standards import Standard
from wangdi.engine.model.text import Text

Points = dict[str, str]
"""What there is to say of a thing, by point."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``before`` is empty for what is new, ``after`` for what is gone."""

    pack: str
    part: Text
    thing: str
    point: str
    before: str
    after: str


def changes(
    old: Mapping[str, Pack], new: Mapping[str, Pack], before: Words, after: Words
) -> Iterator[Change]:
    """The differences of all packs, by name. The words of each side tell its own packs."""
    for name in {**old, **new}:
        if name not in new or name not in old:
            title = (new.get(name) or old[name]).title
            was, now = (after.of(title) if name in side else "" for side in (old, new))
            yield Change(name, _PACK, name, after.say("规则包", "pack"), was, now)
        else:
            yield from _pack(old[name], new[name], before, after)


_PACK = Text("规则包", "Pack")


def _pack(old: Pack, new: Pack, before: Words, after: Words) -> Iterator[Change]:
    yield from _points(new.name, _PACK, new.name, _of_pack(before, old), _of_pack(after, new))
    for part, (title, tell) in PARTS.items():
        yield from _things(new.name, title, _named(old, part), _named(new, part), before, after, tell)


def _of_pack(words: Words, pack: Pack) -> Points:
    return {
        words.say("名称", "title"): words.of(pack.title),
        words.say("版本", "version"): pack.version,
        words.say("说明", "summary"): words.of(pack.summary) if pack.summary else "",
        words.say("施行", "in force"): words.say("各地采用", "by place")
        if pack.by_place
        else words.say("处处", "everywhere"),
    }


def _named(pack: Pack, part: str) -> dict[str, Any]:
    """The things of a part by name."""
    if part == "presence":
        return dict(pack.presence)
    return {item.code if isinstance(item, Option) else item.name: item for item in getattr(pack, part)}


def _things(
    pack: str, part: Text, old: dict[str, Any], new: dict[str, Any], before: Words, after: Words, tell: "Tell"
) -> Iterator[Change]:
    """New, removed, renamed and changed things of one part."""
    renamed = _renamed(old, new, before, after, tell)
    for name, thing in old.items():
        if name in renamed:
            point = after.say("改名", "renamed")
            yield Change(pack, part, name, point, name, renamed[name])
            yield from _points(
                pack, part, renamed[name], tell(before, thing), tell(after, new[renamed[name]])
            )
        elif name in new:
            yield from _changed(pack, part, name, thing, new[name], before, after, tell)
        else:
            yield Change(pack, part, name, after.say("删去", "removed"), _brief(tell(before, thing)), "")
    for name, thing in new.items():
        if name not in old and name not in renamed.values():
            yield Change(pack, part, name, after.say("新增", "new"), "", _brief(tell(after, thing)))


def _renamed(
    old: dict[str, Any], new: dict[str, Any], before: Words, after: Words, tell: "Tell"
) -> dict[str, str]:
    """Old names of things that are told with the same title under a new name."""
    free = {_brief(tell(after, thing)): name for name, thing in new.items() if name not in old}
    gone = {name: _brief(tell(before, thing)) for name, thing in old.items() if name not in new}
    return {name: free[title] for name, title in gone.items() if title in free}


def _changed(
    pack: str, part: Text, name: str, old: Any, new: Any, before: Words, after: Words, tell: "Tell"
) -> Iterator[Change]:
    told = list(_points(pack, part, name, tell(before, old), tell(after, new)))
    yield from told
    was, now = _spelled(old), _spelled(new)
    if not told and was != now:
        # The words are the same, the rule is not: it is shown as rules are written.
        yield Change(pack, part, name, after.say("表达式", "expression"), was, now)


def _points(pack: str, part: Text, thing: str, old: Points, new: Points) -> Iterator[Change]:
    for point in {**old, **new}:
        was, now = old.get(point, ""), new.get(point, "")
        if was != now:
            yield Change(pack, part, thing, point, was, now)


def _spelled(thing: Any) -> str:
    """The expressions of a thing as rules write them, without the names of values and facts."""
    found = (part for part in contents(thing) if isinstance(part, Expression))
    return "; ".join(
        sorted({spell(part) for part in found if not isinstance(part, Named | Fact | FactField | Rollup)})
    )


def _brief(points: Points) -> str:
    return next(iter(points.values()), "")


# -- what there is to say of each sort of thing, its title first -----------------------------------


def _source(words: Words, source: Source) -> Points:
    return {
        words.say("标题", "title"): words.of(source.title),
        words.say("文号", "number"): source.number or "",
        words.say("日期", "date"): source.date or "",
        words.say("核对", "checked"): trust(words, source.trust),
    }


def _parameter(words: Words, parameter: Parameter) -> Points:
    values = {
        words.say(f"自 {dated.since} 起", f"from {dated.since}"): (
            words.say("不再规定", "no longer set")
            if dated.value is None
            else f"{words.with_unit(dated.value, parameter.unit)} ({dated.source}, {trust(words, dated.trust)})"
        )
        for dated in parameter.values
    }
    return {words.say("名称", "title"): words.of(parameter.title), **values}


def _kind(words: Words, kind: Kind) -> Points:
    columns = {
        f"{words.of(column.title)} ({column.name})": how_to_fill_in(words, column)
        + (words.say("，必填", ", needed") if column.required else "")
        for column in kind.form
    }
    steps = dict(workflow_in_words(words, kind, kind.workflow)) if kind.workflow is not None else {}
    button = words.say("直达按钮", "button")
    quick = {button: quick_in_words(words, kind.quick)} if kind.quick is not None else {}
    return {words.say("名称", "title"): words.of(kind.title), **columns, **quick, **steps}


def _value(words: Words, value: Named) -> Points:
    title = words.of(value.title) if value.title is not None else value.name
    return {words.say("名称", "title"): title, words.say("判定", "is"): words.phrase(value.expression)}


def _group(words: Words, group: Group) -> Points:
    return {
        words.say("名称", "title"): words.of(group.title),
        words.say("条件", "who"): words.phrase(group.condition),
    }


def _schedule(words: Words, schedule: Schedule) -> Points:
    return {
        words.say("名称", "title"): words.of(schedule.title),
        words.say("对象", "for whom"): words.of(schedule.group.title),
        words.say("完成标志", "settled by"): words.of(words.rulebook.kinds[schedule.service].title),
        **dict(shape_in_words(words, schedule)),
    }


def _indicator(words: Words, indicator: Indicator) -> Points:
    return {
        words.say("名称", "title"): words.of(indicator.title),
        **dict(indicator_in_words(words, indicator)),
    }


def _standard(words: Words, standard: Standard) -> Points:
    return {words.say("名称", "title"): words.of(standard.title), **dict(standard_in_words(words, standard))}


def _channel(words: Words, channel: Channel) -> Points:
    return {words.say("名称", "title"): words.of(channel.title), **dict(channel_in_words(words, channel))}


def _sheet(words: Words, sheet: Sheet) -> Points:
    return {words.say("名称", "title"): words.of(sheet.title), **dict(sheet_in_words(words, sheet))}


def _edition(words: Words, edition: Option) -> Points:
    return {words.say("名称", "title"): words.of(edition.title)}


def _present(words: Words, condition: Expression) -> Points:
    return {words.say("在册", "present"): words.phrase(condition)}


Tell = Callable[[Words, Any], Points]

PARTS: Mapping[str, tuple[Text, Tell]] = {
    "editions": (Text("版次", "Edition"), _edition),
    "kinds": (Text("表单", "Form"), _kind),
    "parameters": (Text("参数", "Parameter"), _parameter),
    "groups": (Text("人群", "Group"), _group),
    "values": (Text("判定", "Value"), _value),
    "schedules": (Text("服务安排", "Schedule"), _schedule),
    "indicators": (Text("指标", "Indicator"), _indicator),
    "standards": (Text("标准", "Standard"), _standard),
    "channels": (Text("监测渠道", "Channel"), _channel),
    "sheets": (Text("结果反馈单", "Result sheet"), _sheet),
    "presence": (Text("在册", "Presence"), _present),
    "sources": (Text("依据", "Source"), _source),
}
"""How the things of each part of a pack are told. A part that is missing here fails a test."""
