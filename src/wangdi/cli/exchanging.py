"""``wangdi exchange``: a record, or what is known of a resident, as a file for another system."""

import getpass
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import parse_day
from wangdi.cli.output import console, fail
from wangdi.cli.wording import of, t
from wangdi.interchange.fhir.bundles import Resource
from wangdi.interchange.fhir.messages import as_text
from wangdi.server.exchange.services import Handed, document_of, message_of
from wangdi.server.exchange.telling import RELATED, is_told
from wangdi.server.network.merged import current_code
from wangdi.server.network.models import Resident
from wangdi.server.network.revealing import NoReason
from wangdi.server.records.models import RecordVersion

app = typer.Typer(no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", help=t("用途，记入审计", "What for; written to the audit"))]
Target = Annotated[Path | None, typer.Option("--to", help=t("写入文件", "A file to write"))]
Numbers = Annotated[
    bool,
    typer.Option("--numbers", help=t("含完整身份证号和电话", "With identity number and telephone in full")),
]


def message(
    kind: Annotated[str, typer.Argument(help=t("记录种类", "The kind of record"))],
    record: Annotated[str, typer.Argument(help=t("记录编号", "The id of the record"))],
    reason: Reason,
    to: Target = None,
    numbers: Numbers = False,
) -> None:
    require_installation()
    if not is_told(kind):
        raise fail(t(f"“{kind}”不是居民的记录", f"{kind} is no kind about residents"), 2)
    found = RecordVersion.objects.current().filter(kind__name=kind, record_id=record)
    version = found.select_related(*RELATED).first()
    if version is None:
        raise fail(t(f"没有编号为 {record} 的记录", f"there is no record {record}"), 2)
    _hand_out(lambda handed: message_of(version, handed), reason, numbers, to)


message.__doc__ = t(
    "一条记录的 FHIR 消息（最新一版）。", "The FHIR message of a record, in its newest version."
)


def document(
    resident: Annotated[str, typer.Argument(help=t("居民编码", "The code of a resident"))],
    reason: Reason,
    to: Target = None,
    numbers: Numbers = False,
    since: Annotated[
        date | None,
        typer.Option(
            "--since",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help=t("从哪天起的记录", "Records from a day on"),
        ),
    ] = None,
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", help=t("只要哪些规则包；可多次", "Only these packs; repeatable")),
    ] = None,
) -> None:
    require_installation()
    people = Resident.objects.select_related("place", "institution")
    person = people.filter(code=current_code(resident)).first()
    if person is None:
        raise fail(t(f"没有编码为 {resident} 的居民", f"there is no resident {resident}"), 2)
    _hand_out(lambda handed: document_of(person, handed, packs=pack, since=since), reason, numbers, to)


document.__doc__ = t(
    "一位居民的共享档案（FHIR 文档）。", "What is known of a resident, as one FHIR document."
)


def _hand_out(make: Callable[[Handed], Resource], reason: str, numbers: bool, to: Path | None) -> None:
    handed = Handed(reason, actor_name=f"wangdi exchange ({getpass.getuser()})", with_numbers=numbers)
    try:
        text = as_text(make(handed))
    except NoReason as wrong:
        raise fail(f"--reason: {of(wrong.message)}", 1) from None
    if to is None:
        typer.echo(text)
    else:
        to.write_text(text + "\n", encoding="utf-8")
        console.print(t(f"已写入 {to}", f"Wrote {to}"), highlight=False)


app.command("message")(message)
app.command("document")(document)
