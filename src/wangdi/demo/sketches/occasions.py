"""Whose records there are, and on which days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import NEVER, Bools, Column, Ints, day_number, integers, year_of
from wangdi.demo.setting import Setting
from wangdi.demo.sketches.answers import chance
from wangdi.demo.sketches.courses import walk_course
from wangdi.demo.sketches.crowds import Crowd
from wangdi.demo.sketches.desks import Desk
from wangdi.demo.sketches.formulas import holds
from wangdi.demo.sketches.lookups import Lookup, Occasions, Written
from wangdi.demo.sketches.shapes import After, Ages, Every, Range, Sketch, When, Whom

DAYS_A_MONTH = 30.436875
MONTHLY_LATE = 5
YEARLY_AROUND = 20
AGAIN_SPREAD = 0.08


def draw_occasions(
    sketch: Sketch,
    crowd: Crowd,
    before: Mapping[str, Written],
    desk: Desk,
) -> Occasions:
    """By member and day, each within the days on which records about the member are possible."""
    generator = desk.generator
    members = _members(sketch.whom, crowd, generator)
    if sketch.when.after is not None and sketch.when.after.course is not None:
        found = walk_course(
            sketch.when.after.course, _days(sketch.when, crowd, members, before, generator), desk
        )
    else:
        found = _days(sketch.when, crowd, members, before, generator)
        if sketch.when.each:
            found = _for_each(found, len(sketch.when.each))
        found = desk.draw(found)
    if sketch.when.day is not None:
        found = replace(found, day=desk.days(sketch.when.day, found))
    if sketch.when.holds is not None:
        found = found.of(desk.holds(sketch.when.holds, found))
    since_birth = sketch.when.ages is not None and sketch.when.ages.since_birth
    first_day = crowd.birth if since_birth else crowd.first_day
    possible = (found.day >= first_day[found.member]) & (found.day <= crowd.last_day[found.member])
    if sketch.when.last is not None:
        possible &= found.day > crowd.setting.as_of - sketch.when.last
    kept = generator.random(len(found)) < chance(sketch.when.kept, crowd.quality[found.member])
    found = found.of(possible & kept)
    return found.of(integers(np.lexsort((found.day, found.member))))


def _members(whom: Whom, crowd: Crowd, generator: np.random.Generator) -> Ints:
    chosen = generator.random(len(crowd)) < chance(whom.share, crowd.quality)
    if whom.condition is not None:
        for condition in [whom.condition] if isinstance(whom.condition, str) else whom.condition:
            chosen &= crowd.conditions[condition]
    if whom.holds is not None:
        chosen &= holds(whom.holds, crowd.column, len(crowd), crowd.setting.seed)
    for name, wanted in whom.where.items():
        chosen &= _matches(crowd.column(name), wanted)
    return integers(np.flatnonzero(chosen))


def _matches(column: Column, wanted: list[str] | Range) -> Bools:
    if isinstance(wanted, Range):
        number = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
        low = -np.inf if wanted.at_least is None else wanted.at_least
        high = np.inf if wanted.at_most is None else wanted.at_most
        return np.asarray((number >= low) & (number <= high))
    found = pc.is_in(column, value_set=pa.array(wanted, column.type))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _days(
    when: When, crowd: Crowd, members: Ints, before: Mapping[str, Written], generator: np.random.Generator
) -> Occasions:
    as_of, first_day = crowd.setting.as_of, crowd.setting.first_day
    if when.within is not None:
        least, most = when.times
        member = np.repeat(members, generator.integers(least, most + 1, len(members)))
        return Occasions(
            member, integers(as_of - generator.integers(when.within[0], when.within[1] + 1, len(member)))
        )
    if when.every is not None:
        return _again(when.every, crowd, members, generator)
    if when.monthly is not None:
        starts = _months(first_day, as_of, when.monthly)
        return _each(members, starts, 0, MONTHLY_LATE, generator)
    if when.yearly is not None:
        days = _yearly(when.yearly, crowd.setting)
        around = YEARLY_AROUND if when.day is None else 0
        return _each(members, days, -around, around + (when.day is not None), generator)
    if when.ages is not None:
        return _at_ages(when.ages, crowd, members, generator)
    if when.after is None:
        raise ValueError("a sketch says when")
    return _following(when.after, members, before, crowd, generator)


def _again(every: Every, crowd: Crowd, members: Ints, generator: np.random.Generator) -> Occasions:
    first = crowd.first_day[members]
    day = integers(first + generator.integers(0, every.days, len(members)))
    rounds = [Occasions(members, day)]
    while len(members):
        gap = every.days * (1 + every.spread * generator.standard_normal(len(members)))
        day = integers(day + np.maximum(gap, 1))
        going_on = day <= crowd.last_day[members]
        members, day = members[going_on], day[going_on]
        rounds.append(Occasions(members, day))
    return Occasions(
        np.concatenate([one.member for one in rounds]), np.concatenate([one.day for one in rounds])
    )


def _months(first_day: int, as_of: int, day: int) -> list[int]:
    years = range(year_of(first_day), year_of(as_of) + 1)
    days = [day_number(date(year, month, day)) for year in years for month in range(1, 13)]
    return [one for one in days if first_day <= one <= as_of]


def _each(members: Ints, days: list[int], early: int, late: int, generator: np.random.Generator) -> Occasions:
    """Every member on each of the days, or some days before or after."""
    member, day = np.repeat(members, len(days)), np.tile(integers(days), len(members))
    return Occasions(member, integers(day + generator.integers(early, late, len(day))))


def _at_ages(ages: Ages, crowd: Crowd, members: Ints, generator: np.random.Generator) -> Occasions:
    born = crowd.birth[members]
    months = np.array(list(ages.months.values())) * DAYS_A_MONTH
    day = (born[:, np.newaxis] + np.ceil(months)[np.newaxis, :]).ravel()
    same_age = np.unique(months, return_inverse=True)[1]  # what is done at one age is done on one day
    late = generator.integers(ages.late[0], ages.late[1] + 1, (len(members), same_age.max() + 1))
    late = late[:, same_age].ravel()
    label = np.tile(integers(np.arange(len(months))), len(members))
    return Occasions(np.repeat(members, len(months)), integers(day + late), None, label)


def _for_each(found: Occasions, labels: int) -> Occasions:
    row, label = np.repeat(np.arange(len(found)), labels), np.tile(integers(np.arange(labels)), len(found))
    repeated = found.of(integers(row))
    return Occasions(repeated.member, repeated.day, repeated.earlier, label)


def _following(
    after: After, members: Ints, before: Mapping[str, Written], crowd: Crowd, generator: np.random.Generator
) -> Occasions:
    if after.kind not in before:
        raise ValueError(f"nothing of kind '{after.kind}' is sketched before")
    earlier = before[after.kind]
    among = np.zeros(len(crowd), dtype=np.bool_)
    among[members] = True
    chosen = among[earlier.occasions.member]
    for name, wanted in after.where.items():
        values = earlier.values[name]
        found = pc.is_in(values, value_set=pa.array(wanted).cast(values.type))
        chosen &= found.to_numpy(zero_copy_only=False).astype(np.bool_)
    if after.holds is not None:
        lookup = Lookup(crowd, earlier.occasions, {}, None, earlier.values)
        chosen &= holds(after.holds, lookup, len(chosen), crowd.setting.seed)
    if after.only_last:
        chosen &= np.append(np.diff(earlier.occasions.member) > 0, True)[: len(chosen)]
    row = integers(np.flatnonzero(chosen))
    delay = generator.integers(after.days[0], after.days[1] + 1, len(row))
    day = integers(earlier.occasions.day[row] + delay)
    if after.again is not None:
        row, day = _keep_following(after.again, crowd, row, day, generator)
    if after.monthly is not None or after.yearly is not None:
        again = _regularly(after, crowd.setting, row, generator)
        going_on = again.day >= np.repeat(day, len(again) // max(len(row), 1))
        row, day = again.member[going_on], again.day[going_on]
    if after.until is not None:
        in_time = day <= _until(after.until, earlier, row)
        row, day = row[in_time], day[in_time]
    return Occasions(earlier.occasions.member[row], day, row)


def _until(until: int | str, earlier: Written, row: Ints) -> Ints:
    """The last day for what follows each of the rows."""
    if isinstance(until, int):
        return integers(earlier.occasions.day[row] + until)
    return integers(earlier.values[until].cast(pa.int32()).fill_null(NEVER).to_numpy()[row])


def _keep_following(
    days: int, crowd: Crowd, row: Ints, day: Ints, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """The first occasion after each row, and further ones about so many days apart."""
    rounds = [(row, day)]
    while len(row):
        gap = days * (1 + AGAIN_SPREAD * generator.standard_normal(len(day)))
        day = integers(day + np.maximum(gap, 1))
        going_on = day <= crowd.setting.as_of
        row, day = row[going_on], day[going_on]
        rounds.append((row, day))
    return np.concatenate([one for one, _ in rounds]), np.concatenate([one for _, one in rounds])


def _regularly(after: After, setting: Setting, rows: Ints, generator: np.random.Generator) -> Occasions:
    """Each of the rows on each of the days."""
    if after.monthly is not None:
        starts = _months(setting.first_day, setting.as_of, after.monthly)
        return _each(rows, starts, 0, MONTHLY_LATE, generator)
    days = _yearly(after.yearly or [], setting)
    return _each(rows, days, -YEARLY_AROUND, YEARLY_AROUND, generator)


def _yearly(dates: list[tuple[int, int]], setting: Setting) -> list[int]:
    years = range(year_of(setting.first_day), year_of(setting.as_of) + 1)
    return [day_number(date(year, month, day)) for year in years for month, day in dates]
