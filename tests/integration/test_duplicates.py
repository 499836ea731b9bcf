"""Two files of one person: found, merged, counted once by everybody, undone."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from adopted_pack import EVERYWHERE
from django.contrib.auth.models import User
from django.test import Client
from store_samples import network, visits

from integration.test_web_access import of
from wangdi.engine.model.registers import RESIDENT
from wangdi.interchange.tables import register_schema
from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.duplicates.finding import find_pairs
from wangdi.server.duplicates.models import Merge, Pair
from wangdi.server.duplicates.services import NotMerged, dismiss, merge, undo
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import DueItem, Figure
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.evaluation.services import today
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import RegisterVersion, Resident
from wangdi.server.records.bulk import load_tables
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record

KIN = {"sex": "2", "birth_date": date(1950, 5, 1), "place": "420281A"}


@pytest.fixture
def admin(store: Installation) -> Client:
    boss = User.objects.create_user("boss")
    Assignment.objects.create(user=boss, role=Role.ADMINISTRATOR)
    return of(boss)


def residents(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), register_schema(RESIDENT))


@pytest.fixture
def store(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Two files of 吴桂花, each with a visit of this year; her neighbour has the same birth date."""
    (tmp_path / "shipped" / "walking").mkdir(parents=True)
    (tmp_path / "shipped" / "walking" / "pack.yaml").write_text(EVERYWHERE, encoding="utf-8")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "shipped")
    tables = network()
    people = residents(
        {"code": "D1", "name": "吴桂花", **KIN, "phone": "13800001111"},
        {"code": "D2", "name": "吴贵花", **KIN, "phone": "13800001111", "address": "3组12号"},
        {"code": "D3", "name": "陈秀英", **KIN},
    )
    tables["residents"] = pa.concat_tables([tables["residents"], people], promote_options="default")
    day = date(today().year, 1, 2)
    visited = visits(
        {"id": "d1", "subject": "D1", "occurred_on": day, "sbp": 150},
        {"id": "d2", "subject": "D2", "occurred_on": day, "sbp": 131},
    )
    load_tables({**tables, "records/visit": visited}, kinds=rules.rulebook().kinds, actor_name="import")
    return installation


def counted(installation: Installation) -> tuple[float, float | None]:
    evaluate_and_publish(installation, today(), trend=0)
    found = Figure.objects.get(indicator="walked", as_of=today(), place__code="42", dimension="")
    return found.numerator, found.denominator


def of_file(code: str) -> list[str]:
    subject = Resident.all_files.get(code=code).pk
    return sorted(RecordVersion.objects.current().filter(subject=subject).values_list("record_id", flat=True))


def test_files_of_one_person_are_found_and_neighbours_are_not(store: Installation) -> None:
    assert find_pairs() == (1, 1)
    pair = Pair.objects.get()
    assert (pair.first.code, pair.second.code) == ("D1", "D2")
    assert pair.signs == ["sound", "birth_date", "phone", "place"]
    dismiss(pair, actor_name="test")
    assert find_pairs() == (0, 0)


def test_a_merged_person_counts_once_in_the_lake_and_in_the_store(store: Installation) -> None:
    before = counted(store)
    merge("D1", "D2", ["name", "address"], "村医核实", actor_name="test")
    winner = Resident.objects.get(code="D1")
    assert (winner.name, winner.address, winner.initials) == ("吴贵花", "3组12号", "wgh")
    assert of_file("D1") == ["d1", "d2"] and of_file("D2") == []
    assert not Resident.objects.filter(code="D2").exists()
    after = counted(store)
    assert before[1] is not None and after == (before[0] - 1, before[1] - 1)
    below = StoreWorld(rules.rulebook().kinds).below(
        "resident", "place", winner.place.code if winner.place else ""
    )
    assert "D1" in below and "D2" not in below
    assert Change.objects.get(action="resident.merge").summary["taken"] == ["name", "address"]
    assert set(RegisterVersion.objects.values_list("code", flat=True)) == {"D1", "D2"}


