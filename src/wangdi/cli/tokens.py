"""``wangdi tokens``: other systems that send and fetch records over HTTP."""

import getpass
from datetime import date
from typing import Annotated, Any

import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import OutputFormat, parse_day
from wangdi.cli.output import Format, console, errors, fail, write_rows
from wangdi.cli.wording import of, t
from wangdi.server.evaluation.services import today
from wangdi.server.intake.models import Token
from wangdi.server.intake.tokens import InvalidToken, make_token, revoke_token

app = typer.Typer(no_args_is_help=True)

_OPTIONS = {
    "kinds": "--kind",
    "fetches": "--fetch",
    "area": "--place / --institution",
    "expires_on": "--until",
}
"""How the fields of a token are called here, where they are called otherwise."""


_Name = Annotated[str, typer.Argument(help=t("哪个系统", "Which system"))]
_Source = Annotated[
    str,
    typer.Option(
        "--source",
        help=t(
            "来源代号，加在它的记录编号之前，如 lis-daye；换新令牌时沿用",
            "Stands before its record ids, such as lis-daye; keep it for the system's next token",
        ),
    ),
]
_Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help=t("可报送的记录；可多次", "A kind it may send; repeatable")),
]
_Fetches = Annotated[
    list[str] | None,
    typer.Option("--fetch", help=t("可取报文的记录；可多次", "A kind it may fetch messages of; repeatable")),
]
_WithNumbers = Annotated[
    bool,
    typer.Option(
        "--numbers", help=t("报文含完整身份证号和电话", "Messages have identity number and telephone in full")
    ),
]
_Place = Annotated[str, typer.Option("--place", help=t("区划编码", "Code of a place"))]
_Institution = Annotated[str, typer.Option("--institution", help=t("机构编码", "Code of an institution"))]
_Until = Annotated[
    date | None,
    typer.Option(
        "--until",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help=t("有效至；默认一年", "The last day it is good; a year by default"),
    ),
]


def make(
    name: _Name,
    source: _Source,
    kind: _Kinds = None,
    fetch: _Fetches = None,
    numbers: _WithNumbers = False,
    place: _Place = "",
    institution: _Institution = "",
    until: _Until = None,
) -> None:
    require_installation()
    try:
        made, secret = make_token(
            name,
            source,
            kind or (),
            fetches=fetch or (),
            with_numbers=numbers,
            place=place,
            institution=institution,
            expires_on=until,
            actor_name=_job(),
        )
    except InvalidToken as invalid:
        lines = [f"{_OPTIONS.get(field, field)}: {of(message)}" for field, message in invalid.problems]
        raise fail("\n".join(lines), 1) from None
    console.print(secret, highlight=False, markup=False)
    errors.print(
        t(
            f"令牌 {made.pk}，有效至 {made.expires_on}。只显示这一次。",
            f"Token {made.pk}, good until {made.expires_on}. It is shown this once.",
        ),
        highlight=False,
    )


make.__doc__ = t(
    "生成令牌并显示一次；只收、只给所列记录，只限所给区划或机构及其下级的。",
    "Makes a token and shows it once. It sends and fetches the listed kinds, in the given place or institution and below.",
)


def list_tokens(output: OutputFormat = Format.TABLE) -> None:
    require_installation()
    found = Token.objects.select_related("place", "institution").order_by("id")
    write_rows(pa.Table.from_pylist([_row(token) for token in found], _SCHEMA), output)


list_tokens.__doc__ = t("列出令牌和最近一次报送。", "Lists the tokens and when each was used last.")

_SCHEMA = pa.schema(
    {
        "number": pa.int64(),
        **dict.fromkeys(("name", "source", "kinds", "fetches", "area"), pa.string()),
        "expires_on": pa.date32(),
        "state": pa.string(),
        "last_used_at": pa.timestamp("s", "UTC"),
        "latest": pa.string(),
    }
)


def _row(token: Token) -> dict[str, Any]:
    latest = token.deliveries.first()
    state = "revoked" if token.revoked_at else "good" if token.is_good(today()) else "expired"
    return {
        "number": token.pk,
        "name": token.name,
        "source": token.source,
        "kinds": ",".join(token.kinds),
        "fetches": ",".join(token.fetches),
        "area": token.area.code,
        "expires_on": token.expires_on,
        "state": state,
        "last_used_at": token.last_used_at,
        "latest": "" if latest is None else f"{latest.status} {of(latest.first_problem)}".strip(),
    }


def revoke(number: Annotated[int, typer.Argument(help=t("令牌号", "The number of a token"))]) -> None:
    require_installation()
    found = Token.objects.filter(pk=number).first()
    if found is None:
        raise fail(t(f"没有令牌 {number}", f"there is no token {number}"), 2)
    revoke_token(found, actor_name=_job())
    console.print(t(f"令牌 {number} 已撤销", f"Token {number} is revoked"), highlight=False)


revoke.__doc__ = t("撤销令牌：从现在起不再接收。", "Revokes a token: from now on nothing is taken by it.")


def _job() -> str:
    return f"wangdi tokens ({getpass.getuser()})"


app.command("make")(make)
app.command("list")(list_tokens)
app.command("revoke")(revoke)
