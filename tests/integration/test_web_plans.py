"""The pages of plans: who sees them, making one, comparing, changing by hand, adopting, letters."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from planning_network import build, user, wish

from wangdi.server.access.models import Role
from wangdi.server.evaluation.services import today
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.documents import solve_wish
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.services import keep_plan, new_postings
from wangdi.server.records.models import RecordVersion


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user("county", Role.COUNTY_OFFICER))
    return client


def numbers(**others: object) -> dict[str, object]:
    fields = {name: number.default for name, number in declaration().numbers.items()}
    loose = {"hospital_floor": 0, "department_floor": 0, "most_per_centre": 1}
    day = (today() + timedelta(days=7)).isoformat()
    return fields | loose | {"place": "420222", "sender": "", "begins": day} | others


def kept() -> KeptPlan:
    return keep_plan(solve_wish(wish(most_per_centre=1)), actor=None, title="阳新县医师派驻方案")


def test_an_officer_makes_a_plan_and_reads_why(officer: Client) -> None:
    answer = officer.post("/plans/new/", numbers(), follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "0 → 2" in page
    assert "3镇卫生院" in page
    assert "60 公里内没有符合条件的医师" in page
    assert "本机构没有中医医师" in page
    assert "已证明：没有更好的方案" in page


def test_wrong_numbers_are_told_at_their_fields_and_nothing_is_kept(officer: Client) -> None:
    answer = officer.post("/plans/new/", numbers(radius="0", months="x", begins="someday"))
    assert answer.status_code == 422
    assert "派驻半径：请填 1 至 500 之间的数" in answer.content.decode()
    assert not KeptPlan.objects.exists()


def test_other_numbers_are_compared_before_anything_is_kept(officer: Client) -> None:
    plan = kept()
    answer = officer.post(f"/plans/new/?from={plan.pk}", numbers(hospital_floor=75, act="compare"))
    page = answer.content.decode()
    assert "未覆盖的机构 +1 个" in page
    assert KeptPlan.objects.count() == 1


def test_another_doctor_is_tried_then_kept_as_a_plan_of_its_own(officer: Client) -> None:
    plan = kept()
    posting = new_postings(plan)[0]
    address = f"/plans/{plan.pk}/change/"
    first = officer.get(address, {"doctor": posting["doctor"]}).content.decode()
    assert "最好的替代方案" in first
    other = re.findall(r'<option value="(D\d)"', first)[-1]
    tried = officer.get(address, {"doctor": posting["doctor"], "other": other})
    assert f"医生{other}" in tried.content.decode()
    assert KeptPlan.objects.count() == 1
    officer.post(address, {"doctor": posting["doctor"], "other": other})
    changed = KeptPlan.objects.latest("id")
    assert changed.made_from == plan
    assert {row["doctor"]: row["centre"] for row in new_postings(changed)}[other] == posting["centre"]


def test_adopting_writes_the_postings_and_they_appear_at_doctor_and_centre(officer: Client) -> None:
    plan = kept()
    answer = officer.post(f"/plans/{plan.pk}/adopt/", follow=True)
    assert "写入派驻记录 2 条" in answer.content.decode()
    assert RecordVersion.objects.filter(kind__name="posting").count() == 2
    worker = new_postings(plan)[0]["doctor"]
    assert "派驻记录" in officer.get(f"/registers/worker/{worker}/").content.decode()
    director = Client(headers={"accept-language": "zh-hans"})
    director.force_login(user("director", Role.TOWNSHIP_DIRECTOR, institution="C1"))
    there = next(row for row in new_postings(plan) if row["centre"] == "C1")
    assert there["doctor"] in director.get("/lists/posting/?of=done").content.decode()


def test_letters_name_doctor_centre_and_days(officer: Client) -> None:
    plan = kept()
    page = officer.get(f"/plans/{plan.pk}/letters/").content.decode()
    assert page.count("<article") == 2
    assert "草稿" in page
    assert str(plan.begins.year) in page


@pytest.mark.parametrize("role", [Role.TOWNSHIP_DIRECTOR, Role.VILLAGE_DOCTOR, Role.HOSPITAL_DOCTOR])
def test_staff_of_an_institution_find_no_plans(role: Role) -> None:
    plan = kept()
    client = Client()
    client.force_login(user("staff", role, institution="C1"))
    for address in (
        "",
        "new/",
        f"{plan.pk}/",
        f"{plan.pk}/letters/",
        f"{plan.pk}/change/?doctor=D1",
        f"{plan.pk}/relax/",
        f"{plan.pk}/compare/",
    ):
        assert client.get(f"/plans/{address}").status_code == 404
    assert client.post(f"/plans/{plan.pk}/adopt/").status_code == 404


def test_an_officer_of_another_county_sees_nothing(officer: Client) -> None:
    plan = kept()
    KeptPlan.objects.filter(pk=plan.pk).update(place=_elsewhere())
    assert officer.get(f"/plans/{plan.pk}/").status_code == 404


def _elsewhere() -> int:
    from_here = KeptPlan.objects.get().place
    from_here.pk, from_here.code, from_here.path = None, "420281", "/420281/"
    from_here.save()
    return int(from_here.pk or 0)


def test_a_city_officer_reads_but_does_not_adopt() -> None:
    plan = kept()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user("city", Role.CITY_OFFICER))
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "/adopt/" not in page
    assert client.post(f"/plans/{plan.pk}/adopt/").status_code == 404
    assert not RecordVersion.objects.exists()


def test_impossible_floors_say_what_could_give_and_what_it_brings(officer: Client) -> None:
    plan = keep_plan(solve_wish(wish(hospital_floor=100, tcm_least=9)), actor=None, title="难")
    page = officer.get(f"/plans/{plan.pk}/").content.decode()
    assert "中医药人员至少派驻人数还差" in page
    assert f"/plans/{plan.pk}/relax/" in page
    page = officer.get(f"/plans/{plan.pk}/relax/").content.decode()
    assert "医院留守比例" in page
    assert "未覆盖的机构 −2 个" in page
    assert "中医药人员至少派驻人数" in page


def test_other_values_of_a_number_are_tried_side_by_side_and_lead_to_the_form(officer: Client) -> None:
    plan = keep_plan(solve_wish(wish(hospital_floor=75, most_per_centre=1)), actor=None, title="试")
    page = officer.get(f"/plans/{plan.pk}/relax/?try=hospital_floor").content.decode()
    rows = [row for row in re.findall(r"<tr.*?</tr>", page) if "<td" in row]
    uncovered = [re.findall(r'<td class="number">(.*?)</td>', row)[1] for row in rows]
    assert uncovered == ["1 个", "1 个", "1 个", "2 个", "2 个", "3 个"]  # 0, 19, 38, 56, 75 and 94 % of four
    address = f"/plans/new/?from={plan.pk}&amp;hospital_floor=38"
    assert address in page
    assert 'value="38"' in officer.get(address.replace("&amp;", "&")).content.decode()
    assert officer.get(f"/plans/{plan.pk}/relax/?try=nothing").status_code == 404


def test_two_plans_are_compared_side_by_side(officer: Client) -> None:
    first = keep_plan(solve_wish(wish(most_per_centre=1)), actor=None, title="甲")
    second = keep_plan(solve_wish(wish(most_per_centre=1, hospital_floor=75)), actor=None, title="乙")
    page = officer.get(f"/plans/{second.pk}/compare/?with={first.pk}").content.decode()
    assert "未覆盖的机构" in page
    assert "+1 个" in page
    assert "医院可派医师中至少留守的比例" in page
    gone = {row["doctor"] for row in new_postings(first)} - {row["doctor"] for row in new_postings(second)}
    assert gone
    assert all(f"医生{code}" in page for code in gone)
    assert officer.get(f"/plans/{first.pk}/compare/").status_code == 200
