"""Doctors of county hospitals posted to township and community centres (派驻)."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import NEVER, Ints, integers, random_stream
from wangdi.demo.forms import Days, Rows, Words
from wangdi.demo.setting import Setting
from wangdi.demo.workers import MID

DUTIES = ("坐诊、查房", "坐诊、带教", "会诊、培训", "坐诊、查房、带教")

NEVER_POSTED = 3
LAPSED = 0.12
"""Centres nobody was ever sent to, by number; and the share of the others whose last posting has run out."""

OPEN_ENDED = 0.1
JUNIOR = 0.06
"""Shares of postings without an agreed end, and of doctors below middle title, who do not count."""

TERMS = (180, 270, 365)
NO_ONE = -1


def posting_rows(setting: Setting) -> Rows:
    """Consecutive postings per centre, by worker and day; nobody is posted twice."""
    generator = random_stream(setting.seed, "postings")
    stints = integers(list(_stints(setting, generator))).reshape(-1, 3)
    worker = _choose_workers(setting, stints[:, 0], generator)
    posted = worker != NO_ONE
    stints, worker = stints[posted], worker[posted]
    order = np.lexsort((stints[:, 1], worker))
    centre, start, end = stints[order].T
    codes = setting.workers.codes.take(pa.array(worker[order]))
    values = {
        "valid_from": Days(start),
        "valid_to": Days(end),
        "duties": Words(integers(generator.integers(0, len(DUTIES), len(order))), DUTIES),
    }
    announced = integers(np.maximum(start - generator.integers(0, 8, len(order)), setting.first_day))
    return Rows("posting", codes, setting.institution_codes.take(pa.array(centre)), codes, announced, values)


def _stints(setting: Setting, generator: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    """Centre, first day and last day of every posting; about half the centres have two doctors at a time."""
    centres = setting.institutions.indexes("township_centre", "community_centre")
    unserved = set(generator.permutation(centres)[:NEVER_POSTED].tolist())
    for centre in centres.tolist():
        if centre in unserved or setting.institutions.rows[centre].closed_on:
            continue
        lapsed = generator.random() < LAPSED
        since = max(setting.first_day, int(setting.institutions.opened[centre]))
        for _ in range(1 if lapsed else int(generator.integers(1, 3))):
            until = setting.as_of - int(generator.integers(30, 240)) if lapsed else setting.as_of
            yield from ((centre, *days) for days in _chain(since, until, generator))


def _chain(first_day: int, until: int, generator: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Postings one after the other, the last of them running on the day ``until``."""
    start = first_day + int(generator.integers(0, 200))
    while start <= until:
        end = start + int(generator.choice(TERMS)) - 1
        is_last = end >= until
        yield start, int(NEVER) if is_last and generator.random() < OPEN_ENDED else end
        start = end + 1 + int(generator.integers(0, 25))


def _choose_workers(setting: Setting, centres: Ints, generator: np.random.Generator) -> Ints:
    """A doctor of the county's hospitals for each posting; NO_ONE once all have been posted."""
    chosen = np.full(len(centres), NO_ONE, dtype=np.int32)
    county = np.array([row.place[:6] for row in setting.institutions.rows])
    junior = generator.random(len(centres)) < JUNIOR
    for code in np.unique(county):
        for is_junior in (False, True):
            wanted = np.flatnonzero((county[centres] == code) & (junior == is_junior))
            doctors = generator.permutation(_hospital_doctors(setting, code, is_junior))[: len(wanted)]
            chosen[wanted[: len(doctors)]] = doctors
    return chosen


def _hospital_doctors(setting: Setting, county: str, is_junior: bool) -> Ints:
    workers, rows = setting.workers, setting.institutions.rows
    in_hospital = np.array([row.type == "hospital" and row.place == county for row in rows])
    suitable = in_hospital[workers.institution] & workers.is_doctor & ((workers.title < MID) == is_junior)
    return integers(np.flatnonzero(suitable))
