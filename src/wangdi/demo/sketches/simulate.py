"""Records as the sketches of packs describe them."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import Ints
from wangdi.demo.forms import Rows
from wangdi.demo.sketches.answers import Writer
from wangdi.demo.sketches.crowds import Crowd
from wangdi.demo.sketches.occasions import Written, draw_occasions
from wangdi.demo.sketches.paths import walk
from wangdi.demo.sketches.shapes import Sketch
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION


def sketched_rows(sketches: Mapping[str, Sketch], kinds: Mapping[str, Kind], crowd: Crowd) -> Iterator[Rows]:
    """The records of every sketched kind about the crowd, by subject and day.

    ValueError that names the kind when a sketch does not fit it.
    """
    before: dict[str, Written] = {}
    for name, sketch in sketches.items():
        kind = kinds.get(name)
        if kind is None or kind.about != crowd.entity:
            continue
        try:
            rows, before[name] = _write(sketch, kind, crowd, before)
        except (KeyError, ValueError, pa.ArrowInvalid) as error:
            raise ValueError(f"the sketch of '{name}' does not fit its kind: {error}") from error
        yield rows


def _write(sketch: Sketch, kind: Kind, crowd: Crowd, before: Mapping[str, Written]) -> tuple[Rows, Written]:
    unknown = sketch.fields.keys() - {field.name for field in kind.form}
    if unknown:
        raise ValueError(f"it has no field {', '.join(sorted(unknown))}")
    generator = crowd.stream(f"{kind.name} sketch")
    occasions = draw_occasions(sketch, crowd, before, generator)
    earlier = before.get(sketch.when.after.kind) if sketch.when.after is not None else None
    labels = sketch.when.each or (tuple(sketch.when.ages.months) if sketch.when.ages is not None else ())
    writer = Writer(crowd, occasions, earlier, generator, labels)
    steps = walk(kind.workflow, sketch.path, writer) if kind.workflow is not None else {}
    writer.known.update(steps)
    for field in _in_order(sketch, kind):
        column = writer.fill(field, sketch.fields.get(field.name))
        if column is not None:
            writer.known[field.name] = column
    values = {name: column for name, column in writer.known.items() if name not in steps} | steps
    if sketch.assigned is not None:
        values[ASSIGNED_INSTITUTION] = values[sketch.assigned]
    at = (
        writer.someone_at(sketch.done_at)
        if sketch.done_at is not None
        else _home(crowd, occasions.member, occasions.day)
    )
    subject = crowd.table["code"].take(pa.array(occasions.member))
    subject = subject.combine_chunks() if isinstance(subject, pa.ChunkedArray) else subject
    rows = Rows(
        kind.name, subject, writer.institution_codes(at), writer.worker_codes(at), occasions.day, values
    )
    return rows, Written(occasions, values)


def _in_order(sketch: Sketch, kind: Kind) -> list[Field]:
    """The fields of the form; last those that come from others, in the order of the sketch."""
    late = [name for name, answer in sketch.fields.items() if answer.of is not None]
    named = {field.name: field for field in kind.form}
    return [field for field in kind.form if field.name not in late] + [named[name] for name in late]


def _home(crowd: Crowd, member: Ints, day: Ints) -> Ints:
    """Each one's institution, or the one above it before it opened."""
    institution = crowd.institution[member]
    known = institution >= 0
    found = np.full(len(institution), -1, dtype=np.int32)
    found[known] = crowd.setting.institutions.open_on(institution[known], day[known])
    return found
