"""The words in which rules are told: by operation, function, window, unit of time. Both languages, nothing else.

``{0}``, ``{1}`` … stand for the parts, ``{all}`` for all of them one after another.
"""

from collections.abc import Mapping

from wangdi.engine.model.channels import Pace
from wangdi.engine.model.expressions import Comparator, Connective, Instant, Operator
from wangdi.engine.model.facts import Calendar, Operation, Relation
from wangdi.engine.model.rollups import Gathering
from wangdi.engine.model.sheets import Judgement
from wangdi.engine.model.text import Text

FACTS: Mapping[Operation, Text] = {
    Operation.LATEST: Text("{window}最近一次{kind}", "last {kind}{window}"),
    Operation.FIRST: Text("{window}首次{kind}", "first {kind}{window}"),
    Operation.COUNT: Text("{window}{kind}次数", "number of records “{kind}”{window}"),
    Operation.NTH: Text("{window}第 {n} 次{kind}", "record no. {n} “{kind}”{window}"),
    Operation.COUNT_DISTINCT: Text(
        "{window}{kind}中{of}的不同值个数", "number of different values of {of} in “{kind}”{window}"
    ),
    Operation.SUM: Text("{window}{kind}的{of}合计", "sum of {of} of “{kind}”{window}"),
    Operation.MIN: Text("{window}{kind}的{of}最小值", "smallest {of} of “{kind}”{window}"),
    Operation.MAX: Text("{window}{kind}的{of}最大值", "largest {of} of “{kind}”{window}"),
    Operation.MEAN: Text("{window}{kind}的{of}平均值", "mean of {of} of “{kind}”{window}"),
    Operation.ANY: Text("{window}有{kind}", "there is a record “{kind}”{window}"),
    Operation.MOST_PER_DAY: Text("{window}单日最多的{kind}次数", "most records “{kind}” on one day{window}"),
}
"""What a fact draws from the records of a kind inside a window: from ``of`` each, or the ``n``-th."""

GATHERED: Mapping[Gathering, Text] = {
    Gathering.COUNT: Text("下级{over}中符合（{of}）者的数目", "number of {over} below for whom ({of})"),
    Gathering.ANY: Text("下级{over}中有符合（{of}）者", "for any of the {over} below ({of})"),
    Gathering.SUM: Text("下级{over}的{of}合计", "sum of {of} of the {over} below"),
    Gathering.MEAN: Text("下级{over}的{of}平均值", "mean of {of} of the {over} below"),
    Gathering.MIN: Text("下级{over}的{of}最小值", "smallest {of} of the {over} below"),
    Gathering.MAX: Text("下级{over}的{of}最大值", "largest {of} of the {over} below"),
}
"""What is made of the entities below an institution or a place."""

RELATIONS: Mapping[Relation, Text] = {
    Relation.ABOUT: Text("{kind}", "{kind}"),
    Relation.AT: Text("在本机构的{kind}", "{kind} at this institution"),
    Relation.BY: Text("由本人所做的{kind}", "{kind} by this worker"),
}

CALENDARS: Mapping[Calendar, Text] = {
    Calendar.YEAR: Text("本年", " of this year"),
    Calendar.HALF_YEAR: Text("本半年", " of this half-year"),
    Calendar.QUARTER: Text("本季度", " of this quarter"),
    Calendar.MONTH: Text("本月", " of this month"),
    Calendar.PERIOD: Text("期间内", " of the period"),
    Calendar.PREVIOUS_PERIOD: Text("上一期间", " of the period before"),
}

PACES: Mapping[Pace, Text] = {
    Pace.DAY: Text("每天", "each day"),
    Pace.WEEK: Text("每周（周一至周日）", "each week, from Monday"),
    Pace.MONTH: Text("每月", "each month"),
}

