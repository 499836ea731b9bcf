"""Fields that appear with certain answers above them, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.test_village_morning import sign_in
from browser.test_village_offline import VISIT, newest, until, village_is_kept
from form_conditions import samples
from wangdi.engine.evaluate.asking import asked_fields
from wangdi.engine.model.clocks import clock_of
from wangdi.engine.model.fields import Field, FieldType
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.asking import Translator, name_of
from wangdi.server.web.forms import as_typed

pytestmark = pytest.mark.browser

ASKED = """async (cases) => {
    const { worth } = await import("/static/web/asking.js");
    return cases.map(([form, typed]) => {
        const asked = [];
        for (const [name, tree] of form) {
            const textsOf = (other) => (asked.includes(other) ? typed[other] ?? [] : []);
            if (tree === null || worth(tree, textsOf) === true) asked.push(name);
        }
        return asked;
    });
}"""
"""What a form does as it is filled in, from the top."""


def test_the_script_and_the_server_ask_the_same_fields_of_any_form(page: Page) -> None:
    cases: list[tuple[list[Any], dict[str, Any]]] = []
    expected = []
    for kind, values in samples(1000):
        translator = Translator(kind, {})
        trees = [
            (name_of(field, ""), translator.tree(field.asked_if) if field.asked_if is not None else None)
            for field in kind.form
        ]
        typed = {
            name_of(kind.field(name), ""): as_typed(_stored(kind.field(name), value))
            for name, value in values.items()
        }
        cases.append((trees, typed))
        asked = asked_fields(kind.form, values)
        expected.append([name_of(field, "") for field in kind.form if field.name in asked])
    page.goto("/sign-in/")
    assert page.evaluate(ASKED, cases) == expected
    assert any(len(one) < len(trees) for one, (trees, _) in zip(expected, cases, strict=True))


def _stored(field: Field, value: Any) -> Any:
    return clock_of(value) if field.type is FieldType.TIME else value


def test_a_field_appears_with_its_answer_goes_with_it_and_is_not_sent_unasked(page: Page) -> None:
    sign_in(page)
    page.goto("/residents/R1/record/htn_followup/")
    reason = page.get_by_label("转诊原因")
    expect(reason).to_be_hidden()
    referred = page.get_by_role("group", name="是否转诊")
    referred.get_by_role("radio", name="是", exact=True).check()
    reason.fill("血压控制不满意")
    referred.get_by_role("radio", name="否").check()
    expect(reason).to_be_hidden()
    page.get_by_label("收缩压").fill("128")
    page.get_by_label("舒张压").fill("82")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert newest().values["referral"] is False
    assert "referral_reason" not in newest().values


def test_without_the_net_the_form_asks_the_same(page: Page, context: BrowserContext) -> None:
    sign_in(page)
    village_is_kept(page)
    before = newest().seq
    context.set_offline(True)
    page.goto(VISIT)
    reason = page.get_by_label("转诊原因")
    expect(page.get_by_label("收缩压")).to_be_visible()
    expect(reason).to_be_hidden()
    page.get_by_role("group", name="是否转诊").get_by_role("radio", name="是", exact=True).check()
    reason.fill("血压控制不满意")
    page.get_by_label("收缩压").fill("172")
    page.get_by_label("舒张压").fill("102")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#queue")).to_contain_text("张三")
    context.set_offline(False)
    until(page, lambda: newest().seq > before)
    assert newest().values["referral_reason"] == "血压控制不满意"


def test_what_is_stored_although_it_is_not_asked_stays_in_sight_until_it_is_cleared(page: Page) -> None:
    record = RecordVersion.objects.current().get(kind__name="htn_followup", record_id="f2")
    record.values = {**record.values, "referral": False, "referral_reason": "旧记录"}
    record.save()
    sign_in(page)
    page.goto("/records/htn_followup/f2/edit/")
    reason = page.get_by_label("转诊原因")
    expect(reason).to_have_value("旧记录")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#problems")).to_contain_text("按“是否转诊”的回答，此项不用填")
    expect(reason).to_have_value("旧记录")
    reason.fill("")
    expect(reason).to_be_hidden()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
