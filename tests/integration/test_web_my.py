"""Residents on their own pages: signing in by telephone number, seeing themselves alone, booking and cancelling."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from django.test import Client, override_settings

from integration.web_network import ID_NUMBER, PHONE, Cast, build_network, days_ago
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.common.secrecy import vault
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today
from wangdi.server.network.models import Resident
from wangdi.server.portal.codes import A_DAY, FAILURES_AN_HOUR, TRIES
from wangdi.server.portal.declaration import declaration
from wangdi.server.portal.models import PhoneCode
from wangdi.server.records.models import RecordVersion


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    with override_settings(RESIDENTS="file"):
        yield build_network()


@pytest.fixture
def phone(cast: Cast, client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def sent(installation: Installation) -> list[str]:
    """The codes that went out."""
    log = installation.data / "sms.log"
    return [line.split("\t")[1] for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def ask(phone: Client, number: str = PHONE) -> Any:
    return phone.post("/my/sign-in/", {"phone": number})


def enter(phone: Client, code: str) -> Any:
    return phone.post("/my/code/", {"code": code})


def sign_in(phone: Client, installation: Installation) -> None:
    ask(phone)
    assert enter(phone, sent(installation)[-1])["Location"] == "/my/"


def later(minutes: int) -> None:
    """As if all codes had been made that long ago."""
    for one in PhoneCode.objects.all():
        one.made_at -= timedelta(minutes=minutes)
        one.expires_at -= timedelta(minutes=minutes)
        one.save()


# -- signing in ---------------------------------------------------------------------------------------


def test_nothing_is_there_unless_the_installation_turns_it_on(phone: Client, cast: Cast) -> None:
    with override_settings(RESIDENTS=""):
        for address in ("/my/", "/my/sign-in/", "/my/code/", "/my/of/R1/", "/my/of/R1/book/"):
            assert phone.get(address).status_code == 404
        phone.force_login(cast.own)
        assert phone.get("/residents/R1/sign-in-code/").status_code == 404
        assert "登录码" not in text(phone.get("/residents/R1/"))


def test_a_code_on_the_telephone_signs_in_once(phone: Client, installation: Installation) -> None:
    sign_in(phone, installation)
    page = phone.get("/my/", follow=True)
    assert "张三" in text(page) and page.redirect_chain[-1][0] == "/my/of/R1/"
    other = Client()
    session = other.session
    session["resident_asked"] = phone.session["resident_phone"]
    session.save()
    assert enter(other, sent(installation)[-1]).status_code == 422
    actions = list(Change.objects.order_by("-pk").values_list("action", flat=True)[:3])
    assert actions == ["resident.sign_in_failed", "resident.see", "resident.sign_in"]
    assert PHONE not in json.dumps(list(Change.objects.values_list("actor_name", "summary")))


def test_no_answer_tells_whether_a_number_is_anybodys(phone: Client, installation: Installation) -> None:
    known, unknown = ask(phone), ask(Client(), "13900000000")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(sent(installation)) == 1
    assert ask(Client(), "13900000000").status_code == ask(Client()).status_code == 422
    assert ask(phone, "12345").status_code == 422


def test_a_code_ends_after_ten_minutes_and_after_five_guesses(
    phone: Client, installation: Installation
) -> None:
    ask(phone)
    later(11)
    assert enter(phone, sent(installation)[-1]).status_code == 422
    ask(phone)
    right = sent(installation)[-1]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(TRIES):
        assert enter(phone, wrong).status_code == 422
    assert enter(phone, right).status_code == 422


def test_a_number_gets_few_messages_and_is_locked_after_many_wrong_codes(
    phone: Client, installation: Installation
) -> None:
    assert ask(phone).status_code == 302
    assert "一分钟后再试" in text(ask(phone))
    for _ in range(A_DAY - 1):
        later(2)
        assert ask(phone).status_code == 302
    later(2)
    assert "今天发送次数已用完" in text(ask(phone))
    for _ in range(FAILURES_AN_HOUR):
        enter(phone, "000000")
    later(30)
    assert "一小时后再试" in text(enter(phone, sent(installation)[-1]))


def test_codes_and_numbers_cannot_be_read_from_the_store(phone: Client, installation: Installation) -> None:
    ask(phone)
    (made,) = PhoneCode.objects.all()
    assert sent(installation)[0] not in made.code
    assert PHONE.encode() not in bytes(made.phone_index)


def test_a_session_ends_when_it_is_not_used(phone: Client, installation: Installation) -> None:
    sign_in(phone, installation)
    assert phone.get("/my/of/R1/").status_code == 200
    session = phone.session
    session["resident_seen"] -= 31 * 60
    session.save()
    assert phone.get("/my/of/R1/")["Location"] == "/my/sign-in/"


def test_signing_out_is_for_good(phone: Client, installation: Installation) -> None:
    sign_in(phone, installation)
    phone.post("/my/sign-out/")
    assert phone.get("/my/of/R1/").status_code == 302


class Gateway(BaseHTTPRequestHandler):
    got: ClassVar[list[tuple[dict[str, str], str | None]]] = []
    status = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((body, self.headers.get("Authorization")))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_gateway_is_asked_and_its_failure_told(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with override_settings(RESIDENTS=f"http://127.0.0.1:{server.server_port}/sms", SMS_TOKEN="t0ken"):
            assert ask(phone).status_code == 302
            (body, token) = Gateway.got[-1]
            assert (body["phone"], token) == (PHONE, "Bearer t0ken")
            assert body["code"] in body["text"]
            later(2)
            monkeypatch.setattr(Gateway, "status", 500)
            assert "短信没有发出" in text(ask(phone))
            assert Change.objects.latest("id").action == "resident.code_not_sent"
    finally:
        server.shutdown()
        server.server_close()


# -- a code from the doctor ---------------------------------------------------------------------------


def test_a_doctor_hands_over_a_code(phone: Client, cast: Cast) -> None:
    doctor = Client(headers={"accept-language": "zh-CN"})
    doctor.force_login(cast.own)
    page = text(doctor.post("/residents/R1/sign-in-code/"))
    found = re.search(r'one-time-code">(\d{8})<', page)
    assert found is not None
    assert Change.objects.latest("id").summary == {"resident": "R1"}
    with override_settings(RESIDENTS="given"):
        assert ask(phone)["Location"] == "/my/code/"
        assert enter(phone, found[1])["Location"] == "/my/"
    assert "没有登记手机号" in text(doctor.post("/residents/R2/sign-in-code/"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("own", 200), ("director", 200), ("centre", 200), ("admin", 200)),
        *(("county", 403), ("city", 403)),
        *(("beside", 404), ("outsider", 404), ("hospital", 404)),
    ],
)
def test_only_those_who_record_about_a_resident_give_codes(
    cast: Cast, client: Client, who: str, status: int
) -> None:
    client.force_login(getattr(cast, who))
    assert client.get("/residents/R1/sign-in-code/").status_code == status
    assert client.post("/residents/R1/sign-in-code/").status_code == status
    assert PhoneCode.objects.count() == (status == 200)


# -- what one sees ------------------------------------------------------------------------------------


def test_residents_see_themselves_and_nobody_else(phone: Client, installation: Installation) -> None:
    sign_in(phone, installation)
    for address in ("/my/of/R2/", "/my/of/R2/records/", "/my/of/R2/book/", "/my/of/nobody/"):
        assert phone.get(address).status_code == 404
        assert phone.post(address).status_code == 404
    assert phone.post("/my/of/R2/appointments/x/cancel/").status_code == 404
    for address in ("/residents/R1/", "/today/", "/due/", "/records/htn_followup/f2/"):
        assert "/sign-in/" in phone.get(address)["Location"]


def test_nobody_else_sees_the_pages_of_residents(cast: Cast, client: Client) -> None:
    for who in (None, cast.own, cast.admin):
        if who is not None:
            client.force_login(who)
        for address in ("/my/", "/my/of/R1/", "/my/of/R1/records/", "/my/of/R1/book/"):
            assert client.get(address)["Location"] == "/my/sign-in/"


def test_a_household_with_one_number_chooses(phone: Client, installation: Installation) -> None:
    Resident.objects.filter(code="R2").update(phone_index=vault().blind_index("phone", PHONE))
    sign_in(phone, installation)
    page = text(phone.get("/my/"))
    assert 'href="/my/of/R1/"' in page and 'href="/my/of/R2/"' in page
    Resident.objects.filter(code="R2").update(death_date=today())
    assert phone.get("/my/of/R2/").status_code == 404


def test_the_page_tells_what_is_due_and_why_who_looks_after_one_and_what_was_signed(
    phone: Client, installation: Installation, cast: Cast
) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["contract"],
        record_id="c1",
        subject_code="R1",
        occurred_on=days_ago(3),
        institution_code="CA1",
        values={"package": "高血压服务包"},
    )
    sign_in(phone, installation)
    page = text(phone.get("/my/of/R1/"))
    assert "血压 152/95，控制不满意" in page
    assert "栖儒村卫生室" in page and "高血压服务包" in page
    assert ID_NUMBER not in page and PHONE not in page


def test_records_are_shown_of_the_kinds_that_are_declared_and_no_others(
    phone: Client, installation: Installation, cast: Cast
) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["smi_followup"],
        record_id="s1",
        subject_code="R1",
        occurred_on=days_ago(3),
        values={"danger": "3"},
    )
    assert "smi_followup" not in declaration().shown
    sign_in(phone, installation)
    page = text(phone.get("/my/of/R1/records/"))
    assert "152" in page
    assert "危险性" not in page and "精神" not in page


# -- appointments -------------------------------------------------------------------------------------


def session(record_id: str, in_days: int, capacity: int = 2, institution: str = "CA1", **more: Any) -> None:
    save_and_refresh(
        actor=None,
        kind=rulebook().kinds["clinic_session"],
        record_id=record_id,
        subject_code="W1" if institution == "CA1" else "W3",
        occurred_on=today(),
        institution_code=institution,
        values={
            "session_on": (today() + timedelta(days=in_days)).isoformat(),
            "part": "morning",
            "capacity": capacity,
            **more,
        },
    )


def booked() -> list[RecordVersion]:
    return list(RecordVersion.objects.valid().filter(kind__name="appointment"))


def form(phone: Client) -> dict[str, str]:
    """What the page of slots sends, but for the slot."""
    found = re.search(r'name="id" value="([^"]+)"', text(phone.get("/my/of/R1/book/")))
    assert found is not None
    return {"id": found[1], "wish": "复查血压"}


def offered(phone: Client) -> list[str]:
    page = text(phone.get("/my/of/R1/book/"))
    return re.findall(r'name="slot" value="([^"]+)">', page)


def test_slots_are_those_of_the_next_days_at_ones_own_clinic_and_above(
    phone: Client, installation: Installation
) -> None:
    session("own", 2)
    session("above", 1, institution="HA")
    session("today", 0)
    session("late", 15)
    session("held", 3, attendance="cancelled")
    session("none", 3, capacity=0)
    sign_in(phone, installation)
    assert offered(phone) == ["above", "own"]


def test_a_slot_is_booked_once_and_cancelled_by_whom_it_is_for(
    phone: Client, installation: Installation, cast: Cast
) -> None:
    session("s1", 2)
    sign_in(phone, installation)
    sending = {**form(phone), "slot": "s1"}
    for _ in range(2):
        assert phone.post("/my/of/R1/book/", sending)["Location"] == "/my/of/R1/"
    (made,) = booked()
    assert made.values["state"] == "booked" and made.values["wish"] == "复查血压"
    assert made.change.actor_name == "居民 138****5678" and made.change.actor_id is None
    again = phone.post("/my/of/R1/book/", {**form(phone), "slot": "s1"})
    assert "您已经约了这个时段" in text(again)

    doctor = Client(headers={"accept-language": "zh-CN"})
    doctor.force_login(cast.own)
    assert f"/records/appointment/{made.record_id}/" in text(doctor.get("/today/"))
    assert "预约" in text(doctor.get("/today/"))

    page = text(phone.get("/my/of/R1/"))
    assert "取消预约" in page and "王医生" in page
    phone.post(f"/my/of/R1/appointments/{made.record_id}/cancel/")
    (cancelled,) = booked()
    assert cancelled.values["state"] == "cancelled"
    assert f"/records/appointment/{made.record_id}/" not in text(doctor.get("/today/")).split('id="done"')[0]
    assert offered(phone) == ["s1"]


def test_a_session_that_is_full_cannot_be_booked(
    phone: Client, installation: Installation, cast: Cast
) -> None:
    session("s1", 2, capacity=1)
    sign_in(phone, installation)
    sending = {**form(phone), "slot": "s1"}
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["appointment"],
        record_id="a2",
        subject_code="R2",
        institution_code="CA1",
        occurred_on=today(),
        values={"session": "s1", "session_on": (today() + timedelta(days=2)).isoformat(), "part": "morning"},
    )
    assert offered(phone) == []
    assert "已约满" in text(phone.post("/my/of/R1/book/", sending))
    assert "已不能预约" in text(phone.post("/my/of/R1/book/", {**sending, "slot": "nothing"}))
    assert len(booked()) == 1


def test_nobody_keeps_more_than_a_few_slots(phone: Client, installation: Installation) -> None:
    most = declaration().booking.most
    for number in range(most + 1):
        session(f"s{number}", 2 + number)
    sign_in(phone, installation)
    answers = [
        phone.post("/my/of/R1/book/", {**form(phone), "slot": f"s{number}"}) for number in range(most + 1)
    ]
    assert [one.status_code for one in answers] == [302] * most + [422]


def test_on_its_day_an_appointment_is_no_longer_cancelled_here(
    phone: Client, installation: Installation, cast: Cast
) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["appointment"],
        record_id="a1",
        subject_code="R1",
        institution_code="CA1",
        occurred_on=days_ago(2),
        values={"session": "s1", "session_on": today().isoformat(), "part": "morning"},
    )
    sign_in(phone, installation)
    assert "就是今天" in text(phone.get("/my/of/R1/"))
    page = phone.post("/my/of/R1/appointments/a1/cancel/", follow=True)
    assert "请打电话给医生" in text(page)
    assert booked()[0].values["state"] == "booked"
