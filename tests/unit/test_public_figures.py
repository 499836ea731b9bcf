"""What the public sees: small numbers are hidden, and cannot be worked out from the total."""

from datetime import date

import numpy as np
import pytest

from spec.evaluations import network_of, part_name
from spec.examples import Example
from wangdi.engine.evaluate.gathering import Figures
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.public import public
from wangdi.engine.evaluate.runners.local import LocalRunner

DAY = date(2026, 6, 30)
PEOPLE = list(
    enumerate(
        [
            *([("v1", "1", 1950)] * 2 + [("v1", "1", 1990)] * 6 + [("v1", "2", 1970)] * 12),
            *([("v2", "1", 1950)] * 3),
            *([("v3", "1", 1950)] * 5 + [("v3", "2", 1990)] * 7),
        ]
    )
)
"""Where they live, their sex, and the year they were born in, which they were weighed as."""


EXAMPLE = Example(
    {
        "places": "code | parent\n town |\n v1 | town\n v2 | town\n v3 | town\n v4 | town",
        "residents": "code | place | sex\n"
        + "\n".join(f"{code} | {place} | {sex}" for code, (place, sex, _) in PEOPLE),
        "visit": "subject | occurred_on | weight\n"
        + "\n".join(f"{code} | 2026-01-01 | {year}" for code, (_, _, year) in PEOPLE),
    },
    """
    facts: {last: {latest: visit}}
    values: {generation: case when last.weight < 1960 then 'old' when last.weight < 1980 then 'middle' else 'young' end}
    parameters: {smallest: {title: {zh: 下限, en: Least}, values: [{since: 2026-01-01, value: 5}]}}
    indicators:
      all: {count: "true", suppress_below: smallest, by: generation}
      men: {numerator: sex = '1', denominator: "true", suppress_below: 5}
      open: {count: "true"}
      weight: {mean: last.weight, of: sex = '1', suppress_below: 5}
      men_to_all: {ratio_of: [men, open]}
      card: {scorecard: [{indicator: men, weight: 10, zero: 0, full: 1}]}
    """,
)


@pytest.fixture(scope="module")
def shown() -> dict[tuple[str, str], str]:
    """By figure and place what is shown; – where it is hidden."""
    network = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())
    [outcome] = network.evaluate([Moment.in_year(DAY)])
    return cells(public(outcome.figures, DAY), network.places["code"].to_pylist())


def cells(figures: Figures, codes: list[str]) -> dict[tuple[str, str], str]:
    numerators, denominators = figures.at("place")
    found = {}
    for number, row in enumerate(figures.rows):
        for position, code in enumerate(codes):
            parts = (numerators[number, position], denominators[number, position])
            known = "/".join(f"{part:g}" for part in parts if not np.isnan(part))
            found[part_name(row.indicator.name, row.dimension, row.category), code] = known or "–"
    return found


@pytest.mark.parametrize(
    ("figure", "place", "cell"),
    [
        ("all", "town", "35"),
        ("all", "v1", "20"),
        ("all", "v2", "–"),
        ("all", "v3", "12"),
        ("all", "v4", "0"),
        ("men", "v1", "8/20"),
        ("men", "v2", "–"),
        ("men", "v4", "0/0"),
        ("open", "v2", "3"),
        ("weight", "v2", "–"),
        ("card", "v2", "10/10"),
    ],
)
def test_a_cell_of_somebody_but_fewer_than_the_threshold_is_hidden(
    shown: dict[tuple[str, str], str], figure: str, place: str, cell: str
) -> None:
    assert shown[figure, place] == cell


def test_with_one_category_the_next_smallest_is_hidden_so_that_the_total_does_not_tell(
    shown: dict[tuple[str, str], str],
) -> None:
    def parts(place: str) -> list[str]:
        return [shown[f"all[generation={name}]", place] for name in ("old", "middle", "young")]

    assert parts("v1") == ["–", "12", "–"]
    assert parts("v2") == ["–", "0", "0"]
    assert parts("v3") == ["5", "0", "7"]
    assert parts("town") == ["10", "12", "13"]


def test_a_ratio_is_hidden_where_a_part_of_it_is(shown: dict[tuple[str, str], str]) -> None:
    assert shown["men_to_all", "v2"] == "–"
    assert shown["men_to_all", "v1"] != "–"


def test_before_its_parameter_is_in_force_nothing_is_hidden() -> None:
    network = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())
    [outcome] = network.evaluate([Moment.in_year(DAY)])
    found = cells(public(outcome.figures, date(2025, 12, 31)), network.places["code"].to_pylist())
    assert found["all", "v2"] == "3"
    assert found["men", "v2"] == "–"
