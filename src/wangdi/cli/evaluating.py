"""``wangdi evaluate``, ``due`` and ``indicators``."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, InstitutionCode, OutputFormat, PlaceCode
from wangdi.cli.output import Format, errors, fail, write_rows
from wangdi.cli.periods import close, parse_month
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import t
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.evaluate.network import UnknownCode
from wangdi.server.evaluation.comparing import COUNTS
from wangdi.server.evaluation.listings import Listings
from wangdi.server.evaluation.publishing import (
    TREND_MONTHS,
    closed_days,
    evaluate_and_publish,
    fresh_lake,
    network_of,
)
from wangdi.server.evaluation.rules import rulebook


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


def evaluate(
    as_of: AsOf,
    months: Annotated[
        int,
        typer.Option(
            "--months", min=0, max=120, help=t("趋势回溯几个月末", "How many month-ends before, for trends")
        ),
    ] = TREND_MONTHS,
    closing: Annotated[
        date | None,
        typer.Option(
            "--close",
            parser=parse_month,
            metavar="YYYY-MM",
            help=t(
                "只计算该月末并封账，数值不再改变", "Only evaluate that month's end, and close it for good"
            ),
        ),
    ] = None,
) -> None:
    installation = require_installation()
    if closing is not None:
        close(installation, closing)
        return
    with progress_bars() as report:
        published = evaluate_and_publish(installation, as_of, report, trend=months)
    if as_of in closed_days():
        compare = f"wangdi figures compare --period {as_of:%Y-%m}"
        errors.print(
            t(f"{as_of} 已封账，数值未改：{compare}", f"{as_of} is closed, its figures stay: {compare}")
        )
    errors.print(
        t(
            f"月末：计算 {published.month_ends} 个，沿用 {months - published.month_ends} 个（已封账或数据和规则未变）",
            f"Month-ends: {published.month_ends} evaluated, {months - published.month_ends} kept "
            "(closed, or nothing changed since)",
        ),
        highlight=False,
    )
    errors.print(
        t(
            f"{published.as_of}：居民 {published.residents:,}，记录 {published.records:,}；"
            f"已发布应做事项 {published.due_items:,} 项、指标数值 {published.figures:,} 个",
            f"{published.as_of}: {published.residents:,} residents, {published.records:,} records; "
            f"published {published.due_items:,} due items and {published.figures:,} figures",
        ),
        highlight=False,
    )


def due(
    as_of: AsOf,
    place: PlaceCode = None,
    institution: InstitutionCode = None,
    schedule: Annotated[
        str | None,
        typer.Option("--schedule", metavar="NAME", help=t("只看一种服务安排", "Only this schedule")),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=t("包括未到期的", "Also what is not due yet"))
    ] = False,
    output: OutputFormat = Format.TABLE,
) -> None:
    _check_names([schedule] if schedule else [], rulebook().schedules, t("服务安排", "schedule"))
    listings = _listings(as_of, upcoming=everything)
    try:
        write_rows(listings.due(place=place, institution=institution, schedule=schedule), output)
    except UnknownCode as error:
        raise _unknown(error) from None


def indicators(
    as_of: AsOf,
    level: Annotated[
        list[Level] | None,
        typer.Option(
            "--level",
            help=t("哪一级区划；可重复，不写则全部", "Level of places; may be repeated, none means all"),
        ),
    ] = None,
    place: PlaceCode = None,
    institution: InstitutionCode = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option(
            "--indicator", metavar="NAME", help=t("只看这些指标；可重复", "Only these; may be repeated")
        ),
    ] = None,
    for_public: Annotated[
        bool,
        typer.Option(
            "--public",
            help=t(
                "供对外公开：小数隐去，隐去的数值留空",
                "For outsiders: small numbers are hidden, and left empty",
            ),
        ),
    ] = False,
    output: OutputFormat = Format.TABLE,
) -> None:
    if place is not None and institution is not None:
        raise typer.BadParameter(
            t("--place 与 --institution 只能选一个", "give --place or --institution, not both")
        )
    _check_names(indicator or [], rulebook().indicators, t("指标", "indicator"))
    listings = _listings(as_of)
    try:
        figures = listings.figures(
            by="place" if institution is None else "institution",
            levels=[item.value for item in level or ()],
            under=place if institution is None else institution,
            indicators=indicator or (),
            for_public=for_public,
        )
    except UnknownCode as error:
        raise _unknown(error) from None
    write_rows(figures, output, counts=COUNTS)


def _listings(as_of: AsOf, *, upcoming: bool = False) -> Listings:
    installation = require_installation()
    with progress_bars() as report:
        lake, _ = fresh_lake(installation, report)
    return Listings.at(network_of(lake), as_of, upcoming=upcoming)


def _check_names(names: Collection[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"{t('没有', 'there is no')} {what} '{name}': {suggest(name, known)}")


def _unknown(error: UnknownCode) -> SystemExit:
    code = error.args[0]
    return fail(t(f"没有编码为 {code} 的区划或机构", f"no place or institution has the code {code}"), 2)
