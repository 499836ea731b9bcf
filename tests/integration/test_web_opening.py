"""Opening hours for whoever comes by: what is published, who is open near a place, the notice for the door."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import refresh_due_items, rulebook, save_and_refresh, today
from wangdi.server.network.models import Institution
from wangdi.server.portal.opening import Change, Hours, Opening, Published, openings, public
from wangdi.server.web.opening import day_asked, day_hours_in_words


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cache.clear()
    return build_network()


@pytest.fixture
def anybody(cast: Cast) -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def text(response: Any) -> str:
    return str(response.content.decode())


def publish(institution: str, *, days: int = 10, **values: Any) -> None:
    """Hours, published so many days ago."""
    usual = {
        "weekdays": "08:00–12:00，14:00–17:30",
        "evening_hours": 0,
        "saturday": False,
        "sunday": False,
        "published_on": days_ago(days).isoformat(),
    }
    record("opening_hours", institution, days, usual | values)


def record(kind: str, subject: str, days: int, values: dict[str, Any], **more: Any) -> None:
    given = {name: one.isoformat() if isinstance(one, date) else one for name, one in values.items()}
    save_and_refresh(
        actor=None,
        kind=rulebook().kinds[kind],
        subject_code=subject,
        occurred_on=days_ago(days),
        values=given,
        **more,
    )


def session(day: int, **values: Any) -> None:
    on = today() + timedelta(days=day)
    usual = {"session_on": on, "part": "morning", "department": "中医科", "published_on": days_ago(2)}
    record("clinic_session", "W3", 2, usual | values, institution_code="HA")


def on(opening: Opening, day: date) -> str:
    shape = public()
    assert shape is not None
    found = opening.on(day, shape)
    return day_hours_in_words(found) if found else "—"


MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)


def opening_of(**values: Any) -> Published:
    usual = {"weekdays": "08:00–17:30", "evening_hours": 0, "saturday": False, "sunday": False}
    return Published(date(2026, 1, 1), date(2026, 1, 1), usual | values)


def test_the_hours_of_a_day_follow_the_weekday_and_a_change_goes_before(installation: Installation) -> None:
    now = opening_of(evening_hours=1.5, evening_time="17:30–19:00", sunday=True, weekend_time="08:00–12:00")
    later = Published(date(2026, 3, 9), date(2026, 2, 1), {"weekdays": "08:30–18:00", "evening_hours": 0})
    closed = Change(date(2026, 3, 3), date(2026, 3, 4), Hours(False), "义诊")
    found = Opening(Institution(), now, later, [closed])
    assert on(found, MONDAY) == "08:00–17:30；晚间 17:30–19:00"
    assert [on(found, date(2026, 3, day)) for day in (3, 4)] == ["停诊", "停诊"]
    assert on(found, date(2026, 3, 5)) == "08:00–17:30；晚间 17:30–19:00"
    assert [on(found, SATURDAY), on(found, SUNDAY)] == ["不开诊", "08:00–12:00"]
    assert on(found, date(2026, 3, 9)) == "08:30–18:00"
    assert on(Opening(Institution(), None, None, []), MONDAY) == "—"


def test_saturday_and_sunday_are_the_next_ones_and_may_be_today() -> None:
    assert day_asked("saturday", MONDAY) == day_asked("saturday", SATURDAY) == SATURDAY
    assert day_asked("sunday", SATURDAY) == SUNDAY
    assert day_asked("evening", SUNDAY) == day_asked("holidays", SUNDAY) == SUNDAY


def test_only_what_is_published_by_today_is_seen(cast: Cast) -> None:
    shape = public()
    assert shape is not None
    publish("HA", days=30, weekdays="08:00–12:00")
    publish("HA", days=3, weekdays="09:00–12:00", published_on=today() + timedelta(days=1))
    publish("HA", days=2, weekdays="10:00–12:00", valid_from=today() + timedelta(days=5))
    record("opening_change", "HA", 0, change(0, 0, published_on=today() + timedelta(days=1)))
    record("opening_change", "HA", 9, change(-3, -1))
    record("opening_change", "HA", 0, change(2, 3))
    (found,) = openings([Institution.objects.get(code="HA")], today(), shape)
    assert found.now is not None and found.now.values["weekdays"] == "08:00–12:00"
    assert found.coming is not None and found.coming.values["weekdays"] == "10:00–12:00"
    assert [one.first for one in found.changes] == [today() + timedelta(days=2)]


def change(first: int, last: int, **values: Any) -> dict[str, Any]:
    days = {"from_on": today() + timedelta(days=first), "until_on": today() + timedelta(days=last)}
    return {**days, "closed": True, "notice": "门诊楼检修", "published_on": today()} | values


def test_the_pages_are_open_to_nobody_unless_the_installation_says_so(anybody: Client, cast: Cast) -> None:
    for address in ("/hours/", "/hours/?place=A", "/hours/HA/"):
        assert "/sign-in/" in anybody.get(address)["Location"]
    assert "/hours/" not in text(anybody.get("/sign-in/"))
    anybody.force_login(cast.outsider)
    assert anybody.get("/hours/HA/").status_code == 200


@pytest.fixture
def passer(anybody: Client) -> Any:
    with override_settings(HOURS_ARE_PUBLIC=True):
        yield anybody


def test_whoever_comes_by_finds_who_is_open_the_nearest_first(passer: Client) -> None:
    assert 'href="/hours/"' in text(passer.get("/sign-in/"))
    publish("HA", saturday=True, weekend_time="08:00–11:30", telephone="0714-0000001")
    publish("HB", saturday=True, weekend_vaccination=True)
    publish("CA1")
    assert "阳新县" in text(passer.get("/hours/"))
    refresh_due_items(Institution.objects.get(code="CB1"), today())
    page = text(passer.get("/hours/?place=B&when=saturday"))
    assert page.index("还地桥卫生院") < page.index("金湖卫生院") and "栖儒村卫生室</a>" not in page
    assert "08:00–11:30" in page and "tel:0714-0000001" in page
    assert "还没有公示" in page and "走马村卫生室" in page.split("还没有公示")[1]
    vaccinating = text(passer.get("/hours/?place=B1&when=weekend_vaccination"))
    assert "还地桥卫生院" in vaccinating and "金湖卫生院</a>" not in vaccinating
    assert passer.get("/hours/?place=B&when=nonsense").status_code == 404
    assert passer.get("/hours/?place=nowhere").status_code == 404
    Institution.objects.filter(code="HB").update(closed_on=days_ago(1))
    assert "还地桥卫生院" not in text(passer.get("/hours/?place=B&when=saturday"))


def test_the_notice_says_when_who_and_what_changes_and_nothing_of_residents(passer: Client) -> None:
    publish("HA", days=400, evening_hours=2, evening_time="17:30–19:30")
    record("opening_change", "HA", 0, change(1, 1))
    session(1)
    session(2, attendance="cancelled", cancel_reason="发热")
    session(3, attendance="replaced")
    session(14)
    session(4, department="未公布科", published_on=today() + timedelta(days=1))
    page = text(passer.get("/hours/HA/"))
    assert "17:30–19:30" in page and "门诊楼检修" in page and "先打电话" in page
    assert page.count("陈主任") == 3 and "未公布科" not in page
    assert ">停诊<" in page and "由他人替诊" in page and "发热" not in page
    assert "张三" not in page and "W3" not in page
    silent = text(passer.get("/hours/HB/"))
    assert "还没有公示开诊时间" in silent
    assert passer.get("/hours/nobody/").status_code == 404


def test_those_who_ask_too_often_wait_but_workers_do_not(passer: Client, cast: Cast) -> None:
    with override_settings(HOURS_PER_MINUTE=2):
        assert [passer.get("/hours/HA/").status_code for _ in range(3)] == [200, 200, 429]
        passer.force_login(cast.own)
        assert passer.get("/hours/HA/").status_code == 200


def test_institutions_and_residents_are_led_to_the_notice(passer: Client, cast: Cast) -> None:
    passer.force_login(cast.director)
    assert "/hours/HA/" in text(passer.get("/institutions/HA/"))
    passer.force_login(cast.county)
    assert "/hours/?place=A" in text(passer.get("/places/A/"))
