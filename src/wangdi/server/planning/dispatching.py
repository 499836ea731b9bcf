"""From what the store holds to a problem of `wangdi.methods.dispatch`, and from its plan back to names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints, Limit, Problem, SideRow
from wangdi.methods.dispatch.uncovered import Surroundings
from wangdi.server.network.models import Place
from wangdi.server.planning.declaration import Declaration, declaration
from wangdi.server.planning.inputs import Inputs, Period, read_inputs
from wangdi.server.planning.travel import METRES, UNKNOWN, StraightTravel, TravelTime

PERCENT = 100


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked: for which place, from whose hospitals, when, with which numbers, and what was settled by hand.

    ``together`` are groups of workers (codes) who go to one centre; ``pinned`` sends a worker to a centre,
    ``banned`` are pairs of worker and centre that are not wanted.
    """

    place: Place
    sender: Place
    as_of: date
    begins: date
    numbers: Mapping[str, float]
    travel: TravelTime | None = None
    together: tuple[tuple[str, ...], ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)
    banned: frozenset[tuple[str, str]] = frozenset()

    @property
    def period(self) -> Period:
        end = shift(self.begins, Duration(int(self.numbers["months"]), Unit.MONTHS)) - timedelta(days=1)
        return Period(self.begins, end)

    @property
    def provider(self) -> TravelTime:
        return self.travel or StraightTravel(self.numbers["detour"], self.numbers["speed"])


@dataclass(frozen=True, eq=False)
class Dispatch:
    """A problem with who and what its indexes are. ``metres`` and ``seconds`` are doctors' hospitals × centres."""

    wish: Wish
    declared: Declaration
    inputs: Inputs
    problem: Problem
    metres: Ints
    seconds: Ints
    hospital: Ints
    specialties: list[str]

    @property
    def surroundings(self) -> Surroundings:
        everybody = np.ones(len(self.inputs.doctors), np.bool_)

        def distance_to(centre: int) -> Ints:
            return np.where(
                self.metres[self.hospital, centre] == UNKNOWN, NOBODY, self.metres[self.hospital, centre]
            )

        def accepted_at(centre: int) -> Bools:
            return everybody

        return Surroundings(distance_to, accepted_at, int(self.wish.numbers["radius"] * METRES))


class UnknownCode(Exception):
    """A code settled by hand names nobody who may go, or no centre of the plan."""


def prepare(wish: Wish) -> Dispatch:
    """Reads the store and states the problem. Raises UnknownCode."""
    declared = declaration()
    years = int(wish.numbers["rotation_years"])
    inputs = read_inputs(declared, wish.place, wish.sender, wish.as_of, wish.period, years)
    codes = list(dict.fromkeys(doctor.hospital.pk for doctor in inputs.doctors))
    houses = {doctor.hospital.pk: doctor.hospital for doctor in inputs.doctors}
    centres = [centre.institution for centre in inputs.centres]
    provider = wish.provider
    shape = (len(codes), len(centres))
    metres = np.array([provider.metres(houses[code], centres) for code in codes], np.int64).reshape(shape)
    seconds = np.array([provider.seconds(houses[code], centres) for code in codes], np.int64).reshape(shape)
    hospital = np.array([codes.index(doctor.hospital.pk) for doctor in inputs.doctors], np.int64)
    specialties = sorted(
        {doctor.specialty for doctor in inputs.doctors} | {n.specialty for n in declared.needs}
    )
    problem = _Statement(wish, declared, inputs, metres, hospital, specialties).problem()
    return Dispatch(wish, declared, inputs, problem, metres, seconds, hospital, specialties)


