"""Standards in words: chapters, clauses with the criteria of each level, and what a tier asks for."""

from collections.abc import Iterator

from wangdi.engine.handbook.blocks import Block, Facts, Heading, Paragraph
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.standards import Clause, Criterion, Evaluated, Standard, Tier

Pair = tuple[str, str]


def standard_in_blocks(words: Words, standard: Standard) -> Iterator[Block]:
    """The whole standard: for whom, each clause under its chapter, then the tiers."""
    yield Heading(3, words.of(standard.title))
    yield Facts(tuple(_scope(words, standard)))
    for chapter in standard.chapters:
        yield Heading(4, words.of(chapter.title))
        for clause in chapter.clauses:
            yield Paragraph(f"{clause.number} {words.of(clause.title)}")
            yield Facts(tuple(_clause(words, clause)))
    yield Heading(4, words.say("达标等次", "Tiers"))
    yield Facts(tuple((words.of(tier.title), _tier(words, tier)) for tier in standard.tiers))


def standard_in_words(words: Words, standard: Standard) -> Iterator[Pair]:
    """The same, each point under a word of its own, to be compared."""
    yield from _scope(words, standard)
    for clause in standard.clauses:
        yield clause.number, words.of(clause.title)
        for point, said in _clause(words, clause):
            yield f"{clause.number} {point}", said
    for tier in standard.tiers:
        yield words.of(tier.title), _tier(words, tier)


def _scope(words: Words, standard: Standard) -> Iterator[Pair]:
    yield words.say("版次", "Edition"), standard.edition
    yield words.say("适用", "For"), words.of(standard.group.title)
    first, last = standard.first_year or "…", standard.last_year or "…"
    yield words.say("年度", "Years"), f"{first}–{last}"


def _clause(words: Words, clause: Clause) -> Iterator[Pair]:
    if clause.applies is not None:
        yield words.say("适用条件", "Applies where"), words.phrase(clause.applies)
    for level in clause.levels:
        criteria = (_criterion(words, criterion) for criterion in clause.criteria[level])
        yield level.value, words.say("；", "; ").join(criteria)


def _criterion(words: Words, criterion: Criterion) -> str:
    title = words.of(criterion.title)
    if isinstance(criterion, Evaluated):
        when = words.phrase(criterion.when)
        return words.say(f"{title}（系统计算：{when}）", f"{title} (computed: {when})")
    evidence = words.listed(words.of(text) for text in criterion.evidence)
    return words.say(
        f"{title}（人工评定，查看{evidence}）", f"{title} (judged, on the evidence of {evidence})"
    )


def _tier(words: Words, tier: Tier) -> str:
    shares = [
        words.say(
            f"达到 {level.value} 级及以上的条款占适用条款的比例 ≥ {words.parameter(parameter)}",
            f"share of applicable clauses at level {level.value} or higher ≥ {words.parameter(parameter)}",
        )
        for level, parameter in tier.shares.items()
    ]
    required = [
        words.say(
            f"必须达到 {level.value} 级的条款：{words.listed(numbers)}",
            f"clauses that have to reach level {level.value}: {words.listed(numbers)}",
        )
        for level, numbers in tier.required.items()
        if numbers
    ]
    return words.say("；", "; ").join([*shares, *required])
