"""``wangdi init`` and ``wangdi serve``."""

import getpass
import os
from typing import Annotated

import typer
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.wsgi import get_wsgi_application
from waitress import serve as serve_wsgi

from wangdi.cli.output import console, fail
from wangdi.cli.wording import t
from wangdi.server.common.installation import Installation, NotInitialised, initialise
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.web.charts import warm_up

PASSWORD_VARIABLE = "WANGDI_ADMIN_PASSWORD"


def require_installation() -> Installation:
    """The current installation. `NotInitialised` when there is none."""
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


init.__doc__ = t(
    "建立空的安装（或升级已有的）：数据文件夹、密钥、数据库。可重复运行。",
    "Makes an empty installation, or brings one up to date: data folder, key, database. Safe to repeat.",
)


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


def serve(
    host: Annotated[str, typer.Option(help=t("监听地址", "Address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=t("端口", "Port"))] = 8000,
    threads: Annotated[
        int, typer.Option(help=t("同时处理的请求数", "Requests answered at the same time"))
    ] = 8,
) -> None:
    require_installation()
    rulebook()
    warm_up()
    console.print(
        t(
            f"网底正在 http://{host}:{port} 运行，按 Ctrl+C 停止",
            f"Wangdi is at http://{host}:{port} – Ctrl+C stops it",
        )
    )
    serve_wsgi(get_wsgi_application(), host=host, port=port, threads=threads, ident="wangdi")


serve.__doc__ = t("启动网页。", "Serves the pages.")
