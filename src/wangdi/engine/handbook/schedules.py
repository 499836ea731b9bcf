"""When something is due, in words."""

from collections.abc import Iterator
from typing import assert_never

from wangdi.engine.handbook.words import Words
from wangdi.engine.model.calendar import CalendarUnit
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.schedules import Deadline, Every, Interval, OncePer, Schedule, Urgency
from wangdi.engine.model.series import AT_ONCE, Series, SeriesStep
from wangdi.engine.model.text import Text

Pair = tuple[str, str]


def shape_in_words(words: Words, schedule: Schedule) -> Iterator[Pair]:
    """When members of the group are due, each point under a word."""
    match schedule.shape:
        case Every():
            yield from _every(words, schedule.shape)
        case OncePer():
            yield from _once_per(words, schedule.shape)
        case Deadline():
            yield from _deadline(words, schedule.shape)
        case Series():
            yield from _series(words, schedule.shape)
        case Each():
            yield from _each(words, schedule.shape)
        case unknown:
            assert_never(unknown)
    if schedule.holder is not None:
        yield words.say("责任机构", "Responsible"), words.phrase(schedule.holder)
    if schedule.lead.amount:
        lead = words.duration(schedule.lead)
        yield (
            words.say("提前", "Ahead"),
            words.say(f"到期日前 {lead} 起列为应做", f"listed as due {lead} before the day"),
        )
    if schedule.urgency is not Urgency.USUAL:
        first = schedule.urgency is Urgency.FIRST
        yield (
            words.say("清单中的先后", "In lists"),
            words.say("先", "first") if first else words.say("后", "after the others"),
        )
    if schedule.fades is not None:
        fades = words.duration(schedule.fades)
        yield (
            words.say("久拖未做", "Long overdue"),
            words.say(
                f"逾期 {fades} 后在清单中排到后面", f"after the others in lists once overdue for {fades}"
            ),
        )


def _every(words: Words, shape: Every) -> Iterator[Pair]:
    first, start = words.phrase(shape.first.length), words.phrase(shape.start)
    yield words.say("首次", "The first time"), words.say(f"{start}之后 {first}", f"{first} after {start}")
    for number, interval in enumerate(shape.intervals, 1):
        place = f" {number}" if len(shape.intervals) > 1 else ""
        yield words.say("以后", "After that") + place, _interval(words, interval)
    yield from _stopped(words, shape.stop)
    if shape.until is not None:
        yield words.say("最后一天", "The last day"), words.phrase(shape.until)


def _stopped(words: Words, stop: Expression | None) -> Iterator[Pair]:
    if stop is not None:
        yield words.say("停止", "Stopped while"), words.phrase(stop)


def _interval(words: Words, interval: Interval) -> str:
    length = words.phrase(interval.length)
    if interval.when is None:
        return words.say(f"其他情况，上次服务之后 {length}", f"otherwise {length} after the last service")
    when = words.phrase(interval.when)
    return words.say(f"{when}者，上次服务之后 {length}", f"{length} after the last service if {when}")


_UNITS = {
    CalendarUnit.YEAR: Text("每年一次，12月31日前完成", "once a year, until 31 December"),
    CalendarUnit.HALF_YEAR: Text("每半年一次", "once in each half of the year"),
    CalendarUnit.QUARTER: Text("每季度一次", "once in each quarter"),
    CalendarUnit.MONTH: Text("每月一次", "once in each month"),
}


def _once_per(words: Words, shape: OncePer) -> Iterator[Pair]:
    yield words.say("何时", "When"), words.of(_UNITS[shape.calendar])
    if shape.not_before is not None:
        yield words.say("不早于", "Not before"), words.phrase(shape.not_before)
    yield words.say("已完成", "Done when"), words.phrase(shape.satisfied)


def _deadline(words: Words, shape: Deadline) -> Iterator[Pair]:
    start, within = words.phrase(shape.start), words.phrase(shape.within)
    yield words.say("限期", "Until"), words.say(f"{start}之后 {within}内", f"{within} after {start}")
    yield words.say("已完成", "Done when"), words.phrase(shape.done)
    yield from _stopped(words, shape.stop)


def _series(words: Words, shape: Series) -> Iterator[Pair]:
    yield words.say("起算日", "Counted from"), words.phrase(shape.anchor)
    yield from _stopped(words, shape.stop)
    for step in shape.steps:
        yield words.of(step.title), words.say("；", "; ").join(_step(words, shape, step))


def _step(words: Words, series: Series, step: SeriesStep) -> Iterator[str]:
    """What holds for one step, point by point."""
    if step.when is not None:
        when = words.phrase(step.when)
        yield words.say(f"适用于{when}者", f"for those with {when}")
    if step.earliest == AT_ONCE:
        yield words.say("起算日起", "from that day")
    else:
        age = words.phrase(step.earliest)
        yield words.say(f"满 {age} 起", f"from {age}")
    previous = series.previous(step)
    if previous is not None:
        gap, title = words.phrase(step.min_interval), words.of(previous.title)
        yield words.say(f"与{title}间隔至少 {gap}", f"{gap} or more after {title}")
    if step.not_before is not None:
        day = words.phrase(step.not_before)
        yield words.say(f"不早于{day}", f"not before {day}")
    for length, zh, en in (
        (step.by, "满 {age} 当日及以前完成", "by {age}"),
        (step.before, "满 {age} 前完成", "before {age}"),
        (step.until, "满 {age} 起不再进行", "no longer from {age}"),
        (step.grace if step.grace != AT_ONCE else None, "宽限 {age}", "with {age} of grace"),
    ):
        if length is not None:
            yield words.say(zh, en).format(age=words.phrase(length))


def _each(words: Words, shape: Each) -> Iterator[Pair]:
    kind = words.of(words.rulebook.kinds[shape.selection.kind].title)
    yield words.say("每条记录", "For each record"), kind
    if shape.selection.where is not None:
        yield words.say("条件", "Where"), words.phrase(shape.selection.where)
    start, within = words.phrase(shape.start), words.phrase(shape.within)
    yield words.say("期限", "Until"), words.say(f"{start}之后 {within}内", f"{within} after {start}")
    if shape.holder is not None:
        yield words.say("责任机构", "Responsible"), words.phrase(shape.holder)
    if shape.escalated:
        yield words.say("升级", "Escalated"), words.say("由上级机构督办", "to the institution above")
