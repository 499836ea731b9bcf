"""Channels in pack tests: what is counted in which period, for whomever a test is about."""

from pathlib import Path

import pytest

from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import Outcome, run_tests

PACK = """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
kinds:
  visit:
    title: {zh: 访视, en: Visit}
    about: resident
    fields: {onset_on: {title: {zh: 发病, en: Onset}, type: date}}
  sale:
    title: {zh: 销售, en: Sale}
    about: institution
    fields: {boxes: {title: {zh: 盒, en: Boxes}, type: integer, required: true}}
facts:
  visits: {count: visit}
  sold: {sum: sale, of: boxes}
  typed: {count: visit, relation: by}
channels:
  illness: {title: {zh: 就诊, en: Visits}, fact: visits, every: month, level: township, day: onset_on}
  sales: {title: {zh: 销售, en: Sales}, fact: sold, every: week, level: county}
  typed_visits: {title: {zh: 录入, en: Typed}, fact: typed, every: day, level: county}
"""


@pytest.fixture
def outcome(tmp_path: Path, request: pytest.FixtureRequest) -> Outcome:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "pack.yaml").write_text(PACK, encoding="utf-8")
    file = tmp_path / "sample" / "tests.yaml"
    file.write_text(f"- {{name: one, as_of: 2026-03-31, {request.param}}}", encoding="utf-8")
    [found] = run_tests(load_rulebook([tmp_path]), file)
    return found


@pytest.mark.parametrize(
    "outcome",
    [
        "resident: {}, records: [visit: {on: 2026-03-09, onset_on: 2026-02-27}, visit: {on: 2026-03-10}],"
        " expect: {channels: {illness: {2026-02-01: 1}}}",
        "resident: {}, expect: {channels: {illness: {}}}",
        "institution: {}, records: [sale: {on: 2026-03-02, boxes: 3}, sale: {on: 2026-03-08, boxes: 4}],"
        " expect: {channels: {sales: {2026-03-02: 7}}}",
        "worker: {}, records: [visit: {on: 2026-03-09}], expect: {channels: {typed_visits: {2026-03-09: 1}}}",
        "place: {}, below: {residents: [{times: 3, records: [visit: {on: 2026-03-09, onset_on: 2026-03-01}]}]},"
        " expect: {channels: {illness: {2026-03-01: 3}}}",
        "resident: {place: v}, places: {v: {parent: t, level: village}, t: {level: township}},"
        " records: [visit: {on: 2026-03-09, onset_on: 2026-03-01}], expect: {channels: {illness: {2026-03-01: 1}}}",
    ],
    indirect=True,
)
def test_a_test_says_what_is_counted_whomever_it_is_about(outcome: Outcome) -> None:
    assert outcome.failures == ()


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            "institution: {}, records: [sale: {on: 2026-03-02, boxes: 3}], expect: {channels: {sales: {2026-03-02: 4}}}",
            "2026-03-31: channel sales: expected {2026-03-02: 4}, found {2026-03-02: 3}",
        ),
        ("resident: {}, expect: {channels: {none: {}}}", "unknown channel 'none'"),
    ],
    indirect=["outcome"],
)
def test_what_differs_is_told(outcome: Outcome, told: str) -> None:
    [failure] = outcome.failures
    assert told in failure
