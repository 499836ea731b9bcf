"""Simulated life as packs' demo.yaml sketch it."""

import itertools
import math
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from demo_examples import RULEBOOK, SKETCHES, shipped_network

from wangdi.demo.network import make_network
from wangdi.demo.sketches.shapes import read_sketches
from wangdi.engine.model.fields import FieldType
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.tables import record_table_name

AS_OF = date(2026, 6, 30)
HAPPENED = {
    "told_on",
    "result_on",
    "handled_on",
    "mended_on",
    "completed_on",
    "finished_on",
    "back_on",
    "referred_on",
    "treated_on",
}
"""Fields for days on which something was done, whichever the kind."""

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


@pytest.fixture(scope="module")
def shipped() -> Mapping[str, Any]:
    return shipped_network(AS_OF)


def test_the_shipped_sketches_hold_only_what_their_kinds_allow(shipped: Mapping[str, Any]) -> None:
    assert {name.partition("/")[0] for name in SKETCHES} <= RULEBOOK.kinds.keys()
    for name in {sketch.partition("/")[0] for sketch in SKETCHES}:
        kind, found = RULEBOOK.kinds[name], shipped[record_table_name(name)]
        assert len(found), f"{name} has no records"
        for field in kind.fields:
            values = found[field.name].drop_null() if field.name in found.column_names else pa.array([])
            where = f"{name}.{field.name}"
            if field.options and len(values):
                told = pc.list_flatten(values) if field.type is FieldType.CHOICES else values
                assert set(pc.unique(told).to_pylist()) <= set(field.option_codes), where
            if len(values) and (field.minimum is not None or field.maximum is not None):
                least, most = pc.min_max(values).as_py().values()
                assert least >= (-math.inf if field.minimum is None else field.minimum), where
                assert most <= (math.inf if field.maximum is None else field.maximum), where
            if field.required and field.asked_if is None:
                assert len(values) == len(found), f"{where} is required"


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


def test_values_are_worked_out_from_others_and_left_empty_where_a_condition_says_so(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check:
  own: {level: {uniform: [20, 40]}}
  drawn: {extra: {choice: {"1": 0.5, "7": 0.5}}}
  when: {every: {days: 200}}
  fields:
    score: {is: round(level) + cast(extra as int)}
    seen: {is: score >= 30}
    result: {is: "if(seen, '2', '1')"}
    step: {value: high, if: seen}
""",
    )
    found = rows(network, "check")
    assert all(row["seen"] == (row["score"] >= 30) == (row["result"] == "2") for row in found)
    assert all((row["step"] == "high") if row["seen"] else (row["step"] is None) for row in found)
    assert {True, False} == {row["seen"] for row in found}
    scores: dict[str, set[int]] = {}
    for row in found:
        scores.setdefault(row["subject"], set()).add(row["score"])
    assert all(max(of_one) - min(of_one) in (0, 6) for of_one in scores.values())


def test_the_day_may_be_worked_out_and_records_left_out(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check:
  whom: {if: age >= 40}
  when: {yearly: [[3, 1]], day: "day + cast(floor(lot(place) * 10) as int)", if: age >= 60}
""",
    )
    people = {row["code"]: row for row in network["residents"].to_pylist()}
    of_village: dict[str, set[tuple[int, int]]] = {}
    for row in rows(network, "check"):
        person = people[row["subject"]]
        assert (row["occurred_on"] - person["birth_date"]).days >= 60 * 365.2425
        day = row["occurred_on"].month, row["occurred_on"].day
        of_village.setdefault(person["place"], set()).add(day)
    assert all(len(days) == 1 for days in of_village.values())
    assert len(set().union(*of_village.values())) > 5


def test_a_course_calls_those_back_who_need_it_and_ends(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {whom: {share: 0.5}, when: {within: [700, 1000]}}
recheck:
  own: {ill: {flag: 0.5}}
  drawn: {value: {is: "if(ill, 9, 1)"}}
  when:
    after:
      kind: check
      days: [0, 0]
      course: {gap: "90", spread: 0, soon_if: value > 5, soon: [9, 11], later: [9, 11], kept: 1, ends: earlier.day + 200}
  fields: {score: {is: value}}
""",
    )
    days: dict[tuple[str, int], list[date]] = {}
    for row in rows(network, "recheck"):
        days.setdefault((row["subject"], row["score"]), []).append(row["occurred_on"])
    gaps = {9: set[int](), 1: set[int]()}
    for (_, score), of_one in days.items():
        assert (max(of_one) - min(of_one)).days <= 200
        gaps[score] |= {(after - before).days for before, after in itertools.pairwise(sorted(of_one))}
    assert gaps[9] == {9, 10, 11, 12}
    assert gaps[1] == {90, 91}


def test_institutions_report_what_their_residents_records_add_up_to(tmp_path: Path) -> None:
    network = simulated(
        tmp_path,
        """
check: {when: {every: {days: 60}}, fields: {score: {uniform: [1, 9]}}}
visit:
  drawn: {made: {tally: {kind: check, month: -1}}}
  when: {monthly: 5, if: made > 0}
""",
    )
    made: dict[tuple[str, int, int], int] = {}
    for row in rows(network, "check"):
        key = row["institution"], row["occurred_on"].year, row["occurred_on"].month
        made[key] = made.get(key, 0) + 1
    for row in rows(network, "visit"):
        before = row["occurred_on"].replace(day=1) - timedelta(days=1)
        assert made[row["subject"], before.year, before.month] > 0


def test_who_misses_a_step_takes_it_later(tmp_path: Path) -> None:
    step = "{to: done, after: [1, 1], chance: 0, late: [20, 20]}"
    network = simulated(tmp_path, f"visit: {{when: {{within: [0, 600]}}, path: [{step}]}}")
    for row in rows(network, "visit"):
        due = row["occurred_on"] + timedelta(days=21)
        assert row["done_on"] == (due if due <= AS_OF else None)


def test_an_option_that_is_not_offered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'check'.*'result' has no option 9, but 1, 2"):
        simulated(tmp_path, "check: {when: {within: [0, 9]}, fields: {result: {value: '9'}}}", residents=200)


def test_what_has_happened_has_not_happened_in_the_future(shipped: Mapping[str, Any]) -> None:
    late = [
        f"{kind.name}.{field.name}"
        for kind in RULEBOOK.kinds.values()
        if (found := shipped.get(record_table_name(kind.name))) is not None
        for field in kind.fields
        if field.name in HAPPENED and field.name in found.column_names
        if (latest := pc.max(found[field.name]).as_py()) is not None and latest > AS_OF
    ]
    assert late == []
