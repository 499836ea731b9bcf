"""Imports on a page, and long work in a process of its own that can be left."""

import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from integration.test_web_access import of
from integration.web_network import Cast, build_network
from wangdi.server.adoption.models import Target
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Publication
from wangdi.server.jobs import running, work
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.progress import FILE, Reporter, progress_in
from wangdi.server.jobs.running import run_job
from wangdi.server.network.models import Resident
from wangdi.server.records.bulk import load_tables

RIGHT = "编码,姓名,性别,出生日期,区划,管理机构\nR9,钱七,2,1980-02-03,A1,CA1\n"
WRONG = "编码,姓名,性别,出生日期,区划,管理机构\nR8,孙八,5,1980-02-03,A1,CA1\nR7,周九,1,1980-13-03,A1,nobody\n"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started: the tests run the job themselves."""
    monkeypatch.setattr(running, "launch", lambda job: None)


def upload(client: Client, text: str, name: str = "residents.csv", **more: str) -> str:
    """The address of the job's page."""
    file = SimpleUploadedFile(name, text.encode("utf-8-sig"))
    return client.post("/manage/imports/", {"file": file, **more})["Location"]


def done(client: Client, text: str, **more: str) -> str:
    """The page of an import that was run."""
    address = upload(client, text, **more)
    run_job(Job.objects.latest("id").pk)
    return client.get(address).content.decode()


def test_a_job_runs_in_a_process_of_its_own_and_its_page_says_what_came_of_it(cast: Cast) -> None:
    client = of(cast.admin)
    address = upload(client, RIGHT)
    assert 'hx-trigger="load delay:2s"' in client.get(address).content.decode()
    until = time.monotonic() + 120
    while not Job.objects.get().is_over and time.monotonic() < until:
        time.sleep(0.5)
    page = client.get(address).content.decode()
    assert "新增 1 行" in page and "load delay" not in page
    assert Resident.objects.get(code="R9").name == "钱七"
    assert Change.objects.get(action="load", actor_name="admin")
    assert verify_chain() is None


@pytest.mark.usefixtures("by_hand")
def test_a_file_with_mistakes_loads_nothing_and_comes_back_with_the_cells_marked(cast: Cast) -> None:
    client = of(cast.admin)
    before = Resident.objects.count()
    page = done(client, WRONG)
    assert "3 个问题，没有导入" in page
    assert Resident.objects.count() == before
    address = f"/manage/jobs/{Job.objects.get().pk}/file/"
    book = load_workbook(BytesIO(b"".join(client.get(address).streaming_content)))
    marked = [cell for sheet in book for row in sheet for cell in row if cell.comment]
    assert len(marked) >= 3
    assert Change.objects.filter(action="job.file", actor=cast.admin).exists()


@pytest.mark.usefixtures("by_hand")
def test_a_file_can_be_checked_alone(cast: Cast) -> None:
    assert "没有问题，未导入" in done(of(cast.admin), RIGHT, check_only="yes")
    assert not Resident.objects.filter(code="R9").exists()


@pytest.mark.usefixtures("by_hand")
def test_what_was_uploaded_does_not_stay(cast: Cast) -> None:
    done(of(cast.admin), RIGHT)
    assert {path.name for path in Job.objects.get().folder.iterdir()} == {FILE}


@pytest.mark.usefixtures("by_hand")
def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    client = of(cast.admin)
    done(client, RIGHT)
    assert "新增 0 行，更改 0 行" in done(client, RIGHT)


@pytest.mark.usefixtures("by_hand")
def test_lists_and_figures_follow_an_import_when_asked_to(cast: Cast) -> None:
    before = Publication.objects.count()
    done(of(cast.admin), RIGHT, evaluate="yes")
    assert Publication.objects.count() == before + 1


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize("name", ["letter.docx", "residents", "../../etc/passwd"])
def test_other_files_are_refused_with_what_is_wanted(cast: Cast, name: str) -> None:
    file = SimpleUploadedFile(name, b"x")
    answer = of(cast.admin).post("/manage/imports/", {"file": file})
    assert answer.status_code == 422
    assert "请选择 xlsx、csv 或 zip 文件" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.usefixtures("by_hand")
def test_a_table_that_is_no_table_is_explained(cast: Cast) -> None:
    assert "个问题，没有导入" in done(of(cast.admin), "a,b\n1,2\n", name="nonsense.csv")


