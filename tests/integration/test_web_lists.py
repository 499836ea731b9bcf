"""Every register and kind of record has a list, with filters, order, kept views and files, from its declaration alone."""

import csv
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from integration.web_network import Cast, build_network, days_ago
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook
from wangdi.server.records.services import save_record
from wangdi.server.web import due, pages
from wangdi.server.web.lists.files import csv_lines, workbook
from wangdi.server.web.models import SavedView
from wangdi.server.web.views import lists

FOLLOWUPS = "/lists/htn_followup/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def of(user: object) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


@pytest.fixture
def county(cast: Cast) -> Client:
    return of(cast.county)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def table(page: str) -> str:
    return page.split("<tbody>")[1].split("</tbody>")[0]


def days(page: str) -> list[str]:
    """The days of the follow-ups listed, in the order shown."""
    return [cell.split("</td>")[0] for cell in table(page).split('data-label="日期" class="days">')[1:]]


def test_every_register_and_the_longest_form_of_every_pack_have_a_list(county: Client) -> None:
    for entity in REGISTERS:
        assert county.get(f"/registers/{entity}/").status_code == 200, entity
    for pack in rulebook().packs:
        for kind in sorted(pack.kinds, key=lambda kind: -len(kind.fields))[:1]:
            assert county.get(f"/lists/{kind.name}/").status_code == 200, kind.name
    assert county.get("/lists/nothing/").status_code == 404


def test_the_catalogue_names_all_lists_and_is_searched_by_title(county: Client) -> None:
    page = text(county.get("/lists/"))
    assert f'href="{FOLLOWUPS}"' in page and 'href="/registers/asset/"' in page
    found = text(county.get("/lists/?q=高血压患者随访"))
    assert f'href="{FOLLOWUPS}"' in found and 'href="/registers/asset/"' not in found


def test_a_list_of_records_shows_the_newest_first_with_its_total(county: Client) -> None:
    page = text(county.get(FOLLOWUPS))
    assert "共 5 项" in page
    assert days(page) == [str(days_ago(n)) for n in (12, 20, 40, 60, 200)]
    assert "张三" in table(page) and "152 mmHg" in table(page)


