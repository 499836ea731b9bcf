"""Accounts: who makes, changes and disables whose, and what a role is given for."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from integration.test_web_access import of
from integration.web_network import PASSWORD, Cast, build_network
from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.models import users as all_users
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.network.models import Worker


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def new(**typed: str) -> dict[str, str]:
    return {
        "username": "zhao",
        "name": "赵敏",
        "role": "village_doctor",
        "area": "CA1",
        "worker": "W2",
    } | typed


def make(client: Client, **typed: str) -> str:
    """The page that follows."""
    return client.post("/manage/users/new/", new(**typed), follow=True).content.decode()


def act(client: Client, whom: str, what: str, **typed: str) -> int:
    return client.post(f"/manage/users/of/{whom}/", {"act": what, **typed}).status_code


def names(client: Client, query: str = "") -> set[str]:
    page = client.get(f"/manage/users/{query}").content.decode()
    return set(re.findall(r"/manage/users/of/([^/]+)/", page))


def number_of(user: User) -> str:
    return str(user.assignments.get().pk)


def test_a_director_makes_an_account_and_hands_over_a_password_that_opens_only_its_change(cast: Cast) -> None:
    director = of(cast.director)
    page = make(director)
    (password,) = re.findall(r'class="one-time code">([^<]+)<', page)
    assert password not in director.get("/manage/users/of/zhao/").content.decode()

    client = Client()
    client.post("/sign-in/", {"login": "zhao", "password": password})
    assert client.get("/residents/R1/")["Location"] == "/account/password/"
    client.post("/account/password/", {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD})
    assert client.get("/residents/R1/").status_code == 200
    assert client.get("/residents/R3/").status_code == 404


def test_records_are_saved_in_the_name_of_the_worker_the_account_is_linked_to(cast: Cast) -> None:
    make(of(cast.director))
    zhao = User.objects.get(username="zhao")
    assert zhao.assignments.get().worker == Worker.objects.get(code="W2")
    client = of(cast.own)
    client.force_login(zhao)
    client.get("/")
    zhao.account.delete()
    form = client.get("/residents/R1/record/htn_followup/").content.decode()
    assert re.search(r'value="W2"[^>]*selected', form)


def test_everything_done_to_an_account_is_in_the_chain_of_changes_and_no_password_is(cast: Cast) -> None:
    director = of(cast.director)
    page = make(director)
    (password,) = re.findall(r'class="one-time code">([^<]+)<', page)
    zhao = User.objects.get(username="zhao")
    act(director, "zhao", "give", role="township_doctor", area="HA")
    act(director, "zhao", "rename", name="赵敏敏")
    act(director, "zhao", "reset")
    act(director, "zhao", "disable")
    act(director, "zhao", "enable")
    act(director, "zhao", "take", number=str(zhao.assignments.last().pk))
    changes = Change.objects.filter(actor=cast.director)
    assert [change.action for change in changes] == [
        "account.make",
        "account.give_role",
        "account.rename",
        "account.reset_password",
        "account.disable",
        "account.enable",
        "account.take_role",
    ]
    assert all(change.summary["user"] == "zhao" for change in changes)
    assert password not in str([change.summary for change in Change.objects.all()])
    assert verify_chain() is None


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(cast: Cast) -> None:
    response = of(cast.director).post(
        "/manage/users/new/", new(username="W1", name="", role="county_officer", area="420281", worker="")
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "有 3 处需要更正" in page
    assert "已有这个用户名" in page and "请填写姓名" in page and "没有这个名称或编码的区划" in page
    assert 'value="W1"' in page


@pytest.mark.parametrize(
    ("role", "area"),
    [
        ("township_director", "HA"),
        ("county_officer", "420281"),
        ("hospital_doctor", "HA"),
        ("administrator", ""),
        ("village_doctor", "HB"),
        ("village_doctor", "CB1"),
    ],
)
def test_a_director_gives_the_roles_of_doctors_at_the_own_centre_and_no_others(
    cast: Cast, role: str, area: str
) -> None:
    director = of(cast.director)
    assert director.post("/manage/users/new/", new(role=role, area=area, worker="")).status_code == 422
    assert act(director, "W1", "give", role=role, area=area) == 422
    assert not User.objects.filter(username="zhao").exists()
    assert cast.own.assignments.count() == 1


def test_an_officer_gives_roles_in_the_institutions_of_the_county(cast: Cast) -> None:
    county = of(cast.county)
    for role in ("village_doctor", "township_doctor", "township_director", "hospital_doctor"):
        make(county, username=role, role=role, area="HB", worker="")
        assert User.objects.filter(username=role).exists()
    make(of(cast.outsider), username="elsewhere", role="village_doctor", area="HB", worker="")
    assert not User.objects.filter(username="elsewhere").exists()


def test_each_manages_those_whose_every_role_is_theirs_to_give(cast: Cast) -> None:
    assert names(of(cast.director)) == {"W1", "beside", "centre"}
    assert names(of(cast.county)) == {"W1", "beside", "centre", "director", "hospital"}
    assert names(of(cast.outsider)) == set()
    assert len(names(of(cast.admin))) == 9
    Assignment.objects.create(
        user=cast.own, role=Role.COUNTY_OFFICER, place=cast.county.assignments.get().place
    )
    assert "W1" not in names(of(cast.director))
    assert act(of(cast.director), "W1", "reset") == 404


def test_nobody_changes_their_own_account_here(cast: Cast) -> None:
    admin = of(cast.admin)
    for what in ("reset", "disable", "give"):
        assert act(admin, "admin", what, role="county_officer", area="42") == 422
    assert cast.admin.assignments.count() == 1


def test_one_administrator_always_stays(cast: Cast) -> None:
    second = User.objects.create_user("second")
    Assignment.objects.create(user=second, role=Role.ADMINISTRATOR)
    first, other = of(cast.admin), of(second)
    assert act(first, "second", "disable") == 302
    assert act(other, "admin", "disable") == 302
    assert other.get("/manage/users/").status_code == 302
    cast.admin.refresh_from_db()
    assert cast.admin.is_active


def test_the_last_role_stays_and_a_role_is_not_given_twice(cast: Cast) -> None:
    director = of(cast.director)
    assert act(director, "W1", "take", number=number_of(cast.own)) == 422
    assert act(director, "W1", "give", role="village_doctor", area="CA1") == 422
    assert act(director, "W1", "give", role="village_doctor", area="CA2") == 302
    assert act(director, "W1", "take", number=str(cast.own.assignments.first().pk)) == 302
    assert of(cast.own).get("/residents/R1/").status_code == 404


def test_a_role_of_another_account_cannot_be_taken_through_ones_own(cast: Cast) -> None:
    assert act(of(cast.director), "W1", "take", number=number_of(cast.county)) == 404
    assert cast.county.assignments.count() == 1


def test_a_worker_is_of_the_institution_and_one_accounts_alone(cast: Cast) -> None:
    director = of(cast.director)
    assert "已关联另一个账号" in make(director, worker="W1")
    assert "没有这个姓名或编码的人员" in make(director, worker="W9")
    assert "没有这个姓名或编码的人员" in make(director, worker="nobody")
    assert act(director, "beside", "link", number=number_of(cast.beside), worker="W2") == 422
    assert act(director, "W1", "link", number=number_of(cast.own), worker="W2") == 302
    assert cast.own.assignments.get().worker == Worker.objects.get(code="W2")


def test_a_disabled_account_is_signed_out_and_its_work_stays(cast: Cast) -> None:
    client = of(cast.own)
    assert client.get("/residents/R1/").status_code == 200
    act(of(cast.director), "W1", "disable")
    assert client.get("/residents/R1/").status_code == 302
    assert "已停用" in of(cast.director).get("/manage/users/?state=disabled").content.decode()


def test_the_list_is_narrowed_by_words_role_and_state(cast: Cast) -> None:
    county = of(cast.county)
    assert names(county, "?q=栖儒") == {"W1"}
    assert names(county, "?role=township_director") == {"director"}
    assert names(county, "?role=administrator") == set()
    make(county, worker="")
    assert names(county, "?state=one_time") == {"zhao"}
    assert "zhao" in names(county, "?state=never")


def test_the_page_says_who_may_see_what_as_the_program_decides_it(cast: Cast) -> None:
    page = of(cast.director).get("/manage/users/").content.decode()
    row = page[page.index('<th scope="row">村医') :]
    assert (
        "居民" in row[: row.index("</tr>")]
        and "机构、" not in row[: row.index("</tr>")].split("可记录")[1][:30]
    )


def test_who_answers_for_nobody_manages_nobody(cast: Cast) -> None:
    for user in (cast.own, cast.centre, cast.city, cast.hospital):
        assert not all_users().managed_by(user).exists()
