"""Materialised paths: the codes from the root down, as in ``/42/4202/420281/``.

Everything under a place or an institution, itself included, is the range of paths that begin with its own.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

SEPARATOR = "/"
_AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)


if TYPE_CHECKING:
    _Text: TypeAlias = models.CharField[str, str]
    _Lookup: TypeAlias = Lookup[str]
else:  # generic for the type checker only
    _Text, _Lookup = models.CharField, Lookup


class PathField(_Text):
    """A path of codes; the lookup ``under`` is an exact, indexed prefix comparison."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 1000)
        super().__init__(*args, **options)


@PathField.register_lookup
class Under(_Lookup):
    """``path__under='/42/4202/'``. Django's ``startswith`` ignores case and the index on SQLite."""

    lookup_name = "under"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        first, after = bounds(self.rhs)
        return f"({column} >= %s AND {column} < %s)", (*parameters, first, *parameters, after)

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """Ranges depend on the collation there, ``starts_with`` does not."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"starts_with({column}, %s)", (*parameters, self.rhs)


def bounds(path: str) -> tuple[str, str]:
    """The first path under ``path`` and the first one after all of them, in code point order."""
    return path, path.removesuffix(SEPARATOR) + _AFTER_SEPARATOR


def child_path(parent: str, code: str) -> str:
    """The path of a node below ``parent`` (empty for a root)."""
    return (parent or SEPARATOR) + code + SEPARATOR
