"""Records for a store that others work with: everything is worked out beside it, and written without anybody waiting.

Reading, checking, looking up codes and comparing with what is stored need no lock of the store: others save meanwhile.
What they changed is found when the lock is held; the rows it bears on, which are few, are compared once more.

Few records are written in the transaction of their change. Many would keep others from saving for seconds, nearly all of
it in indexes. So they are first kept in the store, as they came, together with their change (`Loading`): from then on the
load counts as done. What is left is carried out in steps of some hundredths of a second, by whoever opens the store
next if this process is killed; a step that was done before finds its records written and changes nothing.
"""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, STATE
from wangdi.interchange.tables import record_table_name
from wangdi.server.audit.bulk import append_change
from wangdi.server.common.bulk import BulkWriter, literal
from wangdi.server.common.loading import Counts, LoadProblem
from wangdi.server.common.steps import LONG_PAUSE_SECONDS, LONG_STEP_SECONDS, PAUSE_SECONDS, in_steps
from wangdi.server.network.bulk import also_staged, store_table, unknown_code

END_OF_LOAD = "load.end"
"""The change that follows the last step of a large load: figures made before it are not those after it."""

AT_ONCE = 2_000
"""Records that are written in one transaction: some hundredths of a second."""

_GONE_SECONDS = 2
"""Who has not saved for so long is taken for gone."""

_MERGED = (
    "SELECT id, merged_into_id FROM network_resident INDEXED BY resident_merged "
    "WHERE merged_into_id IS NOT NULL"
)
"""By name: inside a comparison SQLite would go through all residents."""
_SLICE = "temp.resolved_slice"


@dataclass(slots=True)
class _Piece:
    """Records of a kind: as they came in one temporary table, with keys and what is stored in another."""

    kind: Kind
    kind_id: int | None
    """None where the store had no record of the kind yet."""
    number: int
    shaped: Any
    counts: Counts
    loading: int = 0
    """The key of its `Loading`."""
    begun_by: int | None = None
    """The change under which some of its records may have been written already."""

    @property
    def rows(self) -> str:
        return f"temp.records_{self.number}"

    @property
    def resolved(self) -> str:
        return f"temp.resolved_{self.number}"