@pytest.mark.usefixtures("by_hand")
def test_what_only_the_store_can_refuse_is_told_with_the_rows_concerned(cast: Cast) -> None:
    page = done(
        of(cast.admin),
        "指标,区划编码,期间首日,目标值\nno_such_figure,A,2026-01-01,0.6\nnone_either,A,2026-01-01,0.6\n",
        name="targets.csv",
    )
    assert "2 个问题，没有导入" in page
    assert page.count("目标任务 targets › 指标 indicator") == 2 and "没有指标“no_such_figure”" in page
    assert "更正后请重新导入" in page
    assert not Target.objects.exists()


@pytest.mark.usefixtures("by_hand")
def test_who_left_the_register_between_check_and_load_is_named(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_her(*arguments: Any, **named: Any) -> Any:
        Resident.objects.filter(code="R9").update(code="R9-removed")
        return load_tables(*arguments, **named)

    client = of(cast.admin)
    done(client, RIGHT)
    monkeypatch.setattr(work, "load_tables", without_her)
    page = done(client, "居民编码,日期,收缩压,舒张压\nR9,2026-01-05,130,80\n", name="htn_followup.csv")
    assert "1 个问题，没有导入" in page and "R9</td>" in page and "高血压" in page


@pytest.mark.usefixtures("by_hand")
def test_the_page_of_an_import_refused_before_hints_were_kept_opens(cast: Cast) -> None:
    told = {"where": "records.id", "message": {"zh": "数据库拒绝写入", "en": "the store refused a row"}}
    result = {"outcome": "problems", "count": 1, "problems": [told]}
    job = Job.objects.create(
        kind="import", arguments={}, state=Job.State.DONE, actor=cast.admin, result=result
    )
    assert "数据库拒绝写入" in of(cast.admin).get(f"/manage/jobs/{job.pk}/").content.decode()


@pytest.mark.usefixtures("by_hand")
def test_a_job_that_fails_says_so_and_keeps_the_details_off_the_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> dict[str, object]:
        raise RuntimeError("no room")

    monkeypatch.setattr(running, "WORK", {"import": fails})
    page = done(of(cast.admin), RIGHT)
    assert "出错" in page and "no room" in page and "Traceback" not in page
    assert "Traceback" in (Job.objects.get().folder / "error.txt").read_text("utf-8")


@pytest.mark.usefixtures("by_hand")
def test_one_job_runs_at_a_time_and_a_killed_one_holds_nobody_up(cast: Cast) -> None:
    client = of(cast.admin)
    upload(client, RIGHT)
    first = Job.objects.get()
    Job.objects.update(state=Job.State.RUNNING)
    with Reporter(first.folder):
        pass
    upload(client, RIGHT)
    second = Job.objects.latest("id")
    assert not running._take_turn(second.pk)
    long_ago = time.time() - 3600
    os.utime(first.folder / FILE, (long_ago, long_ago))
    run_job(second.pk)
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {first.pk: "lost", second.pk: "done"}
    assert "中断" in client.get(f"/manage/jobs/{first.pk}/").content.decode()


def test_progress_is_told_while_the_store_takes_no_writer(tmp_path: Path) -> None:
    with Reporter(tmp_path) as report:
        report("residents", 5, 10)
    assert (progress_in(tmp_path).part, progress_in(tmp_path).done) == ("residents", 5)
    (tmp_path / FILE).write_text("half a li", "utf-8")
    assert progress_in(tmp_path).part == ""


def test_what_is_being_worked_on_is_told_by_its_title_and_not_by_the_name_of_a_table(
    cast: Cast, client: Client
) -> None:
    upload(of(cast.admin), RIGHT)
    job = Job.objects.get()
    Job.objects.update(state=Job.State.RUNNING)
    with Reporter(job.folder) as report:
        report("records_htn_followup", 1, 2)
    page = of(cast.admin).get(f"/manage/jobs/{job.pk}/").content.decode()
    assert "高血压患者随访服务记录表 1 / 2" in page and "records_htn" not in page


def test_the_empty_workbook_can_be_had(cast: Cast) -> None:
    book = load_workbook(BytesIO(of(cast.admin).get("/manage/imports/template/").content))
    assert len(book.sheetnames) > 5
