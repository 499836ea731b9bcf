"""Nodes of the model refuse what has no meaning when they are built, in an author's words."""

from datetime import date

import pytest

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.expressions import (
    Arithmetic,
    Branch,
    Call,
    Case,
    Comparator,
    Compare,
    Expression,
    Literal,
    Not,
    Operator,
    RowValue,
    Scalar,
    Shift,
    TypeMismatch,
)
from wangdi.engine.model.facts import (
    EVER,
    OPERATIONS_OF,
    Calendar,
    Fact,
    FactField,
    Operation,
    Relation,
    Selection,
    Window,
)
from wangdi.engine.model.parameters import DatedValue, Parameter, Trust
from wangdi.engine.model.schedules import Every, Interval
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base, Type

DAY = date(2026, 6, 30)
ONE_DAY = Interval(Literal(Duration(1, Unit.DAYS)))


def fact(operation: Operation) -> Fact:
    return Fact(operation, Selection("visit", Relation.ABOUT, EVER, None), "sample", "visits")


def parameter(*values: tuple[str, int | float | Duration | None]) -> Parameter:
    dated = tuple(
        DatedValue(date.fromisoformat(day), value, "policy", Trust.OFFICIAL) for day, value in values
    )
    return Parameter("sample", "limit", Text("限", "limit"), None, dated)


@pytest.mark.parametrize(
    ("function", "values"),
    [
        ("coalesce", (None, 1, "a")),
        ("least", (None, 1, DAY)),
        ("greatest", ("a", "b")),
        ("least", (1,)),
        ("full_years", (DAY,)),
        ("floor", (DAY,)),
    ],
)
def test_a_function_refuses_values_it_cannot_work_on(function: str, values: tuple[Scalar, ...]) -> None:
    with pytest.raises(TypeMismatch, match=function):
        Call(function, tuple(Literal(value) for value in values))


@pytest.mark.parametrize(
    ("comparator", "left", "right"),
    [
        (Comparator.EQ, 1, "a"),
        (Comparator.EQ, DAY, "2026-06-30"),
        (Comparator.LT, "a", "b"),
        (Comparator.GE, True, False),
        (Comparator.EQ, Duration(1, Unit.DAYS), Duration(1, Unit.DAYS)),
    ],
)
def test_a_comparison_refuses_what_cannot_be_compared(
    comparator: Comparator, left: Scalar, right: Scalar
) -> None:
    with pytest.raises(TypeMismatch):
        Compare(comparator, Literal(left), Literal(right))


@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 10**400, float("inf"), float("nan")])
def test_a_number_that_cannot_be_computed_with_exactly_is_refused(number: float) -> None:
    with pytest.raises(TypeMismatch, match="too large"):
        Literal(number)
    with pytest.raises(ValueError, match="too large"):
        parameter(("2026-01-01", number))


def test_the_largest_exact_number_is_a_constant() -> None:
    assert Literal(2**53).type == Literal(-(2**53)).type == NUMBER


def test_results_of_a_case_are_of_one_sort() -> None:
    with pytest.raises(TypeMismatch, match="differ"):
        Case((Branch(Literal(True), Literal(None)), Branch(Literal(True), Literal(1))), Literal("a"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Not(Literal(1)),
        lambda: Arithmetic(Operator.ADD, Literal(1), Literal(DAY)),
        lambda: Shift(Literal(1), Literal(Duration(1, Unit.DAYS))),
        lambda: Shift(Literal(DAY), Literal(1)),
        lambda: FactField(fact(Operation.COUNT), "sbp", NUMBER),
        lambda: Selection("visit", Relation.ABOUT, EVER, Literal(1)),
        lambda: Every(fact(Operation.FIRST), (ONE_DAY,), Literal(DAY), ONE_DAY),
    ],
)  # fmt: skip
def test_a_node_refuses_values_of_another_sort(make: "type[Expression]") -> None:
    with pytest.raises(TypeMismatch):
        make()


