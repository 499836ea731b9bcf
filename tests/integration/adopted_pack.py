"""A pack that places adopt, in two editions, for the tests of adoption, targets and periods."""

from pathlib import Path

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook

PACK = """\
pack: walking
title: {zh: 健步走, en: Walking}
version: "1"
adoption: by_place
editions:
  "2021": {zh: 2021年版, en: Edition of 2021}
  "2026": {zh: 2026年版, en: Edition of 2026}
sources:
  plan: {title: {zh: 方案, en: Plan}, status: unverified}
parameters:
  aim:
    title: {zh: 目标, en: Target}
    source: plan
    values: [{since: 2020-01-01, value: 0.5}]
kinds:
  visit:
    title: {zh: 随访, en: Visit}
    about: resident
    fields:
      sbp: {title: {zh: 收缩压, en: Systolic pressure}, type: integer}
facts:
  visits: {count: visit, during: year}
groups:
  walkers:
    title: {zh: 健步走对象, en: Walkers}
    when: case when edition = '2026' then sex = '1' else true end
schedules:
  walk:
    title: {zh: 健步走, en: Walk}
    group: walkers
    service: visit
    once_per_year: {satisfied: visits > 0}
indicators:
  walked:
    title: {zh: 健步走率, en: Walked}
    numerator: visits > 0
    denominator: walkers
    span: year_to_date
    target: aim
"""

EVERYWHERE = (
    PACK.replace("adoption: by_place\n", "")
    .replace(PACK[PACK.index("editions:") : PACK.index("sources:")], "")
    .replace("case when edition = '2026' then sex = '1' else true end", "sex = '1' or sex = '2'")
)
"""The same, in force everywhere."""


def adopted_rulebook(folder: Path, text: str = PACK) -> Rulebook:
    """The pack alone, as a rulebook."""
    (folder / "walking").mkdir(parents=True, exist_ok=True)
    (folder / "walking" / "pack.yaml").write_text(text, encoding="utf-8")
    return load_rulebook([folder])
