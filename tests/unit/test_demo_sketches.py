"""Simulated life as packs' demo.yaml sketch it."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from wangdi.demo.network import make_network
from wangdi.demo.sketches.shapes import read_sketches
from wangdi.engine.model.fields import FieldType
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.tables import record_table_name
from wangdi.server.evaluation.rules import CONTENT

AS_OF = date(2026, 6, 30)
PACK = """
pack: sample
title: {zh: 样例, en: Sample}
version: "1"
kinds:
  check:
    title: {zh: 检查, en: Check}
    about: resident
    fields:
      result:
        title: {zh: 结果, en: Result}
        type: choice
        required: true
        options: {"1": {zh: 阴性, en: Negative}, "2": {zh: 阳性, en: Positive}}
      score: {title: {zh: 分, en: Score}, type: integer, min: 0, max: 100}
      seen: {title: {zh: 已看, en: Seen}, type: boolean}
      parts: {title: {zh: 部位, en: Parts}, type: choices, options: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}}
      step: {title: {zh: 年龄, en: Age}, type: text}
  recheck:
    title: {zh: 复查, en: Recheck}
    about: resident
    fields: {score: {title: {zh: 分, en: Score}, type: integer}}
  visit:
    title: {zh: 督导, en: Visit}
    about: institution
    fields: {by: {title: {zh: 医院, en: Hospital}, type: institution}}
    workflow:
      states:
        open: {zh: 待办, en: Open}
        done: {zh: 办结, en: Done}
      final: [done]
      transitions:
        close: {title: {zh: 办结, en: Close}, from: open, to: done, by: [county_officer]}
"""


def simulated(folder: Path, sketches: str, residents: int = 3000) -> Mapping[str, Any]:
    (folder / "sample").mkdir()
    (folder / "sample" / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "sample" / "demo.yaml").write_text(sketches, "utf-8")
    kinds = load_rulebook([folder / "sample"]).kinds
    return make_network(residents, as_of=AS_OF, kinds=kinds, sketches=read_sketches(folder))


def rows(network: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = network[record_table_name(kind)].to_pylist()
    return found


def test_records_are_about_those_whom_the_sketch_names(tmp_path: Path) -> None:
    network = simulated(
        tmp_path, "check: {whom: {where: {age: {at_least: 65}, sex: ['2']}}, when: {within: [0, 500]}}"
    )
    people = {row["code"]: row for row in network["residents"].to_pylist()}
    found = [people[row["subject"]] for row in rows(network, "check")]
    assert found
    assert {one["sex"] for one in found} == {"2"}
    assert max(one["birth_date"] for one in found) <= AS_OF.replace(year=AS_OF.year - 65) + timedelta(days=1)


def test_no_record_lies_before_birth_or_after_death(tmp_path: Path) -> None:
    network = simulated(tmp_path, "check: {when: {every: {days: 60}}}")
    people = {row["code"]: row for row in network["residents"].to_pylist()}
    for row in rows(network, "check"):
        person = people[row["subject"]]
        assert person["birth_date"] <= row["occurred_on"] <= (person["death_date"] or AS_OF)


def test_a_record_comes_after_the_one_it_follows_and_only_after_such(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {within: [100, 900]}, fields: {result: {choice: {"1": 0.8, "2": 0.2}}, score: {uniform: [10, 90]}}}
recheck:
  when: {after: {kind: check, days: [5, 9], where: {result: ["2"]}}}
  fields: {score: {earlier: score}}
""",
    )
    first = {row["subject"]: row for row in rows(network, "check") if row["result"] == "2"}
    again = rows(network, "recheck")
    assert 0.9 * len(first) <= len(again) <= len(first)
    for row in again:
        days = (row["occurred_on"] - first[row["subject"]]["occurred_on"]).days
        assert 5 <= days <= 9
        assert row["score"] == first[row["subject"]]["score"]


