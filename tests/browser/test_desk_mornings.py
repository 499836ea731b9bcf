"""The mornings of those at desks, in a real browser: a director, an officer of a county, one of the city."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.test_village_morning import enter
from wangdi.server.adoption.models import Target
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Charge
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.evaluation.services import today
from wangdi.server.records.models import Evidence, RecordVersion

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page, installation: Installation, served_at: str) -> Page:
    """A page of a desk's width, over an installation that has been evaluated."""
    fresh_lake(installation)
    page.set_viewport_size({"width": 1280, "height": 800})
    return page


def sign_in(page: Page, user: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in/")
    enter(page, user)
    expect(page.locator(".who")).to_be_visible()


def test_a_director_gives_work_to_a_doctor_who_finds_it_and_hands_in_evidence(
    desk: Page, tmp_path: Path
) -> None:
    sign_in(desk, "director")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("金湖卫生院")
    desk.get_by_role("link", name="下级和团队").click()
    expect(desk.get_by_role("row", name=re.compile("栖儒村卫生室"))).to_be_visible()
    desk.get_by_role("link", name="交办应做事项").click()
    desk.get_by_label("姓名").fill("张三")
    expect(desk.locator(".due-row").first).to_contain_text("张三")
    expect(desk.locator(".due-row", has_text="李四")).to_have_count(0)
    desk.get_by_label("本页全选").check()
    desk.get_by_label("交给", exact=True).select_option("W1")
    desk.get_by_role("button", name="交办").click()
    expect(desk.get_by_role("status").first).to_contain_text("已交给王医生")
    assert Charge.objects.exists()

    desk.goto("/institutions/HA/standards/township_centre_illustrative/")
    clause = desk.locator(".clause").first
    clause.get_by_text("判定（自评）").first.click()
    clause.get_by_role("radio", name="达到", exact=True).first.check()
    clause.get_by_label(re.compile("看到的佐证材料")).first.fill("职责文件")
    clause.get_by_role("button", name="保存判定").first.click()
    expect(desk.get_by_role("status").first).to_contain_text("已保存判定")
    file = tmp_path / "职责文件.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    clause.locator("input[type=file]").first.set_input_files(file)
    clause.get_by_role("button", name="上传", exact=True).click()
    expect(clause.get_by_role("link", name="职责文件.pdf")).to_be_visible()
    assert Evidence.objects.count() == 1

    sign_in(desk, "W1")
    desk.goto("/due/")
    expect(desk.locator(".charged").first).to_contain_text("交给我")


def test_an_officer_goes_from_a_figure_to_the_person_and_makes_a_task_of_it(desk: Page) -> None:
    sign_in(desk, "county")
    expect(desk.get_by_role("heading", name="重点指标")).to_be_visible()
    desk.get_by_role("link", name=re.compile("^高血压患者规范管理率")).first.click()
    indicator = desk.locator("#indicator")
    expect(indicator.get_by_role("heading", name="高血压患者规范管理率")).to_be_visible()
    indicator.get_by_role("link", name="谁未计入、缺什么").click()
    expect(desk.get_by_role("heading", name="未计入的原因")).to_be_visible()
    desk.locator(".due-row a.person").first.click()
    desk.locator("summary", has_text=re.compile("项还差")).click()
    desk.locator(".counted summary", has_text="高血压患者规范管理率").click()
    expect(desk.locator(".counted .trace").first).to_be_visible()

    desk.goto("/places/B/?indicator=contract_coverage_key")
    desk.get_by_role("link", name="比较各地").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("还地桥镇")
    desk.go_back()
    desk.get_by_role("link", name="下达任务").click()
    expect(desk.get_by_label(re.compile("^任务名称"))).to_have_value("重点人群签约覆盖率")
    expect(desk.get_by_label(re.compile("^目标值"))).to_have_value("77")
    desk.get_by_label(re.compile("^任务编号")).fill("县-1")
    desk.locator("label", has_text="年度重点工作").click()
    desk.get_by_label(re.compile("^完成期限")).fill((today() + timedelta(days=60)).isoformat())
    desk.get_by_label(re.compile("^承办机构")).select_option("HB")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("status").first).to_contain_text("已保存")
    assert RecordVersion.objects.filter(kind__name="goal_task", is_current=True).count() == 1

    desk.goto("/inbox/")
    desk.get_by_role("link", name=re.compile("办理：任务清单")).click()
    desk.get_by_role("link", name="下达", exact=True).click()
    desk.get_by_role("button").filter(has_text="下达").click()
    expect(desk.locator(".workflow")).to_contain_text("已下达")
    expect(desk.locator(".workflow")).to_contain_text("还地桥卫生院")


def test_an_officer_sets_a_target_that_the_home_shows(desk: Page) -> None:
    sign_in(desk, "county")
    desk.get_by_role("link", name="采用与目标").click()
    form = desk.locator("form", has=desk.locator("input[value=target]")).last
    form.get_by_label(re.compile("^指标")).select_option("htn_managed")
    form.get_by_label(re.compile("^目标（")).fill("90")
    form.get_by_label(re.compile("^依据")).fill("县级年度目标")
    form.get_by_role("button", name="记录目标").click()
    expect(desk.get_by_role("row", name=re.compile("县级年度目标"))).to_contain_text("90")
    assert Target.objects.filter(indicator="htn_managed").exists()
    desk.goto("/places/420281/?indicator=htn_managed")
    expect(
        desk.locator(".figure[aria-current], .figure").filter(has_text="高血压患者规范管理率").first
    ).to_contain_text("距目标 90.0%")


def test_an_officer_of_the_city_compares_places_and_takes_the_bulletin_along(desk: Page) -> None:
    sign_in(desk, "city")
    desk.goto("/indicators/contract_coverage_key/compare/?place=420281")
    rows = desk.locator("#league tbody tr")
    expect(rows.first).to_contain_text("金湖街道")
    expect(rows.nth(1)).to_contain_text("差 17.0 个百分点")
    desk.goto("/places/420281/bulletin/")
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="下载 PDF").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")


def test_every_menu_of_a_desk_is_reached_and_left_with_the_keyboard(desk: Page) -> None:
    sign_in(desk, "county")
    reached = []
    for _ in range(16):
        desk.keyboard.press("Tab")
        reached.append(
            desk.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
        )
    assert reached[0] == "跳到正文"
    for name in ("首页", "应做清单", "待办流转", "台账", "search", "English", "退出", "打开应做清单"):
        assert name in reached, (name, reached)
    desk.keyboard.press("/")
    expect(desk.locator("#search")).to_be_focused()
    desk.keyboard.type("zs")
    expect(desk.locator("#found a").first).to_be_visible()
    desk.keyboard.press("Tab")
    expect(desk.locator("#found a").first).to_be_focused()
