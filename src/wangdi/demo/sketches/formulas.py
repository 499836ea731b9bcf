"""What sketches work out: SQL expressions over the values of records, computed by DuckDB for all records at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import sqlglot
from sqlglot import exp

from wangdi.demo.arrays import Bools, Floats, Ints, integers
from wangdi.demo.arrays import Column as Values

LOT = "create macro lot(x) as (md5_number_lower(concat('{seed}/', x)) % 1000000) / 1000000.0"
"""``lot(text)``: a number from 0 to 1, the same for the same text and seed – what a village or a year has in common."""

RESULT = "the result"
"""The name of a single formula: none that a formula could use."""

_GIVEN = "given"
"""What DuckDB calls the table of the values that formulas use."""

Lookup = Callable[[str], Values]
"""The values a name stands for. KeyError where it stands for nothing."""


@cache
def names_in(expression: str) -> frozenset[str]:
    """The names an expression uses, as ``earlier.day`` with their prefix. ValueError when it is no expression."""
    return frozenset(_name(column) for column in _parsed(expression).find_all(exp.Column))


def work_out(formulas: Mapping[str, str], lookup: Lookup, count: int, seed: int) -> dict[str, Values]:
    """The values of named expressions over ``count`` rows; each may use the names of those before it.

    ValueError when one is no expression or does not fit its values.
    """
    wanted = {name for formula in formulas.values() for name in names_in(formula)}
    columns = {name: lookup(name) for name in sorted(wanted - formulas.keys())}
    table = pa.table({"row number": np.zeros(count, dtype=np.int8), **columns})
    try:
        connection = _connection(seed).register(_GIVEN, table)
        found = connection.sql(_query(tuple(formulas.items()))).to_arrow_table()
    except duckdb.Error as error:
        raise ValueError(f"{'; '.join(formulas.values())}: {error}") from error
    return {name: _plain(found[name]) for name in formulas}


@cache
def _query(formulas: tuple[tuple[str, str], ...]) -> str:
    """A query within a query wherever a formula uses others: written out in one, each would be read again at each use."""
    source = _GIVEN
    for level in _levels(dict(formulas)):
        terms = ", ".join(f'({_sql(formula)}) as "{name}"' for name, formula in level.items())
        source = f"(select *, {terms} from {source})"
    names = ", ".join(f'"{name}"' for name, _ in formulas)
    return f"select {names} from {source}"


def _levels(formulas: Mapping[str, str]) -> list[dict[str, str]]:
    """Formulas that use none of the others, then those that use only these, and so on."""
    at: dict[str, int] = {}
    for name, formula in formulas.items():
        at[name] = max((at[used] + 1 for used in names_in(formula) if used in at), default=0)
    return [{name: formulas[name] for name in at if at[name] == level} for level in sorted(set(at.values()))]


def holds(condition: str, lookup: Lookup, count: int, seed: int) -> Bools:
    """Where the condition is true; an empty one is not."""
    is_name = names_in(condition) == {condition}
    found = lookup(condition) if is_name else work_out({RESULT: condition}, lookup, count, seed)[RESULT]
    return np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def numbers(formula: str, lookup: Lookup, count: int, seed: int) -> Floats:
    """NaN where nothing is known."""
    found = work_out({RESULT: formula}, lookup, count, seed)[RESULT]
    return np.asarray(found.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def days(formula: str, lookup: Lookup, count: int, seed: int, missing: int) -> Ints:
    """Dates as day numbers; ``missing`` where there is none."""
    found = work_out({RESULT: f"cast({formula} as date)"}, lookup, count, seed)[RESULT]
    return integers(found.cast(pa.int32()).fill_null(missing).to_numpy(zero_copy_only=False))


@cache
def _connection(seed: int) -> Any:
    """One thread: rows keep their order, and sketches are small."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(LOT.format(seed=int(seed)))
    return connection


@cache
def _parsed(expression: str) -> Any:
    try:
        tree = sqlglot.parse_one(expression, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise ValueError(f"'{expression}' is no expression: {error}") from error
    if tree.find(exp.Window) is not None:
        raise ValueError(f"'{expression}' looks at other rows, which loses their order")
    return tree


@cache
def _sql(expression: str) -> str:
    """The expression with each dotted name as the name of a column."""
    tree = _parsed(expression).transform(_quoted)
    return str(tree.sql(dialect="duckdb"))


def _quoted(node: Any) -> Any:
    return exp.column(exp.to_identifier(_name(node), quoted=True)) if isinstance(node, exp.Column) else node


def _name(column: Any) -> str:
    parts: Sequence[Any] = column.parts
    return ".".join(part.name for part in parts)


def _plain(column: Any) -> Values:
    """One array; exact decimals, which SQL makes of numbers with a point, as floating numbers."""
    values = column.combine_chunks()
    return values.cast(pa.float64()) if pa.types.is_decimal(values.type) else values
