"""What a decision may say: only of packs, editions and indicators that exist."""

from collections.abc import Iterator
from datetime import date

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text

Problem = tuple[str, Text]
"""The column that is wrong, and what is wrong with it."""


def problems_of_adoption(
    rulebook: Rulebook, pack_name: str, since: date | None, until: date | None, edition: str | None
) -> Iterator[Problem]:
    pack = next((pack for pack in rulebook.packs if pack.name == pack_name), None)
    if pack is None:
        near = suggest(pack_name, rulebook.adopted_by_place)
        yield "pack", Text(f"没有规则包“{pack_name}”（{near}）", f"there is no pack '{pack_name}': {near}")
    elif not pack.by_place:
        yield (
            "pack",
            Text(
                f"规则包“{pack_name}”处处施行，不由各地采用",
                f"pack '{pack_name}' is in force everywhere; places do not adopt it",
            ),
        )
    elif edition is not None and edition not in (known := [option.code for option in pack.editions]):
        near = suggest(edition, known)
        yield "edition", Text(f"没有版次“{edition}”（{near}）", f"there is no edition '{edition}': {near}")
    if since is not None and until is not None and until < since:
        yield "until", Text("截止日期早于起始日期", "it would end before it begins")


def problems_of_target(
    rulebook: Rulebook, indicator: str, period_start: date | None, areas: int
) -> Iterator[Problem]:
    """``areas``: how many of place and institution are given."""
    if indicator not in rulebook.indicators:
        near = suggest(indicator, rulebook.indicators)
        yield (
            "indicator",
            Text(f"没有指标“{indicator}”（{near}）", f"there is no indicator '{indicator}': {near}"),
        )
    if areas != 1:
        yield (
            "place",
            Text("区划和机构填一个，且只填一个", "give a place or an institution, and only one of them"),
        )
    if period_start is not None and (period_start.month, period_start.day) != (1, 1):
        message = Text("目标按年度：期间首日写某年1月1日", "targets are for calendar years: write 1 January")
        yield "period_start", message
