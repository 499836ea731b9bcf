"""Other systems send records over HTTP: a real server, a real socket."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from typer.testing import CliRunner

from integration.serving import served
from integration.web_network import Cast, build_network, days_ago
from wangdi.cli.main import app
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.condition.checks import intake
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.intake.models import Delivery, Token
from wangdi.server.intake.tokens import make_token, revoke_token
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion

SYNDROMES = "syndrome_day"
CSV = "text/csv"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def problems(self) -> list[dict[str, Any]]:
        return list(self.body["problems"])


@dataclass(frozen=True)
class System:
    """Another system with its token."""

    port: int
    secret: str
    number: int

    def ask(
        self, method: str, path: str, body: bytes = b"", media: str = "", secret: str | None = None
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.secret if secret is None else secret}"}
        wire = HTTPConnection("127.0.0.1", self.port, timeout=60)
        wire.request(method, path, body or None, headers | ({"Content-Type": media} if media else {}))
        found = wire.getresponse()
        headers = {name.lower(): value for name, value in found.getheaders()}
        answer = Answer(found.status, headers, json.loads(found.read()))
        wire.close()
        return answer

    def send(self, kind: str, body: str | bytes, media: str = CSV) -> Answer:
        raw = body.encode() if isinstance(body, str) else body
        return self.ask("POST", f"/api/records/{kind}/", raw, media)

    def rows(self, kind: str, rows: Sequence[dict[str, Any]]) -> Answer:
        return self.send(kind, json.dumps(rows, default=str), "application/json")


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def port(cast: Cast) -> Iterator[int]:
    with served() as port:
        yield port


def token_for(port: int, *kinds: str, source: str = "lis-a", **area: str) -> System:
    made, secret = make_token("检验系统", source, kinds, **(area or {"place": "A"}))
    return System(port, secret, made.pk)


@pytest.fixture
def system(port: int) -> System:
    return token_for(port, SYNDROMES)


def a_day(institution: str = "CA1", days: int = 3, **values: Any) -> dict[str, Any]:
    return {"subject": institution, "occurred_on": days_ago(days), "visits": 30, "fever": 2, **values}


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    return "\n".join(lines)


def current(kind: str) -> list[RecordVersion]:
    return list(RecordVersion.objects.current().filter(kind__name=kind).order_by("seq"))


def test_what_is_sent_twice_is_kept_once_and_a_correction_is_a_new_version(system: System) -> None:
    body = as_csv([a_day(id="d1"), a_day(id="d2", days=2)])
    first = system.send(SYNDROMES, body)
    assert (first.status, first.body["created"], first.body["unchanged"]) == (200, 2, 0)
    again = system.send(SYNDROMES, body)
    assert (again.status, again.body["created"], again.body["unchanged"], again.body["change"]) == (
        200,
        0,
        2,
        None,
    )
    mended = system.rows(SYNDROMES, [a_day(id="d1", fever=9)])
    assert (mended.body["created"], mended.body["amended"]) == (0, 1)
    kept = {one.record_id: (one.version, one.values["fever"]) for one in current(SYNDROMES)}
    assert kept == {"lis-a:d1": (2, 9), "lis-a:d2": (1, 2)}


def test_the_audit_names_the_system_and_its_chain_holds(system: System) -> None:
    system.rows(SYNDROMES, [a_day()])
    change = Change.objects.filter(action="intake").get()
    assert change.actor_name == "检验系统 (lis-a)"
    assert change.summary == {"kind": SYNDROMES, "created": 1, "amended": 0, "token": system.number}
    assert verify_chain() is None


def test_csv_json_and_a_workbook_with_chinese_headings_say_the_same(system: System) -> None:
    row = a_day(id="d1", influenza_like=1)
    sheet = Workbook()
    assert sheet.active is not None
    sheet.active.title = SYNDROMES
    titles = {field.name: field.title.zh for field in rulebook().kinds[SYNDROMES].columns}
    sheet.active.append([titles[name] for name in row])
    sheet.active.append(list(row.values()))
    file = BytesIO()
    sheet.save(file)
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answers = [system.send(SYNDROMES, as_csv([row])), system.rows(SYNDROMES, [row])]
    answers.append(system.send(SYNDROMES, file.getvalue(), xlsx))
    assert [(one.status, one.body.get("created")) for one in answers] == [(200, 1), (200, 0), (200, 0)]


def test_every_mistake_is_told_with_row_and_column_and_nothing_is_saved(system: System) -> None:
    rows = [
        a_day(id="good"),
        a_day(fever="many"),
        a_day(visits=-4, occurred_on=today() + timedelta(days=9)),
        a_day("CA7"),
    ]
    refused = system.rows(SYNDROMES, rows)
    assert (refused.status, refused.body["count"]) == (422, 4)
    told = {(one["row"], one["column"], one["value"]) for one in refused.problems}
    future = (today() + timedelta(days=9)).isoformat()
    assert told == {
        (2, "fever", "many"),
        (3, "visits", "-4"),
        (3, "occurred_on", future),
        (4, "subject", "CA7"),
    }
    assert all(
        one["message"]["zh"] and one["message"]["en"] and one["hint"]["zh"] for one in refused.problems
    )
    assert current(SYNDROMES) == []
    [delivery] = Delivery.objects.all()
    assert (delivery.status, delivery.problems, delivery.created) == (422, 4, 0)


def test_what_lies_outside_its_area_does_not_exist_for_a_token(system: System) -> None:
    outside, nowhere = (system.rows(SYNDROMES, [a_day(code)]) for code in ("CB1", "CX1"))
    assert outside.status == nowhere.status == 422
    first, second = (json.dumps(one.body, ensure_ascii=False) for one in (outside, nowhere))
    assert first.replace("CB1", "CX1") == second
    assert "金湖街道" in first
    assert current(SYNDROMES) == []


def test_a_token_of_an_institution_reaches_those_below_it(port: int) -> None:
    centre = token_for(port, SYNDROMES, institution="HA")
    assert centre.rows(SYNDROMES, [a_day("CA1"), a_day("HA")]).body["created"] == 2
    assert centre.rows(SYNDROMES, [a_day("HB")]).status == 422


def test_two_systems_may_both_number_from_one_and_a_new_token_of_a_system_goes_on(port: int) -> None:
    ours, theirs = token_for(port, SYNDROMES), token_for(port, SYNDROMES, source="lis-b")
    ours.rows(SYNDROMES, [a_day(id="1")])
    theirs.rows(SYNDROMES, [a_day("CA2", id="1")])
    assert {one.record_id for one in current(SYNDROMES)} == {"lis-a:1", "lis-b:1"}
    renewed = token_for(port, SYNDROMES)
    assert renewed.rows(SYNDROMES, [a_day(id="1", fever=5)]).body["amended"] == 1


def test_a_record_of_another_area_is_not_amended_by_its_number(port: int) -> None:
    wide = token_for(port, SYNDROMES, place="420281")
    wide.rows(SYNDROMES, [a_day("CB1", id="1")])
    narrow = token_for(port, SYNDROMES, place="A")
    assert narrow.rows(SYNDROMES, [a_day("CA1", id="1")]).status == 422
    assert [one.version for one in current(SYNDROMES)] == [1]


def test_without_a_good_token_nothing_is_taken(system: System) -> None:
    path = f"/api/records/{SYNDROMES}/"
    body = as_csv([a_day()]).encode()
    for secret in ("", "wangdi_nonsense", system.secret[:-1]):
        answer = system.ask("POST", path, body, CSV, secret=secret)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    Token.objects.filter(pk=system.number).update(expires_on=days_ago(1))
    assert system.send(SYNDROMES, body).status == 401
    Token.objects.filter(pk=system.number).update(expires_on=today())
    assert system.send(SYNDROMES, body).status == 200
    revoke_token(Token.objects.get(pk=system.number), actor_name="x")
    assert system.send(SYNDROMES, body).status == 401
    assert system.secret not in json.dumps(list(Token.objects.values()), default=str)


def test_what_a_token_is_not_for_is_refused_clearly(system: System) -> None:
    assert system.rows("school_absence", [a_day()]).status == 403
    assert system.rows("no_such_kind", [a_day()]).status == 403
    assert system.ask("GET", f"/api/records/{SYNDROMES}/").status == 405
    unread = system.send(SYNDROMES, "<rows/>", "application/xml")
    assert unread.status == 415
    assert "text/csv" in unread.problems[0]["message"]["en"]
    for body in ("{", '{"rows": 3}', "[1]", '[{"fever": {"a": 1}}]', '[{"fever": NaN}]'):
        broken = system.send(SYNDROMES, body, "application/json")
        assert (broken.status, broken.problems[0]["code"]) == (422, "I101"), body


def test_a_register_is_not_taken_in_by_the_way(system: System) -> None:
    sheet = Workbook()
    assert sheet.active is not None
    sheet.active.title = "places"
    sheet.active.append(["code", "name", "level"])
    sheet.active.append(["99", "x", "county"])
    file = BytesIO()
    sheet.save(file)
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert system.send(SYNDROMES, file.getvalue(), xlsx).status == 422


def test_too_much_and_too_often_are_refused_with_what_to_do(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGDI_INTAKE_ROWS", "2")
    assert system.rows(SYNDROMES, [a_day(days=day) for day in (2, 3, 4)]).status == 413
    monkeypatch.setenv("WANGDI_INTAKE_MB", "1")
    assert system.send(SYNDROMES, b"x" * ((1 << 20) + 1)).status == 413
    monkeypatch.setenv("WANGDI_INTAKE_PER_MINUTE", "2")
    late = system.rows(SYNDROMES, [a_day()])
    assert late.status == 429
    assert 0 < int(late.headers["retry-after"]) <= 61
    assert current(SYNDROMES) == []


def test_due_items_follow_a_record_about_a_resident(port: int) -> None:
    hospital = token_for(port, "htn_followup", place="420281")
    resident = Resident.objects.get(code="R1")
    overdue = DueItem.objects.of("resident", resident.pk).get(schedule="htn_followup").due_on
    assert overdue < today()
    sent = hospital.rows("htn_followup", [_followup()])
    assert (sent.status, sent.body["due"]) == (200, "now"), sent.body
    assert DueItem.objects.of("resident", resident.pk).get(schedule="htn_followup").due_on > today()


def _followup() -> dict[str, Any]:
    stored = RecordVersion.objects.valid().get(kind__name="htn_followup", record_id="f2").values
    return {**stored, "subject": "R1", "institution": "CA1", "occurred_on": today(), "sbp": 128, "dbp": 78}


def test_a_record_in_a_workflow_begins_at_its_beginning_and_keeps_its_state_when_corrected(port: int) -> None:
    system = token_for(port, "alert", place="420281")
    row = {
        "id": "1",
        "subject": "A",
        "occurred_on": days_ago(3),
        "trigger": "rash",
        "channels": ["rash"],
        "first_period": days_ago(9),
        "last_period": days_ago(9),
        "explanation": "x",
        "state": "closed",
    }
    assert system.rows("alert", [row]).status == 200
    [alert] = current("alert")
    assert alert.state == alert.values["state"] == "raised"
    RecordVersion.objects.filter(pk=alert.pk).update(
        state="checking", values={**alert.values, "state": "checking"}
    )
    assert system.rows("alert", [{**row, "explanation": "y"}]).body["amended"] == 1
    [mended] = current("alert")
    assert (mended.state, mended.values["explanation"]) == ("checking", "y")


def test_a_record_can_be_taken_back(system: System) -> None:
    system.rows(SYNDROMES, [a_day(id="1")])
    assert system.rows(SYNDROMES, [a_day(id="1", status="void")]).body["amended"] == 1
    assert RecordVersion.objects.valid().filter(kind__name=SYNDROMES).count() == 0


def test_a_channel_fed_over_http_raises_an_alert(system: System) -> None:
    system.rows(SYNDROMES, [a_day(days=day, rash=0) for day in range(35, 8, -1)])
    for day in range(14, 0, -1):
        assert system.rows(SYNDROMES, [a_day("CA2", days=day, rash=2, id=f"rash-{day}")]).status == 200
    connection.close()
    command = [sys.executable, "-m", "wangdi", "watch", "run", "--format", "json"]
    done = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "WANGDI_LANG": "en"})
    [raised] = json.loads(done.stdout)
    assert (raised["outcome"], raised["trigger"], raised["place"]) == ("new", "Fever with rash rises", "A")
    [alert] = current("alert")
    assert alert.values["channels"] == ["rash"]


def test_a_kind_tells_a_system_what_to_send(system: System) -> None:
    told = system.ask("GET", f"/api/kinds/{SYNDROMES}/")
    columns = {one["name"]: one for one in told.body["columns"]}
    assert columns["fever"]["type"] == "integer"
    assert columns["fever"]["required"] and not columns["diarrhoea"]["required"]
    assert columns["subject"]["refers_to"] == "institution"
    assert [one["code"] for one in columns["status"]["options"]] == ["final", "void"]
    assert [one["kind"] for one in system.ask("GET", "/api/kinds/").body["kinds"]] == [SYNDROMES]
    assert system.ask("GET", "/api/kinds/alert/").status == 403


def test_the_open_api_description_leads_to_schemas_that_it_has(system: System) -> None:
    found = system.ask("GET", "/api/openapi.json").body
    assert list(found["paths"]) == [f"/api/records/{SYNDROMES}/"]
    schemas = found["components"]["schemas"]
    assert set(schemas[SYNDROMES]["required"]) == {"subject", "occurred_on", "visits", "fever"}
    named = set(_references(found))
    assert named and named == {f"#/components/schemas/{name}" for name in schemas}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(below)


# -- those who look after tokens ------------------------------------------------------------------


def test_an_administrator_makes_a_token_sees_it_once_and_revokes_it(cast: Cast) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(cast.admin)
    form = {
        "name": "药店",
        "source": "yd-a",
        "area": "金湖街道（A）",
        "kinds": ["pharmacy_day"],
        "expires_on": "",
    }
    assert "症候群监测日报" in client.get("/manage/tokens/new/").content.decode()
    wrong = client.post("/manage/tokens/new/", {"name": "", "source": "药店", "area": "没有这里"})
    assert wrong.status_code == 422
    assert "有 4 处需要更正" in wrong.content.decode()
    address = client.post("/manage/tokens/new/", form)["Location"]
    page = client.get(address).content.decode()
    assert "wangdi_" in page and "药店监测日报" in page
    assert "wangdi_" not in client.get(address).content.decode()
    assert "还没有用过" in client.get("/manage/tokens/").content.decode()
    client.post(address)
    assert Token.objects.get().revoked_at is not None
    made, revoked = Change.objects.filter(action__startswith="token.").order_by("id")
    assert made.actor == revoked.actor == cast.admin


def test_status_tells_of_systems_that_are_refused_silent_or_about_to_end(
    installation: Installation, system: System
) -> None:
    system.rows(SYNDROMES, [a_day(fever="x")])
    assert {one.part for one in intake(installation)} == {"intake", "intake refused"}
    Token.objects.update(
        last_used_at=timezone.now() - timedelta(days=5), expires_on=today() + timedelta(days=3)
    )
    assert {one.part for one in intake(installation)} == {
        *("intake", "intake refused", "intake silent", "intake tokens")
    }


def test_tokens_on_the_command_line(cast: Cast) -> None:
    def run(*words: str) -> Any:
        connection.close()
        return CliRunner().invoke(app, ["tokens", *words], env={"WANGDI_LANG": "en"})

    wrong = run("make", "Laboratory", "--source", "L", "--kind", "syndrom_day", "--place", "Z")
    assert wrong.exit_code == 1
    assert "syndrome_day" in wrong.stderr and "--place" in wrong.stderr and "source" in wrong.stderr
    made = run("make", "Laboratory", "--source", "lis", "--kind", SYNDROMES, "--institution", "HA")
    assert made.stdout.startswith("wangdi_")
    [token] = json.loads(run("list", "--format", "json").stdout)
    assert (token["source"], token["area"], token["state"]) == ("lis", "HA", "good")
    assert run("revoke", str(token["number"])).exit_code == 0
    assert json.loads(run("list", "--format", "json").stdout)[0]["state"] == "revoked"