class StagedRecords:
    """Pieces of records beside the store. ``registers`` are the entities that come with the same bundle, staged before."""

    def __init__(self, writer: BulkWriter, registers: Collection[str]) -> None:
        self._writer = writer
        self._registers = registers
        self._pieces: list[_Piece] = []
        self._seq = _newest(writer)
        self._is_outdated = False
        self._met_others = time.monotonic()
        writer.make("merged", _MERGED)

    def add(
        self, kind: Kind, shaped: Any, loading: int = 0, begun_by: int | None = None
    ) -> list[LoadProblem]:
        """A table as `shaping.shape_records` makes it; with problems it must not be written.

        ``loading`` and ``begun_by``: the key and the change of what was kept before and cut off.
        """
        kind_id, number = known_kind(self._writer, kind), len(self._pieces)
        piece = _Piece(kind, kind_id, number, shaped, Counts(), loading, begun_by)
        self._writer.stage(f"records_{piece.number}", shaped)
        self._writer.execute(f"CREATE UNIQUE INDEX temp.id_of_{piece.number} ON records_{piece.number} (id)")
        problems = [*self._met_before(piece)]
        _resolve(self._writer, piece, piece.resolved)
        piece.counts = _counts(self._writer, piece.resolved)
        self._pieces.append(piece)
        return [*problems, *_missing_references(self._writer, piece, self._registers)]

    def _met_before(self, piece: _Piece) -> Iterator[LoadProblem]:
        """Ids that an earlier piece has, too: a step that the store refuses could never be finished."""
        for earlier in self._pieces:
            if earlier.kind.name == piece.kind.name:
                twice = self._writer.rows(
                    f"SELECT id FROM {piece.rows} WHERE id IN (SELECT id FROM {earlier.rows}) ORDER BY 1"
                )
                if twice:
                    message = Text("同一编号出现了两次", "the same id occurs twice")
                    table = record_table_name(piece.kind.name)
                    yield LoadProblem(table, "id", message, tuple(one for (one,) in twice))

    @property
    def are_many(self) -> bool:
        return sum(piece.counts.changed for piece in self._pieces) > AT_ONCE

    def counts(self) -> Iterator[tuple[str, Counts]]:
        """Table and counts of each piece."""
        for piece in self._pieces:
            yield record_table_name(piece.kind.name), piece.counts

    def begin(self, *, are_registers_new: bool) -> None:
        """In the transaction of the change. ``are_registers_new``: it made rows of registers; records may be about them."""
        self._is_outdated = are_registers_new
        for piece in self._pieces:
            known = piece.kind_id
            piece.kind_id = make_kind(self._writer, piece.kind)
            self._is_outdated = self._is_outdated or known != piece.kind_id

    def write(self, change_id: int) -> None:
        """In that transaction, too: what is new or differs becomes a version."""
        for piece in self._pieces:
            piece.counts = self._write_slice(piece, 1, piece.shaped.num_rows, change_id)

    def keep(self, change_id: int) -> None:
        """In that transaction, instead of `write`: from now on they are written whatever happens, by `write_in_steps`."""
        for piece in self._pieces:
            if not piece.counts.changed:
                continue
            self._writer.execute(
                'INSERT INTO records_loading (change_id, kind, about, "rows") VALUES (?, ?, ?, ?)',
                (change_id, piece.kind.name, piece.kind.about, packed(piece.shaped)),
            )
            piece.loading = self._writer.value("SELECT max(id) FROM records_loading")

    def write_in_steps(
        self, change_id: int, actor_name: str, on_step: Callable[[int, int], None] | None = None
    ) -> None:
        """Outside of transactions: writes what was kept, unless somebody else has finished it meanwhile.

        ``on_step`` is called with the rows done and all rows.
        """
        kept = [piece for piece in self._pieces if piece.loading]
        total, before = sum(piece.shaped.num_rows for piece in kept), 0
        for piece in kept:

            def report(done: int, before: int = before) -> None:
                if on_step is not None:
                    on_step(before + done, total)

            self._write_in_steps(piece, change_id, actor_name, report)
            before += piece.shaped.num_rows

    def _write_in_steps(
        self, piece: _Piece, change_id: int, actor_name: str, report: Callable[[int], None]
    ) -> None:
        writer, rows = self._writer, piece.shaped.num_rows

        def step(first: int, last: int) -> None:
            report(min(first - 1, rows))
            if not writer.value(f"SELECT EXISTS (SELECT 1 FROM records_loading WHERE id = {piece.loading})"):
                return
            self._write_slice(piece, first, last, change_id)
            if last < rows:
                return
            writer.execute(f"DELETE FROM records_loading WHERE id = {piece.loading}")
            if not writer.value(f"SELECT count(*) FROM records_loading WHERE change_id = {change_id}"):
                append_change(writer, END_OF_LOAD, actor_name, {"load": change_id})

        in_steps(writer, rows, step, LONG_STEP_SECONDS, self._pause)

    def _write_slice(self, piece: _Piece, first: int, last: int, change_id: int) -> Counts:
        """Rows of a piece by their numbers, compared once more if somebody changed what they were compared with."""
        among = f"rowid BETWEEN {first} AND {last}"
        source, writer = piece.resolved, self._writer
        if _newest(writer) != self._seq:
            self._met_others = time.monotonic()
        if self._were_people_merged() or self._has_newer(piece, among):
            source = _SLICE
            _resolve(writer, piece, source, f"WHERE s.{among}")
            among = "TRUE"
        counts = _counts(writer, source, among)
        _write_versions(writer, source, among, piece.kind_id or 0, change_id, counts)
        self._seq = _newest(writer)
        return counts

    def _pause(self) -> float:
        """Long enough for everybody while others save; where nobody does, nobody needs it."""
        are_others_here = time.monotonic() - self._met_others < _GONE_SECONDS
        return LONG_PAUSE_SECONDS if are_others_here else PAUSE_SECONDS

    def _were_people_merged(self) -> bool:
        """Whether something has changed that no record tells, since the first comparison."""
        self._is_outdated = self._is_outdated or bool(
            self._writer.value(
                f"SELECT EXISTS (SELECT * FROM ({_MERGED}) EXCEPT SELECT * FROM temp.merged) "
                f"OR EXISTS (SELECT * FROM temp.merged EXCEPT SELECT * FROM ({_MERGED}))"
            )
        )
        return self._is_outdated

    def _has_newer(self, piece: _Piece, among: str) -> bool:
        """Whether somebody wrote one of these records since they were compared."""
        newer = f"SELECT record_id FROM records_recordversion WHERE seq > {self._seq} AND kind_id = {piece.kind_id or 0}"
        return bool(
            self._writer.value(
                f"SELECT EXISTS (SELECT 1 FROM {piece.resolved} WHERE {among} AND record_id IN ({newer}))"
            )
        )


