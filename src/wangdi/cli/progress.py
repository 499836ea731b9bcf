"""Progress bars on standard error, one per table that is being worked on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wangdi.cli.output import errors
from wangdi.server.common.loading import OnProgress


@contextmanager
def progress_bars() -> Iterator[OnProgress]:
    """A callback (table, done, total) that draws a bar for each table; quiet when nobody watches."""
    columns = (TextColumn("{task.description:<26}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=errors, disable=not errors.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def report(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bars.add_task(table, total=max(total, 1))
            bars.update(tasks[table], completed=done if total else 1, total=max(total, 1))

        yield report