def test_what_still_comes_for_the_other_file_is_about_the_one_that_stays(store: Installation) -> None:
    merge("D1", "D2", [], "村医核实", actor_name="test")
    kinds = rules.rulebook().kinds
    day = date(today().year, 1, 3)
    rows = visits({"id": "d3", "subject": "D2", "occurred_on": day})
    load_tables({"records/visit": rows}, kinds=kinds, actor_name="import")
    again = load_tables({"records/visit": rows}, kinds=kinds, actor_name="import")
    assert again.tables["records/visit"].unchanged == 1
    saved = save_record(
        actor=None, kind=kinds["visit"], subject_code="D2", occurred_on=day, values={}, record_id="d4"
    )
    assert saved.subject == Resident.objects.get(code="D1").pk
    assert of_file("D1") == ["d1", "d2", "d3", "d4"]


def test_undoing_gives_back_what_came_and_leaves_what_is_new(store: Installation) -> None:
    before = counted(store)
    made = merge("D1", "D2", ["name"], "村医核实", actor_name="test")
    kind, day = rules.rulebook().kinds["visit"], date(today().year, 1, 3)
    save_record(actor=None, kind=kind, subject_code="D1", occurred_on=day, values={}, record_id="new")
    save_record(
        actor=None, kind=kind, subject_code="D1", occurred_on=day, values={"sbp": 120}, record_id="d2"
    )
    counted(store)
    undo(made, "弄错了", actor_name="test")
    assert of_file("D1") == ["d1", "new"] and of_file("D2") == ["d2"]
    assert RecordVersion.objects.current().get(record_id="d2").values == {"sbp": 120}
    assert Resident.objects.get(code="D1").name == "吴桂花"
    assert counted(store) == before
    with pytest.raises(NotMerged, match="已经撤销"):
        undo(made, "再来", actor_name="test")


def test_files_of_three_end_at_one_and_come_back_one_by_one(store: Installation) -> None:
    first = merge("D2", "D3", [], "同一人", actor_name="test")
    second = merge("D1", "D2", [], "同一人", actor_name="test")
    assert {one.merged_into_id for one in Resident.all_files.filter(code__in=("D2", "D3"))} == {
        second.winner_id
    }
    with pytest.raises(NotMerged):
        undo(first, "先撤早的", actor_name="test")
    undo(second, "弄错了", actor_name="test")
    undo(first, "弄错了", actor_name="test")
    assert Resident.objects.filter(code__in=("D1", "D2", "D3")).count() == 3
    assert (of_file("D1"), of_file("D2"), of_file("D3")) == (["d1"], ["d2"], [])


def test_a_merge_needs_two_files_and_a_reason(store: Installation) -> None:
    for words in (("D1", "D1", "x"), ("D1", "NOBODY", "x"), ("D1", "D2", " ")):
        with pytest.raises(NotMerged):
            merge(words[0], words[1], [], words[2], actor_name="test")
    assert not Merge.objects.exists() and not Change.objects.filter(action="resident.merge").exists()


def test_an_administrator_merges_and_undoes_on_the_pages(store: Installation, admin: Client) -> None:
    find_pairs()
    listed = admin.get("/manage/duplicates/").content.decode()
    assert "吴桂花 · 吴贵花" in listed and "姓名同音 · 出生日期相同 · 电话相同 · 同一区划" in listed
    address = "/manage/duplicates/pair/?first=D1&second=D2"
    page = admin.get(address).content.decode()
    assert admin.get("/manage/duplicates/pair/?first=吴桂花&second=D2").status_code == 200
    nobody = admin.get("/manage/duplicates/pair/?first=吴桂花&second=没有此人", follow=True)
    assert "没有找到“没有此人”" in nobody.content.decode()
    assert "138****1111" in page and "13800001111" not in page and "3组12号" in page
    assert admin.post(address, {"take-name": "first", "take-address": "second"}).status_code == 422
    done = admin.post(address, {"take-address": "second", "reason": "村医核实"})
    assert done["Location"] == "/residents/D1/"
    assert "吴桂花" in admin.get("/residents/D2/").content.decode()
    made = Merge.objects.get()
    assert DueItem.objects.filter(subject=made.loser_id, entity="resident").count() == 0
    undone = admin.post(f"/manage/duplicates/merged/{made.pk}/undo/", {"reason": "弄错了"})
    assert undone["Location"] == "/manage/duplicates/"
    admin.post(address, {"dismiss": "yes"})
    assert "疑似同一人：0 对" in admin.get("/manage/duplicates/").content.decode()
