"""Follow-up visits one after the other: what is measured decides when the next one is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wangdi.demo.arrays import Bools, Floats, Ints, integers, skip_sundays
from wangdi.demo.patients import Patients

SHORTEST_GAP = 5

CALLED_BACK, LATE = (9, 16), (17, 40)
"""Days to the next visit after an uncontrolled reading: where it is kept, and where it is kept late."""

SCATTER = 0.08
"""Relative deviation of single gaps from the patient's own mean."""


class Instrument(Protocol):
    """Measures patients (indexes) on a day each: a row of readings per patient, NaN where none was taken."""

    def read(self, patient: Ints, day: Ints, generator: np.random.Generator) -> Floats: ...

    def is_controlled(self, patient: Ints, day: Ints, readings: Floats) -> Bools: ...


@dataclass(frozen=True, slots=True)
class Visits:
    """One row per visit, by patient and day; ``patient`` is an index into the patients."""

    patient: Ints
    day: Ints
    readings: Floats
    controlled: Bools


def simulate_visits(patients: Patients, instrument: Instrument, generator: np.random.Generator) -> Visits:
    """All patients take their first visit, then all their second, until nobody has a day left."""
    day = integers(patients.registered_on + generator.integers(0, 45, len(patients.person)))
    patient = integers(np.flatnonzero(day <= patients.last_day))
    rounds = []
    while len(patient):
        now = day[patient]
        readings = instrument.read(patient, now, generator)
        controlled = instrument.is_controlled(patient, now, readings)
        rounds.append((patient, now, readings, controlled))
        day[patient] = skip_sundays(integers(now + _days_to_next(patients, patient, controlled, generator)))
        patient = patient[day[patient] <= patients.last_day[patient]]
    return _join(rounds, instrument)


def _days_to_next(
    patients: Patients, patient: Ints, controlled: Bools, generator: np.random.Generator
) -> npt.NDArray[np.int64]:
    """The patient's usual gap; after an uncontrolled reading two weeks, or somewhat more, or the usual."""
    count = len(patient)
    usual = patients.gap[patient] * (1 + SCATTER * generator.standard_normal(count, dtype=np.float32))
    kept = patients.revisit[patient]
    draw = generator.random(count, dtype=np.float32)
    early = np.where(
        draw < kept,
        generator.integers(*CALLED_BACK, count, endpoint=True),
        generator.integers(*LATE, count, endpoint=True),
    )
    # A missed call-back has the same chance once more, later: well-run clinics ask again.
    comes_early = ~controlled & (draw < kept * (2 - kept))
    days = np.where(comes_early, np.minimum(usual, early), usual)
    return np.maximum(days, SHORTEST_GAP).astype(np.int64)


def _join(rounds: list[tuple[Ints, Ints, Floats, Bools]], instrument: Instrument) -> Visits:
    if not rounds:
        none = integers([])
        rounds = [
            (none, none, instrument.read(none, none, np.random.default_rng(0)), np.zeros(0, dtype=np.bool_))
        ]
    patient, day, readings, controlled = (np.concatenate(column) for column in zip(*rounds, strict=True))
    # Each round is later than the one before, so a stable sort by patient is enough; 16 bits sort faster.
    order = np.argsort(patient.astype(np.uint16), kind="stable")
    return Visits(patient[order], day[order], readings[order], controlled[order])