@dataclass(frozen=True, eq=False)
class _Statement:
    """Says the wish in indexes."""

    wish: Wish
    declared: Declaration
    inputs: Inputs
    metres: Ints
    hospital: Ints
    specialties: list[str]

    def problem(self) -> Problem:
        doctors, centres = self.inputs.doctors, self.inputs.centres
        doctor, centre, distance = self._arcs()
        wanted = np.array([self._wanted(at) for at in range(len(centres))], np.int64)
        settled = self._settled()
        there = np.bincount(settled[settled != NOBODY], minlength=len(centres))
        most = np.maximum(int(self.wish.numbers["most_per_centre"]), np.maximum(wanted, there))
        return Problem(
            doctors=len(doctors),
            centres=len(centres),
            doctor=doctor,
            centre=centre,
            distance=distance,
            specialty=self._specialty(),
            wanted=wanted,
            most=most,
            need=self._needs(),
            tier=np.array([one.earlier for one in doctors], np.int64),
            fixed=settled,
            last=np.array([NOBODY if one.last is None else one.last for one in doctors], np.int64),
            limits=list(self._limits(settled)),
            teams=self._teams(),
            rows=list(self._rows(doctor, centre)),
        )

    def _specialty(self) -> Ints:
        index = {name: at for at, name in enumerate(self.specialties)}
        return np.array([index[one.specialty] for one in self.inputs.doctors], np.int64)

    def _settled(self) -> Ints:
        """Where each doctor has to be: sent by hand, or posted already."""
        centres = {one.institution.code: at for at, one in enumerate(self.inputs.centres)}
        unknown = set(self.wish.pinned.values()) - set(centres)
        unknown |= set(self.wish.pinned) - {one.worker.code for one in self.inputs.doctors}
        if unknown:
            raise UnknownCode(", ".join(sorted(unknown)))
        found = []
        for one in self.inputs.doctors:
            by_hand = self.wish.pinned.get(one.worker.code)
            found.append(centres[by_hand] if by_hand else NOBODY if one.fixed is None else one.fixed)
        return np.array(found, np.int64)

    def _arcs(self) -> tuple[Ints, Ints, Ints]:
        """Doctors and centres within the radius, and those settled already, however far; less those not wanted."""
        reach = self.metres[self.hospital]
        possible = (reach != UNKNOWN) & (reach <= self.wish.numbers["radius"] * METRES)
        settled = self._settled()
        posted = np.flatnonzero(settled != NOBODY)
        possible[posted, settled[posted]] = True
        doctors = {one.worker.code: at for at, one in enumerate(self.inputs.doctors)}
        centres = {one.institution.code: at for at, one in enumerate(self.inputs.centres)}
        for worker, code in self.wish.banned:
            if worker in doctors and code in centres:
                possible[doctors[worker], centres[code]] = False
        doctor, centre_index = np.nonzero(possible)
        return doctor, centre_index, np.maximum(reach[possible], 0)

    def _wanted(self, at: int) -> int:
        per = self.wish.numbers["residents_per_doctor"]
        more = int(self.inputs.centres[at].population // per) if per else 0
        return int(self.wish.numbers["per_centre"]) + more

    def _needs(self) -> Ints:
        index = {name: at for at, name in enumerate(self.specialties)}
        rows = [(at, index[name], 1) for at, one in enumerate(self.inputs.centres) for name in one.needs]
        return np.array(rows, np.int64).reshape(-1, 3)

    def _limits(self, settled: Ints) -> Iterable[Limit]:
        """Floors as the most that may go; those who are posted already have gone and cannot break them."""
        floor = self.wish.numbers["hospital_floor"] / PERCENT
        stay = int(self.wish.numbers["department_floor"])
        specialty = self._specialty()
        gone = settled != NOBODY
        for house in np.unique(self.hospital).tolist():
            staff = np.flatnonzero(self.hospital == house)
            most = len(staff) - int(np.ceil(len(staff) * floor))
            yield Limit(
                f"hospital/{house}", staff, most=max(most, int(gone[staff].sum())), family="hospital_floor"
            )
            for kind in np.unique(specialty[staff]).tolist():
                some = staff[specialty[staff] == kind]
                most = max(len(some) - stay, 0, int(gone[some].sum()))
                yield Limit(f"department/{house}/{kind}", some, most=most, family="department_floor")
        yield from self._least(specialty)

    def _least(self, specialty: Ints) -> Iterable[Limit]:
        numbers, tcm = self.wish.numbers, set(self.declared.tcm_specialties)
        if numbers["tcm_least"]:
            some = np.flatnonzero([one.specialty in tcm for one in self.inputs.doctors])
            yield Limit("tcm", some, least=int(numbers["tcm_least"]), family="tcm_least")
        if numbers["new_quota"]:
            new = np.array([one.is_new for one in self.inputs.doctors], np.bool_)
            for house in np.unique(self.hospital[new]).tolist():
                some = np.flatnonzero(new & (self.hospital == house))
                least = int(np.ceil(len(some) * numbers["new_quota"] / PERCENT))
                yield Limit(f"new/{house}", some, least=least, family="new_quota")

    def _teams(self) -> list[list[int]]:
        index = {one.worker.code: at for at, one in enumerate(self.inputs.doctors)}
        unknown = {code for group in self.wish.together for code in group} - set(index)
        if unknown:
            raise UnknownCode(", ".join(sorted(unknown)))
        return [[index[code] for code in group] for group in self.wish.together]

    def _rows(self, doctor: Ints, centre: Ints) -> Iterable[SideRow]:
        """Shares of the postings to each county."""
        counties = np.array([one.county.pk for one in self.inputs.centres], np.int64)[centre]
        senior = np.array([one.is_senior for one in self.inputs.doctors], np.bool_)[doctor]
        house, numbers = self.hospital[doctor], self.wish.numbers
        for county in np.unique(counties).tolist():
            whole = np.flatnonzero(counties == county)
            if numbers["senior_share"]:
                share = _share(whole[senior[whole]], whole, numbers["senior_share"])
                yield SideRow(f"senior/{county}", **share, least=0, family="senior_share")
            if numbers["one_hospital_most"] < PERCENT:
                for one in np.unique(house[whole]).tolist():
                    share = _share(whole[house[whole] == one], whole, numbers["one_hospital_most"])
                    yield SideRow(f"one/{one}/{county}", **share, most=0, family="one_hospital_most")


def _share(part: Ints, whole: Ints, percent: float) -> dict[str, Any]:
    return {
        "arcs": part,
        "coefficients": np.full(len(part), PERCENT, np.int64),
        "whole": whole,
        "per_whole": -round(percent),
    }
