"""From what the store holds to a problem of `wangdi.methods.dispatch`, and from its plan back to names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints, Limit, Problem, SideRow
from wangdi.methods.dispatch.uncovered import Surroundings
from wangdi.methods.travel.journeys import Journeys
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.asking import KeptFile
from wangdi.server.planning.declaration import Declaration, Scheme, declaration
from wangdi.server.planning.inputs import Inputs, Period, read_inputs
from wangdi.server.planning.needs import Told
from wangdi.server.planning.travel import METRES, UNKNOWN, ways_between
from wangdi.server.planning.travelling import brought, driving

PERCENT = 100


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked: for which place, from whose hospitals, when, with which numbers, and what was settled by hand.

    ``scheme`` is a name of the declaration, ``batch`` counts those of a scheme that goes out in batches.
    ``together`` are groups of workers (codes) who go to one centre, ``stay`` are workers who are not posted; ``pinned``
    sends a worker to a centre, ``banned`` are pairs of worker and centre that are not wanted. ``files``: travel that
    somebody brought, by `travelling.MATRIX` or `travelling.ROADS`.
    """

    place: Place
    sender: Place
    as_of: date
    begins: date
    numbers: Mapping[str, float]
    scheme: str = ""
    batch: int | None = None
    files: Mapping[str, KeptFile] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()
    stay: frozenset[str] = frozenset()
    pinned: Mapping[str, str] = field(default_factory=dict)
    banned: frozenset[tuple[str, str]] = frozenset()

    @property
    def period(self) -> Period:
        end = shift(self.begins, Duration(int(self.numbers["months"]), Unit.MONTHS)) - timedelta(days=1)
        return Period(self.begins, end)

    @property
    def journeys(self) -> Journeys:
        """How doctors travel: as a file tells, or an estimate."""
        return brought(self.files) or driving(self.numbers["detour"], self.numbers["speed"])

    @property
    def scheme_name(self) -> str:
        return self.scheme or declaration().first_scheme

    @property
    def scheme_declared(self) -> Scheme:
        return declaration().scheme(self.scheme)


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

    def signs_met(self, doctor: int, centre: int) -> tuple[Told, ...]:
        """What says that the centre lacks the doctor's specialty; none where nothing does."""
        at = int(self.problem.specialty[doctor])
        specialty = self.declared.needs[at].specialty if at < len(self.declared.needs) else None
        lacks = self.inputs.centres[centre].lacks
        return next((lack.signs for lack in lacks if lack.specialty == specialty), ())


