"""Family-doctor teams of the centres, and an expert group for each county."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import pyarrow as pa

from wangdi.demo.arrays import Ints, integers
from wangdi.demo.institutions import EXAMPLE, Institutions, centre_code, hospital_code
from wangdi.demo.sources import Place
from wangdi.demo.workers import Workers
from wangdi.engine.model.registers import TEAM
from wangdi.interchange.tables import register_schema

VILLAGES_A_TEAM = 3
"""So that at a million residents a team has about 2,000 people under contract, as many as one may have."""

CONTRACTS_BEGAN = date(2017, 7, 1)
"""Teams are no older than this, nor than their centre."""


@dataclass(frozen=True, slots=True)
class Team:
    """A row of the register; the fields are its columns."""

    code: str
    name: str
    type: str
    institution: str
    leader: str
    formed_on: date
    dissolved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Teams:
    """All teams, and for each village the index of the one that looks after its residents."""

    rows: tuple[Team, ...]
    of_village: Ints

    def table(self) -> pa.Table:
        return pa.Table.from_pylist([asdict(row) for row in self.rows], schema=register_schema(TEAM))


def make_teams(villages: Sequence[Place], institutions: Institutions, workers: Workers) -> Teams:
    """A team for every three villages of a township, in the order in which they are listed: 金牛镇家庭医生团队3."""
    townships = [place.parent or "" for place in villages]
    first = {code: townships.index(code) for code in dict.fromkeys(townships)}
    numbers = [1 + (i - first[code]) // VILLAGES_A_TEAM for i, code in enumerate(townships)]
    served = [*zip(townships, numbers, strict=True)]
    position = {team: index for index, team in enumerate(dict.fromkeys(served))}
    index = {row.code: number for number, row in enumerate(institutions.rows)}
    rows = [
        _family_team(institutions, workers, index[centre_code(township)], number)
        for township, number in position
    ]
    counties = dict.fromkeys(code[:6] for code in townships)
    rows += _expert_groups([index[hospital_code(code)] for code in counties], institutions, workers)
    return Teams(tuple(rows), integers([position[team] for team in served]))


def _family_team(institutions: Institutions, workers: Workers, centre: int, number: int) -> Team:
    row = institutions.rows[centre]
    return Team(
        code=f"{row.place}-T{number}",
        name=f"{row.name.removesuffix(EXAMPLE)}家庭医生团队{number}",
        type="family_doctor",
        institution=row.code,
        leader=_doctor(workers, centre, number),
        formed_on=max(CONTRACTS_BEGAN, row.opened_on),
    )


def _expert_groups(hospitals: Sequence[int], institutions: Institutions, workers: Workers) -> Iterator[Team]:
    for hospital in hospitals:
        row = institutions.rows[hospital]
        yield Team(
            code=f"{row.place}-E1",
            name=f"{row.name.removesuffix(EXAMPLE)}慢病管理专家组{EXAMPLE}",
            type="expert",
            institution=row.code,
            leader=_doctor(workers, hospital, 0),
            formed_on=date(2020, 1, 1),
        )


def _doctor(workers: Workers, institution: int, key: int) -> str:
    attending = workers.attending(integers([institution]), integers([key]))
    return str(workers.codes[int(attending[0])])