def test_a_constant_is_not_the_same_as_another_that_python_takes_for_equal() -> None:
    assert len({Literal(True), Literal(1), Literal(None), Literal("1")}) == 4


def test_a_window_is_a_year_the_period_or_a_positive_length() -> None:
    with pytest.raises(ValueError, match="window"):
        Window(Calendar.YEAR, Duration(1, Unit.DAYS))
    with pytest.raises(ValueError, match="window"):
        Window(length=Duration(1, Unit.DAYS), since=Literal(DAY))
    with pytest.raises(TypeMismatch, match="since needs a date, but this is a number"):
        Window(since=Literal(1))
    with pytest.raises(ValueError, match="positive"):
        Window(length=Duration(0, Unit.DAYS))


def test_a_window_that_reaches_before_the_year_1_has_no_beginning() -> None:
    window = Window(length=Duration(1, Unit.MONTHS))
    assert Moment.in_year(date(1, 2, 1)).days_in(window) == (date(1, 1, 2), date(1, 2, 1))
    assert Moment.in_year(date(1, 1, 31)).days_in(window) == (None, date(1, 1, 31))


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Moment.in_year(DAY), ("2025-01-01", "2025-12-31")),
        (Moment.in_quarter(date(2026, 2, 3)), ("2025-10-01", "2025-12-31")),
        (Moment.in_quarter(date(2026, 12, 31)), ("2026-07-01", "2026-09-30")),
        (Moment.in_month(date(2024, 3, 31)), ("2024-02-01", "2024-02-29")),
        (Moment(date(2026, 3, 15), date(2026, 2, 1), date(2026, 4, 30)), ("2025-11-04", "2026-01-31")),
        (Moment(DAY, DAY, DAY), ("2026-06-29", "2026-06-29")),
        (Moment.in_year(date(1, 5, 1)), (None, None)),
        (Moment(date(1, 1, 5), date(1, 1, 3), date(1, 1, 9)), (None, "0001-01-02")),
    ],
)
def test_the_period_before_is_the_calendar_one_before_or_has_as_many_days(
    period: Moment, before: tuple[str | None, str | None]
) -> None:
    found = (period.previous_start, period.previous_end)
    assert tuple(day and day.isoformat() for day in found) == before


def test_what_is_drawn_from_a_value_keeps_its_unit_and_counts_have_none() -> None:
    weight = RowValue("visit", "weight", Type(Base.NUMBER, unit="kg"))
    everything = Selection("visit", Relation.ABOUT, EVER, None)
    units = {
        operation: Fact(operation, everything, "sample", "weights", weight).type.unit
        for operation in OPERATIONS_OF
    }
    assert units.pop(Operation.COUNT_DISTINCT) is None
    assert set(units.values()) == {"kg"}


def test_a_fact_has_the_parts_that_its_operation_needs() -> None:
    everything = Selection("visit", Relation.ABOUT, EVER, None)
    for operation, of, number, words in (
        (Operation.SUM, None, None, "a sum needs 'of'"),
        (Operation.COUNT, Literal(1), None, "a count takes no 'of'"),
        (Operation.NTH, None, None, "a nth needs 'n'"),
        (Operation.LATEST, None, 2, "a latest takes no 'n'"),
        (Operation.NTH, None, 0, "numbered 1, 2"),
        (Operation.MEAN, Literal(DAY), None, "mean needs a number, but this is a date"),
    ):
        with pytest.raises(ValueError, match=words):
            Fact(operation, everything, "sample", "visits", of, number)


def test_values_of_a_parameter_are_dated_in_order_and_of_one_sort() -> None:
    with pytest.raises(ValueError, match="later day"):
        parameter(("2026-01-01", 1), ("2026-01-01", 2))
    with pytest.raises(ValueError, match="of one type, but here: duration, number"):
        parameter(("2026-01-01", 1), ("2026-01-02", Duration(1, Unit.DAYS)))


def test_a_moment_lies_within_its_period() -> None:
    with pytest.raises(ValueError, match="outside its period"):
        Moment(DAY, date(2026, 7, 1), date(2026, 7, 31))
