"""Packs on a page: what is in force, and changed ones tried before anybody works by them."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integration.adopted_pack import EVERYWHERE as WALKING
from integration.test_web_access import of
from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.rules import CONTENT, pack_versions, rulebook
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import run_job
from wangdi.server.packs.models import Activation

PACK = (CONTENT / "hypertension" / "pack.yaml").read_text("utf-8")


@pytest.fixture
def cast(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """No process is started: the tests run the job themselves."""
    monkeypatch.setattr(running, "launch", lambda job: None)
    return build_network()


def zipped(files: Mapping[str, str]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def tried(client: Client, content: bytes, **more: str) -> str:
    """The page of the job that tried the packs."""
    file = SimpleUploadedFile("packs.zip", content)
    address = client.post("/manage/packs/", {"file": file, **more})["Location"]
    run_job(Job.objects.latest("id").pk)
    return client.get(address).content.decode()


def test_every_pack_is_listed_with_its_version_and_where_it_is_in_force(cast: Cast) -> None:
    page = of(cast.admin).get("/manage/packs/").content.decode()
    for name, version in pack_versions().items():
        assert name in page and version in page
    assert "处处施行" in page and "无处采用" in page


def test_a_broken_pack_is_told_with_code_and_line(cast: Cast) -> None:
    page = tried(of(cast.admin), zipped({"hypertension/pack.yaml": PACK + "\nno_such_section: {}\n"}))
    assert "1 个错误" in page
    assert "W1003" in page and "hypertension/pack.yaml:" in page


def test_an_unchanged_pack_is_the_same(cast: Cast) -> None:
    page = tried(of(cast.admin), zipped({"hypertension/pack.yaml": PACK}))
    assert "没有错误，0 处变化" in page and "与现行规则包相同" in page


def test_a_changed_pack_is_told_in_words_and_tried_on_everybody_and_nothing_is_in_force(cast: Cast) -> None:
    target = next(one for one in rulebook().packs if one.name == "hypertension").title
    changed = PACK.replace(target.zh, "另一个名字")
    before = list(DueItem.objects.values_list("pk", flat=True))
    page = tried(of(cast.admin), zipped({"hypertension/pack.yaml": changed}), simulate="yes")
    assert "另一个名字" in page and "推演：新增应做 0 项，不再应做 0 项" in page
    assert "县级指标没有变化" in page
    assert list(DueItem.objects.values_list("pk", flat=True)) == before
    assert next(one for one in rulebook().packs if one.name == "hypertension").title == target


@pytest.mark.parametrize("content", [b"no zip", zipped({"letter.txt": "hello"})])
def test_a_file_without_packs_is_told_so(cast: Cast, content: bytes) -> None:
    assert "没有规则包" in tried(of(cast.admin), content)


def test_a_zip_writes_nothing_outside_its_folder(cast: Cast, installation: Installation) -> None:
    tried(of(cast.admin), zipped({"../../../escaped.yaml": "pack: x", "/tmp/escaped.yaml": "pack: x"}))
    inside = Job.objects.get().folder
    found = list(installation.data.rglob("escaped.yaml"))
    assert found and all(inside in path.parents for path in found)


def put_in_force(client: Client, job: Job, **asked: str) -> str:
    """The page of the job that put something in force."""
    form = {"activation": str(rules.rules().told.activation), "reason": "县卫健局〔2026〕9号", **asked}
    address = client.post("/manage/packs/history/", form)["Location"]
    run_job(Job.objects.latest("id").pk)
    return client.get(address).content.decode()


@pytest.fixture
def walking(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The product ships one small pack."""
    (tmp_path / "shipped" / "walking").mkdir(parents=True)
    (tmp_path / "shipped" / "walking" / "pack.yaml").write_text(WALKING, encoding="utf-8")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "shipped")
    return cast


def test_what_was_tried_is_put_in_force_shown_and_rolled_back(walking: Cast) -> None:
    client = of(walking.admin)
    page = tried(client, zipped({"county/walking/pack.yaml": WALKING.replace('"1"', '"1-county.1"')}))
    assert "施行这些规则包" in page and "将代替产品自带的" in page and "没有附带测试" in page
    job = Job.objects.latest("id")
    done = put_in_force(client, job, adopt=str(job.pk))
    assert "已施行：walking 1-county.1" in done
    assert pack_versions() == {"walking": "1-county.1"}
    assert "自有，代替 1" in client.get("/manage/packs/").content.decode()
    history = client.get("/manage/packs/history/").content.decode()
    assert "县卫健局〔2026〕9号" in history and "换回这一套" in history
    assert "现行规则包在此之后已更换" in client.get(f"/manage/jobs/{job.pk}/").content.decode()
    put_in_force(client, job, rollback="0")
    assert pack_versions() == {"walking": "1"}
    put_in_force(client, job, rollback=str(Activation.objects.earliest("pk").pk))
    put_in_force(client, job, remove="walking")
    assert pack_versions() == {"walking": "1"}


def test_a_version_that_is_not_higher_is_not_offered(walking: Cast) -> None:
    page = tried(of(walking.admin), zipped({"walking/pack.yaml": WALKING + "# by the county\n"}))
    assert "不能施行" in page and "请提高版本号" in page and "施行这些规则包" not in page


def test_who_asks_for_packs_to_be_in_force_says_why(walking: Cast) -> None:
    answer = of(walking.admin).post(
        "/manage/packs/history/", {"rollback": "0", "reason": " ", "activation": "0"}
    )
    assert (answer.status_code, "请写明原因" in answer.content.decode()) == (422, True)
    answer = of(walking.admin).post(
        "/manage/packs/history/", {"rollback": "9", "reason": "x", "activation": "0"}
    )
    assert answer.status_code == 422