def test_a_long_list_is_counted_on_demand_and_every_row_is_on_a_page(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_COUNTED", 3)
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    shown = [text(county.get(f"{FOLLOWUPS}?page={number}")) for number in (1, 2, 3)]
    assert [day for page in shown for day in days(page)] == [str(days_ago(n)) for n in (12, 20, 40, 60, 200)]
    assert all("超过 3 项" in page and "count" in page for page in shown)
    assert ["下一页" in page for page in shown] == [True, True, False]
    assert days(text(county.get(f"{FOLLOWUPS}?page=9"))) == [str(days_ago(200))]
    counted = text(county.get(f"{FOLLOWUPS}?count&page=2"))
    assert "共 5 项" in counted and "第 2 页，共 3 页" in counted and "count=&amp;page=3" in counted


def test_a_large_area_is_listed_along_its_days(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = [text(of(cast.county).get(FOLLOWUPS + more)) for more in ("", "?of=done", "?f-sbp-from=140")]
    monkeypatch.setattr(due, "MOST_PLACES", 0)
    with CaptureQueriesContext(connection) as asked:
        wide = [text(of(cast.county).get(FOLLOWUPS + more)) for more in ("", "?of=done", "?f-sbp-from=140")]
    assert [days(page) for page in wide] == [days(page) for page in narrow]
    listing = next(one["sql"] for one in asked if "DESC NULLS LAST" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {listing}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "recordversion_kind" in plan and "TEMP B-TREE" not in plan


def test_a_village_doctor_lists_the_records_of_the_own_residents_only(cast: Cast) -> None:
    page = text(of(cast.own).get(FOLLOWUPS))
    assert "共 3 项" in page and "王五" not in page and "赵六" not in page
    assert of(cast.own).get(f"{FOLLOWUPS}?institution=CA2").status_code == 404
    assert "共 0 项" in text(of(cast.outsider).get(FOLLOWUPS))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("f-sbp-from=150", 3),
        ("f-sbp-from=150&f-sbp-to=155", 2),
        ("f-sbp-to=129.5", 1),
        (f"f-occurred_on-from={days_ago(40)}", 3),
        (f"f-occurred_on-from={days_ago(60)}&f-occurred_on-to={days_ago(40)}", 2),
        ("f-subject=张", 2),
        ("f-subject=R3", 1),
        ("f-sbp-from=１５０", 3),
        ("place=B", 1),
        ("of=done", 0),
        ("f-visit_type=-", 5),
    ],
)
def test_filters_derive_from_the_fields(county: Client, asked: str, count: int) -> None:
    assert f"共 {count} 项" in text(county.get(f"{FOLLOWUPS}?{asked}"))


def test_what_a_filter_cannot_read_is_said_and_has_no_effect(county: Client) -> None:
    page = text(county.get(f"{FOLLOWUPS}?f-sbp-from=高&f-occurred_on-to=2026-02-30"))
    assert "“高”看不懂，请写成 140 这样" in page and "“2026-02-30”看不懂，请写成 2026-03-01 这样" in page
    assert "共 5 项" in page


def test_a_list_is_ordered_by_any_column_both_ways(county: Client) -> None:
    def pressures(sort: str) -> list[str]:
        page = table(text(county.get(f"{FOLLOWUPS}?sort={sort}")))
        return [cell.split(" ")[0] for cell in page.split('data-label="收缩压" class="number">')[1:]]

    assert pressures("sbp") == ["128", "130", "150", "152", "160"]
    assert pressures("-sbp") == ["160", "152", "150", "130", "128"]
    by_name = table(text(county.get(f"{FOLLOWUPS}?sort=subject")))
    assert by_name.count("<tr>") == 5


def test_the_reader_chooses_the_columns(county: Client) -> None:
    page = table(text(county.get(f"{FOLLOWUPS}?col=subject&col=dbp")))
    assert 'data-label="舒张压"' in page and 'data-label="收缩压"' not in page


def test_a_register_is_filtered_by_option_and_by_the_name_of_what_it_refers_to(county: Client) -> None:
    assert "共 2 项" in text(county.get("/registers/asset/?f-type=ambulance"))
    assert "共 0 项" in text(county.get("/registers/asset/?f-type=x_ray"))
    assert "共 1 项" in text(county.get("/registers/asset/?f-institution=金湖"))
    assert "共 2 项" in text(county.get("/registers/asset/?f-serial="))
    assert "共 1 项" in text(county.get("/registers/resident/?f-sex=2"))


def test_lists_never_show_identity_numbers_or_telephones(county: Client) -> None:
    page = text(county.get("/registers/resident/"))
    assert "身份证号</" not in page and "420281196001011234" not in page and "13812345678" not in page


def test_long_lists_are_paged_and_keep_what_was_asked(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangdi.server.web.views.lists.PAGE_SIZE", 2)
    first = text(county.get(f"{FOLLOWUPS}?f-sbp-from=1"))
    assert "共 5 项" in first and "第 1–2 项" in first and "f-sbp-from=1&amp;page=2" in first
    seen = [day for page in (1, 2, 3) for day in days(text(county.get(f"{FOLLOWUPS}?page={page}")))]
    assert len(seen) == len(set(seen)) == 5


def test_a_view_is_kept_for_its_user_alone_and_leads_back(cast: Cast, county: Client) -> None:
    kept = county.post(f"{FOLLOWUPS}?f-sbp-from=150&page=3&f-subject=", {"do": "keep", "name": "血压高的"})
    assert kept["Location"] == f"{FOLLOWUPS}?f-sbp-from=150"
    assert "血压高的" in text(county.get(FOLLOWUPS)) and "血压高的" in text(county.get("/lists/"))
    assert "血压高的" not in text(of(cast.director).get("/lists/"))
    view = SavedView.objects.get()
    assert of(cast.director).post(FOLLOWUPS, {"do": "forget", "view": view.pk}).status_code == 404
    county.post(FOLLOWUPS, {"do": "forget", "view": view.pk})
    assert not SavedView.objects.exists()


def test_a_file_of_personal_data_needs_a_reason_and_is_audited(county: Client) -> None:
    refused = county.post(FOLLOWUPS, {"do": "file", "format": "xlsx", "reason": " "})
    assert refused.status_code == 422 and "请写明用途" in text(refused)
    assert not Change.objects.filter(action="export").exists()
    made = county.post(
        f"{FOLLOWUPS}?f-sbp-from=150", {"do": "file", "format": "xlsx", "reason": "约谈血压高者"}
    )
    book = load_workbook(BytesIO(made.content))
    rows = list(book.worksheets[0].values)
    assert rows[0][:2] == ("居民", "日期") and "收缩压（mmHg）" in rows[0]
    assert {row[rows[0].index("收缩压（mmHg）")] for row in rows[1:]} == {150, 152, 160}
    assert rows[1][1].date() == days_ago(12)
    note = [row[0] for row in book.worksheets[1].values]
    assert "范围：大冶市" in note and "用途：约谈血压高者" in note and "筛选：收缩压 150 起" in note
    summary = Change.objects.get(action="export").summary
    assert (summary["rows"], summary["reason"], summary["list"]) == (3, "约谈血压高者", "kind:htn_followup")


def test_a_file_of_things_needs_no_reason_and_holds_no_formula(cast: Cast, county: Client) -> None:
    made = county.post("/registers/asset/", {"do": "file", "format": "csv", "columns": "all"})
    content = b"".join(made.streaming_content).decode()
    assert content.startswith("\ufeff名称,编码")
    assert len(list(csv.reader(StringIO(content)))) == 3
    assert Change.objects.get(action="export").summary["reason"] == ""


def test_cells_that_look_like_formulas_stay_texts() -> None:
    lines = [["=1+1"], ["-5号楼"], [-5]]
    written = "".join(csv_lines([], lines)).splitlines()
    assert written[1:] == ["'=1+1", "'-5号楼", "-5"]
    sheet = load_workbook(BytesIO(workbook("表", [], lines, []))).worksheets[0]
    assert [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)][:1] == [("=1+1", "s")]


def test_a_workbook_that_would_be_too_long_is_refused_with_the_way_out(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangdi.server.web.views.lists.MOST_IN_WORKBOOK", 4)
    refused = county.post(FOLLOWUPS, {"do": "file", "format": "xlsx", "reason": "核对"})
    assert refused.status_code == 422 and "请改选 CSV" in text(refused)
    assert county.post(FOLLOWUPS, {"do": "file", "format": "csv", "reason": "核对"}).status_code == 200


def test_records_are_also_listed_by_where_they_were_made(cast: Cast, county: Client) -> None:
    save_record(
        actor=cast.own,
        kind=rulebook().kinds["htn_followup"],
        record_id="made-in-the-next-village",
        subject_code="R1",
        institution_code="CA2",
        occurred_on=days_ago(1),
        values={"sbp": 131, "dbp": 81},
        expected_version=0,
    )
    here = text(county.get(f"{FOLLOWUPS}?institution=CA2&of=done"))
    assert "共 1 项" in here and "131 mmHg" in here
    assert "131 mmHg" not in text(county.get(f"{FOLLOWUPS}?institution=CA2"))
