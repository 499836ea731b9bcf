"""Whether places differ by more than chance, and with equal ages."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from wangdi.methods.fairness import funnel, standardised, standing


def exact_tail(count: int, size: int, share: Fraction) -> Fraction:
    """The chance of ``count`` or fewer, by counting."""
    return sum(
        (Fraction(comb(size, n)) * share**n * (1 - share) ** (size - n) for n in range(count + 1)),
        Fraction(0),
    )


@pytest.mark.parametrize("size", [1, 7, 13, 40, 120])
@pytest.mark.parametrize("share", [Fraction(1, 20), Fraction(1, 2), Fraction(43, 50)])
def test_a_place_is_beyond_exactly_when_chance_alone_leads_there_too_rarely(
    size: int, share: Fraction
) -> None:
    limits = funnel(float(share), np.array([size]))
    for count in range(size + 1):
        at_most, at_least = exact_tail(count, size, share), 1 - exact_tail(count - 1, size, share)
        low = sum(at_most < bound for bound in (Fraction(25, 1000), Fraction(1, 1000)))
        high = sum(at_least <= bound for bound in (Fraction(25, 1000), Fraction(1, 1000)))
        assert standing(limits, np.array([count / size]))[0] == high - low, count


def test_all_of_thirteen_is_nothing_unusual_where_86_percent_are_usual() -> None:
    assert standing(funnel(0.86, np.array([13])), np.array([1.0])) == [0]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_or_none_are_usual_anything_else_is_far_beyond(share: float) -> None:
    found = standing(funnel(share, np.array([50, 50])), np.array([share, 0.5]))
    assert list(found) == [0, 2 if share == 0 else -2]


def test_what_is_no_share_or_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        funnel(1.2, np.array([10]))
    with pytest.raises(ValueError, match="at least one"):
        funnel(0.5, np.array([0]))


def test_a_place_of_older_people_is_no_worse_once_ages_are_equal() -> None:
    """Both places serve the young 90 times of 100 and the old 50 times; the first has mostly young people."""
    everybody = np.array([[900.0, 100.0], [100.0, 900.0]])
    counted = everybody * [0.9, 0.5]
    assert np.allclose(counted.sum(axis=1) / everybody.sum(axis=1), [0.86, 0.54])
    assert np.allclose(standardised(counted, everybody), [0.7, 0.7])


def test_the_worked_example_by_hand() -> None:
    everybody = np.array([[10.0, 30.0], [30.0, 30.0]])
    counted = np.array([[5.0, 6.0], [24.0, 15.0]])
    assert np.allclose(standardised(counted, everybody), [0.4 * 0.5 + 0.6 * 0.2, 0.4 * 0.8 + 0.6 * 0.5])


def test_a_place_without_people_of_an_age_that_weighs_has_no_equal_share() -> None:
    found = standardised(np.array([[1.0, 0.0], [5.0, 5.0]]), np.array([[10.0, 0.0], [10.0, 10.0]]))
    assert np.isnan(found[0]) and not np.isnan(found[1])
    assert np.isnan(standardised(np.zeros((2, 2)), np.zeros((2, 2)))).all()
