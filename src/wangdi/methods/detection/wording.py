"""Why a point raised an alarm, or has no answer, in a plain sentence of both languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.detection.calendar import PER_YEAR, Unit
from wangdi.methods.detection.result import Detection, Reason, Variant

UNIT_WORDS = {
    Unit.DAY: Text("日", "day"),
    Unit.WEEK: Text("周", "week"),
    Unit.MONTH: Text("月", "month"),
    Unit.NUMBER: Text("期", "interval"),
}
_NOW = {Unit.DAY: "当日", Unit.WEEK: "本周", Unit.MONTH: "本月", Unit.NUMBER: "本期"}

METHOD_WORDS = {
    "ears_c1": Text("EARS C1", "EARS C1"),
    "ears_c2": Text("EARS C2", "EARS C2"),
    "ears_c3": Text("EARS C3", "EARS C3"),
    "cusum": Text("累积和（CUSUM）", "CUSUM"),
    "farrington": Text("Farrington 原法", "Farrington, original"),
    "farrington_flexible": Text("Farrington 灵活法", "Farrington, flexible"),
    "first_cases": Text("首例规则（精确检验）", "rule for first cases (exact test)"),
    "threshold": Text("阈值规则", "threshold rule"),
}
VARIANT_WORDS = {
    Variant.R: Text("与 R 的 surveillance 1.20 一致", "as R's surveillance 1.20"),
    Variant.TEXTBOOK: Text("按原论文", "as in the paper"),
}

NO_ANSWER = {
    Reason.SHORT_HISTORY: Text(
        "历史数据不够长，无法与以往同期比较。",
        "The history is too short to compare with earlier years or times.",
    ),
    Reason.MISSING_NOW: Text("这一期没有数据。", "Nothing was reported for this time."),
    Reason.MISSING_BASELINE: Text(
        "基线缺报太多，无法估计期望值。", "Too little was reported in the baseline."
    ),
    Reason.EMPTY_BASELINE: Text(
        "基线中没有病例，模型无法估计；可用首例规则。",
        "There are no cases in the baseline to estimate from; the rule for first cases can judge.",
    ),
    Reason.NO_CONVERGENCE: Text("模型没有算出稳定的估计。", "The model found no stable estimate."),
    Reason.FEW_CASES: Text(
        "最近病例太少，按该方法的规定不作判断。", "Too few recent cases: the method does not judge them."
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a series counts: a Chinese measure word, an English plural and its singular."""

    zh: str
    en: str
    one: str

    def of(self, number: str) -> Text:
        """A number of them, which is written already."""
        return Text(
            f"{number} {self.zh}".strip(), f"{number} {self.one if number == '1' else self.en}".strip()
        )


CASES = Counted("例", "cases", "case")


@dataclass(frozen=True)
class _Point:
    """One point of a detection, for the sentence about it."""

    detection: Detection
    series: int
    column: int
    unit: Unit
    counted: Counted

    def __getitem__(self, name: str) -> float:
        return float(self.detection.details[name][self.series, self.column])

    @property
    def observed(self) -> str:
        return plain(self.detection.observed[self.series, self.column])

    @property
    def expected(self) -> str:
        return plain(self.detection.expected[self.series, self.column])

    @property
    def upper(self) -> str:
        return plain(self.detection.upper[self.series, self.column])


def plain(value: float) -> str:
    """A count with one decimal where it has any, two below 1."""
    if np.isinf(value):
        return "∞"
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"


def why(detection: Detection, series: int, column: int, unit: Unit, counted: Counted = CASES) -> Text:
    """Why the point is an alarm, is none, or has no answer."""
    reason = Reason(int(detection.reason[series, column]))
    point = _Point(detection, series, column, unit, counted)
    if reason is Reason.SHORT_HISTORY and "lacking" in detection.details:
        return _short(point)
    if reason is not Reason.COMPUTED:
        return NO_ANSWER[reason]
    judged = _judgement(point, bool(detection.alarm[series, column]))
    grounds = _first_cases(point) if detection.rule[series, column] else _GROUNDS[detection.method](point)
    return Text(f"{judged.zh}{grounds.zh}", f"{judged.en} {grounds.en}")


def method_of(detection: Detection, series: int, column: int) -> Text:
    """The method that judged the point."""
    if detection.rule[series, column]:
        return METHOD_WORDS["first_cases"]
    return named(detection)


def named(detection: Detection) -> Text:
    """The method, and its variant where there are two."""
    method = METHOD_WORDS[detection.method]
    if not detection.variant:
        return method
    variant = VARIANT_WORDS[Variant(detection.variant)]
    return Text(f"{method.zh}，{variant.zh}", f"{method.en}, {variant.en}")


