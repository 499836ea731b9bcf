"""``wangdi backup`` and ``wangdi restore``."""

from pathlib import Path
from typing import Annotated

import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.output import console, fail
from wangdi.cli.wording import of, t
from wangdi.server.backups.archive import BadBackup, Manifest, verify_backup
from wangdi.server.backups.making import make_backup, restore_backup


def backup(
    target: Annotated[
        Path | None,
        typer.Argument(
            help=t(
                "文件夹或 zip 文件；不写则放在 WANGDI_BACKUPS（默认数据文件夹里的 backups）",
                "A folder or a zip; WANGDI_BACKUPS if left out (default: backups in the data folder)",
            )
        ),
    ] = None,
) -> None:
    installation = require_installation()
    try:
        made = make_backup(target or installation.backups)
    except BadBackup as error:
        raise fail(of(error.message), 1) from None
    _tell(made.manifest)
    console.print(f"{made.path}  {made.bytes / 1e6:,.1f} MB", highlight=False, markup=False)


backup.__doc__ = t(
    "备份里有密钥，请像数据文件夹一样保管，并存到另一台机器。",
    "The key is in it: keep it as safe as the data folder, and on another machine.",
)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=t("备份文件", "The backup"))],
    check_only: Annotated[
        bool, typer.Option("--check-only", help=t("只核对，不恢复", "Only verify it, restore nothing"))
    ] = False,
) -> None:
    try:
        manifest = verify_backup(file) if check_only else restore_backup(file)
    except BadBackup as error:
        raise fail(of(error.message), 1) from None
    _tell(manifest)
    if not check_only:
        console.print(t("已恢复。接着：wangdi evaluate", "Restored. Next: wangdi evaluate"))


def _tell(manifest: Manifest) -> None:
    console.print(
        t(
            f"核对无误：{manifest.made_at:%Y-%m-%d %H:%M} 的备份，居民 {manifest.residents:,}，记录 {manifest.records:,}，"
            f"变更 {manifest.change:,}（{manifest.change_hash}）",
            f"Verified: of {manifest.made_at:%Y-%m-%d %H:%M}, {manifest.residents:,} residents, "
            f"{manifest.records:,} records, {manifest.change:,} changes ({manifest.change_hash})",
        ),
        highlight=False,
        markup=False,
    )
