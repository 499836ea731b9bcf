"""How allauth behaves here: no mail and no sign-up, our words, secrets sealed, every step in the chain of changes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_logged_in
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import lazy

from wangdi.engine.model.text import Text
from wangdi.server.accounts.models import Account, one_time_until
from wangdi.server.accounts.second_factor import asks_second_factor, has_second_factor
from wangdi.server.accounts.services import own_password_set
from wangdi.server.audit.services import record_change
from wangdi.server.common.secrecy import vault
from wangdi.server.web.middleware import SETTLED
from wangdi.server.web.words import say, wording

_SECRET = "second factor"


_in_readers_language = lazy(wording, str)


def _lazily(zh: str, en: str) -> Any:
    """A message in the language of whoever reads it."""
    return _in_readers_language(Text(zh, en))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by those who answer for them; whoever forgot a password asks one of them."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _lazily(
            "用户名或密码不对。请核对大小写后重试；忘记密码请联系本单位管理员。",
            "The user name or the password is wrong. Check upper and lower case; if you forgot it, ask your administrator.",
        ),
        "too_many_login_attempts": _lazily(
            "连续多次未能登录，已暂停。请十五分钟后再试；忘记密码请联系本单位管理员。",
            "Too many attempts failed. Try again in fifteen minutes; if you forgot your password, ask your administrator.",
        ),
        "one_time_expired": _lazily(
            "一次性密码已过期。请联系本单位管理员重新设置。",
            "The one-time password has expired. Ask your administrator for a new one.",
        ),
        "enter_current_password": _lazily("当前密码不对", "this is not your current password"),
        "incorrect_password": _lazily("密码不对", "this is not your password"),
        "same_as_current": _lazily(
            "新密码不能与当前密码相同", "the new password must differ from the current one"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **options: Any) -> None:
        """Only what says something: not 'successfully signed in as …'."""
        if text := options.get("message"):
            super().add_message(request, level, message=text)

    def send_mail(self, *args: Any, **options: Any) -> None:
        """Nobody gives a mail address here."""

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Nobody gives a mail address here."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        until = one_time_until(user) if isinstance(user, User) else None
        if until is not None and until < timezone.now():
            raise self.validation_error("one_time_expired")
        return user

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """The pages begin in the account's language, unless somebody has chosen one in this browser."""
        response: HttpResponse = super().post_login(request, user, **options)
        chosen = Account.objects.filter(user=user).values_list("language", flat=True).first()
        if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Names that nobody has are not written down: they are often passwords typed into the wrong field."""
        name = credentials.get("username", "")
        known = User.objects.filter(username=name).exists()
        summary = {"user": name if known else None, "from": self.get_client_ip(request)}
        record_change("sign_in.failed", summary=summary)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if user is not None and user.check_password(password):
            raise self.validation_error("same_as_current")
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        own_password_set(user)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps are sealed like identity numbers."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _lazily(
            "验证码不对，请等下一个再试", "the code is wrong; wait for the next one and try again"
        ),
        "cannot_delete_authenticator": _lazily(
            "您的角色要求两步验证；请先添加另一种方式，再移除这一种",
            "your role asks for a second factor; add another one before removing this one",
        ),
    }

    def get_totp_issuer(self) -> str:
        return say("网底", "Wangdi")

    def encrypt(self, text: str) -> str:
        return vault().seal(_SECRET, text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().reveal(_SECRET, bytes.fromhex(encrypted_text))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who must have one."""
        user = authenticator.user
        others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk)
        if others.filter(type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)).exists():
            return True
        return not asks_second_factor(user)


# Connected when allauth first asks for an adapter, which it does before it announces anything.
@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    summary = {
        "from": AccountAdapter(request).get_client_ip(request),
        "second_factor": has_second_factor(user),
    }
    record_change("sign_in", actor=user, summary=summary)


@receiver(authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _factor_changed("second_factor.add", request, user, authenticator)


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _factor_changed("second_factor.remove", request, user, authenticator)


@receiver(authenticator_reset)
def _factor_reset(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _factor_changed("second_factor.reset", request, user, authenticator)


def _factor_changed(action: str, request: HttpRequest, user: User, authenticator: Authenticator) -> None:
    """Whether the account owes a second factor is looked at again with the next page."""
    record_change(action, actor=user, summary={"sort": authenticator.type})
    request.session.pop(SETTLED, None)
