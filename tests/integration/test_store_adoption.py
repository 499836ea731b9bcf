"""Which place adopted which pack: kept without overwriting, the same for the lake and for one resident."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from adopted_pack import PACK, adopted_rulebook
from django.contrib.auth.models import User
from store_samples import PLACES, load, load_network, visits

from integration.built import built_once
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.single import OneEntity
from wangdi.engine.explain.explain import explain
from wangdi.engine.model import adoption as meaning
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.plan.build import build_plan
from wangdi.interchange.decisions import ADOPTIONS, TARGETS
from wangdi.interchange.tables import arrow_type
from wangdi.server.access.models import Assignment, Role
from wangdi.server.adoption.adoptions import adoptions
from wangdi.server.adoption.models import Adoption, Target
from wangdi.server.adoption.services import InvalidDecision, adopt, may_decide, set_target, withdraw
from wangdi.server.adoption.targets import Targets, seats_of
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import LoadError
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.listings import Listings
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.bulk import LoadSummary, load_tables

DAY = date(2026, 6, 30)
SINCE = date(2026, 1, 1)


@pytest.fixture
def rules(installation: Installation, tmp_path: Path) -> Rulebook:
    built_once(load_network)
    return adopted_rulebook(tmp_path / "packs")


def place(code: str) -> Place:
    return Place.objects.get(code=code)


def due_by_lake(rules: Rulebook, day: date = DAY) -> set[str]:
    installation = Installation.current()
    lake = Lake(installation.lake)
    lake.refresh(installation.store, rules.kinds)
    source = LakeSource(lake)
    [outcome] = Network(source, rules).evaluate([Moment.in_year(day)])
    residents = source.register("resident", ("code",), None).to_pylist()
    codes = {row["id"]: row["code"] for row in residents}
    return {codes[subject] for subject in outcome.due["subject"].to_pylist()}


def due_one_by_one(rules: Rulebook, day: date = DAY) -> set[str]:
    plan, moment = build_plan(rules, "resident", indicators=()), Moment.in_year(day)
    world = StoreWorld(rules.kinds)
    return {
        code
        for code in ("R1", "R2", "R3", "R4")
        if OneEntity(plan, rules.kinds, world, code).due_items(moment)
    }


def test_a_place_without_the_pack_has_neither_due_items_nor_figures(rules: Rulebook) -> None:
    assert due_by_lake(rules) == due_one_by_one(rules) == set()
    adopt(rules, "walking", place("420281"), SINCE, actor_name="test")
    assert due_by_lake(rules) == due_one_by_one(rules) == {"R1", "R2"}
    adopt(rules, "walking", place("420281B"), date(2026, 6, 1), in_force=False, actor_name="test")
    assert due_by_lake(rules) == due_one_by_one(rules) == {"R1"}
    assert due_by_lake(rules, date(2026, 5, 31)) == {"R1", "R2"}
    adopt(rules, "walking", None, SINCE, edition="2026", actor_name="test")
    assert due_by_lake(rules) == due_one_by_one(rules) == {"R1", "R3"}  # R4, a woman, is out by this edition


def test_a_decision_is_replaced_not_overwritten(rules: Rulebook) -> None:
    first = adopt(rules, "walking", place("420281"), SINCE, edition="2021", actor_name="test")
    then = Change.objects.latest("id").id
    again = adopt(rules, "walking", place("420281"), SINCE, edition="2021", actor_name="test")
    second = adopt(rules, "walking", place("420281"), SINCE, edition="2026", actor_name="test")
    assert again == first != second
    assert [a.edition for a in adoptions(then)] == ["2021"]
    assert [a.edition for a in adoptions()] == ["2026"]
    withdraw(second, actor_name="test")
    assert adoptions() == ()
    assert Adoption.objects.count() == 2
    assert verify_chain() is None


def test_decisions_about_what_does_not_exist_are_refused_with_every_reason(rules: Rulebook) -> None:
    with pytest.raises(InvalidDecision) as wrong:
        adopt(rules, "walking", None, SINCE, until=date(2025, 1, 1), edition="1999")
    assert [field for field, _ in wrong.value.problems] == ["edition", "until"]
    with pytest.raises(InvalidDecision, match="there is no pack 'walkin'"):
        adopt(rules, "walkin", None, SINCE)
    with pytest.raises(InvalidDecision, match="there is no indicator 'walk'"):
        set_target(rules, "walk", place("420281"), SINCE, 0.6)
    with pytest.raises(InvalidDecision, match="1 January"):
        set_target(rules, "walked", place("420281"), DAY, 0.6)


def bundle(decided: Any, *rows: dict[str, Any]) -> dict[str, Any]:
    schema = pa.schema([(field.name, arrow_type(field)) for field in decided.fields])
    return {decided.table: pa.Table.from_pylist(list(rows), schema)}


def import_(rules: Rulebook, tables: dict[str, Any]) -> LoadSummary:
    return load_tables(tables, kinds=rules.kinds, actor_name="import", rulebook=rules)


def test_adoptions_and_targets_are_imported_and_the_same_file_twice_changes_nothing(rules: Rulebook) -> None:
    rows = bundle(
        ADOPTIONS,
        {"pack": "walking", "place": "420281", "since": SINCE, "edition": "2021"},
        {"pack": "walking", "since": SINCE, "in_force": False},
    ) | bundle(
        TARGETS,
        {"indicator": "walked", "place": "420281", "period_start": SINCE, "value": 0.8, "source": "文件"},
        {"indicator": "walked", "institution": "HA", "period_start": SINCE, "value": 0.9},
    )
    first, second = import_(rules, rows), import_(rules, rows)
    assert {name: counts.created for name, counts in first.tables.items()} == {"adoptions": 2, "targets": 2}
    assert (second.changed, second.change_id) == (0, None)
    assert set(adoptions()) == {
        meaning.Adoption("walking", "420281", SINCE, edition="2021"),
        meaning.Adoption("walking", None, SINCE, in_force=False),
    }
    third = import_(
        rules,
        bundle(TARGETS, {"indicator": "walked", "institution": "HA", "period_start": SINCE, "value": 1.0}),
    )
    assert third.tables["targets"].amended == 1
    assert sorted(Target.objects.current().values_list("value", flat=True)) == [0.8, 1.0]


def test_an_import_with_a_mistake_in_a_decision_imports_nothing(rules: Rulebook) -> None:
    wrong = bundle(
        ADOPTIONS,
        {"pack": "walking", "place": "999", "since": SINCE},
        {"pack": "running", "place": "42", "since": SINCE},
        {"pack": "walking", "place": "42", "since": SINCE, "edition": "2021"},
        {"pack": "walking", "place": "42", "since": SINCE, "edition": "2026"},
    ) | bundle(TARGETS, {"indicator": "walked", "period_start": SINCE, "value": 1.0})
    with pytest.raises(LoadError) as found:
        import_(rules, wrong)
    told = {(problem.table, problem.column) for problem in found.value.problems}
    assert told == {("adoptions", "place"), ("adoptions", "pack"), ("targets", "place")}
    assert not Adoption.objects.exists()


def test_officers_decide_for_the_places_under_them(rules: Rulebook) -> None:
    def user(role: Role, **area: Any) -> User:
        made = User.objects.create_user(f"{role}{len(area)}{User.objects.count()}")
        Assignment.objects.create(user=made, role=role, **area)
        return made

    county = user(Role.COUNTY_OFFICER, place=place("420281"))
    assert may_decide(county, place("420281"))
    assert may_decide(county, place("420281A"))
    assert not may_decide(county, place("420222"))
    assert not may_decide(county, None)
    assert not may_decide(user(Role.TOWNSHIP_DIRECTOR, place=place("420281")), place("420281A"))
    assert may_decide(user(Role.ADMINISTRATOR), None)


def test_the_explanation_says_since_when_a_pack_is_in_force_or_not(rules: Rulebook) -> None:
    def reason(code: str) -> tuple[bool, str]:
        explanation = explain(rules, StoreWorld(rules.kinds), "resident", code, DAY)
        [adoption] = explanation.adoptions
        return adoption.in_force, adoption.reason.en

    adopt(rules, "walking", place("420281"), SINCE, edition="2026", actor_name="test")
    adopt(rules, "walking", place("420281B"), date(2026, 1, 1), until=date(2026, 4, 30), actor_name="test")
    name = next(row["name"] for row in PLACES if row["code"] == "420281")
    assert reason("R1") == (True, f"in force here since 2026-01-01, Edition of 2026 (adopted by {name})")
    assert reason("R2") == (False, "not in force here since 2026-05-01 (decided by 还地桥)")
    assert reason("R3") == (False, "not adopted here")


def test_a_visit_settles_what_was_due_by_adoption(rules: Rulebook) -> None:
    adopt(rules, "walking", place("420281"), SINCE, actor_name="test")
    load(visit=visits({"id": "v1", "subject": "R1"}))
    assert due_by_lake(rules) == due_one_by_one(rules) == {"R2"}


# -- targets --------------------------------------------------------------------------------------


def listed(rules: Rulebook, by: str, day: date = DAY) -> dict[str, float]:
    installation = Installation.current()
    lake = Lake(installation.lake)
    lake.refresh(installation.store, rules.kinds)
    rows = Listings.at(Network(LakeSource(lake), rules), day).figures(by=by).to_pylist()
    return {row[by]: row["target"] for row in rows}


def test_the_nearest_target_up_the_tree_applies_and_else_the_packs(rules: Rulebook) -> None:
    assert set(listed(rules, "place").values()) == {0.5}
    set_target(rules, "walked", place("420281"), SINCE, 0.8, actor_name="test")
    set_target(rules, "walked", place("420281B"), SINCE, 0.7, actor_name="test")
    set_target(rules, "walked", Institution.objects.get(code="HA"), SINCE, 0.9, actor_name="test")
    by_place, by_institution = listed(rules, "place"), listed(rules, "institution")
    assert by_place == {
        "42": 0.5,
        "420281": 0.8,
        "420281A": 0.8,
        "420281B": 0.7,
        "420222": 0.5,
        "420222A": 0.5,
    }
    assert by_institution == {"HA": 0.9, "VA": 0.9, "HB": 0.7, "HX": 0.5}
    assert set(listed(rules, "place", date(2027, 1, 1)).values()) == {0.5}


COUNTED = PACK.replace(
    """    numerator: visits > 0
    denominator: walkers