def test_ages_give_their_label_and_their_readings(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check:
  when: {ages: {months: {m3: 3, m12: 12}, late: [0, 10]}}
  fields: {step: {label: {m12: one year}}, score: {normal_by_label: {m3: [20, 0]}}}
""",
    )
    people = {row["code"]: row for row in network["residents"].to_pylist()}
    found = rows(network, "check")
    assert {(row["step"], row["score"]) for row in found} == {("m3", 20), ("one year", None)}
    for row in found:
        age = (row["occurred_on"] - people[row["subject"]]["birth_date"]).days
        assert (91 <= age <= 102) if row["step"] == "m3" else (365 <= age <= 376)


def test_each_writes_a_record_for_every_label_and_last_only_the_last_days(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {every: {days: 100}, each: [left, right], last: 90}, fields: {step: {label: {}}}}
check/other: {when: {within: [0, 9]}, fields: {step: {value: other}}}
""",
    )
    found = rows(network, "check")
    assert len({row["id"] for row in found}) == len(found)
    own = [row for row in found if row["step"] != "other"]
    assert len(own) < len(found)
    pairs = {(row["subject"], row["occurred_on"], row["step"]) for row in own}
    assert all(
        (subject, day, "left") in pairs and (subject, day, "right") in pairs for subject, day, _ in pairs
    )
    assert min(row["occurred_on"] for row in own) > AS_OF - timedelta(days=90)


def test_records_may_follow_an_earlier_one_again_and_again(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {within: [300, 900]}}
recheck: {when: {after: {kind: check, days: [5, 9], again: 30, until: 200}}}
""",
    )
    first = {row["subject"]: row["occurred_on"] for row in rows(network, "check")}
    days: dict[str, list[int]] = {}
    for row in rows(network, "recheck"):
        days.setdefault(row["subject"], []).append((row["occurred_on"] - first[row["subject"]]).days)
    assert all(5 <= min(found) <= 9 and max(found) <= 200 for found in days.values())
    assert 6 <= sum(map(len, days.values())) / len(days) <= 8


def test_the_institution_above_writes_what_those_below_do_not(tmp_path: Path) -> None:
    network = simulated(
        tmp_path, "check: {when: {within: [0, 9]}, done_above: [village_clinic, community_station]}"
    )
    types = {row["code"]: row["type"] for row in network["institutions"].to_pylist()}
    at = {types[row["institution"]] for row in rows(network, "check") if row["institution"]}
    assert at <= {"township_centre", "community_centre", "hospital"}


def test_better_run_places_have_more(tmp_path: Path) -> None:
    network = simulated(
        tmp_path, "check: {when: {within: [0, 700], kept: {poor: 0, good: 1}}}", residents=20_000
    )
    share: dict[str, list[int]] = {}
    checked = {row["subject"] for row in rows(network, "check")}
    for person in network["residents"].to_pylist():
        share.setdefault(person["place"][:9], []).append(person["code"] in checked)
    shares = sorted(sum(found) / len(found) for found in share.values() if len(found) > 100)
    assert shares[0] < 0.4 < 0.6 < shares[-1]


def test_a_workflow_is_walked_as_far_as_time_and_luck_allow(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
visit:
  whom: {where: {type: [village_clinic]}}
  when: {yearly: [[3, 5], [9, 5]]}
  done_at: [hospital]
  fields: {by: {institution: [hospital]}}
  path: [{to: done, after: [10, 20], chance: 0.5}]
  assigned: by
""",
        residents=500,
    )
    found = rows(network, "visit")
    hospitals = {row["code"] for row in network["institutions"].to_pylist() if row["type"] == "hospital"}
    assert {row["by"] for row in found} <= hospitals
    assert {row["institution"] for row in found} <= hospitals
    assert all(row["assigned_institution"] == row["by"] for row in found)
    done = [row for row in found if row["state"] == "done"]
    assert 0.4 < len(done) / len(found) < 0.6
    assert all(10 <= (row["done_on"] - row["occurred_on"]).days <= 20 for row in done)
    assert all(
        row["done_on"] is None and row["open_on"] == row["occurred_on"]
        for row in found
        if row["state"] == "open"
    )


def test_numbers_may_come_from_other_fields_and_stay_the_same(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {monthly: 3}, fields: {score: {uniform: [10, 90], steady: true}}}
recheck: {when: {monthly: 3}, fields: {score: {of: {one: 40}, times: [0.5, 1.0]}}}
""",
        residents=50,
    )
    scores: dict[str, set[int]] = {}
    for row in rows(network, "check"):
        scores.setdefault(row["subject"], set()).add(row["score"])
    assert all(len(found) == 1 for found in scores.values())
    assert all(20 <= row["score"] <= 40 for row in rows(network, "recheck"))


def test_records_for_each_label_and_every_month_from_an_earlier_one_on(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {within: [100, 100], each: [a, b]}, fields: {step: {label: {}}, score: {year: -2000}}}
recheck: {when: {after: {kind: check, days: [10, 10], monthly: 5}}}
""",
        residents=50,
    )
    labels: dict[str, list[str]] = {}
    for row in rows(network, "check"):
        labels.setdefault(row["subject"], []).append(row["step"])
        assert row["score"] == 26
    assert {tuple(found) for found in labels.values()} == {("a", "b")}
    again = rows(network, "recheck")
    assert len(again) == 3 * len(rows(network, "check"))
    assert {row["occurred_on"].month for row in again} == {4, 5, 6}


