"""``wangdi status``."""

from typing import Annotated

import pyarrow as pa
import typer
from django.db import connection

from wangdi.cli.installation import find_installation
from wangdi.cli.options import OutputFormat
from wangdi.cli.output import Format, console, write_rows
from wangdi.cli.wording import of, t
from wangdi.server.condition.checks import checks
from wangdi.server.condition.findings import Finding, Level

MARKS = {Level.FINE: "[green]✓[/]", Level.LOOK: "[yellow]![/]", Level.WRONG: "[red]✗[/]"}


def status(
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help=t("另读完整个数据库和变更链", "Read all of the store and its chain as well")
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help=t("有需要留意的也以 1 退出", "Exit with 1 also where somebody should look")
        ),
    ] = False,
    output: OutputFormat = Format.TABLE,
) -> None:
    find_installation()
    found = list(checks(deep))
    connection.close()
    if output is Format.TABLE:
        for one in found:
            _print(one)
    else:
        write_rows(pa.Table.from_pylist([_row(one) for one in found], _SCHEMA), output)
    bad = {Level.WRONG, Level.LOOK} if strict else {Level.WRONG}
    raise SystemExit(1 if any(one.level in bad for one in found) else 0)


_SCHEMA = pa.schema(dict.fromkeys(("part", "level", "found", "mend"), pa.string()))


def _row(one: Finding) -> dict[str, str]:
    mend = of(one.mend) if one.mend is not None else ""
    return {"part": one.part, "level": one.level.value, "found": of(one.told), "mend": mend}


def _print(one: Finding) -> None:
    console.print(f"{MARKS[one.level]} {one.part:20} {of(one.told)}", highlight=False)
    if one.mend is not None:
        console.print(f"  {'':20} → {of(one.mend)}", highlight=False, markup=False)
