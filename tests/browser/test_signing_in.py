"""Signing in in a real browser: the keyboard, a passkey, an authenticator app."""

import re

import pytest
from playwright.sync_api import Page, expect

from integration.test_web_signing_in import code_now
from integration.web_network import PASSWORD
from wangdi.server.audit.models import Change

pytestmark = pytest.mark.browser

HOME = "栖儒村卫生室"


@pytest.fixture
def at(served_at: str) -> str:
    """Passkeys belong to a name: browsers make none for an address of numbers."""
    return served_at.replace("127.0.0.1", "localhost")


def sign_in(page: Page, at: str) -> None:
    page.goto(f"{at}/sign-in/")
    page.get_by_label("用户名").fill("W1")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_label("密码", exact=True).press("Enter")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in/$"))


def confirm(page: Page) -> None:
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="确认").click()


def with_a_finger(page: Page) -> None:
    """A fingerprint reader that always agrees (WebAuthn's virtual authenticator)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_without_the_password(page: Page, at: str) -> None:
    with_a_finger(page)
    sign_in(page, at)
    page.get_by_role("link", name="W1").click()
    page.locator(".card", has=page.get_by_role("heading", name="通行密钥")).get_by_role(
        "link", name="添加"
    ).click()
    confirm(page)
    page.get_by_label("给它取个名字").fill("诊室电脑")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOME)
    assert Change.objects.filter(action="second_factor.add", actor_name="W1").exists()


def test_an_authenticator_app_is_asked_for_after_the_password(page: Page, at: str) -> None:
    sign_in(page, at)
    page.goto(f"{at}/account/second-factor/totp/activate/")
    confirm(page)
    expect(page.get_by_role("img", name=re.compile("二维码"))).to_be_visible()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    secret = page.locator("code.code").inner_text()
    page.get_by_label("6 位数字").fill(code_now(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10
    sign_out(page)

    sign_in(page, at)
    page.get_by_label("验证码或恢复码").fill(codes[0])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOME)
