"""A result sheet in words: what stands on it, when, and how results are judged."""

import re
from collections.abc import Iterator

from wangdi.engine.handbook import vocabulary
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.sheets import Line, Row, Sheet, Wording

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def sheet_in_words(words: Words, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Each point under a word."""
    kind = words.rulebook.kinds.get(sheet.name)
    yield words.say("记录", "Record"), words.of(kind.title) if kind is not None else sheet.name
    for line in sheet.withheld:
        yield words.say("暂不出单", "Not yet given"), line_in_words(words, line)
    for section in sheet.sections:
        parts = [*(row_in_words(words, row) for row in section.rows)]
        parts += [line_in_words(words, line) for line in section.lines]
        told = words.say("；", "; ").join(parts)
        yield words.of(section.title), _when(words, section.when) + told
    for step in sheet.next_steps:
        schedule = words.rulebook.schedules.get(step.schedule)
        title = words.of(schedule.title) if schedule is not None else step.schedule
        yield words.say(f"下一步：{title}", f"Next step: {title}"), words.of(step.says)


def line_in_words(words: Words, line: Line) -> str:
    """The sentence, after the condition under which it stands there."""
    return _when(words, line.when) + wording_in_words(words, line.says)


def row_in_words(words: Words, row: Row) -> str:
    """The result, what is usual, and how it is judged."""
    judged = [
        words.say(f"{phrase}为{words.of(title)}", f"{words.of(title)} if {phrase}")
        for judgement, condition in row.judges
        for phrase, title in [(words.phrase(condition), vocabulary.JUDGEMENTS[judgement])]
    ]
    limits = [wording_in_words(words, row.limits)] if row.limits is not None else []
    if not (judged or limits):
        return words.of(row.title)
    inside = words.say("，", ", ").join([*limits, *judged])
    return words.say(f"{row.title.zh}（{inside}）", f"{row.title.en} ({inside})")


def wording_in_words(words: Words, wording: Wording) -> str:
    """The text with what its braces stand for."""
    slots = {name: words.phrase(expression) for name, expression in wording.slots}
    return _PLACEHOLDER.sub(lambda match: slots[match[1]], words.of(wording.text))


def _when(words: Words, condition: Expression | None) -> str:
    if condition is None:
        return ""
    phrase = words.phrase(condition)
    return words.say(f"当{phrase}：", f"If {phrase}: ")
