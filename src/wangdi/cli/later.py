"""Commands whose modules are imported when they are called: ``wangdi --help`` need not read the whole program."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import django
import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


@dataclass(frozen=True, slots=True)
class Later:
    """A command as the help of its group shows it. ``where`` is ``module:name`` of a function or of a `typer.Typer`.

    What the function's own docstring says comes after ``summary``.
    """

    name: str
    where: str
    summary: str


def make_app(name: str | None, commands: Sequence[Later], told: str | None = None) -> typer.Typer:
    """A group of commands that are imported when they are called, with its help; one within another needs neither."""

    class Group(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for one in commands:
                self.add_command(_Unread(one))

    app = typer.Typer(
        name=name,
        cls=Group,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help=told,
        add_completion=name is not None,
    )
    app.callback()(_nothing)
    return app


def _nothing() -> None:
    """Without a function of its own, typer takes a group without commands for a mistake."""


class _Unread(TyperCommand):
    """Stands for a command until it is called: name and help are known, options and arguments are not."""

    def __init__(self, entry: Later) -> None:
        super().__init__(entry.name, help=entry.summary)
        self._entry = entry
        self._read: Any = None

    @property
    def commands(self) -> dict[str, Any]:
        """The commands of a group, none of a single command."""
        return getattr(self.read(), "commands", {})

    def read(self) -> Any:
        """The command itself."""
        if self._read is None:
            self._read = _read(self._entry)
        return self._read

    def make_context(self, *values: Any, **named: Any) -> Any:
        return self.read().make_context(*values, **named)


def _read(entry: Later) -> Any:
    _set_up_django()
    module, _, name = entry.where.partition(":")
    found = getattr(import_module(module), name)
    return _group(entry, found) if isinstance(found, typer.Typer) else _single(entry, found)


def _group(entry: Later, app: typer.Typer) -> Any:
    group = get_group(app)
    group.name, group.help = entry.name, entry.summary
    return group


def _single(entry: Later, function: Any) -> Any:
    alone = typer.Typer(add_completion=False)
    told = "\n\n".join(part for part in (entry.summary, function.__doc__) if part)
    alone.command(entry.name, help=told)(function)
    return get_command(alone)


def _set_up_django() -> None:
    """Before any module of a command imports a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
    django.setup()
