"""What a decision may say: only of packs, editions and indicators that exist."""

from collections.abc import Iterable, Iterator
from datetime import date

from wangdi.engine.diagnostics.messages import nearest, suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text

Problem = tuple[str, Text]
"""The column that is wrong, and what is wrong with it."""

SHOWN = 12
"""How many known names are listed where none is near."""


def _unknown(sort: tuple[str, str], word: str, known: Iterable[str]) -> Text:
    choices = sorted(known)
    near = nearest(word, choices)
    if near is not None:
        meant = f"是不是“{near}”？"
    else:
        meant = f"可用：{'、'.join(choices[:SHOWN]) or '无'}{'…' if len(choices) > SHOWN else ''}"
    return Text(
        f"没有{sort[0]}“{word}”（{meant}）", f"there is no {sort[1]} '{word}': {suggest(word, choices)}"
    )


def problems_of_adoption(
    rulebook: Rulebook, pack_name: str, since: date | None, until: date | None, edition: str | None
) -> Iterator[Problem]:
    pack = next((pack for pack in rulebook.packs if pack.name == pack_name), None)
    if pack is None:
        yield "pack", _unknown(("规则包", "pack"), pack_name, rulebook.adopted_by_place)
    elif not pack.by_place:
        yield (
            "pack",
            Text(
                f"规则包“{pack_name}”处处施行，不由各地采用",
                f"pack '{pack_name}' is in force everywhere; places do not adopt it",
            ),
        )
    elif edition is not None and edition not in (known := [option.code for option in pack.editions]):
        yield "edition", _unknown(("版次", "edition"), edition, known)
    if since is not None and until is not None and until < since:
        yield "until", Text("截止日期早于起始日期", "it would end before it begins")


def problems_of_target(
    rulebook: Rulebook, indicator: str, period_start: date | None, areas: int
) -> Iterator[Problem]:
    """``areas``: how many of place and institution are given."""
    if indicator not in rulebook.indicators:
        yield "indicator", _unknown(("指标", "indicator"), indicator, rulebook.indicators)
    if areas != 1:
        yield (
            "place",
            Text("区划和机构填一个，且只填一个", "give a place or an institution, and only one of them"),
        )
    if period_start is not None and (period_start.month, period_start.day) != (1, 1):
        message = Text("目标按年度：期间首日写某年1月1日", "targets are for calendar years: write 1 January")
        yield "period_start", message
