"""The sections of a handbook: one small renderer for each part of a pack.

`SECTIONS` is by the name of the part in the model; a part without a renderer fails a test, so that nothing that is
in force is missing from what people read.
"""

from collections.abc import Callable, Iterator, Mapping

from wangdi.engine.handbook import vocabulary
from wangdi.engine.handbook.blocks import Block, Facts, Heading, Items, Paragraph, Table
from wangdi.engine.handbook.measures import breakdown_in_words, measure_in_words
from wangdi.engine.handbook.schedules import shape_in_words
from wangdi.engine.handbook.sheets import sheet_in_words
from wangdi.engine.handbook.standards import standard_in_blocks
from wangdi.engine.handbook.words import Words
from wangdi.engine.handbook.workflows import workflow_in_words
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.fields import Field
from wangdi.engine.model.indicators import Better, Indicator, Span
from wangdi.engine.model.kinds import Quick
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.parameters import DatedValue, Trust
from wangdi.engine.model.registers import PLACE_LEVELS, REGISTERS
from wangdi.engine.model.text import Text

Section = Callable[[Words, Pack], Iterator[Block]]


def head(words: Words, pack: Pack) -> Iterator[Block]:
    """The title, the version, and whether anything still has to be compared with its document."""
    yield Heading(1, words.of(pack.title))
    version = words.say(
        f"规则包 {pack.name}，版本 {pack.version}", f"Pack {pack.name}, version {pack.version}"
    )
    yield Paragraph(words.say(f"{version}。按 {words.on} 的规定。", f"{version}. As in force on {words.on}."))
    if pack.summary is not None:
        yield Paragraph(words.of(pack.summary))
    if any(source.trust is Trust.UNVERIFIED for source in pack.sources):
        yield Paragraph(
            words.say(
                "标明“未核对”的内容尚未与文件原文逐条核对，使用前请核对。",
                "What is marked “unverified” has not been compared with the document itself; do so before use.",
            )
        )


def trust(words: Words, status: Trust) -> str:
    return words.say("已核对", "official") if status is Trust.OFFICIAL else words.say("未核对", "unverified")


def _sources(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("依据", "Sources"))
    headings = ("文件", "文号", "日期", "核对", "网址"), ("Document", "Number", "Date", "Checked", "Address")
    rows = (
        (words.of(s.title), s.number or "", s.date or "", trust(words, s.trust), s.address or "")
        for s in pack.sources
    )
    yield Table(headings[words.language == "en"], tuple(rows))


def _by_place(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("施行", "In force"))
    yield Paragraph(
        words.say(
            "自各地采用之日起在该地施行。",
            "In force at each place from the day on which the place adopts it.",
        )
    )


def _editions(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("版次", "Editions"))
    yield Items(tuple(words.of(edition.title) for edition in pack.editions))


def _presence(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("谁在册", "Who exists on a day"))
    yield Facts(
        tuple((words.of(REGISTERS[entity].title), words.phrase(present)) for entity, present in pack.presence)
    )


def _parameters(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("政策规定的数值", "Values set by policy"))
    headings = ("名称", "数值", "自何日起", "依据", "核对"), ("What", "Value", "From", "Source", "Checked")
    rows = (
        (
            words.of(parameter.title),
            words.say("不再规定", "no longer set")
            if dated.value is None
            else words.with_unit(dated.value, parameter.unit),
            str(dated.since),
            _source(words, pack, dated),
            trust(words, dated.trust),
        )
        for parameter in pack.parameters
        for dated in parameter.values
    )
    yield Table(headings[words.language == "en"], tuple(rows))


def _source(words: Words, pack: Pack, dated: DatedValue) -> str:
    source = pack.source(dated.source)
    return "" if source is None else source.number or words.of(source.title)