def packed(table: Any) -> bytes:
    """An Arrow table as it is kept in a `Loading`."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def unpacked(content: bytes) -> Any:
    """The table that was `packed`."""
    return pa.ipc.open_stream(content).read_all()


def known_kind(writer: BulkWriter, kind: Kind) -> int | None:
    """The store's number for a kind; None where it has none yet."""
    found = writer.rows(f"SELECT id FROM records_kindrow WHERE name = {literal(kind.name)}")
    return int(found[0][0]) if found else None


def make_kind(writer: BulkWriter, kind: Kind) -> int:
    """The store's number for a kind, which gets one if it has none."""
    writer.execute(
        f"INSERT INTO records_kindrow (name, about) VALUES ({literal(kind.name)}, {literal(kind.about)}) "
        "ON CONFLICT (name) DO NOTHING"
    )
    return int(writer.value(f"SELECT id FROM records_kindrow WHERE name = {literal(kind.name)}"))


def _newest(writer: BulkWriter) -> int:
    return int(writer.value("SELECT coalesce(max(seq), 0) FROM records_recordversion"))


def _resolve(writer: BulkWriter, piece: _Piece, into: str, where: str = "") -> None:
    """The staged records with keys for codes, and what the store holds under their ids."""
    kind = piece.kind
    writer.make(
        into.removeprefix("temp."),
        f"SELECT s.id AS record_id, {_subject(kind)} AS subject, i.id AS institution_id, w.id AS worker_id, "
        f's.occurred_on, s.status, s."values", {_indexed(kind)}, s.rowid AS incoming, old.seq AS old_seq, '
        f"coalesce(old.version, 0) AS old_version, coalesce({_same(kind)}, FALSE){_done(piece)} AS same "
        f"FROM {piece.rows} s LEFT JOIN {store_table(kind.about)} about ON about.code = s.subject "
        "LEFT JOIN network_institution i ON i.code = s.institution "
        "LEFT JOIN network_worker w ON w.code = s.worker "
        "LEFT JOIN records_recordversion old "
        f"ON old.is_current AND old.kind_id = {piece.kind_id or 0} AND old.record_id = s.id "
        f"{where} ORDER BY s.rowid",
    )


def _done(piece: _Piece) -> str:
    """Written before the cut, and amended since: whoever did has the last word."""
    if piece.begun_by is None:
        return ""
    return (
        " OR EXISTS (SELECT 1 FROM records_recordversion p WHERE NOT p.is_current "
        f"AND p.kind_id = {piece.kind_id or 0} AND p.record_id = s.id AND p.change_id = {piece.begun_by})"
    )


def _subject(kind: Kind) -> str:
    """Records about a file that was merged are about the one that stands for it."""
    return "coalesce(about.merged_into_id, about.id)" if kind.about == "resident" else "about.id"


