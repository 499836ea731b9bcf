"""Records as the sketches of packs describe them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Column, Ints
from wangdi.demo.forms import Rows
from wangdi.demo.sketches.answers import Writer
from wangdi.demo.sketches.crowds import Crowd
from wangdi.demo.sketches.desks import Desk
from wangdi.demo.sketches.formulas import names_in
from wangdi.demo.sketches.lookups import Written
from wangdi.demo.sketches.occasions import draw_occasions
from wangdi.demo.sketches.paths import walk
from wangdi.demo.sketches.shapes import Sketch
from wangdi.engine.evaluate.asking import asked_masks
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION
from wangdi.interchange.tables import arrow_type


def sketched_rows(sketches: Mapping[str, Sketch], kinds: Mapping[str, Kind], crowd: Crowd) -> Iterator[Rows]:
    """The records of every sketched kind about the crowd, by subject and day; sketches of no kind here, and those that
    follow them, are left out.

    ValueError that names the kind when a sketch does not fit it.
    """
    before: dict[str, Written] = {}
    left_out: set[str] = set()
    of_kind: dict[str, list[tuple[Rows, Ints]]] = {}
    for name, sketch in sketches.items():
        kind = kinds.get(name.partition("/")[0])
        if kind is None or (sketch.when.after is not None and sketch.when.after.kind in left_out):
            left_out.add(name)
            continue
        if kind.about != crowd.entity:
            continue
        among = {
            field
            for other, one in sketches.items()
            if other.partition("/")[0] == kind.name
            for field in one.fields
        }
        try:
            rows, before[name] = _write(name, sketch, kind, crowd, before, among)
        except (KeyError, ValueError, pa.ArrowInvalid) as error:
            raise ValueError(f"the sketch of '{name}' does not fit its kind: {error}") from error
        of_kind.setdefault(kind.name, []).append((rows, before[name].occasions.member))
    for parts in of_kind.values():
        yield parts[0][0] if len(parts) == 1 else _joined(parts)


def _joined(parts: Sequence[tuple[Rows, Ints]]) -> Rows:
    """The records of several sketches of one kind, by subject and day."""
    rows = [one for one, _ in parts]
    member, day = np.concatenate([who for _, who in parts]), np.concatenate([one.day for one in rows])
    order = pa.array(np.lexsort((day, member)))

    def join(columns: Iterable[Column]) -> Column:
        return pa.concat_arrays(list(columns)).take(order)

    return Rows(
        rows[0].kind,
        join(one.subject for one in rows),
        join(one.institution for one in rows),
        join(one.worker for one in rows),
        day[order],
        {name: join(one.values[name] for one in rows) for name in rows[0].values},
    )


def _write(
    name: str, sketch: Sketch, kind: Kind, crowd: Crowd, before: Mapping[str, Written], among: Set[str]
) -> tuple[Rows, Written]:
    """``among``: the fields that any sketch of the kind fills; all its records have these columns."""
    unknown = sketch.fields.keys() - {field.name for field in kind.form}
    if unknown:
        raise ValueError(f"it has no field {', '.join(sorted(unknown))}")
    earlier = before.get(sketch.when.after.kind) if sketch.when.after is not None else None
    desk = Desk.open(name, sketch, crowd, earlier)
    occasions = draw_occasions(sketch, crowd, before, desk)
    writer = Writer(crowd, occasions, earlier, desk.generator, sketch.when.labels, desk.own)
    steps = walk(kind.workflow, sketch.path, writer) if kind.workflow is not None else {}
    writer.known.update(steps)
    _fill(sketch, kind, writer, among)
    _leave_out_what_is_not_asked(kind, writer)
    values = {name: column for name, column in writer.known.items() if name not in steps} | steps
    if sketch.assigned is not None:
        values[ASSIGNED_INSTITUTION] = values[sketch.assigned]
    at = _where(sketch, writer)
    subject = crowd.table["code"].take(pa.array(occasions.member))
    subject = subject.combine_chunks() if isinstance(subject, pa.ChunkedArray) else subject
    rows = Rows(
        kind.name,
        subject,
        writer.institution_codes(at),
        writer.worker_codes(at),
        occasions.day,
        values,
        sketch=name,
    )
    return rows, Written(occasions, values, at)


def _fill(sketch: Sketch, kind: Kind, writer: Writer, among: Set[str]) -> None:
    """Makes all fields known to the writer; formulas that follow one another are worked out together."""
    fields = {field.name: field for field in kind.form}
    waiting: dict[str, str] = {}
    for field in _in_order(sketch, kind):
        answer = sketch.fields.get(field.name)
        formula = answer.whole_formula if answer is not None else None
        if formula is not None and field.name not in names_in(formula):
            waiting[field.name] = formula
            continue
        writer.known.update(writer.work_out(fields, waiting) if waiting else {})
        waiting = {}
        column = writer.fill(field, answer)
        if column is None and field.name in among:
            column = pa.nulls(len(writer.occasions), arrow_type(field))
        if column is not None:
            writer.known[field.name] = column
    writer.known.update(writer.work_out(fields, waiting) if waiting else {})


def _leave_out_what_is_not_asked(kind: Kind, writer: Writer) -> None:
    for name, asked in asked_masks(kind.form, writer.known, len(writer.occasions)).items():
        if name in writer.known:
            values = writer.known[name]
            writer.known[name] = pc.if_else(pa.array(asked), values, pa.scalar(None, values.type))


def _where(sketch: Sketch, writer: Writer) -> Ints:
    """The position of the institution that writes each record; negative where there is none."""
    occasions, earlier = writer.occasions, writer.earlier
    if sketch.done_at is not None:
        return writer.someone_at(sketch.done_at)
    if sketch.done_there:
        if earlier is None or occasions.earlier is None:
            raise ValueError("done_there: there is no earlier record")
        return earlier.institution[occasions.earlier]
    return _home(writer.crowd, occasions.member, occasions.day, sketch.done_above)


def _in_order(sketch: Sketch, kind: Kind) -> list[Field]:
    """The fields of the form; last those that come from others, in the order of the sketch."""
    late = [name for name, answer in sketch.fields.items() if answer.comes_last]
    named = {field.name: field for field in kind.form}
    return [field for field in kind.form if field.name not in late] + [named[name] for name in late]


def _home(crowd: Crowd, member: Ints, day: Ints, below: Sequence[str] = ()) -> Ints:
    """Each one's institution, or the one above it before it opened, or when it is of a type ``below``."""
    institution = crowd.institution[member]
    if below:
        lower = np.isin(institution, crowd.setting.institutions.indexes(*below))
        institution = np.where(lower, crowd.setting.institutions.parent[institution], institution)
    known = institution >= 0
    found = np.full(len(institution), -1, dtype=np.int32)
    found[known] = crowd.setting.institutions.open_on(institution[known], day[known])
    return found