def _kinds(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("表单", "Forms"))
    headings = ("项目", "填写", "必填"), ("Field", "How to fill it in", "Needed")
    for kind in pack.kinds:
        yield Heading(3, words.of(kind.title))
        about = words.of(REGISTERS[kind.about].title)
        yield Paragraph(
            words.say(
                f"对象：{about}。每条记录写明日期、机构、人员。",
                f"About: {about}. Each record has its day, institution and worker.",
            )
        )
        for section, fields in kind.sections:
            if section is not None:
                yield Heading(4, words.of(section))
            rows = (
                (words.of(f.title), how_to_fill_in(words, f), words.say("是", "yes") if f.required else "")
                for f in fields
            )
            yield Table(headings[words.language == "en"], tuple(rows))
        if kind.quick is not None:
            yield Paragraph(quick_in_words(words, kind.quick))
        diagnosis = kind.exchange.diagnosis if kind.exchange is not None else None
        if diagnosis is not None:
            yield Paragraph(
                words.say(
                    f"交换时表示患有：{diagnosis.title.zh}（ICD-10 {diagnosis.icd10}）。",
                    f"Told to other systems as having: {diagnosis.title.en} (ICD-10 {diagnosis.icd10}).",
                )
            )
        if kind.workflow is not None:
            yield Facts(tuple(workflow_in_words(words, kind, kind.workflow)))


def quick_in_words(words: Words, quick: Quick) -> str:
    """Whose page has a button to the form, and what it says."""
    groups = words.rulebook.groups
    whose = words.say("都有", "all of them")
    if quick.group is not None:
        title = words.of(groups[quick.group].title)
        whose = words.say(f"{title}才有", f"those in: {title}")
    elif quick.unless is not None:
        title = words.of(groups[quick.unless].title)
        whose = words.say(f"{title}以外才有", f"all but those in: {title}")
    return words.say(
        f"页面上的直达按钮“{quick.title.zh}”：{whose}。",
        f"A button “{quick.title.en}” on the page of: {whose}.",
    )


_SORTS: Mapping[str, Text] = {
    "text": Text("文字", "text"),
    "integer": Text("整数", "whole number"),
    "decimal": Text("数字", "number"),
    "boolean": Text("是、否", "yes, no"),
    "date": Text("日期", "date"),
    "time": Text("时刻（时:分）", "time of day"),
    "choice": Text("单选", "one of"),
    "choices": Text("多选", "any of"),
    "reference": Text("编码", "code"),
}


def how_to_fill_in(words: Words, column: Field) -> str:
    """What may be written into a field."""
    once = words.say("，几张表只填一次", ", typed once for several forms") if column.shared else ""
    asked = ""
    if column.asked_if is not None:
        condition = words.phrase(column.asked_if)
        asked = words.say(f"；仅当{condition}时填写", f"; asked if {condition}")
    return _answers(words, column) + _usual(words, column) + once + asked + _told(words, column)


def _told(words: Words, column: Field) -> str:
    """Under which code it is told to other systems."""
    exchange = column.exchange
    if exchange is None or exchange.loinc is None:
        return ""
    return words.say(f"；交换代码 LOINC {exchange.loinc}", f"; told as LOINC {exchange.loinc}")


def _usual(words: Words, column: Field) -> str:
    if column.usual is None:
        return ""
    told, trusted = column.usual.in_words, trust(words, column.usual.trust)
    return words.say(
        f"；常见 {told}，之外提醒核对（{trusted}）", f"; usually {told}, others are asked about ({trusted})"
    )


def _answers(words: Words, column: Field) -> str:
    if column.record_of is not None and column.record_by is None:
        return words.say("所属记录的编号", "id of the record it belongs to")
    sort = words.of(_SORTS[column.type.value])
    if column.options:
        options = words.listed(f"{o.code} {words.of(o.title)}" for o in column.options)
        return words.say(f"{sort}：{options}", f"{sort}: {options}") + _others(words, column)
    limits = (
        ""
        if column.minimum is None and column.maximum is None
        else f" {_limit(column.minimum)}–{_limit(column.maximum)}"
    )
    unit = f" {words.with_unit('', column.unit).strip()}" if column.unit else ""
    return sort + limits + unit


def _others(words: Words, column: Field) -> str:
    if column.others is None:
        return ""
    title = words.of(next(o.title for o in column.options if o.code == column.others))
    return words.say(
        f"；文件里的其他写法记作“{title}”", f"; what else stands in a file is taken as “{title}”"
    )


