"""What outbreak detectors answer, and what they say where there is no answer."""

from dataclasses import replace

import numpy as np
import pytest

from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.calendar import Calendar, Unit
from wangdi.methods.detection.cusum import cusum
from wangdi.methods.detection.cusum_scales import Transformation
from wangdi.methods.detection.ears import Ears, ears
from wangdi.methods.detection.farrington import farrington
from wangdi.methods.detection.farrington_settings import FLEXIBLE, IMPROVED, ORIGINAL, Settings
from wangdi.methods.detection.first_cases import FirstCases, first_cases, with_first_cases
from wangdi.methods.detection.harmonic import Model
from wangdi.methods.detection.quantiles import negative_binomial_quantile, poisson_quantile
from wangdi.methods.detection.result import Reason, Variant
from wangdi.methods.detection.threshold_rule import ThresholdRule, threshold_rule

FARRINGTONS = {"original": ORIGINAL, "flexible": FLEXIBLE, "improved": IMPROVED}


def weekly(length: int, first: str = "2019-01-02") -> Calendar:
    return Calendar.dated(np.datetime64(first) + 7 * np.arange(length), Unit.WEEK)


def seasonal(series: int, length: int, mean: float = 8.0) -> Floats:
    """Counts of a quiet season, the same every time."""
    random = np.random.default_rng(3)
    season = mean * np.exp(0.5 * np.cos(2 * np.pi * np.arange(length) / 52))
    return random.poisson(season, (series, length)).astype(np.float64)


# -- calendars ------------------------------------------------------------------------------------


def test_a_year_ago_is_the_nearest_column_also_after_a_year_of_53_weeks() -> None:
    calendar = weekly(300)
    last = int(np.flatnonzero(calendar.days == np.datetime64("2021-12-29"))[0])
    years = calendar.days[calendar.years_before(last, 2)]
    assert years.astype(str).tolist() == ["2020-12-30", "2020-01-01"]


def test_29_february_is_compared_with_1_march() -> None:
    calendar = Calendar.dated(np.arange("2023-01-01", "2024-03-10", dtype="M8[D]"), Unit.DAY)
    leap = int(np.flatnonzero(calendar.days == np.datetime64("2024-02-29"))[0])
    assert str(calendar.days[calendar.years_before(leap, 1)[0]]) == "2023-03-01"


def test_a_calendar_with_a_hole_is_refused_and_says_where() -> None:
    days = np.array(["2024-01-01", "2024-01-08", "2024-01-22"], "M8[D]")
    with pytest.raises(ValueError, match="2024-01-22 does not follow 2024-01-08 by one week"):
        Calendar.dated(days, Unit.WEEK)


# -- EARS -----------------------------------------------------------------------------------------


def test_c1_judges_against_the_seven_times_before() -> None:
    found = ears([3, 5, 4, 4, 6, 3, 3, 12], Ears.C1)
    assert found.expected.item() == pytest.approx(4.0)
    assert found.upper.item() == pytest.approx(4.0 + 3.090232306 * np.std([3, 5, 4, 4, 6, 3, 3], ddof=1))
    assert found.alarm.item()
    assert found.exceedance.item() == pytest.approx(8 / (found.upper.item() - 4))


def test_the_textbook_c3_raises_an_alarm_that_r_overlooks() -> None:
    counts = [2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 9]
    assert not ears(counts, Ears.C3, times=[11]).alarm.item()
    assert ears(counts, Ears.C3, times=[11], variant=Variant.TEXTBOOK).alarm.item()


def test_a_gap_in_the_baseline_is_a_reason_and_no_alarm() -> None:
    found = ears([3, 5, np.nan, 4, 6, 3, 3, 12, np.nan], Ears.C1, times=[2, 7, 8])
    assert [Reason(one) for one in found.reason[0]] == [
        Reason.SHORT_HISTORY,
        Reason.MISSING_BASELINE,
        Reason.MISSING_NOW,
    ]
    assert not found.alarm.any()
    assert np.isnan(found.upper[0, :2]).all()


