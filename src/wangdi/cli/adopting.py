"""``wangdi packs adopt`` and what ``wangdi packs list --place`` shows."""

import getpass
from datetime import date
from typing import Annotated

import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import parse_day
from wangdi.cli.output import Format, errors, fail, write_rows
from wangdi.cli.places import place_named
from wangdi.cli.wording import of, t
from wangdi.server.adoption.services import InvalidDecision
from wangdi.server.adoption.services import adopt as decide
from wangdi.server.evaluation.in_force import packs_at
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today

Since = Annotated[
    date,
    typer.Option(
        "--since", parser=parse_day, metavar="YYYY-MM-DD", help=t("从哪一天起", "From which day on")
    ),
]
Until = Annotated[
    date | None,
    typer.Option(
        "--until", parser=parse_day, metavar="YYYY-MM-DD", help=t("施行到哪一天", "The last day in force")
    ),
]


def adopt(
    pack: Annotated[str, typer.Argument(help=t("规则包", "The pack"))],
    since: Since,
    place: Annotated[
        str | None, typer.Option("--place", metavar="CODE", help=t("哪个区划采用", "Which place adopts it"))
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help=t("全网络采用", "The whole network adopts it"))
    ] = False,
    edition: Annotated[
        str | None, typer.Option("--edition", help=t("哪个版次", "Which of its editions"))
    ] = None,
    until: Until = None,
    not_in_force: Annotated[
        bool,
        typer.Option("--not-in-force", help=t("决定不施行", "Decide that it is not in force there")),
    ] = False,
) -> None:
    require_installation()
    if (place is None) != everywhere:
        raise typer.BadParameter(
            t("请写 --place 编码，或 --everywhere", "give --place CODE, or --everywhere")
        )
    try:
        decision = decide(
            rulebook(),
            pack,
            place_named(place) if place is not None else None,
            since,
            until=until,
            edition=edition,
            in_force=not not_in_force,
            actor_name=f"wangdi ({getpass.getuser()})",
        )
    except InvalidDecision as error:
        raise fail("\n".join(of(message) for _, message in error.problems), 2) from None
    where = decision.place or t("全网络", "the whole network")
    errors.print(
        t(
            f"{where}：{pack} 自 {since} 起{'施行' if decision.in_force else '不施行'}；接下来 wangdi evaluate",
            f"{where}: {pack} {'in force' if decision.in_force else 'not in force'} from {since}; next: wangdi evaluate",
        ),
        highlight=False,
    )


adopt.__doc__ = t(
    "某区划自某日起采用一个规则包（及其下级）；同一日再决定则替换前一个决定，历史保留。",
    "A place adopts a pack from a day on, with all places under it. A second decision for the same day replaces the first; "
    "both are kept.",
)


def list_in_force(code: str, output: Format) -> None:
    """What is in force at a place today, and who decided."""
    require_installation()
    rows = [
        {
            "pack": row.pack.name,
            "title": of(row.pack.title),
            "version": row.pack.version,
            "in_force": row.in_force,
            "edition": row.decision.edition if row.decision else None,
            "since": row.decision.since if row.decision else None,
            "until": row.decision.until if row.decision else None,
            "decided_by": (row.decision.place or "*") if row.decision else None,
        }
        for row in packs_at(place_named(code), today())
    ]
    write_rows(pa.Table.from_pylist(rows, _SCHEMA), output)


_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("pack", "title", "version"), pa.string()),
        "in_force": pa.bool_(),
        "edition": pa.string(),
        "since": pa.date32(),
        "until": pa.date32(),
        "decided_by": pa.string(),
    }
)