def _limit(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"


def _groups(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("人群", "Groups"))
    for group in pack.groups:
        if not group.internal:
            yield Heading(3, words.of(group.title))
            yield Paragraph(
                words.say(
                    f"符合以下条件者：{words.phrase(group.condition)}。",
                    f"Those for whom: {words.phrase(group.condition)}.",
                )
            )
    internal = tuple((words.of(g.title), words.phrase(g.condition)) for g in pack.groups if g.internal)
    if internal:
        yield Heading(
            3, words.say("内部人群（供规则引用，页面不列）", "Internal groups, which screens leave out")
        )
        yield Facts(internal)


def _values(words: Words, pack: Pack) -> Iterator[Block]:
    titled = [value for value in pack.values if value.title is not None]
    if titled:
        yield Heading(2, words.say("判定", "How it is judged"))
        yield Facts(
            tuple((words.of(v.title), words.phrase(v.expression)) for v in titled if v.title is not None)
        )


def _schedules(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("服务安排", "Services that are due"))
    for schedule in pack.schedules:
        yield Heading(3, words.of(schedule.title))
        kind = words.rulebook.kinds[schedule.service].title
        yield Facts(
            (
                (words.say("对象", "For whom"), words.of(schedule.group.title)),
                (words.say("完成标志", "Settled by"), words.of(kind)),
                *shape_in_words(words, schedule),
            )
        )


def _indicators(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("指标", "Indicators"))
    for indicator in pack.indicators:
        yield Heading(3, words.of(indicator.title))
        yield Facts(tuple(indicator_in_words(words, indicator)))


def indicator_in_words(words: Words, indicator: Indicator) -> Iterator[tuple[str, str]]:
    """What a figure is, each point under a word; empty where there is nothing to say."""
    on_the_day = indicator.span is Span.ON_THE_DAY
    yield words.say("定义", "Definition"), words.of(indicator.definition) if indicator.definition else ""
    yield from measure_in_words(words, indicator.measure)
    yield from breakdown_in_words(words, indicator)
    yield (
        words.say("时间", "Time"),
        words.say(*(("当日", "on the day") if on_the_day else ("年初至今", "year to date"))),
    )
    higher = indicator.better is Better.HIGHER
    better = ("越高越好", "higher is better") if higher else ("越低越好", "lower is better")
    yield words.say("方向", "Direction"), words.say(*better)
    yield words.say("目标", "Target"), _target(words, indicator)
    yield words.say("累计", "Adds up"), words.of(indicator.cumulative) if indicator.cumulative else ""


def _target(words: Words, indicator: Indicator) -> str:
    if indicator.target is None:
        return ""
    target = words.parameter(indicator.target)
    if indicator.target_level is None:
        return target
    level = level_in_words(words, indicator.target_level)
    return words.say(f"{target}（{level}）", f"{target} ({level})")


def _standards(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("标准", "Standards"))
    for standard in pack.standards:
        yield from standard_in_blocks(words, standard)


def _channels(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("监测渠道", "Channels of surveillance"))
    for channel in pack.channels:
        yield Heading(3, words.of(channel.title))
        yield Facts(tuple(channel_in_words(words, channel)))


def level_in_words(words: Words, level: str) -> str:
    """The title of a level of places."""
    return words.of(next(option.title for option in PLACE_LEVELS if option.code == level))


def channel_in_words(words: Words, channel: Channel) -> Iterator[tuple[str, str]]:
    """What is watched, each point under a word."""
    yield words.say("数什么", "What is counted"), words.phrase(channel.amount)
    yield words.say("算在哪天", "On which day"), words.phrase(channel.day)
    yield words.say("间隔", "How often"), words.of(vocabulary.PACES[channel.pace])
    yield words.say("区划级别", "Level of places"), level_in_words(words, channel.level)
    yield (
        words.say("单位", "Unit"),
        words.say(channel.unit, vocabulary.ENGLISH_UNITS.get(channel.unit, channel.unit)),
    )


def _sheets(words: Words, pack: Pack) -> Iterator[Block]:
    yield Heading(2, words.say("结果反馈单", "Result sheets"))
    for sheet in pack.sheets:
        yield Heading(3, words.of(sheet.title))
        yield Facts(tuple(sheet_in_words(words, sheet)))


SECTIONS: Mapping[str, Section] = {
    "by_place": _by_place,
    "editions": _editions,
    "groups": _groups,
    "schedules": _schedules,
    "values": _values,
    "indicators": _indicators,
    "standards": _standards,
    "channels": _channels,
    "sheets": _sheets,
    "parameters": _parameters,
    "presence": _presence,
    "kinds": _kinds,
    "sources": _sources,
}
"""In the order in which people read them; a section whose part is empty is left out."""

NOT_SECTIONS = frozenset({"name", "title", "version", "summary", "location", "facts"})
"""Told in the head, or within what uses them."""