# -- CUSUM ----------------------------------------------------------------------------------------


def test_a_cusum_adds_up_small_excesses_until_it_alarms() -> None:
    counts = np.array([[4.0] * 20 + [8.0] * 5])
    found = cusum(counts, np.arange(20, 25))
    steps = (8 - 4) / 2 - 1.04
    assert found.details["statistic"][0].tolist() == pytest.approx([steps * n for n in range(1, 6)])
    assert found.alarm[0].tolist() == [False, False, True, True, True]
    assert found.exceedance[0, 2] == pytest.approx(3 * steps / 2.26)


def test_a_cusum_over_nothing_but_zeros_says_so() -> None:
    found = cusum(np.zeros((1, 30)), np.arange(20, 30))
    assert set(found.reason[0]) == {Reason.EMPTY_BASELINE}
    assert not found.alarm.any()


def test_a_missing_count_neither_raises_nor_lowers_a_cusum() -> None:
    counts = np.array([[4.0] * 20 + [9.0, np.nan, 4.0]])
    found = cusum(counts, [20, 21, 22])
    assert found.details["statistic"][0, 0] == found.details["statistic"][0, 1]
    assert found.reason[0, 1] == Reason.MISSING_NOW


@pytest.mark.parametrize("model", list(Model))
def test_the_harmonic_model_follows_the_season(model: Model) -> None:
    counts = np.round(50 * np.exp(0.8 * np.cos(2 * np.pi * np.arange(1, 209) / 52)))[None]
    found = cusum(counts, np.arange(156, 208), means=model, transformation=Transformation.ANSCOMBE)
    assert found.expected[0] == pytest.approx(counts[0, 156:], rel=0.03)
    assert not found.alarm.any()


# -- Farrington -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FARRINGTONS)
def test_a_planted_outbreak_is_found_and_nothing_before_it(name: str) -> None:
    counts = seasonal(20, 330)
    counts[4, 328:] += 25
    found = farrington(counts, weekly(330), settings=FARRINGTONS[name], times=np.arange(320, 330))
    assert (found.reason == Reason.COMPUTED).all()
    assert found.alarm[4, 8:].all()
    others = np.delete(found.alarm, 4, axis=0)
    assert others.mean() < 0.1
    assert (found.exceedance[4, 8:] > 1).all()


@pytest.mark.parametrize("name", FARRINGTONS)
def test_short_history_is_said_and_not_an_error(name: str) -> None:
    found = farrington(seasonal(3, 150), weekly(150), settings=FARRINGTONS[name])
    assert set(found.reason.ravel()) == {Reason.SHORT_HISTORY}
    assert np.isnan(found.upper).all()


def test_missing_baseline_counts_are_left_out() -> None:
    counts = seasonal(2, 330)
    counts[1] = counts[0]
    last = np.array([329])
    gaps = last - 52 * 2 + np.array([-1, 1])
    counts[1, gaps] = np.nan
    found = farrington(counts, weekly(330), times=last)
    assert found.details["baseline_size"].ravel().tolist() == [35, 33]
    assert found.reason.ravel().tolist() == [Reason.COMPUTED, Reason.COMPUTED]
    counts[1, :280] = np.nan
    assert farrington(counts, weekly(330), times=last).reason[1, 0] == Reason.MISSING_BASELINE


def test_past_outbreaks_in_the_baseline_are_weighed_down() -> None:
    counts = seasonal(2, 330)
    counts[1] = counts[0]
    counts[1, 329 - 104] = 90
    found = farrington(counts, weekly(330), times=[329])
    assert found.details["weighed_down"].ravel().tolist() == [0, 1]
    naive = farrington(counts, weekly(330), settings=replace(FLEXIBLE, reweight=False), times=[329])
    assert found.upper[1, 0] < naive.upper[1, 0] / 2


