"""A resident with a small telephone: signs in, sees what is due, books a slot, cancels it; the doctor sees the booking."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from browser.test_village_morning import sign_in
from integration.web_network import PHONE, Cast
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today

pytestmark = pytest.mark.browser


@pytest.fixture
def session(cast: Cast) -> Iterator[None]:
    """Residents may sign in, and a doctor sits in the clinic in two days."""
    values = {
        "session_on": (today() + timedelta(days=2)).isoformat(),
        "part": "morning",
        "capacity": 1,
        "department": "全科诊室",
    }
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["clinic_session"],
        record_id="s1",
        subject_code="W1",
        occurred_on=today(),
        institution_code="CA1",
        values=values,
    )
    with override_settings(RESIDENTS="file"):
        yield


def test_a_resident_signs_in_sees_what_is_due_books_and_cancels(
    page: Page, browser: Browser, session: None, installation: Installation, served_at: str
) -> None:
    page.goto("/my/")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    code = (installation.data / "sms.log").read_text("utf-8").split("\t")[1]
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("张三")
    expect(page.locator(".due-card.overdue").first).to_contain_text("血压 152/95，控制不满意")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("link", name="预约门诊").click()
    page.get_by_label("想看什么").fill("复查血压")
    page.get_by_role("button", name="上午 王医生").click()
    expect(page.get_by_role("status")).to_contain_text("预约成功")
    expect(page.locator(".appointment")).to_contain_text("王医生")

    doctors = browser.new_page(base_url=served_at, locale="zh-CN")
    sign_in(doctors)
    booking = doctors.locator('a[href^="/records/appointment/"]')
    expect(booking).to_contain_text("接待预约就诊")
    booking.click()
    expect(doctors.locator("main")).to_contain_text("复查血压")

    page.get_by_role("button", name="取消预约").click()
    expect(page.get_by_role("status")).to_contain_text("预约已取消")
    expect(page.locator(".appointment")).to_have_count(0)
    doctors.goto("/today/")
    expect(doctors.locator(".homes")).not_to_contain_text("接待预约就诊")
    doctors.close()
