"""Officers adopt packs, set targets and see closed periods on pages; nobody else does."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from adopted_pack import adopted_rulebook
from django.contrib.auth.models import User
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.access.models import Assignment, Role
from wangdi.server.adoption.models import Adoption, Target
from wangdi.server.adoption.services import set_target
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import Closure, Publication
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Place

COUNTY = "/places/420281/decisions/"
YEAR = date(today().year, 1, 1)


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def walking(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """The network under the pack that places adopt."""
    adopted_rulebook(tmp_path / "packs")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "packs")
    yield cast


def of(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def test_an_officer_adopts_a_pack_for_a_place_below_and_withdraws_it(walking: Cast) -> None:
    officer = of(walking.county)
    form = {"act": "adopt", "pack": "walking", "place": "A", "since": "2026-01-01", "edition": "2026"}
    page = officer.post(COUNTY, form, follow=True).content.decode()
    adoption = Adoption.objects.current().get()
    assert (adoption.place, adoption.edition, adoption.in_force) == (
        Place.objects.get(code="A"),
        "2026",
        True,
    )
    assert adoption.change.actor == walking.county
    assert "金湖街道" in page and "已记录" in page
    assert "2026年版" in officer.get("/places/A1/decisions/").content.decode()
    officer.post(COUNTY, {"act": "withdraw", "of": "adoption", "number": str(adoption.pk)})
    assert not Adoption.objects.current().exists()


def test_what_is_wrong_with_a_decision_is_told_and_nothing_is_kept(walking: Cast) -> None:
    officer = of(walking.county)

    def told(**form: str) -> str:
        return officer.post(COUNTY, {"act": "adopt", "pack": "walking", **form}, follow=True).content.decode()

    assert "没有这个名称或编码" in told(place="420222", since="2026-01-01")  # another county
    assert "没有这个名称或编码" in told(place="金湖卫生院（HA）", since="2026-01-01")  # no place
    assert "日期写成" in told(place="金湖街道", since="soon")
    assert "截止日期早于" in told(place="A", since="2026-02-01", until="2026-01-01")
    assert "没有版次" in told(place="A", since="2026-02-01", edition="1999")
    assert not Adoption.objects.exists()
    assert officer.post(COUNTY, {"act": "withdraw", "of": "adoption", "number": "x"}).status_code == 404
    assert officer.post(COUNTY, {"act": "else"}).status_code == 404


def test_the_target_that_an_officer_sets_is_the_one_the_pages_show(cast: Cast) -> None:
    officer = of(cast.county)
    form = {"act": "target", "indicator": "contract_coverage_key", "code": "A", "year": str(YEAR.year)}
    officer.post(COUNTY, form | {"value": "85", "source": "县卫健局文件"})
    assert Target.objects.current().get().value == 0.85
    chosen = "?indicator=contract_coverage_key"
    assert "85.0%" in officer.get(f"/places/A1/{chosen}").content.decode()
    assert "85.0%" not in officer.get(f"/places/B/{chosen}").content.decode()
    refused = officer.post(COUNTY, form | {"value": "nan", "source": "县卫健局〔2026〕1号"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "写成数字" in page
    assert 'value="县卫健局〔2026〕1号"' in page and 'value="contract_coverage_key" selected' in page


def test_the_page_tells_the_targets_that_apply_here_and_whose_they_are(cast: Cast) -> None:
    set_target(rulebook(), "htn_managed", Place.objects.get(code="420281"), YEAR, 0.66, actor_name="x")
    page = of(cast.county).get("/places/A/decisions/").content.decode()
    applies = page[page.index("今年在此适用的目标") :]
    rows = dict(
        re.findall(r'<a href="/indicators/(\w+)/">.*?<td class="number">(.*?</td><td>.*?)</td>', applies)
    )
    assert rows["htn_managed"] == "66.0%</td><td>大冶市"
    assert rows["contract_coverage_key"] == "77.0%</td><td>规则包"
    assert "community_hospitals" not in rows, "the number of a city is no target of a township"


def test_nobody_but_officers_of_the_place_decides_even_with_a_form_made_by_hand(cast: Cast) -> None:
    form = {"act": "target", "indicator": "htn_managed", "code": "A", "year": str(YEAR.year), "value": "1"}
    for user in (cast.own, cast.director, cast.outsider):
        assert of(user).post(COUNTY, form).status_code == 404
    target = set_target(
        rulebook(), "htn_managed", Place.objects.get(code="420222"), YEAR, 0.5, actor_name="x"
    )
    of(cast.county).post(COUNTY, {"act": "withdraw", "of": "target", "number": str(target.pk)})
    assert Target.objects.current().get() == target


def test_the_page_of_closed_periods_lets_administrators_open_one_for_a_reason(cast: Cast) -> None:
    packs = {"contract": {"version": "2026.1", "hash": "0"}}
    closure = Closure.objects.create(
        last_day=date(2026, 9, 30),
        publication=Publication.objects.latest(),
        archive="a",
        contents={"packs": packs},
        change=record_change("period.close", actor_name="test"),
    )
    page = of(cast.own).get("/periods/").content.decode()
    assert "2026-09" in page and "contract 2026.1" in page and "重开原因" not in page
    form = {"closure": str(closure.pk), "reason": "补录"}
    assert of(cast.county).post("/periods/", form).status_code == 404
    administrator = User.objects.create_user("opener")
    Assignment.objects.create(user=administrator, role=Role.ADMINISTRATOR)
    assert (
        "写明原因" in of(administrator).post("/periods/", form | {"reason": ""}, follow=True).content.decode()
    )
    page = of(administrator).post("/periods/", form, follow=True).content.decode()
    assert "2026-09 已重开" in page and "：补录" in page
    assert Change.objects.latest("id").actor == administrator