def test_fewer_than_five_cases_in_four_weeks_raise_no_alarm_but_tell_what_was_expected() -> None:
    counts = seasonal(1, 330, mean=1.0)
    counts[0, 326:] = [0, 0, 0, 4]
    found = farrington(counts, weekly(330), times=[329])
    assert found.reason.item() == Reason.FEW_CASES
    assert np.isnan(found.upper.item())
    assert found.expected.item() > 0


def test_rates_of_a_growing_population_have_no_outbreak() -> None:
    people = np.where(np.arange(330) < 300, 1000.0, 3000.0)[None]
    counts = np.round(people / 100)
    last = np.array([329])
    assert farrington(counts, weekly(330), times=last).alarm.item()
    assert not farrington(counts, weekly(330), times=last, population=people).alarm.item()


def test_rates_need_people() -> None:
    counts = seasonal(1, 330)
    with pytest.raises(ValueError, match="the population of series 0 at time 0 is 0"):
        farrington(counts, weekly(330), population=np.zeros(330))


def test_a_gap_in_the_last_weeks_does_not_silence_the_next_ones() -> None:
    counts = seasonal(1, 330)
    counts[0, 327:] = [9, np.nan, 60]
    assert farrington(counts, weekly(330), times=[329]).alarm.item()


def test_a_season_without_any_report_in_earlier_years_is_said() -> None:
    counts = seasonal(1, 330)
    last = 329
    for years in range(1, 6):
        counts[0, last - 53 * years - 6 : last - 52 * years + 10] = np.nan
    found = farrington(counts, weekly(330), settings=IMPROVED, times=[last])
    assert found.reason.item() == Reason.MISSING_BASELINE


def test_the_variants_differ_in_errors_alone() -> None:
    counts = seasonal(30, 330, mean=3.0)
    ours, textbook = (farrington(counts, weekly(330), times=[329], variant=variant) for variant in Variant)
    assert (ours.variant, textbook.variant) == ("r_compatible", "textbook")
    alike = np.isnan(ours.details["slope"]) == np.isnan(textbook.details["slope"])
    assert ours.expected[alike] == pytest.approx(textbook.expected[alike], nan_ok=True)
    assert not np.allclose(ours.upper[alike], textbook.upper[alike], equal_nan=True)


def test_only_r_reads_a_trend_off_too_early_where_the_first_counts_of_the_baseline_are_missing() -> None:
    counts = np.round(60 * 0.996 ** np.arange(330))[None]
    lacking = counts.copy()
    lacking[0, :67] = np.nan  # five years are 261 weeks, so the baseline begins with week 65
    ours, textbook = (
        [farrington(one, weekly(330), times=[329], variant=variant) for one in (counts, lacking)]
        for variant in Variant
    )
    assert not np.isnan(textbook[1].details["slope"].item())
    assert textbook[1].expected.item() == pytest.approx(textbook[0].expected.item(), rel=0.01)
    early = np.exp(-2 * ours[1].details["slope"].item())
    assert ours[1].expected.item() == pytest.approx(early * textbook[1].expected.item(), rel=1e-6)


def test_without_dates_a_trend_is_read_off_at_the_time_that_is_judged() -> None:
    counts = np.round(60 * 0.996 ** np.arange(330))[None]
    counts[0, : 329 - 5 * 52] = np.nan
    ours, textbook = (
        farrington(counts, Calendar.numbers(330), times=[329], variant=variant) for variant in Variant
    )
    assert ours.expected.item() == pytest.approx(textbook.expected.item())


# -- few cases ------------------------------------------------------------------------------------


def test_the_first_cluster_after_years_of_zeros_raises_an_alarm() -> None:
    counts = np.zeros((1, 330))
    counts[0, 325:] = [2, 5, 9, 12, 4]
    times = np.arange(325, 330)
    alone = farrington(counts, weekly(330), settings=IMPROVED, times=times)
    assert not alone.alarm.any()
    found = with_first_cases(alone, counts)
    assert found.alarm.all()
    assert found.rule.all()