def test_some_answers_and_steps_wait_for_a_state(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
visit:
  whom: {where: {type: [village_clinic]}}
  when: {within: [30, 90]}
  fields: {by: {institution: [hospital], once: [done]}}
  path: [{to: done, after: [1, 2], only: done}, {to: done, after: [10, 20], chance: 0.5}]
""",
        residents=500,
    )
    found = rows(network, "visit")
    assert {(row["state"], row["by"] is not None) for row in found} == {("open", False), ("done", True)}
    assert all((row["done_on"] - row["occurred_on"]).days >= 10 for row in found if row["by"])


@pytest.mark.parametrize(
    ("sketch", "message"),
    [
        ("check: {when: {within: [0, 9]}, fields: {height: {value: 3}}}", "it has no field height"),
        ("check: {when: {within: [0, 9], monthly: 3}}", "exactly one of within"),
        (
            "check: {when: {within: [0, 9]}, fields: {score: {value: 3, flag: 0.5}}}",
            "give exactly one of value",
        ),
        (
            "recheck: {when: {after: {kind: check, days: [1, 2]}}}",
            "nothing of kind 'check' is sketched before",
        ),
    ],
)
def test_a_sketch_that_does_not_fit_says_why(tmp_path: Path, sketch: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulated(tmp_path, sketch, residents=200)


def test_the_shipped_sketches_hold_only_what_their_kinds_allow() -> None:
    rulebook = load_rulebook([CONTENT])
    sketches = read_sketches(CONTENT)
    assert {name.partition("/")[0] for name in sketches} <= rulebook.kinds.keys()
    network = make_network(20_000, as_of=AS_OF, kinds=rulebook.kinds, sketches=sketches)
    for name in {sketch.partition("/")[0] for sketch in sketches}:
        kind, found = rulebook.kinds[name], network[record_table_name(name)]
        assert len(found), f"{name} has no records"
        for field in kind.fields:
            values = [
                v
                for v in (found[field.name].to_pylist() if field.name in found.column_names else [])
                if v is not None
            ]
            if field.type is FieldType.CHOICE:
                assert set(values) <= set(field.option_codes), f"{name}.{field.name}"
            if field.type is FieldType.CHOICES:
                assert {code for one in values for code in one} <= set(field.option_codes), (
                    f"{name}.{field.name}"
                )
            if field.minimum is not None:
                assert all(value >= field.minimum for value in values), f"{name}.{field.name}"
            if field.maximum is not None:
                assert all(value <= field.maximum for value in values), f"{name}.{field.name}"
            if field.required:
                assert len(values) == len(found), f"{name}.{field.name} is required"


def test_a_month_is_told_by_its_first_day(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "pack.yaml").write_text(
        PACK.replace("step: {title", "month: {title: {zh: 月, en: Month}, type: date}\n      step: {title"),
        "utf-8",
    )
    sketch = "check: {when: {monthly: 5}, fields: {month: {month: -1}}}"
    (tmp_path / "sample" / "demo.yaml").write_text(sketch, "utf-8")
    kinds = load_rulebook([tmp_path / "sample"]).kinds
    network = make_network(200, as_of=AS_OF, kinds=kinds, sketches=read_sketches(tmp_path))
    for row in rows(network, "check"):
        before = row["occurred_on"].replace(day=1) - timedelta(days=1)
        assert row["month"] == before.replace(day=1)


def test_ages_since_birth_reach_back_before_the_three_years(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        "check: {whom: {where: {age: {at_most: 17}}}, when: {ages: {months: {m1: 1}, late: [0, 0], since_birth: true}}}",
    )
    born = [row["birth_date"] for row in network["residents"].to_pylist() if row["death_date"] is None]
    children = [day for day in born if AS_OF.replace(year=AS_OF.year - 17) < day < AS_OF - timedelta(days=40)]
    assert len(rows(network, "check")) >= len(children) > 100
    assert min(row["occurred_on"] for row in rows(network, "check")) < AS_OF.replace(year=AS_OF.year - 10)
