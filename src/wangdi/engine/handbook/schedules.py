"""When something is due, in words."""

from collections.abc import Iterator
from typing import assert_never

from wangdi.engine.handbook.words import Words
from wangdi.engine.model.each import Each
from wangdi.engine.model.schedules import Every, Interval, OncePerYear, Schedule

Pair = tuple[str, str]


def shape_in_words(words: Words, schedule: Schedule) -> Iterator[Pair]:
    """When members of the group are due, each point under a word."""
    match schedule.shape:
        case Every():
            yield from _every(words, schedule.shape)
        case OncePerYear():
            yield from _once_per_year(words, schedule.shape)
        case Each():
            yield from _each(words, schedule.shape)
        case unknown:
            assert_never(unknown)
    if schedule.lead.amount:
        lead = words.duration(schedule.lead)
        yield (
            words.say("提前", "Ahead"),
            words.say(f"到期日前 {lead} 起列为应做", f"listed as due {lead} before the day"),
        )


def _every(words: Words, shape: Every) -> Iterator[Pair]:
    first, start = words.phrase(shape.first.length), words.phrase(shape.start)
    yield words.say("首次", "The first time"), words.say(f"{start}之后 {first}", f"{first} after {start}")
    for number, interval in enumerate(shape.intervals, 1):
        place = f" {number}" if len(shape.intervals) > 1 else ""
        yield words.say("以后", "After that") + place, _interval(words, interval)


def _interval(words: Words, interval: Interval) -> str:
    length = words.phrase(interval.length)
    if interval.when is None:
        return words.say(f"其他情况，上次服务之后 {length}", f"otherwise {length} after the last service")
    when = words.phrase(interval.when)
    return words.say(f"{when}者，上次服务之后 {length}", f"{length} after the last service if {when}")


def _once_per_year(words: Words, shape: OncePerYear) -> Iterator[Pair]:
    yield words.say("何时", "When"), words.say("每年一次，12月31日前完成", "once a year, until 31 December")
    if shape.not_before is not None:
        yield words.say("不早于", "Not before"), words.phrase(shape.not_before)
    yield words.say("已完成", "Done when"), words.phrase(shape.satisfied)


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
