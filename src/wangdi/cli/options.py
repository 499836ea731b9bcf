"""Options that several commands share."""

from datetime import date, datetime
from typing import Annotated

import typer
from django.utils import timezone

from wangdi.cli.output import Format
from wangdi.cli.wording import t


def parse_day(text: str | date) -> date:
    """A day typed on the command line."""
    if isinstance(text, date):
        return text
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise typer.BadParameter(
        t(f"“{text}”不是日期；请写成 2026-06-30", f"'{text}' is no date; write it like 2026-06-30")
    )


def default_day() -> date:
    return timezone.localdate()


AsOf = Annotated[
    date,
    typer.Option(
        "--as-of",
        parser=parse_day,
        default_factory=default_day,
        metavar="YYYY-MM-DD",
        show_default=t("今天", "today"),
        help=t("按哪一天计算", "The day everything is judged on"),
    ),
]
PlaceCode = Annotated[
    str | None,
    typer.Option(
        "--place", metavar="CODE", help=t("只看该区划及其下级", "Only this place and everything under it")
    ),
]
InstitutionCode = Annotated[
    str | None,
    typer.Option(
        "--institution",
        metavar="CODE",
        help=t("只看该机构及其下级", "Only this institution and everything under it"),
    ),
]
OutputFormat = Annotated[
    Format,
    typer.Option("--format", help=t("输出格式", "How to print: for people, for spreadsheets, for programs")),
]