class UnknownCode(Exception):
    """Codes settled by hand name nobody who may go, or no centre of the plan."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(", ".join(self.codes))

    @property
    def message(self) -> Text:
        rows = [*Worker.objects.filter(code__in=self.codes), *Institution.objects.filter(code__in=self.codes)]
        names = {row.code: f"{row.name}({row.code})" for row in rows}
        told = [names.get(code, code) for code in self.codes]
        return Text(
            f"不在这种方式的可派人员或接收机构中：{'、'.join(told)}；"
            "职称、资格、在职日期不符，或派驻期内不在岗（如进修）的人不能写",
            f"not among who may go in this scheme, or the centres: {', '.join(told)}; nobody may be named whose title, "
            "qualification or dates do not fit, or who is away during the postings",
        )


def prepare(wish: Wish) -> Dispatch:
    """Reads the store and states the problem. Raises UnknownCode; `BadInput` where a file of travel is wrong."""
    declared = declaration()
    inputs = read_inputs(
        declared, wish.place, wish.sender, wish.as_of, wish.period, wish.numbers, wish.scheme_name
    )
    codes = list(dict.fromkeys(doctor.hospital.pk for doctor in inputs.doctors))
    houses = {doctor.hospital.pk: doctor.hospital for doctor in inputs.doctors}
    centres = [centre.institution for centre in inputs.centres]
    ways = ways_between(wish.journeys, list(houses.values()), centres, wish.numbers["speed"])
    hospital = np.array([codes.index(doctor.hospital.pk) for doctor in inputs.doctors], np.int64)
    specialties = sorted({doctor.specialty for doctor in inputs.doctors})
    problem = _Statement(wish, declared, inputs, ways.metres, hospital, specialties).problem()
    return Dispatch(wish, declared, inputs, problem, ways.metres, ways.seconds, hospital, specialties)


READ_WITH = (
    "months",
    "rotation_years",
    "hand_over_months",
    "patients_per_doctor",
    "fewest_cases",
    "behind_points",
)
"""The numbers that decide what is read from the store; the others only how the problem is stated."""


def restated(before: Dispatch, wish: Wish) -> Dispatch:
    """The same question with other numbers, read again only where they ask for it; all else of the wish is as it was."""
    old, new = before.wish.numbers, wish.numbers
    if any(old[name] != new[name] for name in (*READ_WITH, "detour", "speed")):
        return prepare(wish)
    statement = _Statement(
        wish, before.declared, before.inputs, before.metres, before.hospital, before.specialties
    )
    return replace(before, wish=wish, problem=statement.problem())


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
            specialty=self._field(),
            wanted=wanted,
            most=most,
            need=self._needs(),
            weight=self._weights(),
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
            raise UnknownCode(unknown)
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
        self._only_go_on(possible)
        self._keep_home(possible, settled)
        doctors = {one.worker.code: at for at, one in enumerate(self.inputs.doctors)}
        centres = {one.institution.code: at for at, one in enumerate(self.inputs.centres)}
        for worker, code in self.wish.banned:
            if worker in doctors and code in centres:
                possible[doctors[worker], centres[code]] = False
        doctor, centre_index = np.nonzero(possible)
        return doctor, centre_index, np.maximum(reach[possible], 0)

    def _only_go_on(self, possible: Bools) -> None:
        """Whose posting is handed over may only go on where they are: until then they are not free."""
        for at, one in enumerate(self.inputs.doctors):
            if one.until is not None and one.last is not None and one.worker.code not in self.wish.pinned:
                possible[at] = False
                possible[at, one.last] = True

    def _keep_home(self, possible: Bools, settled: Ints) -> None:
        """Who is not to be posted stays, but for somebody who is posted already."""
        for at in self._indexes(self.wish.stay):
            if settled[at] == NOBODY:
                possible[at] = False

    def _indexes(self, codes: Iterable[str]) -> list[int]:
        """Where these workers are among who may go. Raises UnknownCode with all who are not."""
        index = {one.worker.code: at for at, one in enumerate(self.inputs.doctors)}
        asked = sorted(codes)
        if unknown := [code for code in asked if code not in index]:
            raise UnknownCode(unknown)
        return [index[code] for code in asked]

    def _wanted(self, at: int) -> int:
        per = self.wish.numbers["residents_per_doctor"]
        more = int(self.inputs.centres[at].population // per) if per else 0
        return int(self.wish.numbers["per_centre"]) + more

    def _field(self) -> Ints:
        """Which need each doctor can meet, by its place in the declaration; one past the last: none."""
        fields = self.declared.needs
        return np.array(
            [
                next((at for at, need in enumerate(fields) if one.specialty in need.names), len(fields))
                for one in self.inputs.doctors
            ],
            np.int64,
        )

    def _needs(self) -> Ints:
        index = {need.specialty: at for at, need in enumerate(self.declared.needs)}
        rows = [
            (at, index[lack.specialty], lack.wanted)
            for at, one in enumerate(self.inputs.centres)
            for lack in one.lacks
        ]
        return np.array(rows, np.int64).reshape(-1, 3)

    def _weights(self) -> Ints:
        """A need counts as often as there are signs of it."""
        return np.array([len(lack.signs) for one in self.inputs.centres for lack in one.lacks], np.int64)

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
        doctors = self.inputs.doctors
        if numbers["new_most"]:
            settled = sum(one.fixed is not None for one in doctors)
            most = int(numbers["new_most"]) + settled
            yield Limit("new_most", np.arange(len(doctors)), most=most, family="new_most")
        if numbers["tcm_least"]:
            some = np.flatnonzero([one.specialty in tcm for one in self.inputs.doctors])
            yield Limit("tcm", some, least=int(numbers["tcm_least"]), family="tcm_least")
        if numbers["new_quota"]:
            for quota in quotas(self.inputs, self.hospital, numbers["new_quota"]):
                yield Limit(f"new/{quota.house}", quota.may_go, least=quota.still, family="new_quota")

    def _teams(self) -> list[list[int]]:
        self._indexes(code for group in self.wish.together for code in group)
        return [self._indexes(group) for group in self.wish.together]

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


@dataclass(frozen=True, eq=False)
class Quota:
    """Doctors hired this year at a hospital: how many, how many have been posted or are, how many have to be in all.

    ``may_go``: those posted now and those who were not yet, by index; of them ``still`` have to be posted.
    """

    house: int
    hired: int
    served: int
    asked: int
    may_go: Ints

    @property
    def still(self) -> int:
        return max(self.asked - self.served, 0)


def quotas(inputs: Inputs, hospital: Ints, percent: float) -> list[Quota]:
    """Of every hospital that hired somebody. Who was posted and is back counts, and need not go again."""
    new = np.array([one.is_new for one in inputs.doctors], np.bool_)
    back = np.array([one.earlier > 0 and one.fixed is None for one in inputs.doctors], np.bool_) & new
    found = []
    for house in np.unique(hospital[new]).tolist():
        here = hospital == house
        hired, served = int((new & here).sum()), int((back & here).sum())
        asked = int(np.ceil(round(hired * percent / PERCENT, 6)))
        found.append(Quota(house, hired, served, asked, np.flatnonzero(new & here & ~back)))
    return found


def _share(part: Ints, whole: Ints, percent: float) -> dict[str, Any]:
    return {
        "arcs": part,
        "coefficients": np.full(len(part), PERCENT, np.int64),
        "whole": whole,
        "per_whole": -round(percent),
    }
