"""Invented provinces: hospitals in county towns, centres around them, floors, and requirements that cross."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from wangdi.methods.dispatch.problem import Ints, Limit, Problem, SideRow

Floats = npt.NDArray[np.float64]

UNIT_METRES = 10
RADIUS_KM = 60
SPECIALTIES = 10
HOSPITALS = 136
COUNTIES = 45
SIDE_KM = 470.0
"""A square about as large as a northern plain province's settled part."""

ACCEPTED = 6
"""How many of the ten specialties a centre has use for."""

SENIOR = 0.45
SENIOR_SHARE = (3, 10)
FROM_ONE_HOSPITAL = (6, 10)
MEAN_TRAVEL_KM = 30
"""What crosses the floors: at least 30 % of those sent to a county are senior, at most 60 % of them come from one
hospital, and those of one hospital travel no more than this on average."""


@dataclass(frozen=True)
class Instance:
    """A problem, where everybody is (km), and which county a centre lies in."""

    problem: Problem
    doctor_at: Floats
    centre_at: Floats
    county: Ints
    hospital: Ints
    accepted: npt.NDArray[np.bool_]
    senior: npt.NDArray[np.bool_]


def province(seed: int, doctors: int = 2254, centres: int = 2000, hospitals: int = HOSPITALS) -> Instance:
    """Doctors of hospitals and centres that lack one; floors per hospital and per hospital and specialty."""
    random = np.random.default_rng(seed)
    towns = random.uniform(0, SIDE_KM, (COUNTIES, 2))
    hospital_at = towns[np.arange(hospitals) % COUNTIES] + random.normal(0, 3, (hospitals, 2))
    county = random.integers(0, COUNTIES, centres)
    centre_at = towns[county] + random.normal(0, 22, (centres, 2))
    hospital = np.sort(random.integers(0, hospitals, doctors))
    specialty = random.integers(0, SPECIALTIES, doctors)
    accepted = np.argsort(random.random((centres, SPECIALTIES)), axis=1) < ACCEPTED
    doctor, centre, distance = _within(hospital_at[hospital], centre_at)
    fits = accepted[centre, specialty[doctor]]
    problem = Problem(
        doctors=doctors,
        centres=centres,
        doctor=doctor[fits],
        centre=centre[fits],
        distance=distance[fits],
        specialty=specialty,
        wanted=np.ones(centres, np.int64),
        most=np.ones(centres, np.int64),
        tier=random.choice([0, 0, 0, 1, 2], doctors).astype(np.int64),
        limits=_floors(hospital, specialty),
    )
    senior = random.random(doctors) < SENIOR
    return Instance(problem, hospital_at[hospital], centre_at, county, hospital, accepted, senior)


def _within(doctor_at: Floats, centre_at: Floats) -> tuple[Ints, Ints, Ints]:
    near = cKDTree(doctor_at).query_ball_point(centre_at, RADIUS_KM)
    centre = np.repeat(np.arange(len(centre_at)), [len(found) for found in near])
    doctor = np.concatenate([np.array(found, np.int64) for found in near])
    km = np.hypot(*(doctor_at[doctor] - centre_at[centre]).T)
    return doctor, centre, np.rint(km * 1000 / UNIT_METRES).astype(np.int64)


def _floors(hospital: Ints, specialty: Ints) -> list[Limit]:
    """A tenth of a hospital's doctors stay, and one of each department of three or more."""
    limits = []
    for house in np.unique(hospital):
        staff = np.flatnonzero(hospital == house)
        limits.append(Limit(f"hospital {house}", staff, most=int(len(staff) * 0.9), family="floor"))
        for kind in np.unique(specialty[staff]):
            some = staff[specialty[staff] == kind]
            most = len(some) - 1 if len(some) > 2 else len(some)
            limits.append(Limit(f"hospital {house}/{kind}", some, most=most, family="department"))
    return limits


def crossing_rows(instance: Instance) -> list[SideRow]:
    """The requirements that do not nest, as rows over possible postings."""
    problem = instance.problem
    of_county = instance.county[problem.centre]
    of_hospital = instance.hospital[problem.doctor]
    rows = []
    for county in np.unique(of_county):
        whole = np.flatnonzero(of_county == county)
        share, per = SENIOR_SHARE
        senior = whole[instance.senior[problem.doctor[whole]]]
        rows.append(_share(f"senior in {county}", senior, whole, share, per, is_least=True))
        share, per = FROM_ONE_HOSPITAL
        for house in np.unique(of_hospital[whole]):
            sent = whole[of_hospital[whole] == house]
            rows.append(_share(f"{house} in {county}", sent, whole, share, per, is_least=False))
    longest = MEAN_TRAVEL_KM * 1000 // UNIT_METRES
    for house in np.unique(of_hospital):
        arcs = np.flatnonzero(of_hospital == house)
        rows.append(SideRow(f"travel of {house}", arcs, problem.distance[arcs] - longest, most=0))
    return rows


def _share(name: str, part: Ints, whole: Ints, share: int, per: int, *, is_least: bool) -> SideRow:
    """At least, or at most, ``share`` of ``per`` postings of the whole are of the part."""
    bounds = {"least": 0} if is_least else {"most": 0}
    return SideRow(name, part, np.full(len(part), per), whole=whole, per_whole=-share, **bounds)
