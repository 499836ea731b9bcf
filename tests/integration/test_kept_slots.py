"""Slots kept for those who refer: taken one by one, by one only, given back, changed, seen by whom they concern."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from integration.web_network import PHONE, Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today
from wangdi.server.network.models import Institution, Resident
from wangdi.server.portal import numbers
from wangdi.server.portal.booking import book, slots_for
from wangdi.server.portal.codes import Refused, index_of
from wangdi.server.portal.numbers import Free, Taken, free_in
from wangdi.server.portal.reserving import give_back, held_by, take
from wangdi.server.portal.sessions import Session, sessions_at
from wangdi.server.records.models import RecordVersion


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    with override_settings(RESIDENTS="file"):
        yield build_network()


@pytest.fixture
def doctor(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(cast.own)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def session(number: str = "s1", in_days: int = 5, **values: Any) -> None:
    """A session at HB with ten slots, the first three of them kept."""
    usual = {
        "session_on": (today() + timedelta(days=in_days)).isoformat(),
        "part": "morning",
        "department": "心血管内科",
        "capacity": 10,
        "reserved": 3,
        "starts_at": "8:00",
        "minutes_each": 10,
    }
    save_and_refresh(
        actor=None,
        kind=rulebook().kinds["clinic_session"],
        record_id=number,
        subject_code="W9",
        occurred_on=today(),
        institution_code="HB",
        values=usual | values,
    )


def refer(resident: str = "R1", number: str = "r1", to: str = "HB") -> RecordVersion:
    return save_and_refresh(
        actor=None,
        kind=rulebook().kinds["referral"],
        record_id=number,
        subject_code=resident,
        occurred_on=today(),
        institution_code="CA1",
        values={"to_institution": to, "reason": "血压控制不满意", "department": "心血管内科"},
    )


def referral(number: str = "r1") -> RecordVersion:
    return RecordVersion.objects.valid().select_related("kind", "institution").get(record_id=number)


def appointments(state: str = "booked") -> list[RecordVersion]:
    return list(RecordVersion.objects.valid().filter(kind__name="appointment", state=state).order_by("seq"))


def offered(client: Client, number: str = "r1") -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', text(client.get(f"/records/referral/{number}/slots/")))


# -- numbers ------------------------------------------------------------------------------------------


def free(capacity: int, kept: int, taken: Taken, *, is_released: bool) -> Free:
    one = Session(RecordVersion(), today(), "morning", "", None, None, capacity, kept, "")  # type: ignore[arg-type]
    return free_in(one, taken, is_released=is_released)


def test_kept_slots_are_the_first_and_once_released_everybodys() -> None:
    taken = Taken(frozenset({2, 5}))
    assert free(6, 3, taken, is_released=False) == Free([1, 3], [4, 6])
    assert free(6, 3, taken, is_released=True) == Free([1, 3], [1, 3, 4, 6])
    assert free(2, 5, Taken(), is_released=False) == Free([1, 2], [])


def test_appointments_without_a_number_take_the_last_slots_that_are_everybodys() -> None:
    assert free(6, 3, Taken(frozenset({4}), 1), is_released=False) == Free([1, 2, 3], [5])
    assert free(6, 3, Taken(frozenset(), 5), is_released=True) == Free([1], [1])
    assert free(3, 3, Taken(frozenset(), 9), is_released=True) == Free([], [])


@pytest.mark.parametrize(
    ("begins", "slot", "says"),
    [
        *(("8:00", 1, "08:00"), ("08：00", 3, "08:20"), ("13:55", 2, "14:05"), ("", 2, "")),
        *(("早上", 1, ""), ("25:00", 1, ""), ("8:60", 1, "")),
    ],
)
def test_the_time_of_a_slot_follows_from_where_the_session_begins(
    installation: Installation, begins: str, slot: int, says: str
) -> None:
    record = RecordVersion(values={"starts_at": begins, "minutes_each": 10})
    one = Session(record, today(), "morning", "", None, None, 9, 0, "")  # type: ignore[arg-type]
    assert one.time_of(slot) == says


# -- taking, changing, giving back --------------------------------------------------------------------


def test_whoever_refers_goes_on_to_the_slots_and_takes_one(doctor: Client, cast: Cast) -> None:
    session()
    session("full", reserved=0)
    session("off", attendance="cancelled")
    form = {
        "id": "01890000-0000-7000-8000-000000000001",
        "version": "0",
        "occurred_on": today().isoformat(),
        "institution": "CA1",
        "v-to_institution": "HB",
        "v-reason": "血压控制不满意",
    }
    answer = doctor.post("/residents/R1/record/referral/", form)
    number = form["id"]
    assert answer["Location"] == f"/records/referral/{number}/slots/"
    page = text(doctor.get(answer["Location"]))
    assert "08:10" in page and "外院医生" in page
    assert offered(doctor, number) == ["s1/1", "s1/2", "s1/3"]
    taken = doctor.post(answer["Location"], {"slot": "s1/2"})
    assert taken["Location"] == f"/records/referral/{number}/"
    (made,) = appointments()
    assert (made.values["number"], made.values["time"], made.values["reserved"]) == (2, "08:10", True)
    assert made.values["waited"] == 5 and made.change.actor_id == cast.own.pk
    assert referral(number).values["slot_used"] is True
    assert referral(number).values["appointment_on"] == (today() + timedelta(days=5)).isoformat()
    record = text(doctor.get(taken["Location"]))
    assert "2号 08:10" in record and "退号" in record and "改约" in record
    assert offered(doctor, number) == ["s1/1", "s1/3"]
    doctor.post(answer["Location"], {"slot": "s1/2"})
    assert len(appointments()) == 1


def test_a_slot_is_changed_in_one_step_and_given_back(doctor: Client, cast: Cast) -> None:
    session()
    session("s2", in_days=6)
    refer()
    address = "/records/referral/r1/slots/"
    doctor.post(address, {"slot": "s1/1"})
    doctor.post(address, {"slot": "s2/3"})
    (made,) = appointments()
    assert (made.values["session"], made.values["number"]) == ("s2", 3)
    assert len(appointments("cancelled")) == 1 and offered(doctor)[0] == "s1/1"
    doctor.post(address, {"give_back": "1"})
    assert appointments() == [] and len(appointments("cancelled")) == 2
    assert "appointment_on" not in referral().values and referral().values["slot_used"] is False
    assert doctor.post(address, {"give_back": "1"}).status_code == 302
    assert doctor.post(address, {"slot": "nonsense"}).status_code == 404
    assert doctor.post(address, {"slot": "s1/9"}).status_code == 422


def test_a_slot_is_kept_for_whom_it_is_kept(doctor: Client, cast: Cast) -> None:
    session("ours", reserved_for="HA")
    session("theirs", reserved_for="CB1")
    session("far", in_days=40)
    session("past", in_days=-1)
    refer()
    assert offered(doctor) == ["ours/1", "ours/2", "ours/3"]
    refer("R1", "elsewhere", to="HA")
    assert offered(doctor, "elsewhere") == []
    assert doctor.post("/records/referral/elsewhere/slots/", {"slot": "ours/1"}).status_code == 422


def test_only_those_who_record_about_somebody_take_slots_for_them(doctor: Client, cast: Cast) -> None:
    session()
    refer()
    for who, status in ((cast.own, 200), (cast.director, 200), (cast.county, 403), (cast.beside, 404)):
        client = Client()
        client.force_login(who)
        assert client.get("/records/referral/r1/slots/").status_code == status
        assert (client.post("/records/referral/r1/slots/", {"slot": "s1/1"}).status_code < 400) == (
            status == 200
        )
    assert doctor.get("/records/htn_followup/f2/slots/").status_code == 404


def test_a_referral_that_is_cancelled_or_goes_elsewhere_gives_its_slot_back(
    doctor: Client, cast: Cast
) -> None:
    session()
    refer()
    doctor.post("/records/referral/r1/slots/", {"slot": "s1/1"})
    version = referral()
    form = {"version": version.version, "occurred_on": today().isoformat(), "v-cancel_reason": "患者不愿转诊"}
    assert doctor.post("/records/referral/r1/do/cancel/", form).status_code == 302
    assert appointments() == [] and referral().values["state"] == "cancelled"
    assert doctor.post("/records/referral/r1/slots/", {"slot": "s1/1"}).status_code == 422
    refer("R2", "r2")
    doctor.post("/records/referral/r2/slots/", {"slot": "s1/1"})
    form = {"version": referral("r2").version, "occurred_on": today().isoformat(), "v-to_institution": "HA"}
    form |= {"v-reason": "改转", "v-slot_used": "true"}
    assert doctor.post("/records/referral/r2/do/send/", form).status_code == 302
    assert appointments() == []


def test_a_referral_that_is_void_gives_its_slot_back_and_stays_void(doctor: Client, cast: Cast) -> None:
    session()
    refer()
    doctor.post("/records/referral/r1/slots/", {"slot": "s1/1"})
    assert doctor.post("/records/referral/r1/void/", {"reason": "写错了人"}).status_code == 302
    assert appointments() == []
    newest = RecordVersion.objects.current().get(record_id="r1")
    assert newest.status == RecordVersion.Status.VOID


@pytest.mark.parametrize("by", ["hospital", "resident", "void"])
def test_a_referral_says_that_its_slot_was_cancelled_by_somebody_else(
    doctor: Client, cast: Cast, by: str
) -> None:
    session()
    refer()
    held = take(referral(), "s1", 1, actor=cast.own)
    client = signed_in_resident() if by == "resident" else Client()
    if by == "resident":
        client.post(f"/my/of/R1/appointments/{held.record_id}/cancel/")
    elif by == "hospital":
        client.force_login(cast.hospital)
        form = {"version": held.version, "occurred_on": today().isoformat(), "v-cancel_reason": "医生外出"}
        client.post(f"/records/appointment/{held.record_id}/do/cancel/", form)
    else:
        doctor.post(f"/records/appointment/{held.record_id}/void/", {"reason": "写错了"})
    assert appointments() == []
    assert referral().values["slot_used"] is False and "appointment_on" not in referral().values
    assert "选号" in text(doctor.get("/records/referral/r1/"))


def signed_in_resident() -> Client:
    phone = Client(headers={"accept-language": "zh-CN"})
    stored, now = phone.session, int(time.time())
    stored.update({"resident_phone": index_of(PHONE).hex(), "resident_since": now, "resident_seen": now})
    stored.save()
    return phone


def together(*acts: Callable[[], object]) -> list[object]:
    """What each comes to, all begun at the same moment on connections of their own."""
    begin, found = Barrier(len(acts)), [None] * len(acts)  # type: Barrier, list[object]

    def run(at: int) -> None:
        begin.wait()
        try:
            found[at] = acts[at]()
        except Refused:
            found[at] = Refused
        finally:
            connection.close()

    threads = [Thread(target=run, args=(at,)) for at in range(len(acts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def test_two_at_the_same_moment_never_get_the_same_slot(cast: Cast) -> None:
    session()
    refer()
    refer("R2", "r2")
    for slot in (1, 2, 3):
        found = together(*(partial(take, referral(one), "s1", slot, actor=cast.own) for one in ("r1", "r2")))
        assert found.count(Refused) == 1
        assert len(appointments()) == 1
        for one in ("r1", "r2"):
            give_back(referral(one), actor=cast.own)


def test_residents_at_the_same_moment_get_different_numbers(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(reserved=0, capacity=1)
    Resident.objects.update(institution=Institution.objects.get(code="HB"))
    people = [Resident.objects.get(code=code) for code in ("R1", "R2", "R3")]
    found = together(*(partial(book, one, "s1", "", f"a-{one.code}", actor_name="x") for one in people))  # type: ignore[misc]
    assert found.count(Refused) == 2 and len(appointments()) == 1


# -- everybody else -----------------------------------------------------------------------------------


def test_residents_book_the_others_and_what_is_left_the_day_before(cast: Cast) -> None:
    session("later", in_days=3)
    session("tomorrow", in_days=1)
    resident = Resident.objects.get(code="R4")
    by_session = {one.session.number: list(one.numbers) for one in slots_for(resident)}
    assert by_session == {"later": [4, 5, 6, 7, 8, 9, 10], "tomorrow": list(range(1, 11))}
    made = book(resident, "tomorrow", "", "a1", actor_name="x")
    assert (made.values["number"], made.values["time"]) == (1, "08:00")
    assert "reserved" not in made.values
    refer()
    take(referral(), "later", 3, actor=cast.own)
    (later,) = [one for one in slots_for(resident) if one.session.number == "later"]
    assert later.left == 7


def test_where_nothing_is_released_kept_slots_stay_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    session("tomorrow", in_days=1)
    declared = numbers.declaration()
    assert declared.reserving is not None
    never = declared.model_copy(
        update={"reserving": declared.reserving.model_copy(update={"released_before": None})}
    )
    monkeypatch.setattr(numbers, "declaration", lambda: never)
    (slot,) = slots_for(Resident.objects.get(code="R4"))
    assert slot.numbers[0] == 4


def test_the_receiving_institution_sees_who_comes_in_order_and_from_whom(doctor: Client, cast: Cast) -> None:
    session(in_days=0)
    session("afternoon", in_days=0, part="afternoon", reserved=1, starts_at="14:00")
    refer()
    refer("R2", "r2")
    take(referral("r2"), "afternoon", 1, actor=cast.own)
    take(referral(), "s1", 2, actor=cast.own)
    hospital = Client(headers={"accept-language": "zh-CN"})
    hospital.force_login(cast.hospital)
    page = text(hospital.get("/institutions/HB/arrivals/"))
    assert page.index("张三") < page.index("李四") and "2号 08:10" in page and "1号 14:00" in page
    assert "栖儒村卫生室" in page and "/records/referral/r1/" in page and "其中基层转诊的预留号 2 个" in page
    made = held_by(referral())
    assert made is not None and f"/records/appointment/{made.record_id}/do/receive/" in page
    form = {"version": made.version, "occurred_on": today().isoformat()}
    came = hospital.post(f"/records/appointment/{made.record_id}/do/receive/?back=arrivals", form)
    assert came["Location"] == "/institutions/HB/arrivals/"
    assert "已就诊" in text(hospital.get("/institutions/HB/arrivals/"))
    assert "没有预约" in text(hospital.get(f"/institutions/HB/arrivals/?day={days_ago(1)}"))
    assert hospital.get("/institutions/HB/arrivals/?day=x").status_code == 404


def test_residents_see_their_number_and_when_the_session_is_called_off(cast: Cast) -> None:
    session()
    refer()
    take(referral(), "s1", 1, actor=cast.own)
    phone = signed_in_resident()
    page = text(phone.get("/my/of/R1/"))
    assert "1号 08:00" in page and "停诊" not in page
    session(attendance="cancelled")
    assert "已停诊" in text(phone.get("/my/of/R1/"))
    assert sessions_at({}, today(), today()) == []
