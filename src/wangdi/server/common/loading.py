"""What a bulk load reports: how many rows it made, or everything that is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wangdi.engine.model.text import Text
from wangdi.interchange.quack import connect
from wangdi.server.common.bulk import quoted

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with the table being loaded, its rows done and its rows in all."""


@dataclass(slots=True)
class Counts:
    """Rows of one table: made, given a new version, left as they were."""

    created: int = 0
    amended: int = 0
    unchanged: int = 0

    def add(self, other: "Counts") -> None:
        self.created += other.created
        self.amended += other.amended
        self.unchanged += other.unchanged

    @property
    def changed(self) -> int:
        return self.created + self.amended


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """One mistake in one column, with every value that has it."""

    table: str
    column: str
    message: Text
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.table}.{self.column}: {self.message.zh} / {self.message.en}" + _listed(self.values)


@dataclass(eq=False)
class LoadError(Exception):
    """Nothing was loaded; ``problems`` holds all that must be mended."""

    problems: Sequence[LoadProblem] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def _listed(values: Sequence[str], shown: int = 20) -> str:
    if not values:
        return ""
    more = f" … (+{len(values) - shown})" if len(values) > shown else ""
    return ": " + ", ".join(values[:shown]) + more


def distinct_rows(name: str, key: str, table: Any) -> tuple[Any, list[LoadProblem]]:
    """``table`` with rows that are the same throughout taken once, and a problem for keys that are not."""
    with connect() as quack:
        quack.register("incoming", table)
        counts = quack.execute(f"SELECT count(*), count(DISTINCT {quoted(key)}) FROM incoming")
        ((total, keys),) = counts.fetchall()
        if total == keys:
            return table, []
        once = quack.sql("SELECT DISTINCT * FROM incoming").to_arrow_table()
        quack.register("once", once)
        twice = quack.sql(
            f"SELECT {quoted(key)} FROM once GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"
        ).fetchall()
    if not twice:
        return once, []
    message = Text(
        "同一编号出现多次且内容不同，请只保留正确的一行",
        "the same key occurs with different content; keep the right row only",
    )
    return once, [LoadProblem(name, key, message, tuple(str(value) for (value,) in twice))]
