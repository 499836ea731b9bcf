"""Plans of postings from the store: who goes, why not, what a number changes, and adopting."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from planning_network import build, posted, user, wish

from wangdi.methods.problems import BadInput
from wangdi.server.access.models import Role
from wangdi.server.audit.models import Change
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Worker
from wangdi.server.planning.asides import with_other_values
from wangdi.server.planning.asking import KeptFile
from wangdi.server.planning.declaration import DISPATCH, declaration
from wangdi.server.planning.dispatching import UnknownCode
from wangdi.server.planning.documents import (
    document_of,
    next_best_texts,
    solve_beside,
    solve_wish,
)
from wangdi.server.planning.keeping import keep_file
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.numbers import InvalidNumbers, numbers_from, parse_settings
from wangdi.server.planning.relaxing import relaxation_rows
from wangdi.server.planning.services import (
    NotAdoptable,
    adopt_plan,
    changed_wish,
    keep_plan,
    may_adopt,
    may_plan,
    new_postings,
    wish_of,
)
from wangdi.server.planning.travel import ways_between
from wangdi.server.planning.travelling import MATRIX, driving
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


def places_of(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {row["doctor"]: row["centre"] for row in document["postings"]}


def test_every_centre_within_reach_is_covered_and_the_far_one_says_why() -> None:
    document = document_of(solve_wish(wish(most_per_centre=1)))
    assert set(places_of(document).values()) == {"C1", "C2"}
    assert document["is_proved"]
    (uncovered,) = document["uncovered"]
    assert (uncovered["code"], uncovered["why"]) == ("C3", "nobody_near")
    assert "60 公里内没有" in uncovered["because"]["zh"]
    assert "县医院可派" in uncovered["remedies"][0]["zh"]


def test_only_doctors_of_the_title_asked_for_go() -> None:
    solved = solve_wish(wish())
    assert {one.worker.code for one in solved.dispatch.inputs.doctors} == {"D1", "D2", "D3", "D4"}


def test_a_centre_without_a_doctor_of_chinese_medicine_gets_one_first() -> None:
    document = document_of(solve_wish(wish(most_per_centre=1)))
    assert "D4" in places_of(document)


def test_a_floor_keeps_doctors_at_the_hospital_and_is_named() -> None:
    document = document_of(solve_wish(wish(hospital_floor=75)))
    assert len(document["postings"]) == 1
    texts = {row["code"]: row for row in document["uncovered"]}
    held = next(row for row in texts.values() if row["why"] == "floors")
    assert "留守" in held["because"]["zh"]
    assert any("县医院少留 1 人" in text["zh"] for text in held["remedies"])


def test_relaxing_a_floor_says_what_it_brings() -> None:
    (row,) = relaxation_rows(solve_wish(wish(hospital_floor=75, per_centre=1, most_per_centre=1)))
    assert row["title"]["zh"] == "医院留守比例"
    assert row["brings"][0]["zh"] == "未覆盖的机构 −1 个"


def test_who_is_posted_through_the_first_day_stays_there() -> None:
    posted("D3", "C2", today() - timedelta(days=30), today() + timedelta(days=300))
    document = document_of(solve_wish(wish(most_per_centre=1)))
    (row,) = [row for row in document["postings"] if row["doctor"] == "D3"]
    assert (row["centre"], row["runs_already"], row["gives"]) == ("C2", True, "stays")


def test_who_was_posted_before_goes_after_those_who_never_were() -> None:
    for doctor in ("D1", "D2", "D4"):
        posted(doctor, "C1", today() - timedelta(days=400), today() - timedelta(days=100))
    document = document_of(solve_wish(wish(most_per_centre=1, hospital_floor=75)))
    assert list(places_of(document)) == ["D4"]  # the need for Chinese medicine comes before the turn
    declared = replace(
        wish(most_per_centre=1, hospital_floor=75), banned=frozenset({("D4", "C1"), ("D4", "C2")})
    )
    assert list(places_of(document_of(solve_wish(declared)))) == ["D3"]


def test_a_requirement_that_cannot_be_met_is_named_with_what_is_missing() -> None:
    document = document_of(solve_wish(wish(tcm_least=3)))
    assert document["shortfalls"][0]["zh"] == "中医药人员至少派驻人数还差 2 人：要求 3 人，符合条件的共 1 人"


def test_those_who_go_together_go_to_one_centre() -> None:
    pair = replace(wish(), together=(("D1", "D2"),))
    where = places_of(document_of(solve_wish(pair)))
    assert where.get("D1") == where.get("D2")


def test_a_change_by_hand_holds_and_its_difference_is_told() -> None:
    before = solve_wish(wish(most_per_centre=1))
    goes = places_of(document_of(before))
    stays = next(code for code in ("D1", "D2", "D3") if code not in goes)
    after, difference = solve_beside(
        before, changed_wish(before.dispatch.wish, doctor=stays, centre="C1", instead_of=None)
    )
    assert places_of(document_of(after))[stays] == "C1"
    assert difference is not None
    assert any(move.after != move.before for move in difference.moves)


def test_the_next_best_names_what_it_costs_and_who_moves() -> None:
    solved = solve_wish(wish(most_per_centre=1, hospital_floor=75))
    lines = [text.zh for text in next_best_texts(solved, "D4")]
    assert any(line.startswith("行程合计 +") for line in lines)
    assert any(line.startswith("医生D4：1镇卫生院 → 2镇卫生院") for line in lines)


def test_a_plan_is_kept_with_everything_it_was_made_from() -> None:
    plan = keep_plan(solve_wish(wish()), actor=None, title="试")
    assert plan.document["packs"]["posting"]
    assert wish_of(plan).numbers["radius"] == 60
    assert plan.change.action == "plan.keep"


def test_adopting_writes_each_posting_once_and_audits_it() -> None:
    officer = user("county", Role.COUNTY_OFFICER)
    plan = keep_plan(solve_wish(wish(most_per_centre=1)), actor=officer, title="试")
    assert may_adopt(officer, plan)
    written = adopt_plan(plan, actor=officer)
    assert len(written) == len(new_postings(plan)) == 2
    first = written[0]
    assert first.values["valid_from"] == plan.begins.isoformat()
    assert first.values["from_institution"] == "H"
    assert first.institution in Institution.objects.filter(code__in=("C1", "C2"))
    changes = Change.objects.count()
    assert [one.pk for one in adopt_plan(plan, actor=officer)] == [one.pk for one in written]
    assert (Change.objects.count(), RecordVersion.objects.count()) == (changes, 2)


def test_a_plan_whose_first_day_is_past_is_not_adopted() -> None:
    officer = user("county", Role.COUNTY_OFFICER)
    late = replace(wish(), begins=today() - timedelta(days=1))
    with pytest.raises(NotAdoptable):
        adopt_plan(keep_plan(solve_wish(late), actor=officer, title="试"), actor=officer)
    assert not RecordVersion.objects.exists()


def test_only_officers_of_the_whole_place_see_and_adopt_its_plans() -> None:
    plan = keep_plan(solve_wish(wish()), actor=None, title="试")
    director = user("director", Role.TOWNSHIP_DIRECTOR, institution="C1")
    village = user("village", Role.VILLAGE_DOCTOR, institution="C2")
    city = user("city", Role.CITY_OFFICER)
    for stranger in (director, village):
        assert not KeptPlan.objects.visible_to(stranger).exists()
        assert not may_plan(stranger, plan.place)
        assert not may_adopt(stranger, plan)
    assert KeptPlan.objects.visible_to(city).get() == plan
    assert not may_adopt(city, plan)


def test_wrong_numbers_are_all_told_with_what_is_allowed() -> None:
    with pytest.raises(InvalidNumbers) as caught:
        numbers_from({"radius": "0", "radios": "5"})
    assert set(caught.value.problems) == {"radius", "radios"}
    assert "1 至 500" in caught.value.problems["radius"].zh
    assert "radius" in caught.value.problems["radios"].zh
    with pytest.raises(InvalidNumbers):
        parse_settings(["radius"])


def test_a_worker_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCode, match="D99"):
        solve_wish(replace(wish(), together=(("D1", "D99"),)))


def test_a_hospital_without_coordinates_is_named_and_sends_nobody() -> None:
    Institution.objects.filter(code="H").update(lon=None)
    document = document_of(solve_wish(wish()))
    assert document["unplaced"] == ["县医院"]
    assert document["postings"] == []


def test_travel_may_come_from_a_file_and_is_kept_with_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "travel.csv"
    file.write_text("from,to,km,minutes\nH,C3,20,35\n", encoding="utf-8")
    brought = keep_file(file.name, file.read_bytes())
    plan = keep_plan(
        solve_wish(replace(wish(), files={MATRIX: brought})), actor=None, title="按自备行程的方案"
    )
    assert {(row["centre"], row["metres"], row["minutes"]) for row in plan.document["postings"]} == {
        ("C3", 20000, 35)
    }
    again = document_of(solve_wish(wish_of(plan)))
    assert places_of(again) == places_of(plan.document)
    assert again["travel"]["zh"] == "取自文件 travel.csv"


def test_a_file_with_minutes_alone_tells_kilometres_by_the_speed(tmp_path: Path) -> None:
    file = tmp_path / "travel.csv"
    file.write_text("from,to,minutes\nH,C3,30\n", encoding="utf-8")
    brought = {MATRIX: KeptFile(file.name, file)}
    document = document_of(solve_wish(replace(wish(speed=50), files=brought)))
    assert {row["metres"] for row in document["postings"]} == {25_000}


def test_a_file_of_travel_that_is_wrong_is_refused_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "travel.csv"
    file.write_text("from,to,km,minutes\nH,C3,x,35\nH,C2,1,-1\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        solve_wish(replace(wish(), files={MATRIX: KeptFile(file.name, file)}))
    assert len(caught.value.problems) == 2


def test_a_degree_of_longitude_at_30_north_is_96_kilometres() -> None:
    hospital, far = Institution.objects.get(code="H"), Institution.objects.get(code="C3")
    far.lon = 116.0
    ways = ways_between(driving(1.0, 60.0), [hospital], [far], 60.0)
    assert abs(int(ways.metres[0, 0]) - 96_297) < 50
    assert abs(int(ways.seconds[0, 0]) - 96_297 * 0.06) < 5


def test_a_declaration_that_names_unknown_fields_is_refused_with_all_of_them() -> None:
    kept = declaration().model_dump(mode="json", by_alias=True)
    kept["posting"]["from"] = "valid_form"
    kept["away"] = [{"kind": "study_leaf", "from": "x", "to": ["y"]}]
    with pytest.raises(DeclarationError) as caught:
        DISPATCH.read(yaml.safe_dump(kept), "dispatch.yaml", rulebook())
    assert "valid_form" in str(caught.value)
    assert "study_leaf" in str(caught.value)


def test_who_is_away_to_study_is_left_out() -> None:
    leave = {
        "purpose": "further_study",
        "to_hospital": "省医院",
        "leaves_on": today().isoformat(),
        "planned_back": (today() + timedelta(days=90)).isoformat(),
    }
    save_record(
        actor=user("admin", Role.ADMINISTRATOR, place=None),
        kind=rulebook().kinds["study_leave"],
        subject_code="D1",
        occurred_on=today(),
        values=leave,
    )
    solved = solve_wish(wish())
    assert solved.dispatch.inputs.away == 1
    assert Worker.objects.get(code="D1") not in [one.worker for one in solved.dispatch.inputs.doctors]


def test_who_leaves_soon_is_followed_on_the_day_after_or_goes_on() -> None:
    ends = today() + timedelta(days=60)
    posted("D3", "C2", today() - timedelta(days=300), ends)
    document = document_of(solve_wish(wish(most_per_centre=1)))
    rows = {row["centre"]: row for row in document["postings"]}
    assert rows["C2"]["doctor"] != "D3"  # others have not been posted yet
    assert rows["C2"]["begins"] == (ends + timedelta(days=1)).isoformat()
    assert rows["C1"]["begins"] == (today() + timedelta(days=7)).isoformat()
    centre = next(one for one in document["centres"] if one["code"] == "C2")
    assert (centre["before"], centre["after"], centre["until"]) == (1, 1, ends.isoformat())
    only = replace(
        wish(most_per_centre=1, hospital_floor=0),
        banned=frozenset({("D1", "C2"), ("D2", "C2"), ("D4", "C2")}),
    )
    rows = {row["centre"]: row for row in document_of(solve_wish(only))["postings"]}
    assert (rows["C2"]["doctor"], rows["C2"]["goes_on"]) == ("D3", True)
    assert f"现派驻到 {ends} 期满，续派" in rows["C2"]["because"]["zh"]


def test_without_handing_over_who_is_posted_stays_to_the_end() -> None:
    posted("D3", "C2", today() - timedelta(days=300), today() + timedelta(days=60))
    document = document_of(solve_wish(wish(most_per_centre=1, hand_over_months=0)))
    assert {row["doctor"]: row["runs_already"] for row in document["postings"]}["D3"]


def test_a_hospital_that_is_short_while_postings_are_handed_over_is_told_with_days() -> None:
    """One may be away. D3 is until the end, and somebody goes to the centre that has nobody before that."""
    ends = today() + timedelta(days=60)
    posted("D3", "C2", today() - timedelta(days=300), ends)
    document = document_of(solve_wish(wish(hospital_floor=75, most_per_centre=1)))
    assert list(places_of(document).values()) == ["C1"]
    begins = today() + timedelta(days=7)
    assert [one["zh"] for one in document["strains"]] == [
        f"县医院：{begins} 至 {ends} 接任与返回交错，留守少 1 人"
    ]
    assert document_of(solve_wish(wish(hospital_floor=50, most_per_centre=1)))["strains"] == []


def test_who_is_posted_from_another_county_covers_the_centre() -> None:
    posted("D2", "C1", today() - timedelta(days=30), today() + timedelta(days=300))
    Institution.objects.filter(code="H").update(type="other_hospital")
    document = document_of(solve_wish(wish(most_per_centre=1)))
    assert [(row["doctor"], row["runs_already"]) for row in document["postings"]] == [("D2", True)]


def test_a_leave_that_begins_during_the_postings_keeps_somebody_at_home() -> None:
    leave = {
        "purpose": "further_study",
        "to_hospital": "省医院",
        "leaves_on": (today() + timedelta(days=90)).isoformat(),
        "planned_back": (today() + timedelta(days=180)).isoformat(),
    }
    save_record(
        actor=user("admin", Role.ADMINISTRATOR, place=None),
        kind=rulebook().kinds["study_leave"],
        subject_code="D1",
        occurred_on=today(),
        values=leave,
    )
    assert solve_wish(wish()).dispatch.inputs.away == 1
    assert solve_wish(wish(months=2)).dispatch.inputs.away == 0


def test_trying_another_value_gives_what_a_plan_with_it_gives() -> None:
    posted("D3", "C2", today() - timedelta(days=300), today() + timedelta(days=60))
    asked = wish(most_per_centre=1, hospital_floor=50)
    for name in ("hospital_floor", "hand_over_months", "radius"):
        for value, tried in with_other_values(asked, name, seconds=30):
            whole = solve_wish(replace(asked, numbers={**asked.numbers, name: value}))
            assert tried.plan.values == whole.plan.values
