"""The lake says what the store says, however it got there."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from django.contrib.auth.models import User
from store_samples import (
    ID_NUMBER,
    KINDS,
    PHONE,
    POSTING,
    VISIT,
    field,
    load,
    load_network,
    postings,
    register_table,
    visits,
)

from integration.built import built_once
from wangdi.engine.evaluate.columnar.arrow import vector_of
from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import INSTITUTION, PLACE, RESIDENT
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake, NoSuchTable
from wangdi.server.evaluation.lake import files as files_module
from wangdi.server.evaluation.lake import lake as lake_module
from wangdi.server.evaluation.lake.files import list_files
from wangdi.server.network.models import Resident
from wangdi.server.records.services import save_record, void_record

TABLES = ("places", "institutions", "workers", "residents", "records_visit", "records_posting")


@pytest.fixture
def lake(installation: Installation) -> Lake:
    built_once(load_network)
    return Lake(installation.lake)


def refresh(lake: Lake, kinds: dict[str, Kind] = KINDS) -> Lake:
    lake.refresh(Installation.current().store, kinds)
    return lake


def rebuilt(tmp_path: Path) -> Lake:
    return refresh(Lake(tmp_path / "rebuilt"))


def content(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    return {table: lake.read(table).to_pylist() for table in TABLES}


def test_records_have_their_declared_types_and_keys(lake: Lake) -> None:
    values = {
        "sbp": 130,
        "fpg": 6.5,
        "complete": True,
        "seen_on": date(2026, 1, 2),
        "seen_at": 9 * 60 + 5,
        "mode": "1",
        "note": "好",
    }
    load(
        visit=visits(
            {"id": "v1", "institution": "VA", "worker": "W1", "symptoms": ["1", "2"], **values},
            {"id": "v2", "sbp": 131},
        )
    )
    table = refresh(lake).read("records_visit")
    assert table.schema.remove(table.schema.get_field_index("county")) == pa.schema(
        {
            "id": pa.string(),
            "subject": pa.int32(),
            "institution": pa.int32(),
            "worker": pa.int32(),
            "occurred_on": pa.date32(),
            "seq": pa.int64(),
            "sbp": pa.int32(),
            "fpg": pa.float64(),
            "complete": pa.bool_(),
            "seen_on": pa.date32(),
            "seen_at": pa.string(),
            "mode": pa.string(),
            "symptoms": pa.string(),
            "note": pa.string(),
        }
    )
    full, bare = table.to_pylist()
    assert {name: full[name] for name in values} == {**values, "seen_at": "09:05"}
    seen_at = vector_of(table["seen_at"], VISIT.field("seen_at"))
    assert (seen_at.data[0], seen_at.validity.tolist()) == (9 * 60 + 5, [True, False])
    assert full["symptoms"] == '["1","2"]'
    assert full["subject"] == Resident.objects.get(code="R1").pk
    assert full["county"] == "420281"
    assert {bare[name] for name in ("institution", "worker", "fpg", "complete", "note")} == {None}


def test_rows_are_sorted_by_subject_date_and_id_within_each_county(lake: Lake) -> None:
    dates = [date(2026, 1, 1) + timedelta(days=day) for day in (3, 1, 1, 2)]
    load(
        visit=visits(
            *(
                {"id": f"{letter}{number}{subject}", "subject": subject, "occurred_on": day}
                for subject in ("R3", "R2", "R1")
                for number, day in enumerate(dates)
                for letter in "ba甲B"
            )
        )
    )
    table = refresh(lake).read("records_visit", ["subject", "occurred_on", "id"], county="420281")
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert rows == sorted(rows)
    assert len(rows) == 32


def test_residents_are_split_by_county_and_those_without_one_are_kept(lake: Lake) -> None:
    refresh(lake)
    assert lake.counties() == ["-", "420222", "420281"]
    assert lake.read("residents", ["code"], county="420281").column("code").to_pylist() == ["R1", "R2"]
    assert lake.read("residents", ["code"], county="-").column("code").to_pylist() == ["R4"]
    assert lake.read("residents", ["code", "county"]).num_rows == 4
    assert lake.read("residents", ["code"], county="999999").num_rows == 0


def test_only_newest_versions_that_are_not_void_are_in_it(lake: Lake) -> None:
    load(visit=visits({"id": "v1"}, {"id": "v2"}, {"id": "v3"}))
    load(visit=visits({"id": "v1", "sbp": 150}, {"id": "v2", "status": "void"}))
    table = refresh(lake).read("records_visit", ["id", "sbp"])
    assert table.to_pylist() == [{"id": "v1", "sbp": 150}, {"id": "v3", "sbp": 130}]


def test_nothing_that_identifies_a_person_is_in_it(lake: Lake) -> None:
    refresh(lake)
    for file in lake.path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for secret in (ID_NUMBER, PHONE, "张三", "王医生"):
            assert secret.encode() not in content
    assert not {"name", "address", "id_number", "phone"} & set(lake.read("residents").column_names)


def test_nothing_is_written_when_nothing_changed(lake: Lake) -> None:
    state = lake.refresh(Installation.current().store, KINDS)
    files = sorted(lake.path.rglob("*.parquet"))
    assert lake.refresh(Installation.current().store, KINDS) == state
    assert sorted(lake.path.rglob("*.parquet")) == files


def test_a_kind_without_records_has_no_folder_until_its_first_one(lake: Lake) -> None:
    load(visit=visits({"id": "v1"}))
    refresh(lake)
    assert not (lake.path / "records_posting").exists()
    assert lake.read("records_posting", ["id", "occurred_on"]).to_pylist() == []
    load(posting=postings({"id": "p"}))
    refresh(lake)
    assert lake.read("records_posting", ["id"]).to_pylist() == [{"id": "p"}]
    assert DeltaTable(lake.path / "records_posting").version() == 0


def test_what_an_interrupted_build_wrote_of_a_kind_without_records_does_not_count(lake: Lake) -> None:
    load(visit=visits({"id": "v1"}))
    refresh(lake)
    state = (lake.path / "state.json").read_bytes()
    load(posting=postings({"id": "p"}))
    refresh(lake)
    (lake.path / "state.json").write_bytes(state)  # as if the build had ended before this was written
    assert lake.read("records_posting", ["id"]).to_pylist() == []
    load(posting=postings({"id": "q"}))
    assert sorted(refresh(lake).read("records_posting", ["id"]).column("id").to_pylist()) == ["p", "q"]


def test_a_saved_record_rewrites_its_county_only(lake: Lake) -> None:
    load(visit=visits({"id": "v1"}, {"id": "v3", "subject": "R3"}), posting=postings({"id": "p"}))
    before = lake.refresh(Installation.current().store, KINDS)
    doctor = User.objects.create_user("doctor")
    save_record(
        actor=doctor, kind=VISIT, subject_code="R1", occurred_on=date(2026, 5, 1), values={"sbp": 120}
    )
    after = lake.refresh(Installation.current().store, KINDS)
    assert after.rows["records_visit"] == 3
    files = [
        {
            file.county: file.path
            for file in list_files(lake.path / "records_visit", state.tables["records_visit"].version)
        }
        for state in (before, after)
    ]
    assert files[0]["420222"] == files[1]["420222"]
    assert files[0]["420281"] != files[1]["420281"]
    assert {name for name in after.tables if after.tables[name] != before.tables[name]} == {"records_visit"}


def test_an_amendment_about_somebody_in_another_county_leaves_the_former_county(
    lake: Lake, tmp_path: Path
) -> None:
    load(visit=visits({"id": "v1"}, {"id": "v2"}))
    refresh(lake)
    load(visit=visits({"id": "v1", "subject": "R3"}))
    assert content(refresh(lake)) == content(rebuilt(tmp_path))
    assert lake.read("records_visit", ["id"], county="420281").column("id").to_pylist() == ["v2"]


def test_records_move_with_their_resident_and_with_the_place(lake: Lake, tmp_path: Path) -> None:
    load(visit=visits({"id": "v1"}, {"id": "v2", "subject": "R2"}, {"id": "v4", "subject": "R4"}))
    refresh(lake)
    load(
        residents=register_table(
            RESIDENT, [{"code": "R4", "place": "420281A"}, {"code": "R1", "place": "420222A"}]
        )
    )
    assert content(refresh(lake)) == content(rebuilt(tmp_path))
    assert lake.read("records_visit", ["id"], county="420222").column("id").to_pylist() == ["v1"]
    load(places=register_table(PLACE, [{"code": "420281B", "parent": "420222"}]))
    assert content(refresh(lake)) == content(rebuilt(tmp_path / "again"))


def test_a_kind_with_other_fields_is_built_anew_and_a_dropped_one_goes(lake: Lake) -> None:
    load(visit=visits({"id": "v1", "note": "7"}))
    refresh(lake)
    pulse = Kind("visit", VISIT.title, "resident", (field("sbp", FieldType.DECIMAL),))
    refresh(lake, {"visit": pulse})
    row = lake.read("records_visit").to_pylist()[0]
    assert row["sbp"] == 130.0
    assert "note" not in row
    with pytest.raises(NoSuchTable, match="records_visit"):
        lake.read("records_posting")


def test_a_lake_of_another_store_is_built_anew(lake: Lake, tmp_path: Path) -> None:
    load(visit=visits({"id": "v1"}))
    refresh(lake)
    state = lake.path / "state.json"
    state.write_text(state.read_text().replace('"change_hash": "', '"change_hash": "0'))
    load(visit=visits({"id": "v2"}))
    assert content(refresh(lake)) == content(rebuilt(tmp_path))


def test_an_interrupted_build_is_not_seen_and_is_repaired(lake: Lake, tmp_path: Path) -> None:
    load(visit=visits({"id": "v1"}))
    refresh(lake)
    former, state = content(lake), (lake.path / "state.json").read_bytes()
    load(
        residents=register_table(RESIDENT, [{"code": "R1", "place": "420222A"}]),
        visit=visits({"id": "v1", "sbp": 150}, {"id": "v2"}),
    )
    refresh(lake)
    (lake.path / "state.json").write_bytes(state)
    assert content(lake) == former
    load(visit=visits({"id": "v2", "status": "void"}))
    assert content(refresh(lake)) == content(rebuilt(tmp_path))


def test_others_read_the_same_rows_through_the_delta_log(lake: Lake) -> None:
    load(visit=visits({"id": "v1"}, {"id": "v3", "subject": "R3"}))
    refresh(lake)
    load(visit=visits({"id": "v1", "sbp": 150}))
    refresh(lake)
    ours = lake.read("records_visit")
    table = pa.table(DeltaTable(lake.path / "records_visit").to_pyarrow_table())
    theirs = table.select(ours.column_names).sort_by([("county", "descending"), ("id", "ascending")])
    assert sorted(map(str, theirs.to_pylist())) == sorted(map(str, ours.to_pylist()))


@pytest.mark.parametrize(
    ("seed", "small", "file_rows"),
    [
        (1, 20_000, 1),
        (3, 20_000, 3),
        (4, 0, 3),
        *(
            pytest.param(*more, marks=pytest.mark.long)
            for more in ((2, 20_000, 2), (5, 20_000, 1), (6, 20_000, 2))
        ),
    ],
)
def test_a_lake_grown_by_random_changes_equals_one_built_at_the_end(
    lake: Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    small: int,
    file_rows: int,
) -> None:
    monkeypatch.setattr(lake_module, "SMALL", small)
    monkeypatch.setattr(files_module, "FILE_ROWS", file_rows)
    chance = random.Random(seed)
    doctor = User.objects.create_user("doctor")
    for _ in range(4):
        change_at_random(chance, doctor)
        refresh(lake)
    assert content(lake) == content(rebuilt(tmp_path))


def change_at_random(chance: random.Random, doctor: User) -> None:
    """A bundle of records, new and amended and void; then perhaps a form, a void, a resident who moves."""
    ids = chance.sample([f"v{number}" for number in range(12)], 5)
    load(
        visit=visits(*(random_visit(chance, name) for name in ids)),
        posting=postings({"id": chance.choice(ids)}),
    )
    values = {"sbp": chance.randint(100, 200)}
    day = date(2026, 1, chance.randint(1, 28))
    saved = save_record(
        actor=doctor,
        kind=VISIT,
        subject_code=chance.choice(["R1", "R3"]),
        occurred_on=day,
        values=values,
        record_id=chance.choice(ids),
    )
    if chance.random() < 0.5:
        void_record(actor=doctor, kind=VISIT, record_id=saved.record_id, reason="x")
    if chance.random() < 0.5:
        place = chance.choice(["420281A", "420222A", None])
        load(
            residents=register_table(RESIDENT, [{"code": chance.choice(["R1", "R2", "R4"]), "place": place}])
        )
    if chance.random() < 0.3:
        load(institutions=register_table(INSTITUTION, [{"code": "HX", "beds": chance.randint(1, 9)}]))


def random_visit(chance: random.Random, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "subject": chance.choice(["R1", "R2", "R3", "R4"]),
        "status": chance.choice(["final", "final", "void"]),
        "sbp": chance.randint(100, 200),
        "fpg": chance.choice([None, 6.5]),
    }


def test_the_other_kind_keeps_its_records_when_one_grows(lake: Lake) -> None:
    load(posting=postings({"id": "p1"}), visit=visits({"id": "v1"}))
    refresh(lake)
    load(posting=postings({"id": "p2", "subject": "W2"}))
    refresh(lake)
    assert lake.read(f"records_{POSTING.name}", ["id"]).column("id").to_pylist() == ["p1", "p2"]
    assert lake.read("records_visit").num_rows == 1


def test_a_saved_record_rewrites_one_file_of_its_county(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "FILE_ROWS", 2)
    load(visit=visits(*({"id": f"v{n}{who}", "subject": who} for who in ("R1", "R2") for n in range(4))))
    before = set(paths_of_visits(refresh(lake)))
    save_record(
        actor=User.objects.create_user("doctor"),
        kind=VISIT,
        subject_code="R2",
        occurred_on=date(2026, 5, 1),
        values={"sbp": 120},
    )
    after = set(paths_of_visits(refresh(lake)))
    assert (len(before), len(before & after), len(after)) == (2, 1, 2)


def paths_of_visits(lake: Lake) -> list[Path]:
    state = lake.state()
    assert state is not None
    folder = lake.path / "records_visit"
    return [file.path for file in list_files(folder, state.tables["records_visit"].version)]


@pytest.mark.parametrize("seed", [7, 8])
def test_the_owners_of_records_ascend_in_the_order_of_residents_so_that_evaluating_need_not_sort(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(files_module, "FILE_ROWS", 1)
    chance = random.Random(seed)
    doctor = User.objects.create_user("doctor")
    for _ in range(4):
        change_at_random(chance, doctor)
        refresh(lake)
        for county in (None, *lake.counties()):
            residents = lake.read("residents", ["id"], county).column("id").to_pylist()
            records = lake.read("records_visit", ["subject"], county).column("subject").to_pylist()
            owners = [residents.index(subject) for subject in records]
            assert owners == sorted(owners)
