"""Numbers shown in full for a reason, and the audit that administrators read."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from integration.test_web_access import of
from integration.web_network import ID_NUMBER, PHONE, Cast, build_network
from wangdi import server
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change, verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.web.audit import ACTIONS, summary_line

REVEAL = "/registers/resident/R1/reveal/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def rows(page: str) -> list[str]:
    """The numbers of the changes a page lists."""
    return re.findall(r'<td class="number" data-label="#">(\d+)</td>', page)


@pytest.mark.parametrize(("what", "value"), [("id_number", ID_NUMBER), ("phone", PHONE)])
def test_a_number_is_shown_in_full_for_a_reason_which_is_written_down(
    cast: Cast, what: str, value: str
) -> None:
    client = of(cast.own)
    page = text(client, "/residents/R1/")
    assert REVEAL in page and value not in page
    shown = client.post(REVEAL, {"what": what, "reason": "联系本人随访"})
    assert value in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    change = Change.objects.get(action="reveal")
    assert change.actor == cast.own
    assert change.summary == {"entity": "resident", "code": "R1", "what": what, "reason": "联系本人随访"}
    assert value not in str(change.summary)
    assert verify_chain() is None


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_nothing_is_shown_or_written(cast: Cast, reason: str) -> None:
    answer = of(cast.own).post(REVEAL, {"what": "phone", "reason": reason})
    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()
    assert not Change.objects.filter(action="reveal").exists()


def test_who_only_reads_sees_the_numbers_masked(cast: Cast) -> None:
    for user in (cast.county, cast.city):
        client = of(user)
        assert REVEAL not in text(client, "/residents/R1/")
        assert client.post(REVEAL, {"what": "phone", "reason": "随便看看"}).status_code == 403
    assert not Change.objects.filter(action="reveal").exists()


def test_nothing_else_of_a_person_can_be_asked_for(cast: Cast) -> None:
    assert of(cast.own).post(REVEAL, {"what": "address", "reason": "核对身份"}).status_code == 404
    assert of(cast.director).get("/registers/asset/E1/reveal/").status_code == 404


def test_administrators_find_what_somebody_did(cast: Cast) -> None:
    of(cast.own).post(REVEAL, {"what": "phone", "reason": "联系本人随访"})
    record_change("reveal", actor_name="somebody", summary={"code": "R2"})
    admin = of(cast.admin)
    seen = str(Change.objects.get(actor=cast.own).pk)
    for query in ("?who=W1", "?action=reveal&who=W1", "?words=随访", "?words=R1&action=reveal"):
        assert rows(text(admin, f"/manage/audit/{query}")) == [seen], query
    assert rows(text(admin, "/manage/audit/?since=2999-01-01")) == []
    assert rows(text(admin, "/manage/audit/?until=2001-01-01")) == []
    assert len(rows(text(admin, "/manage/audit/?since=nonsense"))) == Change.objects.count()
    assert "查看完整号码" in text(admin, "/manage/audit/?who=W1")


def test_the_newest_change_stands_first_and_long_lists_have_pages(cast: Cast) -> None:
    for number in range(120):
        record_change("export", actor_name="job", summary={"n": number})
    numbers = rows(text(of(cast.admin), "/manage/audit/"))
    assert numbers[0] == str(Change.objects.latest("id").pk)
    assert len(numbers) == 100
    assert len(rows(text(of(cast.admin), "/manage/audit/?page=2"))) == Change.objects.count() - 100


def test_the_chain_is_checked_and_an_altered_change_is_named(cast: Cast) -> None:
    admin = of(cast.admin)
    assert "还没有核对过" in text(admin, "/manage/audit/")
    admin.post("/manage/audit/", {"act": "verify"})
    assert "条完好" in text(admin, "/manage/audit/")
    change = record_change("export", actor_name="somebody", summary={"rows": 1})
    record_change("export", actor_name="somebody")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_change SET actor_name = 'nobody' WHERE id = %s", [change.pk])
    admin.post("/manage/audit/", {"act": "verify"})
    assert f"第 {change.pk} 条变更与链不符" in text(admin, "/manage/audit/")


def test_a_hash_kept_elsewhere_shows_whether_the_tail_was_cut_off(cast: Cast) -> None:
    kept = record_change("export", actor_name="somebody").hash
    admin = of(cast.admin)
    assert "链中有这一条" in text(admin, f"/manage/audit/?hash={kept}")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_change WHERE hash = %s", [kept])
    assert "链中没有这一条" in text(admin, f"/manage/audit/?hash={kept}")


def test_the_audit_is_exported_for_a_reason_and_that_is_written_to_it(cast: Cast) -> None:
    record_change("export", actor_name="=cmd()", summary={"rows": 1})
    admin = of(cast.admin)
    assert admin.post("/manage/audit/", {"act": "file", "reason": ""}).status_code == 422
    before = Change.objects.count()
    answer = admin.post("/manage/audit/", {"act": "file", "reason": "年度检查"})
    read = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(read) == 1 + before
    assert any(row[2] == "'=cmd()" for row in read)
    assert Change.objects.latest("id").summary["reason"] == "年度检查"


def test_what_a_change_says_of_itself_is_in_words(installation: Installation) -> None:
    tables = {"residents": {"created": 3, "amended": 0}, "records/htn_followup": {"created": 2, "amended": 1}}
    line = summary_line({"tables": tables, "second_factor": False, "kinds": ["htn_followup"]})
    assert "居民 （新增 3）" in line and "（更正 1" not in line.partition("居民")[0]
    assert "高血压患者随访服务记录表 （新增 2，更正 1）" in line
    assert "两步验证 否" in line
    assert not re.search("[A-Za-z]{3}", line)


def test_every_action_the_program_writes_has_words() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path(server.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'(?:record_change|_record|_factor_changed)\(\s*"([a-z_.]+)"', source))
    written |= set(re.findall(r'"(record\.[a-z]+)"', source))
    assert len(written) > 20
    assert written <= set(ACTIONS)