def _short(point: _Point) -> Text:
    """How much longer the history has to grow before the method can judge."""
    lacking, unit = point["lacking"], UNIT_WORDS[point.unit]
    zh, en = plain(lacking), "1 more" if lacking == 1 else f"{plain(lacking)} more"
    measure = "个月" if point.unit is Unit.MONTH else unit.zh
    return Text(
        f"历史数据不够长，还差 {zh} {measure}，暂不判断。",
        f"The history is too short to judge: {en} {unit.en}{'' if lacking == 1 else 's'} needed.",
    )


def _judgement(point: _Point, alarm: bool) -> Text:
    now = _NOW[point.unit]
    if point.detection.method == "cusum":
        seen, usual_ones = point.counted.of(point.observed), point.counted.of(point.expected)
        return Text(
            f"{now} {seen.zh}，平常约 {usual_ones.zh}。",
            f"{seen.en}; about {point.expected} is usual.",
        )
    above = ("，已超过" if alarm else "，未超过", "above" if alarm else "not above")
    usual = "" if np.isnan(point.detection.expected[point.series, point.column]) else point.expected
    seen = point.counted.of(point.observed)
    zh = (
        f"{now} {seen.zh}"
        + (f"，预计约 {point.counted.of(usual).zh}" if usual else "")
        + f"{above[0]}上限 {point.counted.of(point.upper).zh}。"
    )
    en = (
        f"{seen.en}"
        + (f", about {usual} expected" if usual else "")
        + f": {above[1]} the bound of {point.upper}."
    )
    return Text(zh, en)


def _farrington(point: _Point) -> Text:
    size, total = plain(point["baseline_size"]), point.counted.of(plain(point["baseline_total"]))
    zh, en = (
        f"与以往 {size} 个时段（共 {total.zh}）比较",
        f"Compared with {size} earlier times ({total.en})",
    )
    slope = point["slope"]
    if not np.isnan(slope):
        yearly = float(np.expm1(np.clip(slope * PER_YEAR.get(point.unit, 52), -50, 50)))
        zh += f"，已计入{'上升' if yearly > 0 else '下降'}趋势（每年 {yearly:+.0%}）"
        en += f", with a trend of {yearly:+.0%} a year"
    if point["weighed_down"]:
        down = plain(point["weighed_down"])
        zh += f"，其中 {down} 个偏高的时段疑为既往暴发，已降低权重"
        en += f", of which {down} look like past outbreaks and count less"
    return Text(zh + "。", en + ".")


def _ears(point: _Point) -> Text:
    sigma = plain(point["sigma"])
    zh, en = (
        f"近期标准差 {sigma}，上限为均值加 {point['limit']:.2f} 个标准差",
        f"The recent standard deviation is {sigma}; the bound lies {point['limit']:.2f} of them above the mean",
    )
    if point["earlier"] > 0:
        zh += f"，并计入前两期的超出 {plain(point['earlier'])}"
        en += f", less the excess of the two times before ({plain(point['earlier'])})"
    return Text(zh + "。", en + ".")


def _cusum(point: _Point) -> Text:
    statistic, limit = plain(point["statistic"]), plain(point["limit"])
    over = point["statistic"] >= point["limit"]
    return Text(
        f"连续偏高的累积量为 {statistic}，{'已达到' if over else '未达到'}界限 {limit}。",
        f"The excess added up so far is {statistic}, {'at or above' if over else 'below'} the limit of {limit}.",
    )


def _first_cases(point: _Point) -> Text:
    prefix = "first_" if "first_chance" in point.detection.details else ""
    size, total, chance = (point[f"{prefix}{name}"] for name in ("baseline_size", "baseline_total", "chance"))
    before = point.counted.of(plain(total))
    return Text(
        f"此前 {plain(size)} 个时段共 {before.zh}；若无异常，出现这么多的机会是 {_chance(chance)}"
        "（精确检验，用于数极少的序列）。",
        f"There were {before.en} at {plain(size)} earlier times; by chance so many would occur with probability "
        f"{_chance(chance)} (an exact test, for series with hardly any).",
    )


def _chance(chance: float) -> str:
    return f"{chance:.2%}" if chance >= 1e-4 else "<0.01%"


def _threshold(point: _Point) -> Text:
    within = plain(point["within"])
    return Text(f"最近 {within} 个时段合计。", f"Counted over the last {within} times.")


_GROUNDS: Mapping[str, Callable[[_Point], Text]] = {
    "ears_c1": _ears,
    "ears_c2": _ears,
    "ears_c3": _ears,
    "cusum": _cusum,
    "farrington": _farrington,
    "farrington_flexible": _farrington,
    "first_cases": _first_cases,
    "threshold": _threshold,
}
