"""Replacing what is published in small steps, so that nobody who saves a record meanwhile waits for long.

SQLite lets one connection write at a time. A network of a million has ten million figures: written in one transaction they
would keep every form waiting for a minute. So everything is compared and staged first, beside the store; then due items are
exchanged person by person, figures written under a number that is not announced yet, the publication announced, and
what it replaces removed, each in transactions of some hundredths of a second with a pause for others. Who is killed
in between leaves due items of two days, each right on its own, and figures that the next publication removes.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from wangdi.server.common.bulk import BulkWriter, indexes_aside
from wangdi.server.common.steps import in_steps
from wangdi.server.evaluation.open_counts import note_in_bulk

_DUE = (
    "entity, subject, resident_id, schedule, step, due_from, due_on, overdue_from, missed_from,"
    " institution_id, place_id"
)
_SAME_ITEM = " AND ".join(
    f"n.{name} IS d.{name}"
    for name in ("due_from", "due_on", "overdue_from", "missed_from", "institution_id", "place_id")
)
_FIGURE = "indicator, as_of, place_id, institution_id, dimension, category, numerator, denominator"
_NEIGHBOURS = ("place_id", "institution_id", "dimension", "indicator", "as_of")
"""The order of the indexes of figures. Written and removed in it, each page is written once and not with every step."""


def replace_due(writer: BulkWriter, due: Any, seq: int) -> None:
    """The due items are these, but for whom a record was saved after ``seq``: theirs were worked out with it."""
    if _is_first(writer) and writer.value("SELECT coalesce(max(seq), 0) FROM records_recordversion") <= seq:
        writer.execute("DELETE FROM evaluation_dueitem")
        _write_at_once(writer, "evaluation_dueitem", [due])
        return
    writer.stage("due", due)
    writer.execute("CREATE INDEX temp.due_of ON due (subject, schedule, step)")
    writer.make(
        "kept",
        "SELECT d.id AS old, n.rowid AS new FROM evaluation_dueitem d JOIN temp.due n ON n.subject = d.subject "
        f"AND n.schedule = d.schedule AND n.step = d.step AND n.entity = d.entity WHERE {_SAME_ITEM}",
    )
    writer.make(
        "gone",
        "SELECT id, entity, subject FROM evaluation_dueitem WHERE id NOT IN (SELECT old FROM temp.kept)",
    )
    writer.make("come", f"SELECT {_DUE} FROM temp.due WHERE rowid NOT IN (SELECT new FROM temp.kept)")
    writer.make("whose", "SELECT entity, subject FROM temp.gone UNION SELECT entity, subject FROM temp.come")
    for table in ("gone", "come"):
        writer.execute(f"CREATE INDEX temp.{table}_of ON {table} (subject, entity)")
    saved = (
        "SELECT k.about, r.subject FROM records_recordversion r JOIN records_kindrow k ON k.id = r.kind_id "
        f"WHERE r.seq > {int(seq)}"
    )

    def exchange(first: int, last: int) -> None:
        writer.make(
            "now",
            f"SELECT entity, subject FROM temp.whose WHERE rowid BETWEEN {first} AND {last} "
            f"AND (entity, subject) NOT IN ({saved})",
        )
        leaving = (
            "evaluation_dueitem WHERE id IN "
            "(SELECT g.id FROM temp.now w JOIN temp.gone g ON g.subject = w.subject AND g.entity = w.entity)"
        )
        coming = "temp.now w JOIN temp.come c ON c.subject = w.subject AND c.entity = w.entity"
        columns = ", ".join(f"c.{name.strip()}" for name in _DUE.split(","))
        note_in_bulk(writer, leaving, -1)
        note_in_bulk(writer, coming, 1)
        writer.execute(f"DELETE FROM {leaving}")
        writer.execute(f"INSERT INTO evaluation_dueitem ({_DUE}) SELECT {columns} FROM {coming}")

    in_steps(writer, writer.value("SELECT count(*) FROM temp.whose"), exchange)


def forget_changes(writer: BulkWriter, last: int) -> None:
    """Changes of due items that were counted, up to the number of the last."""
    first = writer.value("SELECT coalesce(min(id), 0) FROM evaluation_openchange")

    def remove(begin: int, end: int) -> None:
        writer.execute(
            f"DELETE FROM evaluation_openchange WHERE id BETWEEN {first + begin - 1} "
            f"AND {min(first + end - 1, last)}"
        )

    in_steps(writer, last - first + 1 if first else 0, remove)


def next_publication(writer: BulkWriter) -> int:
    """Its number; what an unfinished publication left under it is removed."""
    number: int = writer.value("SELECT coalesce(max(id), 0) + 1 FROM evaluation_publication")
    writer.make("left_over", f"SELECT id FROM evaluation_figure WHERE publication_id >= {number}")
    _remove_figures(writer, "left_over")
    return number


def write_figures(writer: BulkWriter, publication: int, pieces: Iterable[Any]) -> int:
    """Under a publication that is not announced yet; how many there are. A piece at a time is in memory."""
    if _is_first(writer):
        return _write_at_once(writer, "evaluation_figure", (_under(publication, piece) for piece in pieces))
    rows = writer.stage_all("unordered", pieces)
    if not rows:
        return 0
    writer.make("figures", f"SELECT {_FIGURE} FROM temp.unordered ORDER BY {', '.join(_NEIGHBOURS)}")
    writer.drop("unordered")

    def write(first: int, last: int) -> None:
        writer.execute(
            f"INSERT INTO evaluation_figure ({_FIGURE}, publication_id) SELECT {_FIGURE}, {publication} "
            f"FROM temp.figures WHERE rowid BETWEEN {first} AND {last}"
        )

    in_steps(writer, rows, write)
    return rows


def _is_first(writer: BulkWriter) -> bool:
    """Where nothing was ever published nobody works by it yet: then all is written at once, several times as fast."""
    return not writer.value("SELECT EXISTS (SELECT 1 FROM evaluation_publication)")


def _write_at_once(writer: BulkWriter, table: str, pieces: Iterable[Any]) -> int:
    rows = 0
    with writer.transaction(), indexes_aside(writer, table):
        for piece in pieces:
            writer.append(table, piece)
            rows += len(piece)
    return rows


def _under(publication: int, figures: Any) -> Any:
    ordered = figures.sort_by([(name, "ascending") for name in _NEIGHBOURS])
    return ordered.append_column("publication_id", pa.repeat(pa.scalar(publication), len(figures)))


def keep_days(writer: BulkWriter, publication: int, days: Sequence[date]) -> None:
    """In the transaction that announces it: the figures of these days are those of the publication."""
    writer.stage("days", pa.table({"as_of": pa.array([day.isoformat() for day in days], pa.string())}))
    writer.execute("DELETE FROM evaluation_keptday WHERE as_of IN (SELECT as_of FROM temp.days)")
    writer.execute(
        f"INSERT INTO evaluation_keptday (as_of, publication_id) SELECT as_of, {publication} FROM temp.days"
    )


def remove_outdated(writer: BulkWriter, publication: int) -> None:
    """The figures of the days kept that other publications made."""
    writer.make(
        "outdated",
        "SELECT id FROM evaluation_figure "
        f"WHERE as_of IN (SELECT as_of FROM temp.days) AND publication_id < {publication} "
        f"ORDER BY {', '.join(_NEIGHBOURS)}",
    )
    _remove_figures(writer, "outdated")


def _remove_figures(writer: BulkWriter, table: str) -> None:
    def remove(first: int, last: int) -> None:
        writer.execute(
            "DELETE FROM evaluation_figure WHERE id IN "
            f"(SELECT id FROM temp.{table} WHERE rowid BETWEEN {first} AND {last})"
        )

    in_steps(writer, writer.value(f"SELECT count(*) FROM temp.{table}"), remove)
