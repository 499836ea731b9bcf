"""Accounts from a file, new passwords for many, disabling many: all or nothing, and passwords shown once."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from integration.test_web_access import of
from integration.web_network import PASSWORD, Cast, build_network
from wangdi.cli.main import app
from wangdi.server.accounts.handing import are_kept
from wangdi.server.accounts.models import Account
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import run_job

HEADINGS = ("姓名", "用户名", "角色", "机构编码", "工号", "手机", "语言")
ZHAO = ("赵敏", "zhao", "村医", "CA1", "W2", "13800000001", "英文")
QIAN = ("钱进", "qian", "卫生院医生", "HA", "", "", "")


@pytest.fixture
def cast(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    monkeypatch.setattr(running, "launch", lambda job: None)
    yield build_network()


def workbook(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in (headings, *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def sent(client: Client, content: bytes, **more: str) -> Job:
    """The job, done."""
    file = SimpleUploadedFile("账号.xlsx", content)
    client.post("/manage/users/import/", {"file": file, "days": "14", **more})
    return done()


def done() -> Job:
    job = Job.objects.latest("id")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def page_of(client: Client, job: Job) -> str:
    return client.get(f"/manage/jobs/{job.pk}/").content.decode()


def slips(client: Client, job: Job) -> Mapping[str, str]:
    """User name to password."""
    page = client.post(f"/manage/jobs/{job.pk}/passwords/", {"as": "slips"}).content.decode()
    found = re.findall(r'<dd class="code">([^<]+)</dd>.*?<dd class="code"><b>([^<]+)</b>', page, re.DOTALL)
    return dict(found)


def test_a_director_makes_accounts_from_excel_and_each_password_opens_only_its_change(cast: Cast) -> None:
    director = of(cast.director)
    job = sent(director, workbook(ZHAO, QIAN))
    assert "新建 2 个账号" in page_of(director, job)
    passwords = slips(director, job)
    assert set(passwords) == {"zhao", "qian"}

    client = Client(headers={"accept-language": "zh-CN"})
    client.post("/sign-in/", {"login": "zhao", "password": passwords["zhao"]})
    assert client.get("/residents/R1/")["Location"] == "/account/password/"
    assert "Sign out" in client.get("/account/password/").content.decode(), "the account's language"
    typed = {"oldpassword": passwords["zhao"], "password1": PASSWORD, "password2": PASSWORD}
    client.post("/account/password/", typed)
    assert client.get("/residents/R1/").status_code == 200
    assert client.get("/residents/R3/").status_code == 404
    assert User.objects.get(username="zhao").assignments.get().worker.code == "W2"


def test_passwords_are_taken_once_by_whoever_asked_and_lie_nowhere_in_the_clear(cast: Cast) -> None:
    director = of(cast.director)
    job = sent(director, workbook(ZHAO))
    for other in (cast.county, cast.admin):
        assert of(other).post(f"/manage/jobs/{job.pk}/passwords/", {"as": "slips"}).status_code == 404
    assert are_kept(job.folder)
    answer = director.post(f"/manage/jobs/{job.pk}/passwords/", {"as": "sheet"})
    (row,) = load_workbook(BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True)
    assert row[:2] == ("赵敏", "zhao") and row[3:6] == ("村医", "栖儒村卫生室", "13800000001")
    assert slips(director, job) == {}
    kept = b"".join(path.read_bytes() for path in job.folder.rglob("*") if path.is_file())
    assert row[2].encode() not in kept
    assert row[2] not in str([change.summary for change in Change.objects.all()])
    assert Change.objects.filter(action="account.passwords_taken", actor=cast.director).count() == 1
    assert verify_chain() is None


def test_one_wrong_row_and_no_account_is_made_and_every_cell_that_is_wrong_is_marked(cast: Cast) -> None:
    wrong = [
        ("孙力", "W1", "村医", "CA1", "", "", ""),
        ("", "li", "村医", "CB1", "", "", ""),
        ("周五", "zhou wu", "皇帝", "CA1", "W77", "", ""),
        ("吴六", "zhao", "县卫健局工作人员", "420281", "", "", ""),
    ]
    director = of(cast.director)
    before = User.objects.count()
    job = sent(director, workbook(ZHAO, *wrong))
    assert User.objects.count() == before
    assert not are_kept(job.folder)
    told = {(one["where"].split(" › ")[-2], one["message"]["zh"]) for one in job.result["problems"]}
    assert ("B3", "用户名“W1”已是另一个账号：W1") in told
    assert ("A4", "“姓名”不能为空") in told
    assert ("D4", "没有编码为“CB1”的机构，或不在您的范围内") in told
    assert any(where == "C5" for where, _ in told)
    assert ("E5", "没有编码为“W77”的人员，或不在您的范围内") in told
    assert ("B6", "“zhao”在第 2 行已经用过") in told
    assert {"I852", "I853", "I854"} <= {one["code"] for one in job.result["problems"]}
    book = load_workbook(BytesIO(b"".join(director.get(f"/manage/jobs/{job.pk}/file/").streaming_content)))
    marked = {cell.coordinate for row in book.worksheets[1] for cell in row if cell.comment}
    assert {"B3", "A4", "D4", "C5", "E5", "B6"} <= marked


@pytest.mark.parametrize(("role", "area"), [("卫生院院长", "HA"), ("管理员", ""), ("村医", "HB")])
def test_a_file_gives_no_role_that_its_sender_may_not_give(cast: Cast, role: str, area: str) -> None:
    job = sent(of(cast.director), workbook(("赵敏", "zhao", role, area, "", "", "")))
    assert job.result["outcome"] == "problems"
    assert job.result["problems"][0]["code"] == ("I853" if area == "HB" else "I851")
    assert not User.objects.filter(username="zhao").exists()


def test_a_file_sent_again_with_one_more_row_makes_that_one(cast: Cast) -> None:
    director = of(cast.director)
    sent(director, workbook(ZHAO))
    job = sent(director, workbook(ZHAO, QIAN))
    assert (job.result["accounts"], job.result["there"]) == (1, 1)
    assert set(slips(director, job)) == {"qian"}


def test_without_a_user_name_the_workers_code_serves(cast: Cast) -> None:
    sent(of(cast.director), workbook(("赵敏", "", "村医", "CA1", "W2", "", "")))
    assert User.objects.get(username="W2").first_name == "赵敏"


def test_a_file_without_the_columns_that_are_needed_says_which(cast: Cast) -> None:
    job = sent(of(cast.director), workbook(("赵敏", "zhao"), headings=("姓名", "用户名")))
    assert "role" in job.result["problems"][0]["message"]["en"]


def test_a_file_can_be_checked_alone(cast: Cast) -> None:
    director = of(cast.director)
    job = sent(director, workbook(ZHAO), check_only="yes")
    assert "可建立 1 个账号" in page_of(director, job)
    assert not User.objects.filter(username="zhao").exists()


def test_the_template_holds_what_the_reader_understands(cast: Cast) -> None:
    director = of(cast.director)
    book = load_workbook(BytesIO(director.get("/manage/users/import/template/").content))
    sheet = book.active
    for number, text in enumerate(("赵敏", "zhao", "村医", "CA1", "W2", "", "中文"), 1):
        sheet.cell(2, number, text)
    file = BytesIO()
    book.save(file)
    sent(director, file.getvalue())
    assert Account.objects.get(user__username="zhao").language == "zh-hans"


def test_many_get_new_passwords_and_are_signed_out_and_those_of_others_are_passed_over(cast: Cast) -> None:
    director, own = of(cast.director), of(cast.own)
    assert own.get("/today/").status_code == 200
    director.post("/manage/users/chosen/", {"act": "reset", "user": ["W1", "beside", "county"]})
    assert set(slips(director, done())) == {"W1", "beside"}
    assert own.get("/today/").status_code == 302
    assert User.objects.get(username="county").check_password(PASSWORD)


def test_many_are_disabled_at_once_as_far_as_they_are_the_readers_to_manage(cast: Cast) -> None:
    director = of(cast.director)
    director.post("/manage/users/chosen/", {"act": "disable", "user": ["W1", "county", "director"]})
    assert set(User.objects.filter(is_active=False).values_list("username", flat=True)) == {"W1"}
    director.post("/manage/users/chosen/", {"act": "disable", "all": "yes", "role": "village_doctor"})
    assert set(User.objects.filter(is_active=False).values_list("username", flat=True)) == {"W1", "beside"}
    assert Change.objects.filter(action="account.disable_all", actor=cast.director).count() == 2
    director.post("/manage/users/chosen/", {"act": "enable", "all": "yes", "state": "disabled"})
    assert not User.objects.filter(is_active=False).exists()


def test_jobs_about_accounts_are_seen_by_those_who_started_them(cast: Cast) -> None:
    job = sent(of(cast.director), workbook(ZHAO))
    assert of(cast.county).get(f"/manage/jobs/{job.pk}/").status_code == 404
    assert of(cast.own).post("/manage/users/chosen/", {"act": "disable"}).status_code == 404


def test_the_command_makes_accounts_and_writes_passwords_for_its_owner_alone(
    cast: Cast, tmp_path: Path
) -> None:
    file, target = tmp_path / "账号.xlsx", tmp_path / "out.xlsx"
    file.write_bytes(workbook(ZHAO, ("林主任", "lin", "管理员", "", "", "", "")))
    answer = CliRunner().invoke(app, ["users", "import", str(file), "--passwords-to", str(target)])
    assert answer.exit_code == 0, answer.output
    assert target.stat().st_mode & 0o777 == 0o600
    names = [row[1].value for row in load_workbook(target).active.iter_rows(min_row=2)]
    assert names == ["zhao", "lin"]
    again = CliRunner().invoke(app, ["users", "import", str(file), "--passwords-to", str(target)])
    assert again.exit_code == 0
    file.write_bytes(workbook(QIAN))
    refused = CliRunner().invoke(app, ["users", "import", str(file), "--passwords-to", str(target)])
    assert refused.exit_code == 1
    assert not User.objects.filter(username="qian").exists(), "passwords that cannot be written are not made"