FUNCTIONS: Mapping[str, Text] = {
    "full_years": Text("{0}至{1}的周岁数", "full years from {0} to {1}"),
    "birthday": Text("{0}后满{1}之日", "the day {1} after {0}"),
    "whole_months": Text("{0}至{1}的整月数", "whole months from {0} to {1}"),
    "days_between": Text("{0}至{1}的天数", "days from {0} to {1}"),
    "start_of_year": Text("{0}所在年的1月1日", "1 January of the year of {0}"),
    "end_of_year": Text("{0}所在年的12月31日", "31 December of the year of {0}"),
    "year": Text("{0}的年份", "the year of {0}"),
    "month": Text("{0}的月份", "the month of {0}"),
    "whole_weeks": Text("{0}至{1}的整周数", "whole weeks from {0} to {1}"),
    "start_of_quarter": Text("{0}所在季度的首日", "the first day of the quarter of {0}"),
    "end_of_quarter": Text("{0}所在季度的末日", "the last day of the quarter of {0}"),
    "quarter": Text("{0}的季度", "the quarter of {0}"),
    "start_of_month": Text("{0}所在月的首日", "the first day of the month of {0}"),
    "end_of_month": Text("{0}所在月的末日", "the last day of the month of {0}"),
    "weekday": Text("{0}是星期几", "the weekday of {0}"),
    "mod": Text("{0} 除以 {1} 的余数", "the remainder of {0} divided by {1}"),
    "has": Text("{0}中有{1}", "{1} is among {0}"),
    "number_of": Text("{0}的项数", "the number of answers in {0}"),
    "floor": Text("{0}（取整）", "{0} (rounded down)"),
    "abs": Text("{0}的绝对值", "{0} without its sign"),
    "least": Text("取最小（{all}）", "the smallest of ({all})"),
    "greatest": Text("取最大（{all}）", "the largest of ({all})"),
    "coalesce": Text("取第一个有记录者（{all}）", "the first recorded of ({all})"),
}

AGE = Text("年龄", "age")
"""Full years from the birth date to the day of evaluation."""

COMPARATORS: Mapping[Comparator, str] = {
    Comparator.EQ: "=",
    Comparator.NE: "≠",
    Comparator.LT: "<",
    Comparator.LE: "≤",
    Comparator.GT: ">",
    Comparator.GE: "≥",
}
OPERATORS: Mapping[Operator, str] = {
    Operator.ADD: "+",
    Operator.SUBTRACT: "−",
    Operator.MULTIPLY: "×",
    Operator.DIVIDE: "÷",
}
CONNECTIVES: Mapping[Connective, Text] = {
    Connective.AND: Text("，且", " and "),
    Connective.OR: Text("，或", " or "),
}
INSTANTS: Mapping[Instant, Text] = {
    Instant.AS_OF: Text("当日", "the day"),
    Instant.PERIOD_START: Text("期间首日", "the first day of the period"),
    Instant.PERIOD_END: Text("期间末日", "the last day of the period"),
}

ROLES: Mapping[str, Text] = {
    "subject": Text("对象的", "the subject's "),
    "institution": Text("服务机构的", "the institution's "),
    "worker": Text("服务人员的", "the worker's "),
}

JUDGEMENTS: Mapping[Judgement, Text] = {
    Judgement.HIGH: Text("偏高", "high"),
    Judgement.LOW: Text("偏低", "low"),
    Judgement.NOTABLE: Text("请留意", "please note"),
    Judgement.USUAL: Text("在参考范围内", "as usual"),
}
"""How results of a sheet are judged."""
NOTHING_FOUND = Text("未见异常", "nothing abnormal")
"""As usual, where no limits are given."""

ENGLISH_UNITS: Mapping[str, str] = {
    "岁": "years",
    "次": "times",
    "周": "weeks",
    "月": "months",
    "人": "people",
    "次/分": "/min",
    "分": "points",
    "支": "cigarettes",
    "两": "liang (50 g)",
    "次/周": "times a week",
    "分钟/次": "minutes",
    "克/天": "g a day",
    "张": "beds",
    "张处方": "prescriptions",
    "年": "years",
    "天": "days",
    "日": "days",
    "小时": "hours",
    "分钟": "minutes",
    "公里/小时": "km/h",
    "学时": "credit hours",
    "次/日": "times a day",
    "小时/日": "hours a day",
    "IU/日": "IU a day",
    "元": "yuan",
    "万元": "10,000 yuan",
    "人次": "person-times",
    "盒": "boxes",
    "床日": "bed-days",
    "例": "cases",
    "起": "incidents",
    "个": "items",
    "份": "copies",
    "项": "items",
    "台": "units",
    "种": "kinds",
    "颗": "teeth",
    "条": "items",
    "门": "courses",
    "剂": "doses",
    "只": "",
}
"""Packs write units as the national forms print them; symbols such as mmHg are the same in both languages.

Empty where English says nothing: the title tells what is counted.
"""

ENGLISH_ONE: Mapping[str, str] = {
    "人": "person",
    "人次": "person-time",
    "盒": "box",
    "例": "case",
    "起": "incident",
}
"""Of one alone, where English says it otherwise."""
