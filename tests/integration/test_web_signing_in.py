"""Signing in: passwords, second factors, one-time passwords, lock-out, and sessions that end."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.models import Account
from wangdi.server.accounts.second_factor import SECOND_FACTOR_VARIABLE
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.web.middleware import SEEN, SINCE

PASSWORD, OTHER = "a long enough password", "another good passphrase"


@pytest.fixture
def client(installation: Installation) -> Client:
    return Client(headers={"accept-language": "zh-CN"})


@pytest.fixture
def user(installation: Installation) -> User:
    user = User.objects.create_user("wang", password=PASSWORD, first_name="王敏")
    Assignment.objects.create(user=user, role=Role.ADMINISTRATOR)
    return user


def sign_in(client: Client, password: str = PASSWORD, name: str = "wang") -> str:
    """Where it leads, or the text of the page that asks again."""
    response = client.post("/sign-in/", {"login": name, "password": password})
    return response["Location"] if response.status_code == 302 else response.content.decode()


def is_in(client: Client) -> bool:
    return client.get("/periods/").status_code == 200


def actions() -> list[str]:
    return list(Change.objects.values_list("action", flat=True))


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_who_signs_in_is_led_to_the_page_that_was_asked_for(client: Client, user: User) -> None:
    page = client.post(
        "/sign-in/?next=/periods/", {"login": "wang", "password": PASSWORD, "next": "/periods/"}
    )
    assert page["Location"] == "/periods/"
    assert is_in(client)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_host(client: Client, user: User, elsewhere: str) -> None:
    page = client.post("/sign-in/", {"login": "wang", "password": PASSWORD, "next": elsewhere})
    assert page["Location"] == "/"


def test_signing_in_and_failing_to_are_in_the_chain_of_changes(client: Client, user: User) -> None:
    sign_in(client, "wrong")
    sign_in(client, "my secret", name="my secret")
    sign_in(client)
    assert actions() == ["sign_in.failed", "sign_in.failed", "sign_in"]
    named = [change.summary.get("user") for change in Change.objects.filter(action="sign_in.failed")]
    assert named == ["wang", None]
    assert verify_chain() is None


def test_after_five_failures_even_the_right_password_has_to_wait(client: Client, user: User) -> None:
    for _ in range(5):
        assert "用户名或密码不对" in sign_in(client, "wrong")
    assert "已暂停" in sign_in(client)
    assert not is_in(client)
    cache.clear()
    assert sign_in(client) == "/"


def test_failures_of_one_name_lock_nobody_else_out(client: Client, user: User) -> None:
    User.objects.create_user("li", password=PASSWORD)
    for _ in range(6):
        sign_in(client, "wrong")
    assert sign_in(client, name="li") == "/"


def test_whoever_is_disabled_is_out_at_once_and_cannot_come_back(client: Client, user: User) -> None:
    sign_in(client)
    User.objects.update(is_active=False)
    assert not is_in(client)
    assert sign_in(Client()) == "/account/disabled/"


def test_a_session_ends_when_it_is_not_used_and_the_page_says_so(client: Client, user: User) -> None:
    sign_in(client)
    assert is_in(client)
    session = client.session
    session[SEEN] = int(time.time()) - 3 * 3600
    session.save()
    assert "登录已超时" in client.get("/periods/", follow=True).content.decode()
    assert not is_in(client)


def test_a_session_that_is_used_ends_after_a_working_day_all_the_same(client: Client, user: User) -> None:
    sign_in(client)
    assert is_in(client)
    session = client.session
    session[SINCE] = int(time.time()) - 13 * 3600
    session.save()
    assert not is_in(client)


def test_use_is_noted_now_and_then_and_not_with_every_page(client: Client, user: User) -> None:
    sign_in(client)
    assert is_in(client)
    session = client.session
    session[SEEN] -= 60
    session.save()
    is_in(client)
    assert client.session[SEEN] < time.time() - 50
    session[SEEN] -= 600
    session.save()
    is_in(client)
    assert client.session[SEEN] > time.time() - 50


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(client: Client, user: User) -> None:
    Account.objects.create(user=user, one_time_until=timezone.now() + timedelta(hours=1))
    sign_in(client)
    assert client.get("/periods/")["Location"] == "/account/password/"
    page = client.get("/account/password/").content.decode()
    assert "一次性密码" in page
    form = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert "不能与当前密码相同" in client.post("/account/password/", form).content.decode()
    form |= {"password1": OTHER, "password2": OTHER}
    assert client.post("/account/password/", form).status_code == 302
    assert is_in(client)
    assert "account.own_password" in actions()


def test_a_one_time_password_is_of_no_use_after_its_time(client: Client, user: User) -> None:
    Account.objects.create(user=user, one_time_until=timezone.now() - timedelta(minutes=1))
    assert "一次性密码已过期" in sign_in(client)
    assert not is_in(client)


def test_changing_the_password_signs_out_everywhere_else(client: Client, user: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    assert is_in(client)
    assert not is_in(elsewhere)


def test_a_weak_password_is_refused_with_the_reason(client: Client, user: User) -> None:
    sign_in(client)
    form = {"oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"}
    assert "太常见" in client.post("/account/password/", form).content.decode()


def activate_totp(client: Client) -> str:
    """Through the pages: confirming with the password, then the first code. The secret."""
    client.post("/account/confirm/?next=/account/second-factor/totp/activate/", {"password": PASSWORD})
    client.get("/account/second-factor/totp/activate/")
    secret: str = client.session["mfa.totp.secret"]
    response = client.post("/account/second-factor/totp/activate/", {"code": code_now(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret


def test_with_an_authenticator_app_the_password_alone_opens_nothing(client: Client, user: User) -> None:
    sign_in(client)
    secret = activate_totp(client)
    client = Client()
    assert sign_in(client) == "/account/second-factor/authenticate/"
    assert not is_in(client)
    assert client.post("/account/second-factor/authenticate/", {"code": "000000"}).status_code == 200
    cache.clear()
    response = client.post("/account/second-factor/authenticate/", {"code": code_now(secret)})
    assert response["Location"] == "/"
    assert is_in(client)
    assert "second_factor.add" in actions()


def test_each_recovery_code_signs_in_once(client: Client, user: User) -> None:
    sign_in(client)
    activate_totp(client)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    outcomes = []
    for _ in range(2):
        other = Client()
        sign_in(other)
        other.post("/account/second-factor/authenticate/", {"code": code})
        outcomes.append(is_in(other))
    assert outcomes == [True, False]


def test_the_secret_of_an_authenticator_app_is_sealed_in_the_store(client: Client, user: User) -> None:
    secret = TOTP.activate(user, "JBSWY3DPEHPK3PXP").instance.data["secret"]
    assert "JBSWY3DP" not in secret and len(secret) > 50
    assert Authenticator.objects.get().wrap().validate_code(code_now("JBSWY3DPEHPK3PXP"))


def test_a_role_that_asks_for_a_second_factor_opens_nothing_without(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECOND_FACTOR_VARIABLE, "administrator,county_officer")
    sign_in(client)
    assert client.get("/periods/")["Location"] == "/account/second-factor/"
    assert "您的角色要求两步验证" in client.get("/account/second-factor/").content.decode()
    activate_totp(client)
    assert is_in(client)
    page = client.post("/account/second-factor/totp/deactivate/").content.decode()
    assert "请先添加另一种方式" in page


def test_on_a_real_installation_administrators_need_a_second_factor_and_in_a_demonstration_nobody(
    client: Client, user: User, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECOND_FACTOR_VARIABLE)
    sign_in(client)
    assert client.get("/periods/").status_code == 302
    installation.simulated_mark.touch()
    assert is_in(client)


def test_pages_load_nothing_from_elsewhere_and_run_no_inline_script(client: Client) -> None:
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy


def test_nobody_makes_an_account_for_themselves(client: Client) -> None:
    for address in ("/signup/", "/accounts/signup/", "/account/signup/", "/password/reset/"):
        assert client.get(address).status_code == 404
