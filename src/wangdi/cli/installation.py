"""``wangdi init``, and the installation that commands work in."""

import getpass
import os
from typing import Annotated

import typer
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from wangdi.cli.output import console, fail
from wangdi.cli.wording import t
from wangdi.server.common.installation import (
    Installation,
    initialise,
    pending_migrations,
    unknown_migrations,
)
from wangdi.server.common.problems import NotInitialised

PASSWORD_VARIABLE = "WANGDI_ADMIN_PASSWORD"


def require_installation() -> Installation:
    """The current installation, of this version of the program. `NotInitialised` when there is none, or of another."""
    installation = find_installation()
    _refuse_other_version(installation)
    return installation


def find_installation() -> Installation:
    """The current installation, of whichever version. `NotInitialised` when there is none."""
    installation = Installation.current()
    if not installation.exists:
        raise NotInitialised(
            t(
                f"{installation.data} 里没有网底的数据。请先运行 wangdi init（或 wangdi demo），"
                "或用 WANGDI_DATA 指定已有的数据文件夹。",
                f"{installation.data} holds no installation. Run `wangdi init` (or `wangdi demo`) first, "
                "or set WANGDI_DATA to the folder of one.",
            )
        )
    return installation


def _refuse_other_version(installation: Installation) -> None:
    if pending := pending_migrations():
        raise NotInitialised(
            t(
                f"产品升级后，{installation.data} 的数据库还没有跟上（差 {len(pending)} 步，如 {pending[0]}）。"
                "请先备份数据文件夹，再运行 wangdi init。",
                f"The store in {installation.data} is older than the program ({len(pending)} steps behind, such as "
                f"{pending[0]}). Copy the data folder, then run `wangdi init`.",
            )
        )
    if unknown := unknown_migrations():
        raise NotInitialised(
            t(
                f"{installation.data} 的数据库来自更新的版本（{unknown[0]}）。请安装那个版本，或从备份恢复。",
                f"The store in {installation.data} is of a newer version ({unknown[0]}). "
                "Install that version, or restore a backup.",
            )
        )


def init(
    admin: Annotated[
        str | None,
        typer.Option(
            "--admin",
            metavar="NAME",
            help=t(
                f"同时建立管理员账号；口令从 {PASSWORD_VARIABLE} 读取，未设则提示输入",
                f"Also make an administrator; the password is read from {PASSWORD_VARIABLE}, or asked for",
            ),
        ),
    ] = None,
) -> None:
    installation = initialise()
    console.print(t(f"已就绪：{installation.data}", f"Ready: {installation.data}"))
    if admin is not None:
        _make_administrator(admin)


def _make_administrator(name: str) -> None:
    users = get_user_model()
    if users.objects.filter(username=name).exists():
        raise fail(t(f"用户 {name} 已存在", f"there is a user {name} already"))
    password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(t("口令：", "Password: "))
    try:
        validate_password(password)
    except ValidationError as error:
        raise fail("\n".join(error.messages)) from None
    users.objects.create_superuser(name, password=password)
    console.print(t(f"管理员 {name} 已建立", f"Administrator {name} made"))
