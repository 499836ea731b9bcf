"""What a figure comes to: one by one and for whole arrays the same."""

import numpy as np
import pytest

from spec.examples import Example
from wangdi.engine.evaluate.gathering import told, values_of

INDICATOR = Example(
    {"residents": "code\n r1"},
    """
    indicators:
      everybody: {numerator: "true", denominator: "true"}
    """,
).rulebook.indicators["everybody"]

FIGURES = [
    (3.0, 4.0, 0.75, "told"),
    (0.0, 4.0, 0.0, "told"),
    (0.0, 0.0, None, "not told"),
    (2.5, None, 2.5, "told"),
    (-2.5, None, -2.5, "told"),
    (0.0, None, 0.0, "not told"),
]


@pytest.mark.parametrize(("numerator", "denominator", "value", "is_told"), FIGURES)
def test_a_figure_is_its_numerator_by_its_denominator_if_it_has_one(
    numerator: float, denominator: float | None, value: float | None, is_told: str
) -> None:
    above, below = np.array([numerator]), np.array([np.nan if denominator is None else denominator])
    [found], [known] = values_of(INDICATOR, above, below).data, values_of(INDICATOR, above, below).validity
    assert INDICATOR.value(numerator, denominator) == value
    assert (float(found) if known else None) == value
    assert told(above, below).tolist() == [is_told == "told"]
