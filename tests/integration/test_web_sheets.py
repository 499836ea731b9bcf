"""Result sheets: printed from a record and from a list, read by residents, withheld until a result was told."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from integration.web_network import PHONE, Cast, build_network, days_ago
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, void_and_refresh
from wangdi.server.portal.declaration import declaration
from wangdi.server.web.views import lists

EXAMS = "/lists/chronic_exam/?institution=CA1"


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    with override_settings(RESIDENTS="file"):
        cast = build_network()
        record(cast, "e1", "R1", sbp=152, dbp=95)
        yield cast


def record(
    cast: Cast, number: str, subject: str, kind: str = "chronic_exam", day: date | None = None, **values: Any
) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds[kind],
        record_id=number,
        subject_code=subject,
        institution_code="CA1",
        worker_code="W1",
        occurred_on=day or days_ago(3),
        values=values,
    )


def of(user: object, language: str = "zh-CN") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def as_resident(installation: Installation) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.post("/my/sign-in/", {"phone": PHONE})
    code = (installation.data / "sms.log").read_text("utf-8").splitlines()[-1].split("\t")[1]
    client.post("/my/code/", {"code": code})
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_sheet_tells_results_what_is_usual_what_is_due_and_whom_to_ask(cast: Cast) -> None:
    page = text(of(cast.own).get("/records/chronic_exam/e1/sheet/"))
    assert "152/95 mmHg" in page and "偏高" in page and "您的控制目标：低于 140/90" in page
    assert "血压没有控制到目标" in page
    assert "高血压随访（量血压、看药）" in page and "请尽快来" in page
    assert "栖儒村卫生室" in page and "王医生" in page
    assert PHONE not in page
    in_english = text(of(cast.own, "en").get("/records/chronic_exam/e1/sheet/"))
    assert "for you below 140/90" in in_english and "please come soon" in in_english


def test_a_sheet_is_seen_by_those_who_see_all_about_the_person(cast: Cast) -> None:
    seen = {"own", "director", "county", "centre", "city", "admin"}
    for one in fields(cast):
        answer = of(getattr(cast, one.name)).get("/records/chronic_exam/e1/sheet/")
        assert answer.status_code == (200 if one.name in seen else 404), one.name
        assert (answer.status_code == 200) == ("张三" in text(answer)), one.name


def test_a_record_leads_to_its_sheet_where_its_kind_has_one(cast: Cast) -> None:
    own = of(cast.own)
    assert "/records/chronic_exam/e1/sheet/" in text(own.get("/records/chronic_exam/e1/"))
    assert "/sheet/" not in text(own.get("/records/htn_followup/f2/"))
    assert own.get("/records/htn_followup/f2/sheet/").status_code == 404


def test_a_void_record_has_no_sheet(cast: Cast) -> None:
    void_and_refresh(actor=cast.own, kind=rulebook().kinds["chronic_exam"], record_id="e1", reason="登记错了")
    page = text(of(cast.own).get("/records/chronic_exam/e1/sheet/"))
    assert "没有可打印的反馈单" in page and "152" not in page


def test_the_sheets_of_a_list_are_printed_together_for_a_reason_and_audited(cast: Cast) -> None:
    record(cast, "e2", "R2", sbp=120, dbp=70)
    own = of(cast.own)
    assert "打印结果反馈单" in text(own.get(EXAMS))
    assert "打印结果反馈单" not in text(own.get("/lists/htn_followup/?institution=CA1"))
    assert own.post(EXAMS, {"do": "sheets", "reason": " "}).status_code == 422
    assert not Change.objects.filter(action="export").exists()
    page = text(own.post(EXAMS, {"do": "sheets", "reason": "交给本人"}))
    assert page.count('<article class="sheet"') == 2 and "152/95" in page and "120/70" in page
    summary = Change.objects.get(action="export").summary
    assert (summary["rows"], summary["format"], summary["reason"]) == (2, "sheets", "交给本人")
    filtered = text(own.post(f"{EXAMS}&f-sbp-from=150", {"do": "sheets", "reason": "交给本人"}))
    assert filtered.count('<article class="sheet"') == 1


def test_too_many_sheets_at_once_are_refused_with_the_way_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(cast, "e2", "R2", sbp=120, dbp=70)
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 1)
    refused = of(cast.own).post(EXAMS, {"do": "sheets", "reason": "交给本人"})
    assert refused.status_code == 422 and "请先按日期、村筛选" in text(refused)


def test_sheets_at_once_ask_the_store_as_often_as_one(cast: Cast) -> None:
    own = of(cast.own)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert own.post(EXAMS, {"do": "sheets", "reason": "交给本人"}).status_code == 200
        return len(queries)

    asked()
    before = asked()
    for number, person in enumerate(["R1", "R2", "R2"]):
        record(cast, f"more{number}", person, sbp=130, dbp=80)
    asked()
    assert asked() <= before + 1


def test_a_result_that_has_to_be_told_first_is_withheld_from_print_and_from_the_resident(
    cast: Cast, installation: Installation
) -> None:
    kind, values = "cervical_screening", {"method": "hpv", "hpv_result": "type_16_18"}
    record(cast, "s1", "R1", kind, **values)
    page = text(of(cast.own).get(f"/records/{kind}/s1/sheet/"))
    assert "暂不出单" in page and "须先由医生当面告知" in page and '<article class="sheet"' not in page
    resident = as_resident(installation)
    assert resident.get(f"/my/of/R1/sheets/{kind}/s1/").status_code == 404
    assert "宫颈" not in text(resident.get("/my/of/R1/"))
    record(cast, "s2", "R1", kind, **values, told_on=days_ago(1).isoformat())
    assert f"/my/of/R1/sheets/{kind}/s2/" in text(resident.get("/my/of/R1/"))
    assert "这不等于得了癌" in text(resident.get(f"/my/of/R1/sheets/{kind}/s2/"))


def test_residents_read_their_own_sheets_and_no_others(cast: Cast, installation: Installation) -> None:
    record(cast, "e2", "R2", sbp=120, dbp=70)
    resident = as_resident(installation)
    assert "/my/of/R1/sheets/chronic_exam/e1/" in text(resident.get("/my/of/R1/"))
    page = text(resident.get("/my/of/R1/sheets/chronic_exam/e1/"))
    assert "152/95 mmHg" in page and "下一步" in page
    for address in (
        "/my/of/R1/sheets/chronic_exam/e2/",
        "/my/of/R2/sheets/chronic_exam/e2/",
        "/my/of/R1/sheets/htn_followup/f2/",
        "/my/of/R1/sheets/nothing/e1/",
    ):
        assert resident.get(address).status_code == 404, address
    signed_out = Client().get("/my/of/R1/sheets/chronic_exam/e1/")
    assert signed_out["Location"] == "/my/sign-in/"


def test_residents_see_sheets_of_the_kinds_that_are_declared() -> None:
    assert set(declaration().sheets) <= set(rulebook().sheets)
