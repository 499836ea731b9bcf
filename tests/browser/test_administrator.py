"""An administrator's morning in a real browser: an account, changed packs, a file with mistakes, a merge."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.test_desk_mornings import desk, sign_in  # noqa: F401
from integration.test_web_jobs import RIGHT, WRONG
from integration.test_web_packs import PACK, zipped
from wangdi.server.accounts.second_factor import SECOND_FACTOR_VARIABLE
from wangdi.server.audit.models import Change
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Resident

pytestmark = [pytest.mark.browser, pytest.mark.long]

JOB_MS = 120_000
"""A job is a process of its own, which reads all packs first."""


@pytest.fixture
def admin(desk: Page, monkeypatch: pytest.MonkeyPatch) -> Page:  # noqa: F811
    monkeypatch.setenv(SECOND_FACTOR_VARIABLE, "")
    sign_in(desk, "admin")
    desk.get_by_role("link", name="管理", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("管理")
    return desk


def ended(page: Page) -> None:
    expect(page.locator("#job .stage.final")).to_be_visible(timeout=JOB_MS)


def test_an_account_is_given_by_names_and_its_owner_chooses_a_password(admin: Page) -> None:
    admin.get_by_role("link", name="账号与角色").click()
    admin.get_by_role("link", name="新建账号").click()
    admin.get_by_label("用户名").fill("lihong")
    admin.get_by_label("姓名", exact=True).fill("李红")
    admin.get_by_label("角色").select_option("village_doctor")
    admin.get_by_label("机构或区划").press_sequentially("栖儒村卫")
    offered = admin.locator("#area-names option")
    expect(offered).to_have_count(1)
    admin.get_by_label("机构或区划").fill(str(offered.get_attribute("value")))
    admin.get_by_role("button", name="建立账号").click()
    password = admin.locator(".one-time").inner_text()
    admin.get_by_role("button", name="退出").click()
    admin.wait_for_url(re.compile("/sign-in/"))
    admin.locator("#username").fill("lihong")
    admin.locator("#password").fill(password)
    admin.locator("#password").press("Enter")
    expect(admin.locator("main")).to_contain_text("密码")
    assert Change.objects.filter(action="account.make", actor_name="admin").exists()


def test_changed_packs_are_tried_put_in_force_and_rolled_back(admin: Page, tmp_path: Path) -> None:
    title = next(one.title.zh for one in rulebook().packs if one.name == "hypertension")
    version = next(one.version for one in rulebook().packs if one.name == "hypertension")
    changed = PACK.replace(f"zh: {title}", f"zh: {title}（本地）", 1).replace(version, f"{version}.1", 1)
    file = tmp_path / "packs.zip"
    file.write_bytes(zipped({"hypertension/pack.yaml": changed}))
    admin.get_by_role("link", name="规则包").click()
    admin.locator("input[type=file]").set_input_files(file)
    admin.get_by_role("button", name="开始").click()
    ended(admin)
    expect(admin.locator("#job")).to_contain_text("没有错误")
    expect(admin.locator("#job")).to_contain_text("（本地）")
    expect(admin.locator("#job")).to_contain_text("新增应做 0 项")
    admin.get_by_label("原因").fill("县卫健局会议")
    admin.get_by_role("button", name="施行这些规则包").click()
    ended(admin)
    admin.goto("/manage/packs/")
    expect(admin.get_by_role("row", name=re.compile("（本地）"))).to_contain_text("自有")
    admin.get_by_role("link", name="施行历史，换回").click()
    expect(admin.locator("main")).to_contain_text("县卫健局会议")


def test_a_file_with_mistakes_comes_back_marked_and_the_right_one_is_loaded(
    admin: Page, tmp_path: Path
) -> None:
    for name, content in (("wrong", WRONG), ("right", RIGHT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "residents.csv").write_bytes(content.encode("utf-8-sig"))
    admin.get_by_role("link", name="导入", exact=True).click()
    admin.locator("input[type=file]").set_input_files(tmp_path / "wrong" / "residents.csv")
    admin.get_by_role("button", name="开始").click()
    ended(admin)
    with admin.expect_download() as taken:
        admin.get_by_role("link", name="下载标注的文件").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"PK")
    admin.goto("/manage/imports/")
    admin.locator("input[type=file]").set_input_files(tmp_path / "right" / "residents.csv")
    admin.get_by_label("导入后更新名单和指标").uncheck()
    admin.get_by_role("button", name="开始").click()
    ended(admin)
    expect(admin.locator("#job")).to_contain_text("新增 1 行")
    assert Resident.objects.get(code="R9").name == "钱七"
    admin.goto("/manage/audit/")
    expect(admin.get_by_role("row", name=re.compile("批量导入")).first).to_contain_text("居民 （新增 1）")


def test_two_files_are_set_side_by_side_by_name_merged_and_parted_again(admin: Page) -> None:
    admin.get_by_role("link", name="重复档案").click()
    admin.get_by_label("保留的一份").fill("张三")
    admin.get_by_label("并入的一份").fill("李四")
    admin.get_by_role("button", name="并排比较").click()
    expect(admin.locator("main")).to_contain_text("李四")
    admin.get_by_label(re.compile("原因")).fill("村医核实")
    admin.get_by_role("button", name=re.compile("^合并")).click()
    expect(admin.get_by_role("status").first).to_contain_text("已合并")
    admin.goto("/manage/duplicates/")
    admin.get_by_role("link", name="撤销", exact=True).click()
    admin.get_by_label(re.compile("原因")).fill("弄错了")
    admin.get_by_role("button", name=re.compile("撤销")).click()
    expect(admin.get_by_role("status").first).to_contain_text("已撤销合并")
