"""Signing in by telephone number and a code: asking for one, being given one, using it. All of it is in the audit.

What is answered does not tell whether a number is anybody's. Limits count by number, for strangers' as well.
"""

import secrets
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.secrecy import canonical, mask_phone, vault
from wangdi.server.network.models import Resident, ResidentQuerySet
from wangdi.server.portal.models import PhoneCode
from wangdi.server.portal.senders import NotSent, sender

SENT_DIGITS, GIVEN_DIGITS = 6, 8
SENT_MINUTES, GIVEN_HOURS = 10, 24
"""How long a code is good for: one on a telephone, one on a slip of paper."""

TRIES = 5
"""Guesses at one code: 5 of a million."""

PAUSE_SECONDS, A_DAY = 60, 5
"""A number is sent one code a minute at most, and five a day."""

FAILURES_AN_HOUR = 10
"""After so many wrong codes in an hour a number is locked until the hour is over."""

PHONE_DIGITS = 11


class Refused(Exception):
    """Nothing was sent, or nobody signed in; the message is for the person at the telephone."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh, en)


def residents_of(phone_index: bytes) -> ResidentQuerySet:
    """Those who live and have this number: the only door to what residents see."""
    found: ResidentQuerySet = Resident.objects.filter(phone_index=phone_index, death_date=None)
    return found.select_related("institution", "team__leader", "place").order_by("birth_date", "code")


def index_of(phone: str) -> bytes:
    """The blind index of a number as typed. `Refused` for what is no number."""
    digits = canonical(phone).removeprefix("+86")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == PHONE_DIGITS):
        raise Refused("请填写11位手机号", "enter a mobile number of 11 digits")
    return vault().blind_index("phone", digits)


def ask_for_code(phone: str) -> bytes:
    """Sends a code where the number is a resident's, and returns the number's index either way."""
    index = index_of(phone)
    way = sender()
    if way is None:
        return index
    with transaction.atomic():
        _refuse_too_many(index)
        is_known = residents_of(index).exists()
        code = _random_code(SENT_DIGITS)
        made = _make(index, code if is_known else "", timedelta(minutes=SENT_MINUTES))
    if is_known:
        text = f"【网底】登录验证码 {code}，{SENT_MINUTES} 分钟内有效，请勿告诉他人。"
        try:
            way.send(canonical(phone), text, code)
        except NotSent:
            made.delete()
            record_change("resident.code_not_sent", actor_name=mask_phone(canonical(phone)))
            raise Refused(
                "短信没有发出，请稍后再试，或向您的医生要登录码",
                "the message did not go out; try later, or ask your doctor for a code",
            ) from None
    return index


def give_code(resident: Resident, actor: AbstractBaseUser) -> str:
    """A code that a worker hands over. `Refused` where the register has no number. Permission is the caller's to check."""
    if resident.phone_index is None:
        raise Refused("居民没有登记手机号", "the register has no telephone number for this resident")
    code = _random_code(GIVEN_DIGITS)
    with transaction.atomic():
        made = _make(bytes(resident.phone_index), code, timedelta(hours=GIVEN_HOURS))
        made.change = record_change("resident.give_code", actor=actor, summary={"resident": resident.code})
        made.save(update_fields=["change"])
    return code


def use_code(index: bytes, code: str) -> None:
    """Settles that whoever has the number is there. `Refused` for a wrong, used or expired code, and when locked."""
    _refuse_locked(index)
    typed = _hashed(index, canonical(code))
    with transaction.atomic():
        standing = [one for one in _standing(index) if one.code]
        found = next((one for one in standing if constant_time_compare(one.code, typed)), None)
        if found is not None:
            PhoneCode.objects.filter(pk=found.pk).update(used_at=timezone.now())
            PhoneCode.objects.filter(pk__in=[one.pk for one in standing], used_at=None).delete()
            summary = {"residents": [one.code for one in residents_of(index)]}
            record_change("resident.sign_in", actor_name=name_of(index), summary=summary)
            return
        _count_failure(index)
    raise Refused(
        "验证码不对或已过期，请核对后再试", "the code is wrong or no longer valid; check it and try again"
    )


def name_of(index: bytes) -> str:
    """What the chain of changes calls whoever signed in with a number: the number, masked."""
    first = residents_of(index).first()
    return f"居民 {first.masked_phone}" if first is not None else "居民"


def _random_code(digits: int) -> str:
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def _hashed(index: bytes, code: str) -> str:
    return salted_hmac("wangdi.portal", index.hex() + code, algorithm="sha256").hexdigest()


def _make(index: bytes, code: str, valid: timedelta) -> PhoneCode:
    now = timezone.now()
    PhoneCode.objects.filter(made_at__lt=now - timedelta(days=2)).delete()
    hashed = _hashed(index, code) if code else ""
    return PhoneCode.objects.create(phone_index=index, code=hashed, made_at=now, expires_at=now + valid)


def _standing(index: bytes) -> list[PhoneCode]:
    codes = PhoneCode.objects.filter(phone_index=index, used_at=None, expires_at__gt=timezone.now())
    return list(codes.filter(tries__lt=TRIES).order_by("-made_at"))


def _refuse_too_many(index: bytes) -> None:
    sent = PhoneCode.objects.filter(phone_index=index, change=None)
    now = timezone.now()
    if sent.filter(made_at__gt=now - timedelta(seconds=PAUSE_SECONDS)).exists():
        raise Refused("刚刚已经发送，请一分钟后再试", "a code was sent just now; wait a minute")
    if sent.filter(made_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise Refused(
            "今天发送次数已用完，请向您的医生要登录码",
            "no more messages today; ask your doctor for a code",
        )


def _refuse_locked(index: bytes) -> None:
    recent = PhoneCode.objects.filter(phone_index=index, made_at__gt=timezone.now() - timedelta(hours=1))
    if (recent.aggregate(all=Sum("tries"))["all"] or 0) >= FAILURES_AN_HOUR:
        raise Refused("错误次数太多，请一小时后再试", "too many wrong codes; try again in an hour")


def _count_failure(index: bytes) -> None:
    """At every code that stands, so that none can be guessed at more often; at a row made for it where none does."""
    standing = [one.pk for one in _standing(index)]
    if not standing:
        standing = [_make(index, "", timedelta(0)).pk]
    PhoneCode.objects.filter(pk__in=standing).update(tries=F("tries") + 1)
    record_change("resident.sign_in_failed", actor_name=name_of(index))
