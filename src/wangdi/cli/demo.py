"""``wangdi demo``."""

from typing import Annotated

import typer
from rich.table import Table

from wangdi.cli.demonstration import Demonstration, NotADemonstration, build_demonstration, read_demonstration
from wangdi.cli.options import AsOf
from wangdi.cli.output import console, fail
from wangdi.cli.phases import Phases
from wangdi.cli.progress import progress_bars
from wangdi.cli.serving import serve
from wangdi.cli.wording import t
from wangdi.demo.density import Density
from wangdi.server.common.installation import Installation


def demo(
    as_of: AsOf,
    residents: Annotated[
        int, typer.Option(min=100, max=1_000_000, help=t("模拟居民人数", "How many simulated residents"))
    ] = 20_000,
    density: Annotated[
        Density,
        typer.Option(
            help=t(
                "realistic：随访频次接近实际；dense：每人约 17 条记录，用于压力测试",
                "realistic visits, or dense: about 17 records per resident, for load tests",
            )
        ),
    ] = Density.REALISTIC,
    again: Annotated[bool, typer.Option("--again", help=t("重新生成", "Build it anew"))] = False,
    serve_pages: Annotated[
        bool, typer.Option("--serve/--no-serve", help=t("建好后启动网页", "Serve the pages afterwards"))
    ] = True,
    port: Annotated[int, typer.Option(help=t("端口", "Port"))] = 8000,
) -> None:
    installation = Installation.current()
    demonstration = None if again else _existing(installation, residents, density)
    if demonstration is None:
        try:
            with progress_bars() as report:
                phases = Phases(report)
                demonstration, published = build_demonstration(
                    installation, residents, as_of, density, phases
                )
                phases.end()
        except NotADemonstration as error:
            raise fail(str(error), 2) from None
        console.print(
            t(
                f"模拟居民 {published.residents:,}，服务记录 {published.records:,}，应做事项 {published.due_items:,}",
                f"{published.residents:,} simulated residents, {published.records:,} records, "
                f"{published.due_items:,} due items",
            ),
            highlight=False,
        )
    _show_sign_ins(demonstration)
    if serve_pages:
        serve(port=port)


def _existing(installation: Installation, residents: int, density: Density) -> Demonstration | None:
    """The demonstration that is there, if it is of this size."""
    found = read_demonstration(installation)
    same = found is not None and (found.residents, found.density) == (residents, density.value)
    return found if same else None


def _show_sign_ins(demonstration: Demonstration) -> None:
    table = Table(
        title=t(
            "登录账号（全部居民与记录均为模拟数据）", "Sign-ins (all residents and records are simulated)"
        )
    )
    for heading in (t("用户", "user"), t("口令", "password"), t("角色", "role"), t("范围", "area")):
        table.add_column(heading)
    for sign_in in demonstration.sign_ins:
        table.add_row(sign_in.username, demonstration.password, str(sign_in.role.label), sign_in.area)
    console.print(table)