def test_the_exact_rule_is_the_binomial_of_the_count_within_the_total() -> None:
    counts = np.zeros((1, 53))
    counts[0, [5, 30]] = 1
    counts[0, 52] = 2
    found = first_cases(counts, FirstCases(baseline=52), times=[52])
    outcomes = [6 * (1 / 53) ** 2 * (52 / 53) ** 2, 4 * (1 / 53) ** 3 * (52 / 53), (1 / 53) ** 4]
    assert found.details["chance"].item() == pytest.approx(sum(outcomes))


def test_the_bound_of_the_exact_rule_is_the_largest_count_without_an_alarm() -> None:
    random = np.random.default_rng(5)
    counts = np.hstack(
        [random.poisson(random.gamma(1, 2, (40, 1)), (40, 60)), np.arange(40)[:, None]]
    ).astype(float)
    found = first_cases(counts, FirstCases(baseline=60, least=1), times=[60])
    assert ((found.details["chance"] < 0.01) == found.alarm).all()
    assert found.alarm.any()
    assert not found.alarm.all()


def test_one_case_alone_is_no_cluster_unless_asked_for() -> None:
    counts = np.zeros((1, 120))
    counts[0, -1] = 1
    assert not first_cases(counts, times=[119]).alarm.item()
    assert first_cases(counts, FirstCases(least=1), times=[119]).alarm.item()


def test_a_threshold_rule_counts_cases_within_several_times() -> None:
    rule = ThresholdRule(cases=3, within=2)
    assert threshold_rule([0, 1, 1, 2, 0, 0], rule).alarm[0].tolist() == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]


def test_a_threshold_of_standard_deviations_needs_a_baseline() -> None:
    rule = ThresholdRule(deviations=2, baseline=8)
    found = threshold_rule([1, 2, 3, 2, 1, 2, 3, 2, 9, np.nan], rule)
    assert found.reason[0].tolist() == [Reason.SHORT_HISTORY] * 8 + [Reason.COMPUTED, Reason.MISSING_NOW]
    assert found.alarm[0, 8]


@pytest.mark.parametrize(
    ("counts", "said"), [([[1, -2]], "count -2.0 of series 0 at time 1"), ([[1, np.inf]], "inf")]
)
def test_what_is_no_count_is_refused(counts: list[list[float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ears(counts)


def test_quantiles_beyond_whole_doubles_are_those_of_r() -> None:
    """R 4.2: qpois(0.99, 1.9973107214314518e17) and qnbinom(0.99, 1e18 / 9, 0.1)."""
    assert poisson_quantile(0.99, np.array([1.9973107214314518e17]))[0] == pytest.approx(
        1.997310731828199e17, rel=1e-14
    )
    found = negative_binomial_quantile(0.99, np.array([1e18 / 9]), np.array([0.1]))[0]
    assert found / 1e18 - 1 == pytest.approx(7.35656e-9, rel=1e-5)
    assert np.isnan(poisson_quantile(0.99, np.array([np.inf, np.nan]))).all()
    assert negative_binomial_quantile(0.99, np.array([3.0]), np.array([0.0]))[0] == np.inf


def test_a_count_alone_in_its_season_is_no_past_outbreak() -> None:
    counts = np.random.default_rng(3).poisson(40, (30, 150))
    lonely = replace(FLEXIBLE, years=1, half_window=5, seasons=9, left_out=9, trend=False)
    settings = replace(lonely, weights_threshold=1e6)
    found = farrington(counts, Calendar.numbers(150), settings=settings, times=[143, 144, 145])
    assert (found.reason == Reason.COMPUTED).all()
    assert (found.details["weighed_down"] == 0).all()


def test_the_weeks_before_belong_to_the_flexible_baseline_unless_they_are_left_out() -> None:
    def size(settings: Settings) -> float:
        one = farrington(
            np.ones((1, 330)), Calendar.numbers(330), settings=replace(settings, years=3), times=[329]
        )
        return float(one.details["baseline_size"][0, 0])

    assert size(FLEXIBLE) == size(ORIGINAL) == 21
    assert size(replace(FLEXIBLE, left_out=1)) == 23