def _same(kind: Kind) -> str:
    """Whether the stored version says what the staged one says; null when there is none.

    Numbers may be written in two ways (1e2, 100.0), so texts that differ are compared field by field.
    """
    fields = " AND ".join(
        f'json_extract(old."values", {literal(path)}) IS json_extract(s."values", {literal(path)})'
        for path in (f"$.{field.name}" for field in kind.fields)
    )
    return (
        f"old.subject = {_subject(kind)} AND old.institution_id IS i.id AND old.worker_id IS w.id "
        "AND old.occurred_on = s.occurred_on AND old.status = s.status "
        f'AND (old."values" = s."values" OR ({fields or "FALSE"}))'
    )


def _indexed(kind: Kind) -> str:
    """State and assigned institution of a staged record, for the columns beside its values."""
    if kind.workflow is None:
        return "NULL AS state, NULL AS assigned_id"
    state, assigned = (
        f'json_extract(s."values", {literal(f"$.{name}")})' for name in (STATE, ASSIGNED_INSTITUTION)
    )
    return f"{state} AS state, (SELECT id FROM network_institution WHERE code = {assigned}) AS assigned_id"


def _missing_references(
    writer: BulkWriter, piece: _Piece, registers: Collection[str]
) -> Iterator[LoadProblem]:
    kind, table = piece.kind, record_table_name(piece.kind.name)
    for column, key, entity in (
        ("subject", "subject", kind.about),
        ("institution", "institution_id", "institution"),
        ("worker", "worker_id", "worker"),
    ):
        missing = writer.rows(
            f"SELECT DISTINCT s.{column} FROM {piece.resolved} r JOIN {piece.rows} s ON s.rowid = r.incoming "
            f"WHERE r.{key} IS NULL AND s.{column} IS NOT NULL {also_staged(entity, registers)} ORDER BY 1"
        )
        if missing:
            yield LoadProblem(table, column, unknown_code(entity), tuple(code for (code,) in missing))

    for named in kind.fields:
        if named.refers_to is not None:
            value = f'json_extract(s."values", {literal(f"$.{named.name}")})'
            missing = writer.rows(
                f"SELECT DISTINCT {value} FROM {piece.rows} s WHERE {value} IS NOT NULL "
                f"AND {value} NOT IN (SELECT code FROM {store_table(named.refers_to)}) "
                f"{also_staged(named.refers_to, registers)} ORDER BY 1"
            )
            if missing:
                codes = tuple(code for (code,) in missing)
                yield LoadProblem(table, named.name, unknown_code(named.refers_to), codes)


def _counts(writer: BulkWriter, resolved: str, among: str = "TRUE") -> Counts:
    ((created, amended, unchanged),) = writer.rows(
        "SELECT coalesce(sum(old_seq IS NULL), 0), coalesce(sum(old_seq IS NOT NULL AND NOT same), 0), "
        f"coalesce(sum(old_seq IS NOT NULL AND same), 0) FROM {resolved} WHERE {among}"
    )
    return Counts(created, amended, unchanged)


def _write_versions(
    writer: BulkWriter, resolved: str, among: str, kind_id: int, change_id: int, counts: Counts
) -> None:
    if counts.amended:
        writer.execute(
            "UPDATE records_recordversion SET is_current = 0 WHERE seq IN "
            f"(SELECT old_seq FROM {resolved} WHERE {among} AND old_seq IS NOT NULL AND NOT same)"
        )
    if counts.changed:
        writer.execute(
            "INSERT INTO records_recordversion (kind_id, record_id, version, is_current, subject, "
            'institution_id, worker_id, occurred_on, status, "values", change_id, state, assigned_id) '
            f"SELECT {kind_id}, record_id, old_version + 1, 1, subject, institution_id, worker_id, occurred_on, "
            f'status, "values", {change_id}, state, assigned_id FROM {resolved} '
            f"WHERE {among} AND (old_seq IS NULL OR NOT same) ORDER BY rowid"
        )
