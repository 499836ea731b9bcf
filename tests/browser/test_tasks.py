"""A task from above, from the county to the centre and back, and what was done about it, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.test_desk_mornings import desk, sign_in  # noqa: F401
from wangdi.server.evaluation.services import today
from wangdi.server.records.models import Evidence, RecordVersion

pytestmark = [pytest.mark.browser, pytest.mark.long]

TASK = "高血压患者规范管理率达到75%"


def step(page: Page, button: str, to: str) -> None:
    """Sends the step that is being filled in; the record's page then says where the task stands."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已办理")
    expect(page.locator(".workflow")).to_contain_text(to)


def open_task(page: Page) -> None:
    page.get_by_role("link", name="待办流转").click()
    page.get_by_role("link", name="办理：任务清单").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("任务清单")


def test_a_task_goes_to_the_centre_and_its_result_comes_back_with_evidence(
    desk: Page,  # noqa: F811
    tmp_path: Path,
) -> None:
    page = desk
    sign_in(page, "county")
    page.goto("/registers/place/B/record/goal_task/")
    page.get_by_label("任务编号", exact=False).first.fill("县-7")
    page.get_by_label("任务名称").fill(TASK)
    page.locator("label", has_text="年度重点工作").click()
    page.get_by_label("目标年度").fill(str(today().year))
    page.get_by_label("完成期限").fill((today() + timedelta(days=60)).isoformat())
    page.get_by_label("承办机构").select_option("HA")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    open_task(page)
    page.get_by_role("link", name="下达", exact=True).click()
    step(page, "下达", "已下达")
    expect(page.locator(".workflow")).to_contain_text("金湖卫生院")

    sign_in(page, "director")
    expect(page.locator("nav .waits")).to_have_text("1")
    open_task(page)
    page.get_by_role("link", name="认领", exact=True).click()
    page.get_by_label("具体责任人").select_option(label="陈主任")
    step(page, "认领", "已认领")
    expect(page.locator("main")).to_contain_text("陈主任")
    page.get_by_role("link", name="分解细化").click()
    page.get_by_role("radio", name="本级直接落实").check()
    step(page, "分解细化", "落实中")
    number = page.url.rstrip("/").rpartition("/")[2]
    file = tmp_path / "佐证.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("link", name="佐证.pdf")).to_be_visible()
    page.get_by_role("link", name="上报完成").click()
    page.get_by_label("佐证材料").fill("随访记录和名单")
    page.get_by_label("完成值").fill("81")
    step(page, "上报完成", "已上报完成")
    expect(page.locator(".workflow")).to_contain_text("您没有可办的步骤")

    sign_in(page, "county")
    open_task(page)
    expect(page.get_by_role("link", name="佐证.pdf")).to_be_visible()
    page.get_by_role("link", name="核实销号").click()
    page.locator("fieldset", has_text="核实方式").get_by_role("radio").first.check()
    step(page, "核实销号", "已销号")
    task = RecordVersion.objects.valid().get(kind__name="goal_task", record_id=number)
    assert (task.state, task.values["done_value"]) == ("confirmed", 81)
    assert Evidence.objects.count() == 1
