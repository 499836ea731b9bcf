"""``wangdi users``: accounts from a file."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.importing import show_notes, show_problems
from wangdi.cli.installation import require_installation
from wangdi.cli.output import errors, fail
from wangdi.cli.wording import t
from wangdi.interchange.tabular.annotate import annotate
from wangdi.interchange.tabular.template import write_template_of
from wangdi.server.accounts.bulk import VALID_DAYS, Handed, make_accounts
from wangdi.server.accounts.handing import write_sheet
from wangdi.server.accounts.reading import read_accounts
from wangdi.server.accounts.sheet import SHAPE

app = typer.Typer(no_args_is_help=True)

_OWNER_ONLY = 0o600


@app.command(
    "import",
    help=t(
        "按文件建立账号，一行一个：有一处不对就一个也不建立，并生成标注了单元格的副本；已有的同一账号跳过。"
        "每人的一次性密码只写进 --passwords-to 指定的表格，首次登录时须更换。空白模板：wangdi users template。",
        "Makes the accounts of a file, one in each row: where anything is wrong none is made, and a copy with the cells "
        "marked is written; the very same account that is there already is passed over. The one-time passwords are "
        "written to --passwords-to alone, and have to be changed at the first sign-in. Empty workbook: "
        "wangdi users template.",
    ),
)
def import_users(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=t("xlsx 或 csv", "xlsx or csv"))],
    passwords_to: Annotated[
        Path | None,
        typer.Option(
            "--passwords-to",
            metavar="FILE.xlsx",
            help=t(
                "一次性密码写到哪个新文件（仅本人可读）",
                "The new file for the passwords, for its owner alone",
            ),
        ),
    ] = None,
    days: Annotated[
        int,
        typer.Option("--days", help=t("密码有效几天：3、7、14、30", "Passwords are good for: 3, 7, 14, 30")),
    ] = 14,
    check_only: Annotated[
        bool, typer.Option("--check-only", help=t("只检查，不建立", "Only check, make none"))
    ] = False,
) -> None:
    require_installation()
    if days not in VALID_DAYS:
        allowed = "、".join(map(str, VALID_DAYS))
        raise typer.BadParameter(t(f"--days 只能是 {allowed}", f"--days is one of {allowed}"))
    found = read_accounts(path, None)
    show_notes(found.result)
    if not found.result.ok:
        marked = annotate(path, found.result, Path(f"{path.resolve().stem}-problems.xlsx"))
        show_problems(found.result, marked)
        raise SystemExit(1)
    there = t(f"，另有 {found.there} 个已经存在", f", {found.there} are there already")
    if check_only or not found.accounts:
        errors.print(
            t(f"可建立 {len(found.accounts)} 个账号", f"Accounts to make: {len(found.accounts)}") + there
        )
        return
    target = passwords_to or Path(f"{path.resolve().stem}-passwords.xlsx")
    handle = _new_file(target)
    handed = make_accounts(
        found.accounts, actor=None, actor_name=f"wangdi users ({getpass.getuser()})", days=days
    )
    _write(handed, handle)
    made = t(f"新建 {len(handed)} 个账号", f"Accounts made: {len(handed)}")
    errors.print(made + there, highlight=False)
    errors.print(
        t(
            f"一次性密码在 {target}，交给本人后请删除",
            f"The one-time passwords are in {target}; delete it when they are handed over",
        ),
        highlight=False,
    )


@app.command("template", help=t("生成空白账号模板。", "Writes an empty workbook for accounts."))
def template(
    path: Annotated[Path, typer.Argument(help=t("存到哪个 xlsx 文件", "The xlsx file to write"))],
) -> None:
    write_template_of(path, [SHAPE])


def _new_file(target: Path) -> int:
    """Opened before any account is made: passwords that nobody can read would lock everybody out."""
    try:
        return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except OSError as error:
        reason = error.strerror or str(error)
        raise fail(
            t(
                f"不能写 {target}：{reason}；没有建立账号",
                f"cannot write {target}: {reason}; no account was made",
            ),
            1,
        ) from None


def _write(handed: list[Handed], handle: int) -> None:
    with os.fdopen(handle, "wb") as file:
        write_sheet(handed, file)
