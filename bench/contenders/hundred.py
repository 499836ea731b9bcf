"""Wangdi: what a hundred further indicators over the same facts cost."""

import statistics
import time
from collections.abc import Iterator
from itertools import islice, product

from bench.contenders.evaluation import evaluate, open_all
from bench.measuring import Measurement
from bench.product import network_of
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.packs.load import load_rulebook
from wangdi.server.evaluation.rules import CONTENT, rulebook

HOW_MANY = 100
TARGET = 20.0
RUNS = 7

_HEAD = """\
pack: hundred
title: {zh: 一百项指标, en: A hundred indicators}
version: "1"
facts:
  htn_last: {latest: htn_followup}
  htn_last_this_year: {latest: htn_followup, during: year}
  htn_visits: {count: htn_followup, during: year}
  dm_last: {latest: dm_followup}
  dm_last_this_year: {latest: dm_followup, during: year}
  dm_visits: {count: dm_followup, during: year}
  checked: {any: elderly_check, during: year, where: lifestyle and physical and auxiliary and guidance}
indicators:
"""


def measure(setting: Setting) -> list[Measurement]:
    """Evaluates the rules with and without them in turn, so that both see the machine in the same mood."""
    with setting.scratch("hundred") as folder:
        (folder / "pack.yaml").write_text(hundred_indicators(), encoding="utf-8")
        more = load_rulebook([CONTENT, folder])
    moment = Moment.in_year(setting.as_of)
    networks = [network_of(setting, rules) for rules in (rulebook(), more)]
    opened = [open_all(network) for network in networks]
    seconds: list[list[float]] = [[], []]
    for _ in range(RUNS):
        for network, parts, taken in zip(networks, opened, seconds, strict=True):
            start = time.perf_counter()
            evaluate(network, parts, moment)
            taken.append(time.perf_counter() - start)
    few, many = map(statistics.median, seconds)
    note = (
        f"{few:.2f} s with {len(rulebook().indicators)} indicators, {many:.2f} s with {len(more.indicators)}"
    )
    what = "A hundred further indicators over the same facts, lake open"
    return [Measurement("Wangdi", what, (many / few - 1) * 100, "%", TARGET, None, RUNS, note=note)]


def hundred_indicators() -> str:
    """A pack with `HOW_MANY` different indicators over facts the shipped packs draw as well."""
    lines = [
        f"  more_{number}: {{title: {{zh: 指标{number}, en: Figure {number}}}, span: year_to_date, "
        f"numerator: {numerator}, denominator: {denominator}}}"
        for number, (numerator, denominator) in enumerate(islice(_conditions(), HOW_MANY))
    ]
    return _HEAD + "\n".join(lines) + "\n"


PRESSURES = ((130, 80), (140, 85), (150, 90), (160, 95), (180, 110))


def _conditions() -> Iterator[tuple[str, str]]:
    """Thresholds on readings, numbers of visits and their combinations, over the groups of the shipped packs."""
    for group, (low, high) in product(("hypertension", "elderly"), PRESSURES):
        yield f"htn_last.sbp < {low} and htn_last.dbp < {high}", group
        yield f"htn_last.sbp >= {low} or htn_last.dbp >= {high}", group
        yield f"htn_last_this_year.sbp < {low} and htn_visits >= 2", group
    for group, limit in product(("diabetes", "elderly"), (5.6, 6.1, 7.0, 8.0, 10.0)):
        yield f"dm_last.fpg < {limit}", group
        yield f"dm_last_this_year.fpg >= {limit}", group
        yield f"dm_last_this_year.fpg < {limit} and dm_visits >= 2", group
    for group, visits in product(("hypertension", "diabetes", "elderly", "key_population"), range(1, 6)):
        yield f"htn_visits >= {visits}", group
        yield f"dm_visits >= {visits}", group
        yield f"checked and htn_visits + dm_visits >= {visits}", group