""",
    """    count: walkers and visits > 0
    target_level: county
""",
)


def test_of_what_is_counted_no_place_takes_over_the_target_of_another(
    rules: Rulebook, tmp_path: Path
) -> None:
    counted = adopted_rulebook(tmp_path / "counted", COUNTED)
    assert {code: target for code, target in listed(counted, "place").items() if target is not None} == {
        "420281": 0.5,
        "420222": 0.5,
    }
    assert set(listed(counted, "institution").values()) == {None}
    set_target(counted, "walked", place("42"), SINCE, 9, actor_name="test")
    set_target(counted, "walked", place("420281"), SINCE, 4, actor_name="test")
    assert {code: target for code, target in listed(counted, "place").items() if target is not None} == {
        "42": 9,
        "420281": 4,
        "420222": 0.5,
    }


def test_commands_and_pages_name_the_same_target(rules: Rulebook) -> None:
    set_target(rules, "walked", place("420281"), SINCE, 0.8, actor_name="test")
    set_target(rules, "walked", Institution.objects.get(code="HB"), SINCE, 0.9, actor_name="test")
    indicator, targets = rules.indicators["walked"], Targets.on(DAY)
    shown = {
        area.code: targets.at(indicator, seats_of(area))
        for area in (*Place.objects.all(), *Institution.objects.select_related("place"))
    }
    assert shown == listed(rules, "place") | listed(rules, "institution")
