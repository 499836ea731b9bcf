"""The functions that rules may call: their names, arguments and results. Evaluators implement each of them."""

from dataclasses import dataclass

from wangdi.engine.model.text import Text
from wangdi.engine.model.types import BOOLEAN, DATE, NUMBER, Base, Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function on single values. ``result`` None means: the type of the first argument that is not null.

    Null in, null out, except where ``skips_nulls``: those ignore nulls and are null when nothing is left.
    """

    name: str
    arguments: tuple[Base, ...]
    result: Type | None
    meaning: Text
    variadic: bool = False
    skips_nulls: bool = False


HAS, NUMBER_OF = "has", "number_of"

_ALL = (
    Function(
        "full_years",
        (Base.DATE, Base.DATE),
        NUMBER,
        Text(
            "从出生日到某日的周岁数；2月29日出生者平年于3月1日满岁",
            "Age in full years from a birth date to a day",
        ),
    ),
    Function(
        "birthday",
        (Base.DATE, Base.NUMBER),
        DATE,
        Text("满若干周岁的日期", "The day on which somebody becomes that many years old"),
    ),
    Function(
        "whole_months",
        (Base.DATE, Base.DATE),
        NUMBER,
        Text("两日之间的整月数（按“保留日或取月末”加月）", "Whole months between two days"),
    ),
    Function(
        "whole_weeks",
        (Base.DATE, Base.DATE),
        NUMBER,
        Text("两日之间的整周数", "Whole weeks between two days"),
    ),
    Function(
        "days_between",
        (Base.DATE, Base.DATE),
        NUMBER,
        Text("从前一日到后一日的天数", "Days from the first day to the second"),
    ),
    Function("start_of_year", (Base.DATE,), DATE, Text("当年1月1日", "1 January of that year")),
    Function("end_of_year", (Base.DATE,), DATE, Text("当年12月31日", "31 December of that year")),
    Function("year", (Base.DATE,), NUMBER, Text("年份", "The calendar year of a date")),
    Function("month", (Base.DATE,), NUMBER, Text("月份", "The month of a date, 1 to 12")),
    Function(
        "start_of_quarter", (Base.DATE,), DATE, Text("当季首日", "The first day of that calendar quarter")
    ),
    Function("end_of_quarter", (Base.DATE,), DATE, Text("当季末日", "The last day of that calendar quarter")),
    Function("quarter", (Base.DATE,), NUMBER, Text("季度，1至4", "The calendar quarter of a date, 1 to 4")),
    Function("start_of_month", (Base.DATE,), DATE, Text("当月首日", "The first day of that month")),
    Function("end_of_month", (Base.DATE,), DATE, Text("当月末日", "The last day of that month")),
    Function(
        "weekday", (Base.DATE,), NUMBER, Text("星期几，周一为1，周日为7", "1 for Monday to 7 for Sunday")
    ),
    Function(
        "mod",
        (Base.NUMBER, Base.NUMBER),
        NUMBER,
        Text(
            "余数，符号同除数；除数为零时为空",
            "The remainder of a division, with the sign of the divisor; null for a division by zero",
        ),
    ),
    Function(
        HAS,
        (Base.CHOICES, Base.TEXT),
        BOOLEAN,
        Text("多选项目中是否选了某一选项", "Whether an option is among several answers"),
    ),
    Function(
        NUMBER_OF, (Base.CHOICES,), NUMBER, Text("多选项目中选了几项", "How many answers were given at once")
    ),
    Function("floor", (Base.NUMBER,), NUMBER, Text("向下取整", "The largest whole number not above")),
    Function("abs", (Base.NUMBER,), NUMBER, Text("绝对值", "The absolute value")),
    Function(
        "least",
        (),
        None,
        Text("最小值（忽略空值）", "The smallest, ignoring nulls"),
        variadic=True,
        skips_nulls=True,
    ),
    Function(
        "greatest",
        (),
        None,
        Text("最大值（忽略空值）", "The largest, ignoring nulls"),
        variadic=True,
        skips_nulls=True,
    ),
    Function(
        "coalesce",
        (),
        None,
        Text("第一个非空值", "The first that is not null"),
        variadic=True,
        skips_nulls=True,
    ),
)

FUNCTIONS = {function.name: function for function in _ALL}
