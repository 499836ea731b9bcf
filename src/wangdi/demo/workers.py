"""The people who work in the example institutions."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import DAYS_A_YEAR, Column, Ints, day_number, integers
from wangdi.demo.identifiers import WORKER_DISTRICT, digits, id_numbers, phone_numbers, to_text
from wangdi.demo.institutions import Institutions
from wangdi.demo.names import make_names
from wangdi.engine.model.registers import WORKER
from wangdi.interchange.tables import register_schema

TITLES = WORKER.field("title_level").option_codes
MID = TITLES.index("mid")


@dataclass(frozen=True, slots=True)
class Staffing:
    """How one sort of institution is staffed: least and most staff, share of doctors, share of each title."""

    least: int
    most: int
    doctors: float
    titles: tuple[float, ...]


STAFFING = {
    "hospital": Staffing(250, 900, 0.38, (0.08, 0.42, 0.32, 0.13, 0.05)),
    "township_centre": Staffing(15, 60, 0.45, (0.14, 0.63, 0.2, 0.03, 0.0)),
    "community_centre": Staffing(15, 60, 0.45, (0.1, 0.58, 0.27, 0.05, 0.0)),
    "community_station": Staffing(1, 3, 1.0, (0.3, 0.6, 0.1, 0.0, 0.0)),
    "village_clinic": Staffing(1, 3, 1.0, (0.7, 0.28, 0.02, 0.0, 0.0)),
}
"""Estimates; middle and higher titles are common in hospitals and rare below."""

DOCTORS = ("内科", "全科医学", "外科", "中医", "妇产科", "儿科", "公共卫生")
OTHERS = (
    *[("护士", "护理")] * 8,
    ("药师", "药学"),
    ("检验技师", "医学检验"),
    ("影像技师", "医学影像"),
)


@dataclass(frozen=True, slots=True)
class Workers:
    """One row per worker, those of one institution together, its doctors first.

    ``first`` and ``doctors`` are per institution: the index of its first worker, and how many doctors follow.
    """

    codes: Column
    institution: Ints
    title: Ints
    is_doctor: npt.NDArray[np.bool_]
    first: Ints
    doctors: Ints
    table: pa.Table

    def attending(self, institution: Ints, key: Ints) -> Ints:
        """A doctor of each institution; the same key always meets the same doctor."""
        return integers(self.first[institution] + key % self.doctors[institution])


def make_workers(institutions: Institutions, as_of: date, generator: np.random.Generator) -> Workers:
    """Staff for every institution that has not closed; each has at least one doctor."""
    staffing = [STAFFING[row.type] for row in institutions.rows]
    counts = generator.integers([rule.least for rule in staffing], [rule.most + 1 for rule in staffing])
    counts *= [row.closed_on is None for row in institutions.rows]
    doctors = integers(np.ceil(counts * [rule.doctors for rule in staffing]))
    first = integers(np.cumsum(counts) - counts)
    institution = integers(np.repeat(np.arange(len(counts)), counts))
    position = integers(np.arange(len(institution))) - first[institution]
    is_doctor = position < doctors[institution]
    title = _draw_titles(np.array([rule.titles for rule in staffing]), institution, generator)
    codes = _codes(institutions, institution, position)
    table = _table(institutions, institution, is_doctor, title, codes, as_of, generator)
    return Workers(codes, institution, title, is_doctor, first, doctors, table)


def _draw_titles(shares: npt.NDArray[np.float64], institution: Ints, generator: np.random.Generator) -> Ints:
    edges = np.cumsum(shares, axis=1)[institution]
    draw = generator.random(len(institution))[:, np.newaxis] * edges[:, -1:]
    return integers((draw >= edges).sum(axis=1))


def _codes(institutions: Institutions, institution: Ints, position: Ints) -> Column:
    """``420281100200-S001``: the institution's code and a number within it."""
    codes = pa.array([row.code for row in institutions.rows]).take(pa.array(institution))
    return pc.binary_join_element_wise(codes, to_text(digits(position + 1, 3)), "")


def _table(
    institutions: Institutions,
    institution: Ints,
    is_doctor: npt.NDArray[np.bool_],
    title: Ints,
    codes: Column,
    as_of: date,
    generator: np.random.Generator,
) -> pa.Table:
    count = len(institution)
    sex = integers(np.where(generator.random(count) < np.where(is_doctor, 0.58, 0.2), 1, 2))
    age = np.minimum(generator.normal(31, 5, count) + 6.5 * title + generator.gamma(2.0, 3.0, count), 64.0)
    birth = integers(day_number(as_of) - np.maximum(age, 21.5) * DAYS_A_YEAR)
    qualification, specialty = _professions(institutions, institution, is_doctor, title, generator)
    columns = {
        "code": codes,
        "name": make_names(sex, birth, generator),
        "sex": pa.array(["1", "2"]).take(pa.array(sex - 1)),
        "birth_date": pa.array(birth).cast(pa.date32()),
        "title_level": pa.array(TITLES).take(pa.array(title)),
        "qualification": qualification,
        "specialty": specialty,
        "institution": pa.array([row.code for row in institutions.rows]).take(pa.array(institution)),
        "employed_from": pa.nulls(count, pa.date32()),
        "left_on": pa.nulls(count, pa.date32()),
        "id_number": id_numbers(WORKER_DISTRICT, birth, sex),
        "phone": phone_numbers(np.arange(count) + 9_000_000),
    }
    return pa.table(columns, schema=register_schema(WORKER))


def _professions(
    institutions: Institutions,
    institution: Ints,
    is_doctor: npt.NDArray[np.bool_],
    title: Ints,
    generator: np.random.Generator,
) -> tuple[Column, Column]:
    """Qualification and specialty. Clinics are run by village doctors (乡村医生) unless they hold a title."""
    in_village = np.array([row.type == "village_clinic" for row in institutions.rows])[institution]
    licence = np.where(in_village & (title == 0), 2, np.where(title == 0, 1, 0))
    doctor_specialty = np.where(in_village, 1, generator.integers(0, len(DOCTORS), len(institution)))
    other = generator.integers(0, len(OTHERS), len(institution))
    qualifications = ("执业医师", "执业助理医师", "乡村医生", *(name for name, _ in OTHERS))
    specialties = (*DOCTORS, *(name for _, name in OTHERS))
    return (
        pa.array(qualifications).take(pa.array(np.where(is_doctor, licence, 3 + other))),
        pa.array(specialties).take(pa.array(np.where(is_doctor, doctor_specialty, len(DOCTORS) + other))),
    )
