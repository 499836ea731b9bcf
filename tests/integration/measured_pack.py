"""A pack with an indicator of every measure, over the small network, for the tests of figures."""

from datetime import date
from pathlib import Path

from store_samples import network, visits

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.publishing import Published, evaluate_and_publish
from wangdi.server.records.bulk import load_tables

PACK = """\
pack: measured
title: {zh: 各种指标, en: Measures}
version: "1"
sources:
  plan: {title: {zh: 方案, en: Plan}, status: unverified}
parameters:
  few:
    title: {zh: 目标, en: Target}
    source: plan
    values: [{since: 2020-01-01, value: 400}]
kinds:
  visit:
    title: {zh: 随访, en: Visit}
    about: resident
    fields:
      sbp: {title: {zh: 收缩压, en: Systolic pressure}, type: integer, unit: mmHg}
facts:
  last: {latest: visit}
  visits: {count: visit, during: year}
groups:
  everybody: {title: {zh: 全体居民, en: Everybody}, when: "true"}
schedules:
  yearly: {title: {zh: 年度随访, en: Yearly visit}, group: everybody, service: visit,
    once_per_year: {satisfied: visits > 0}}
indicators:
  share: {title: {zh: 随访率, en: Share seen}, numerator: visits > 0, denominator: "true", by: [sex, age_band],
    age_bands: [0, 7, 65], suppress_below: 2, span: on_the_day}
  people: {title: {zh: 随访人数, en: People seen}, count: visits > 0, by: [sex], span: on_the_day}
  contacts: {title: {zh: 随访次数, en: Visits}, sum: visits, of: "true", span: on_the_day}
  pressure: {title: {zh: 平均收缩压, en: Mean pressure}, mean: last.sbp, of: visits > 0, span: on_the_day, better: lower}
  per_thousand: {title: {zh: 每千人随访, en: Visits per 1000}, numerator: visits, denominator: "true", per: 1000,
    target: few, span: on_the_day}
  each: {title: {zh: 人均次数, en: Visits each}, ratio_of: [contacts, people], span: on_the_day}
  score: {title: {zh: 得分, en: Score}, scorecard: [{indicator: share, weight: 60, zero: 0, full: 1, rule: proportional},
    {indicator: per_thousand, weight: 40, full: few, rule: full_or_zero}], span: on_the_day}
"""

AS_OF = date(2026, 11, 22)


def measured_rulebook(folder: Path) -> Rulebook:
    """The pack alone, as a rulebook."""
    (folder / "measured").mkdir(parents=True, exist_ok=True)
    (folder / "measured" / "pack.yaml").write_text(PACK, encoding="utf-8")
    return load_rulebook([folder])


def publish_measured(installation: Installation) -> Published:
    """The small network with three visits of two residents, evaluated on two days; the pack is in force."""
    visited = visits(
        {"id": "v1", "subject": "R1", "occurred_on": date(2026, 3, 1), "sbp": 150},
        {"id": "v2", "subject": "R1", "occurred_on": date(2026, 11, 1), "sbp": 131},
        {"id": "v3", "subject": "R2", "occurred_on": date(2026, 5, 1), "sbp": 140},
    )
    load_tables({**network(), "records/visit": visited}, kinds=rules.rulebook().kinds, actor_name="import")
    return evaluate_and_publish(installation, AS_OF, trend=2)
