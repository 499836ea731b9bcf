"""Behind a figure: who is not counted, and which condition each of them lacks."""

from datetime import date

import pytest

from spec.evaluations import Data, network_of
from spec.examples import Example
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import UnknownCode
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.explain.missing import Breakdown, break_down, requirements
from wangdi.engine.model.measures import Counted

EXAMPLE = Example(
    {
        "places": "code | parent\n county |\n town | county\n village | town\n other |",
        "institutions": "code | place\n clinic | village\n centre | town",
        "residents": """
            code | place   | institution | birth_date
            r1   | village | clinic      | 1950-01-01
            r2   | village | clinic      | 1950-01-01
            r3   | town    | centre      | 1950-01-01
            r4   | town    | centre      | 1990-01-01
            r5   | other   |             | 1950-01-01
        """,
        "visit": """
            subject | occurred_on | sbp
            r1      | 2026-03-01  | 130
            r3      | 2026-03-01  | 150
            r5      | 2026-03-01  |
        """,
    },
    """
    facts:
      last_visit: {latest: visit, during: year}
    values:
      controlled: {title: {zh: 达标, en: Controlled}, is: "last_visit.sbp < 140 and last_visit.sbp > 0"}
    groups:
      old: {when: "full_years(birth_date, as_of) >= 65"}
    indicators:
      cared_for: {numerator: last_visit.occurred_on is not null and controlled, denominator: old}
    """,
)
INDICATOR = EXAMPLE.rulebook.indicators["cared_for"]
assert isinstance(INDICATOR.measure, Counted)
MEASURE = INDICATOR.measure
MOMENT = Moment.in_year(date(2026, 6, 30))
PARTS = (["r1", "r2"], ["r3", "r4", "r5"])


def behind(entity: str, code: str) -> Breakdown:
    network = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner(), PARTS)
    return break_down(network, INDICATOR, entity, code, MOMENT)


def lacking(found: Breakdown) -> dict[str, list[str]]:
    keys = found.keys.to_pylist()
    return {key: [one.written for one in found.lacked_by(at)] for at, key in enumerate(keys)}


def test_a_numerator_is_taken_apart_where_all_parts_must_hold_also_inside_names() -> None:
    parts = requirements(MEASURE.reached)
    assert [one.written for one in parts] == [
        "last_visit.occurred_on is not null",
        "last_visit.sbp < 140",
        "last_visit.sbp > 0",
    ]
    assert [one.named.name if one.named else None for one in parts] == [None, "controlled", "controlled"]


def test_everybody_in_the_denominator_of_a_place_and_below_is_there_with_what_they_lack() -> None:
    assert lacking(behind("place", "county")) == {
        "r1": [],
        "r2": ["last_visit.occurred_on is not null", "last_visit.sbp < 140", "last_visit.sbp > 0"],
        "r3": ["last_visit.sbp < 140"],
    }


def test_what_is_null_is_lacked() -> None:
    assert lacking(behind("place", "other")) == {"r5": ["last_visit.sbp < 140", "last_visit.sbp > 0"]}


def test_those_looked_after_by_an_institution_are_found_where_they_are() -> None:
    assert list(lacking(behind("institution", "centre"))) == ["r3"]


def test_it_is_counted_how_many_lack_a_condition_and_how_many_lack_nothing_else() -> None:
    counts = [(lack, alone) for _, lack, alone in behind("place", "county").how_many_lack()]
    assert counts == [(1, 0), (2, 1), (1, 0)]


def test_the_counts_are_those_of_the_figure() -> None:
    found = behind("place", "town")
    assert (int(found.counted.sum()), len(found.keys)) == (1, 3)


def test_a_place_without_anybody_has_nobody_behind_its_figure() -> None:
    network = network_of(
        Data({**EXAMPLE.data.registers, "resident": {}}, ()), EXAMPLE.rulebook, LocalRunner()
    )
    found = break_down(network, INDICATOR, "place", "county", MOMENT)
    assert (len(found.keys), found.lacks.shape) == (0, (3, 0))


def test_an_unknown_code_is_said() -> None:
    with pytest.raises(UnknownCode):
        behind("place", "nowhere")
