"""The lookup ``begins``: an exact prefix that is found by an index. Django's ``startswith`` is a LIKE, which is not."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    _Lookup: TypeAlias = Lookup[str]
else:  # generic for the type checker only
    _Lookup = Lookup

_LAST = "\U0010ffff"


class Begins(_Lookup):
    """``name__begins='张'``, for text fields on which it is registered."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*parameters, self.rhs, *parameters, self.rhs + _LAST)

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """Ranges depend on the collation there, ``starts_with`` does not."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"starts_with({column}, %s)", (*parameters, self.rhs)
