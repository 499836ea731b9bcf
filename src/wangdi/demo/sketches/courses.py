"""Visit after visit: what is found at one decides when the next one is."""

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import Bools, Ints, integers, skip_sundays
from wangdi.demo.sketches.answers import chance
from wangdi.demo.sketches.desks import Desk
from wangdi.demo.sketches.lookups import Occasions
from wangdi.demo.sketches.shapes import Course

SHORTEST_GAP = 5

SOON = "soon"
"""The name under which it is drawn whether the next visit should be soon."""


def walk_course(course: Course, first: Occasions, desk: Desk) -> Occasions:
    """Everybody's first visit, then all second ones, until nobody has a day left. ``first``: at most one of each."""
    gap = desk.numbers(course.gap, first)
    last_day = desk.crowd.last_day[first.member]
    if course.ends is not None:
        last_day = integers(np.minimum(last_day, desk.days(course.ends, first)))
    row, day = integers(np.flatnonzero(first.day <= last_day)), first.day.copy()
    desk = desk.drawing_also(SOON, course.soon_if)
    rounds = [desk.draw(first.of(row))]
    while len(row):
        now = rounds[-1]
        soon = np.asarray(now.drawn[SOON].fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)
        days = _days_to_next(course, gap[row], soon, desk.crowd.quality[now.member], desk.generator)
        day[row] = skip_sundays(integers(now.day + days))
        row = row[day[row] <= last_day[row]]
        visits = first.of(row)
        rounds.append(desk.draw(Occasions(visits.member, day[row], visits.earlier, visits.label)))
    return _joined(rounds)


def _days_to_next(
    course: Course, usual: object, soon: Bools, quality: object, generator: np.random.Generator
) -> Ints:
    """The usual gap; where it should be soon, a shorter one, or somewhat later, or the usual."""
    usual = np.asarray(usual) * (1 + course.spread * generator.standard_normal(len(soon)))
    kept = np.broadcast_to(chance(course.kept, np.asarray(quality)), len(soon))
    draw = generator.random(len(soon))
    early = np.where(
        draw < kept,
        generator.integers(*course.soon, len(soon), endpoint=True),
        generator.integers(*course.later, len(soon), endpoint=True),
    )
    # A missed call-back has the same chance once more, later: well-run clinics ask again.
    comes_early = soon & (draw < kept * (2 - kept))
    days = np.where(comes_early, np.minimum(usual, early), usual)
    return integers(np.maximum(days, SHORTEST_GAP))


def _joined(rounds: list[Occasions]) -> Occasions:
    earlier = [one.earlier for one in rounds if one.earlier is not None]
    return Occasions(
        np.concatenate([one.member for one in rounds]),
        np.concatenate([one.day for one in rounds]),
        np.concatenate(earlier) if earlier else None,
        None,
        {
            name: pa.concat_arrays([one.drawn[name] for one in rounds])
            for name in rounds[0].drawn
            if name != SOON
        },
    )
