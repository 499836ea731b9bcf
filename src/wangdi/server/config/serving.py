"""What a server of pages runs: the application, warm before the first reader comes."""

import atexit
import gc
import sqlite3
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.template.loader import get_template
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override

from wangdi.server import web
from wangdi.server.evaluation import rules
from wangdi.server.web import charts

_DECLARED = "wangdi.server.packs.declared.DECLARED"
"""Imported late: it needs the registers, which there are only when the application is set up."""

_TEMPLATES = Path(web.__file__).parent / "templates"


def warm_application() -> WSGIHandler:
    """The application of a process that does nothing but serve.

    Packs and plans are some million objects, all of which stay. Without `gc.freeze` Python would go through them again
    and again, half a second each time, in the middle of somebody's page. Connections to the store end with each
    request: a kept one may go on seeing the store as it was, as long as any result was not read to its end.
    """
    application = get_wsgi_application()
    rules.warm_up()
    charts.warm_up()
    _warm_pages()
    _stay_at_the_store()
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # libraries with objects of their own call them leaked otherwise
    return application


def _stay_at_the_store() -> None:
    """One connection that asks nothing more stays open until the process ends.

    Whenever the last connection to a SQLite file ends, everything is copied from the write-ahead log into the file,
    waiting for the disk, and the log is removed; the next request makes it anew.
    """
    if connection.vendor == "sqlite":
        staying = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
        staying.execute("SELECT count(*) FROM sqlite_master").fetchall()
        atexit.register(staying.close)


def _warm_pages() -> None:
    """Templates, addresses, texts of both languages and files beside packs are read: each takes the first reader some
    hundredths of a second otherwise, in every process."""
    for file in sorted(_TEMPLATES.rglob("*.html")):
        get_template(str(file.relative_to(_TEMPLATES)))
    reverse("home")
    for language in ("zh-hans", "en"):
        with override(language):
            gettext("Yes")
    for declared in import_string(_DECLARED):
        declared.if_in_force()
