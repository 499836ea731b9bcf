"""The pages of early warning: who sees which alert, hours, series, cases, silences; and what odd data look like."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from store_samples import network

from integration.built import built_once
from integration.watch_samples import Row, write
from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.alerts import watch
from wangdi.server.watch.models import Silence

WEEKS = 30


def sunday() -> date:
    """The last day of the latest whole week."""
    return today() - timedelta(days=today().weekday() + 1)


def rows() -> Iterator[Row]:
    """Some ten visits with fever a week at two centres; the last week an outbreak at one of them, in pharmacies, too."""
    for week in range(WEEKS):
        day = sunday() - timedelta(days=7 * (WEEKS - 1 - week))
        for number, (centre, town) in enumerate((("HA", "420281A"), ("HB", "420281B"))):
            more = (week * 7 + number * 3) % 5
            struck = 50 if week == WEEKS - 1 and number == 0 else 0
            if not (week == WEEKS - 1 and number == 1):  # the other centre has not reported
                yield "syndrome_day", centre, day, {"visits": 200, "fever": 8 + more + struck}
            yield "pharmacy_day", town, day, {"fever_medicine": 18 + more + 2 * struck}


def user(name: str, role: Role, **where: Any) -> Client:
    one = User.objects.create_user(name, password="x")
    Assignment.objects.create(user=one, role=role, **where)
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(one)
    return client


def outbreak() -> None:
    write(rows(), **network())
    watch(Installation.current(), today())


@pytest.fixture
def county(installation: Installation) -> Client:
    """Signed in as the officer, with the alert of the outbreak raised."""
    built_once(outbreak)
    Change.objects.filter(pk=alert().change_id).update(at=timezone.now())
    return user("officer", Role.COUNTY_OFFICER, place=Place.objects.get(code="420281"))


def alert() -> RecordVersion:
    return RecordVersion.objects.valid().get(kind__name="alert")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_officer_reads_what_rose_where_and_how_long_is_left(county: Client) -> None:
    told = page(county, "/watch/")
    assert "呼吸道症候群升高" in told
    assert "发热就诊、退热药销售" in told
    assert "还剩 119 分钟" in told or "还剩 120 分钟" in told
    assert "卫生健康部门" in told
    Change.objects.filter(pk=alert().change_id).update(at=timezone.now() - timedelta(hours=5, minutes=1))
    assert "超时 3 小时" in page(county, "/watch/")
    english = county.get("/watch/", headers={"accept-language": "en"}).content.decode()
    assert "Respiratory illness rises" in english
    assert "3 h too late" in english


def test_a_case_has_series_line_lists_and_the_reason_in_the_readers_language(county: Client) -> None:
    address = f"/watch/alerts/{alert().record_id}/"
    told = page(county, address)
    assert told.count("<svg") >= 4
    assert "已超过上限" in told
    assert "金湖" in told or "HA" in told
    assert "/lists/syndrome_day/" in told
    english = county.get(address, headers={"accept-language": "en"}).content.decode()
    assert "above the bound" in english
    assert "已超过上限" not in english


def test_the_board_names_who_has_not_reported_and_the_last_alarm(county: Client) -> None:
    told = page(county, "/watch/channels/")
    assert "1 / 2" in told
    assert "▲" in told


def test_a_channel_that_nobody_reports_here_is_not_told_as_zero(county: Client) -> None:
    write([("pharmacy_day", "420281A", sunday(), {"diarrhoea_medicine": 5})])
    watch(Installation.current(), today())
    row = re.search(r"止泻药销售</a>.*?</tr>", page(county, "/watch/channels/?place=420281B"), re.S)
    assert row is not None
    assert "没有报告" in row.group()


def test_a_period_without_reports_is_blank_and_not_zero(county: Client) -> None:
    told = page(county, "/watch/channels/fever/?place=420281B")
    assert "有 1 期没有任何报告" in told
    assert "这一期没有数据" in told


@pytest.mark.parametrize("pace", ["day", "week", "month", "year"])
@pytest.mark.parametrize("place", ["420281", "420281A"])
def test_a_series_is_shown_at_any_level_and_pace(county: Client, pace: str, place: str) -> None:
    assert "发热就诊" in page(county, f"/watch/channels/fever/?place={place}&pace={pace}")


def test_a_channel_nobody_ever_reported_says_so(county: Client) -> None:
    assert "没有" in page(county, "/watch/channels/suspected/?place=420281A")
    assert county.get("/watch/channels/fevers/").status_code == 404


def test_a_silence_has_a_reason_is_audited_honoured_and_lifted(
    county: Client, installation: Installation
) -> None:
    form = {"channel": "fever", "place": "420281A", "until": today().isoformat(), "reason": ""}
    answer = county.post("/watch/silences/", form, follow=True).content.decode()
    assert "请写明静默理由" in answer
    assert not Silence.objects.exists()
    late = form | {"reason": "学校体检", "until": (today() + timedelta(days=90)).isoformat()}
    assert "静默至哪一天" in county.post("/watch/silences/", late, follow=True).content.decode()
    answer = county.post("/watch/silences/", form | {"reason": "学校体检"}, follow=True).content.decode()
    assert "已静默至" in answer and "学校体检" in answer
    assert Change.objects.get(action="watch.silence").summary["reason"] == "学校体检"
    found = watch(installation, today())
    assert [(one.channel.name, one.place) for one in found.silenced] == [("fever", "420281A")]
    assert found.raised == ()
    county.post("/watch/silences/", {"lift": str(Silence.objects.get().pk)})
    assert Change.objects.filter(action="watch.lift").exists()
    assert [one.outcome for one in watch(installation, today()).raised] == ["open"]


def test_who_works_at_the_centre_reads_its_alert_and_silences_nothing(county: Client) -> None:
    doctor = user("doctor", Role.TOWNSHIP_DOCTOR, institution=Institution.objects.get(code="HA"))
    assert "呼吸道症候群升高" in page(doctor, "/watch/")
    assert "您没有可办的步骤" in page(doctor, f"/watch/alerts/{alert().record_id}/")
    form = {"channel": "fever", "place": "420281A", "until": today().isoformat(), "reason": "x"}
    doctor.post("/watch/silences/", form)
    assert not Silence.objects.exists()
    assert doctor.post("/watch/look/").status_code == 404
    other = user("other", Role.TOWNSHIP_DOCTOR, institution=Institution.objects.get(code="HB"))
    assert "呼吸道症候群升高" not in page(other, "/watch/")
    assert other.get(f"/watch/alerts/{alert().record_id}/").status_code == 404
    assert other.get("/watch/?place=420281A").status_code == 404


def test_an_alert_is_handed_down_checked_and_handled_by_the_county_again(county: Client) -> None:
    base = f"/records/alert/{alert().record_id}/do"
    day = {"occurred_on": today().isoformat()}

    def version() -> dict[str, str]:
        return day | {"version": str(alert().version)}

    county.post(
        f"{base}/send_down/?back=watch", version() | {"v-check_by": "HA", "v-check_note": "核实发热人数"}
    )
    assert alert().state == "checking"
    doctor = user("doctor", Role.TOWNSHIP_DOCTOR, institution=Institution.objects.get(code="HA"))
    assert "反馈核实情况" in page(doctor, f"/watch/alerts/{alert().record_id}/")
    doctor.post(f"{base}/report_back/", version() | {"v-checked": "学校集中发热，属实"})
    assert alert().state == "checked"
    answer = county.post(
        f"{base}/verify/?back=watch", version() | {"v-verdict": "real", "v-verified_by_phone": "电话"}
    )
    assert answer["Location"] == f"/watch/alerts/{alert().record_id}/"
    county.post(f"{base}/pass_up/", version() | {"v-request": "请市级支援"})
    assert alert().state == "passed_up"
    assert "下达指导意见" not in page(county, f"/watch/alerts/{alert().record_id}/")


def test_the_map_shows_every_place_that_is_watched_and_marks_the_alert(county: Client) -> None:
    for number, place in enumerate(Place.objects.filter(level="township")):
        Place.objects.filter(pk=place.pk).update(lon=114.9 + number / 10, lat=30.1 + number / 20)
    told = page(county, "/watch/")
    assert "每个圆是一处监测的区划" in told
    names = dict(
        Place.objects.filter(level="township", code__startswith="420281").values_list("code", "name")
    )
    for code, name in names.items():
        assert f'aria-label="{name} ' in told, code
    assert told.count(f'aria-label="{names["420281A"]} 呼吸道症候群升高') == 1
    assert "/watch/channels/fever_medicine/?place=420281B" in told or "/watch/channels/fever/?place=" in told


def test_an_alert_says_what_it_counts(county: Client) -> None:
    told = page(county, f"/watch/alerts/{alert().record_id}/")
    assert re.search(r"退热药销售（[^）]*）：?本周 \d+ 盒", told)
    assert re.search(r"发热就诊（[^）]*）：?本周 \d+ 人次", told)


def test_a_place_without_a_position_is_told_beside_the_map(county: Client) -> None:
    Place.objects.filter(code="420281A").update(lon=None, lat=None)
    assert "没有坐标" in page(county, "/watch/")


def test_before_anything_was_evaluated_the_pages_say_what_to_do(installation: Installation) -> None:
    write([], **network())
    officer = user("officer", Role.COUNTY_OFFICER, place=Place.objects.get(code="420281"))
    assert "没有未办结的预警" in page(officer, "/watch/")
    assert "请先查看一次各渠道" in page(officer, "/watch/channels/")
    assert "还没有可看的数据" in page(officer, "/watch/channels/fever/?place=420281A")


def worth_of_medicines(told: str) -> tuple[str, list[int]]:
    """The share, and the numbers: false alarms, quiet periods, and of outbreaks those with an alarm and all."""
    row = re.search(r"各渠道的误报.*?退热药销售</a>(.*?)</tr>", told, re.S)
    assert row is not None
    share, *pairs = re.findall(r">([^<>]+)</td>", row.group(1))
    return share, [int(one) for pair in pairs for one in re.findall(r"\d+", pair)]


def test_the_board_works_out_false_alarms_when_it_is_asked(county: Client) -> None:
    assert "算一算（需几秒）" in page(county, "/watch/channels/")
    share, numbers = worth_of_medicines(page(county, "/watch/channels/?worth=1"))
    false, quiet = numbers  # the outbreak of the last week is not confirmed yet
    assert false >= 1
    assert quiet > WEEKS
    assert float(share.rstrip("%")) == pytest.approx(100 * (1 - false / quiet), abs=0.1)
    RecordVersion.objects.filter(pk=alert().pk).update(values=alert().values | {"outcome": "outbreak"})
    _, numbers = worth_of_medicines(page(county, "/watch/channels/?worth=1"))
    assert numbers[0] == false - 1
    assert numbers[2:] == [1, 1]
