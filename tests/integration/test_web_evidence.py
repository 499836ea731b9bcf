"""Files handed in as evidence: kept under their hash, believed by their content, seen with what they are for."""

import hashlib
import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import today
from wangdi.server.records import evidence as keeping
from wangdi.server.records.models import Evidence

PDF = b"%PDF-1.7\n" + b"x" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"y" * 50
RECORD = {"kind": "htn_followup", "record": "f2"}
STANDARD = "township_centre_illustrative"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def of(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def add(user: User, content: bytes, name: str = "扫描件.pdf", **target: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content, "application/octet-stream")
    return of(user).post("/evidence/add/", {**(target or RECORD), "file": file}, follow=True)


def zipped(*names: str) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return kept.getvalue()


def content_of(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_file_for_a_record_is_kept_under_its_hash_and_shown_there(
    cast: Cast, installation: Installation
) -> None:
    page = text(add(cast.own, PDF))
    assert "已收到：扫描件.pdf" in page
    kept, digest = Evidence.objects.get(), hashlib.sha256(PDF).hexdigest()
    assert (installation.evidence / digest[:2] / digest).read_bytes() == PDF
    assert f'href="/evidence/{kept.pk}/"' in text(of(cast.director).get("/records/htn_followup/f2/"))
    change = Change.objects.get(action="evidence.add")
    assert change.summary["sha256"] == digest and change.summary["record_id"] == "f2"
    assert verify_chain() is None


def test_who_sees_the_record_sees_the_file_and_nobody_else(cast: Cast) -> None:
    add(cast.own, PDF)
    address = f"/evidence/{Evidence.objects.get().pk}/"
    for user in (cast.own, cast.director, cast.county):
        assert content_of(of(user).get(address)) == PDF
    for user in (cast.beside, cast.outsider):
        assert of(user).get(address).status_code == 404
        assert of(user).post(address, {"do": "withdraw"}).status_code == 404
    assert Client().get(address).status_code == 302


def test_who_may_not_write_the_record_adds_and_withdraws_nothing(cast: Cast) -> None:
    assert add(cast.county, PDF).status_code == 403
    assert add(cast.beside, PDF).status_code == 404
    assert Client().post("/evidence/add/", RECORD).status_code == 302
    assert of(cast.own).get("/evidence/add/").status_code == 405
    add(cast.own, PDF)
    kept = Evidence.objects.get()
    assert of(cast.county).post(f"/evidence/{kept.pk}/", {"do": "withdraw"}).status_code == 403
    assert Evidence.objects.standing().exists()


def test_a_file_never_runs_in_the_browser(cast: Cast) -> None:
    add(cast.own, PDF)
    add(cast.own, PNG, "现场.png")
    document, picture = (of(cast.own).get(f"/evidence/{one.pk}/") for one in Evidence.objects.order_by("id"))
    for answer in (document, picture):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
        answer.close()
    assert document["Content-Disposition"].startswith("attachment;")
    assert picture["Content-Disposition"].startswith("inline;") and picture["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<html><script>alert(1)</script>", "照片.png", "只接收 PDF"),
        (b"MZ\x90\x00", "合同.pdf", "只接收 PDF"),
        (b"PK\x03\x04 broken", "表.xlsx", "只接收 PDF"),
        (zipped("a.txt"), "表.xlsx", "只接收 PDF"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "表.xlsx", "含宏"),
        (b"", "空.pdf", "请先选择文件"),
        (b"%PDF-" + b"x" * 2000, "大.pdf", "超过"),
    ],
)
def test_what_is_no_document_is_refused_with_what_to_do_and_leaves_nothing(
    cast: Cast,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    name: str,
    said: str,
) -> None:
    monkeypatch.setattr(keeping, "LARGEST", 1024)
    page = text(add(cast.own, content, name))
    assert said in page or (not content and "文件是空的" in page)
    assert not Evidence.objects.exists()
    assert not [path for path in installation.evidence.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (PDF, "../../etc/passwd", "passwd.pdf"),
        (PDF, "C:\\扫描\\合同 1.exe", "合同 1.pdf"),
        (zipped("xl/workbook.xml"), "台账.zip", "台账.xlsx"),
        (zipped("word/document.xml"), '"><script>.docx', "script_.docx"),
        (PDF, "....", "file.pdf"),
    ],
)
def test_a_name_is_harmless_and_ends_as_its_content(cast: Cast, content: bytes, name: str, kept: str) -> None:
    assert keeping._clean_name(name, keeping._sort_of(BytesIO(content))[1]).lstrip("_") == kept


def test_the_same_file_for_the_same_record_is_kept_once(cast: Cast) -> None:
    add(cast.own, PDF)
    add(cast.director, PDF, "又一份.pdf")
    assert Evidence.objects.get().name == "扫描件.pdf"


def test_withdrawn_evidence_is_shown_no_longer_but_stays(cast: Cast, installation: Installation) -> None:
    add(cast.own, PDF)
    kept = Evidence.objects.get()
    of(cast.own).post(f"/evidence/{kept.pk}/", {"do": "withdraw"})
    assert of(cast.own).get(f"/evidence/{kept.pk}/").status_code == 404
    assert (
        "扫描件"
        not in text(of(cast.own).get("/records/htn_followup/f2/")).split("<main")[1].split("已撤下")[-1][40:]
    )
    assert keeping.path_of(kept).exists() and Change.objects.filter(action="evidence.withdraw").exists()


def test_evidence_at_a_clause_is_seen_by_the_reviewers_above(cast: Cast) -> None:
    page = f"/institutions/HA/standards/{STANDARD}/"
    director = of(cast.director)
    shown = text(director.get(page))
    clause = shown.split('name="clause" value="')[1].split('"')[0]
    target = {"institution": "HA", "standard": STANDARD, "year": str(today().year), "clause": clause}
    answer = text(add(cast.director, PNG, "墙上制度.png", **target))
    assert "已收到：墙上制度.png" in answer
    reviewer = text(of(cast.county).get(f"{page}?year={today().year}"))
    assert "墙上制度.png" in reviewer
    assert content_of(of(cast.county).get(f"/evidence/{Evidence.objects.get().pk}/")) == PNG
    assert add(cast.own, PNG, "x.png", **target).status_code == 404
    assert add(cast.director, PNG, "x.png", **{**target, "clause": "99.9"}).status_code == 404
    assert add(cast.director, PNG, "x.png", **{**target, "year": "26"}).status_code == 404
