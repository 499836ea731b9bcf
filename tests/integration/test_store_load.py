"""Loading bundles into the store."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from killing import killed_half_way
from store_samples import (
    ID_NUMBER,
    KINDS,
    PHONE,
    PLACES,
    load,
    network,
    postings,
    register_table,
    visits,
)

from wangdi.engine.model.registers import INSTITUTION, PLACE, RESIDENT
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change, verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import Counts, LoadError
from wangdi.server.common.problems import BulkUnavailable
from wangdi.server.network.models import Institution, Place, RegisterVersion, Resident
from wangdi.server.records.bulk import load_pieces
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.usefixtures("installation")


def test_everything_loaded_is_found_with_its_keys_and_values() -> None:
    note = '说"好"\\了'
    load(
        **network(),
        visit=visits(
            {
                "id": "v1",
                "institution": "VA",
                "worker": "W1",
                "fpg": 7.0,
                "complete": True,
                "seen_on": date(2026, 1, 2),
                "seen_at": 9 * 60 + 5,
                "mode": "2",
                "symptoms": ["1", "2"],
                "note": note,
            }
        ),
        posting=postings({"id": "p1", "institution": "HA", "subject": "W2"}),
    )
    visit = RecordVersion.objects.get(kind__name="visit")
    assert visit.subject == Resident.objects.get(code="R1").pk
    assert (visit.institution_id, visit.worker.code) == (Institution.objects.get(code="VA").pk, "W1")
    assert (visit.version, visit.is_current, visit.status) == (1, True, "final")
    assert visit.occurred_on == date(2026, 1, 1)
    assert visit.values == {
        "sbp": 130,
        "fpg": 7.0,
        "complete": True,
        "seen_on": "2026-01-02",
        "seen_at": "09:05",
        "mode": "2",
        "symptoms": ["1", "2"],
        "note": note,
    }
    assert RecordVersion.objects.get(kind__name="posting").values == {}
    assert Place.objects.get(code="420281A").path == "/42/420281/420281A/"
    assert Institution.objects.get(code="VA").path == "/HA/VA/"


def test_the_same_bundle_again_changes_nothing() -> None:
    bundle = {**network(), "visit": visits({"id": "v1", "fpg": 1e-7}, {"id": "v2", "note": "x"})}
    load(**bundle)
    again = load(**bundle)
    assert again.change_id is None
    assert again.tables["records/visit"] == Counts(unchanged=2)
    assert again.tables["residents"] == Counts(unchanged=4)
    assert Change.objects.count() == 1
    assert RecordVersion.objects.count() == 2


def test_other_content_under_the_same_id_is_a_new_version() -> None:
    load(**network(), visit=visits({"id": "v1"}, {"id": "v2"}))
    summary = load(visit=visits({"id": "v1", "sbp": 150}, {"id": "v2"}, {"id": "v3"}))
    assert summary.tables["records/visit"] == Counts(created=1, amended=1, unchanged=1)
    versions = RecordVersion.objects.filter(record_id="v1").order_by("version")
    assert [(v.version, v.is_current, v.values["sbp"]) for v in versions] == [(1, False, 130), (2, True, 150)]


def test_a_void_row_is_a_version_that_says_void() -> None:
    load(**network(), visit=visits({"id": "v1"}))
    load(visit=visits({"id": "v1", "status": "void"}))
    assert not RecordVersion.objects.valid().exists()
    assert RecordVersion.objects.current().get().version == 2


def test_only_the_columns_present_change_and_the_former_row_is_kept() -> None:
    load(**network())
    moved = register_table(RESIDENT, [{"code": "R2", "place": "420281A"}])
    assert load(residents=moved).tables["residents"] == Counts(amended=1)
    resident = Resident.objects.get(code="R2")
    assert (resident.name, resident.place.code, resident.institution.code) == ("李四", "420281A", "HB")
    version = RegisterVersion.objects.get()
    assert (version.entity, version.code) == ("resident", "R2")
    assert version.previous["place"] == "420281B"


def test_an_emptied_cell_empties_the_stored_value() -> None:
    load(**network())
    load(residents=register_table(RESIDENT, [{"code": "R2", "institution": None}]))
    assert Resident.objects.get(code="R2").institution is None


def test_moving_a_place_moves_all_paths_under_it() -> None:
    load(**network())
    load(places=register_table(PLACE, [{"code": "420281", "parent": "420222"}]))
    assert Place.objects.get(code="420281B").path == "/42/420222/420281/420281B/"


def test_places_that_are_their_own_superiors_are_refused() -> None:
    load(**network())
    with pytest.raises(LoadError, match=r"places\.parent") as caught:
        load(places=register_table(PLACE, [{"code": "42", "parent": "420281A"}]))
    assert set(caught.value.problems[0].values) == {place["code"] for place in PLACES}
    assert Place.objects.get(code="42").parent is None


def test_all_unknown_codes_are_reported_at_once_and_nothing_is_stored() -> None:
    with pytest.raises(LoadError) as caught:
        load(
            **{
                **network(),
                "institutions": register_table(
                    INSTITUTION,
                    [{"code": "HA", "name": "甲", "type": "hospital", "place": "nowhere", "parent": "none"}],
                ),
            },
            visit=visits({"id": "v1", "subject": "X1"}, {"id": "v2", "subject": "X2", "worker": "W9"}),
        )
    found = {(problem.table, problem.column): problem.values for problem in caught.value.problems}
    assert found[("institutions", "place")] == ("nowhere",)
    assert found[("institutions", "parent")] == ("none",)
    assert found[("workers", "institution")] == ("HX", "VA")
    assert {("X1", "X2"), ("R1", "X1", "X2")} & {found[("records/visit", "subject")]}
    assert found[("records/visit", "worker")] == ("W9",)
    assert not Place.objects.exists()
    assert not Change.objects.exists()


def test_the_same_id_twice_counts_once_when_equal_and_is_refused_when_not() -> None:
    twice = load(**network(), visit=visits({"id": "v1"}, {"id": "v1"}))
    assert twice.tables["records/visit"] == Counts(created=1)
    with pytest.raises(LoadError, match="v2"):
        load(visit=visits({"id": "v2"}, {"id": "v2", "sbp": 131}))
    with pytest.raises(LoadError, match="R1"):
        load(residents=register_table(RESIDENT, [{"code": "R1", "name": "甲"}, {"code": "R1", "name": "乙"}]))


def test_numbers_that_cannot_be_kept_are_refused() -> None:
    with pytest.raises(LoadError) as caught:
        load(**network(), visit=visits({"id": "v1", "sbp": 2**31}, {"id": "v2", "fpg": float("nan")}))
    assert [(p.column, p.values) for p in caught.value.problems] == [("sbp", ("v1",)), ("fpg", ("v2",))]


def test_a_new_row_needs_the_required_columns() -> None:
    load(**network())
    with pytest.raises(LoadError, match="R9"):
        load(residents=register_table(RESIDENT, [{"code": "R9", "place": "420281A"}]))


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LoadError, match="posting, visit"):
        load(**network(), **{"records/vist": visits({"id": "v1"})})


def test_identity_numbers_and_phones_are_nowhere_in_the_data_folder(installation: Installation) -> None:
    load(**network())
    load(residents=register_table(RESIDENT, [{"code": "R1", "phone": "13900000000"}]))
    for file in installation.data.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert ID_NUMBER.encode() not in content
        assert PHONE.encode() not in content


def test_a_resident_is_found_by_identity_number_and_shown_masked() -> None:
    load(**network())
    resident = Resident.objects.with_id_number(" 420281 19500101 1234 ").get()
    assert resident.code == "R1"
    assert resident == Resident.objects.with_phone("138-1234-5678").get()
    assert (resident.masked_id_number, resident.masked_phone) == ("420281********1234", "138****5678")
    assert (resident.reveal_id_number(), resident.reveal_phone()) == (ID_NUMBER, PHONE)
    assert not Resident.objects.with_phone("13812345679").exists()


def test_loads_and_single_changes_form_one_chain_that_shows_tampering() -> None:
    load(**network())
    record_change("test", actor_name="someone", summary={"甲": 1})
    load(visit=visits({"id": "v1"}))
    assert [change.action for change in Change.objects.all()] == ["load", "test", "load"]
    assert verify_chain() is None
    Change.objects.filter(action="test").update(summary={"甲": 2})
    assert verify_chain() == 2
    Change.objects.filter(action="test").update(summary={"甲": 1})
    assert verify_chain() is None
    Change.objects.filter(pk=1).update(actor_name="nobody")
    assert verify_chain() == 1


def test_a_change_can_be_neither_altered_nor_removed() -> None:
    change = record_change("test", actor_name="someone")
    with pytest.raises(TypeError, match="never altered"):
        change.save()
    with pytest.raises(TypeError, match="never removed"):
        change.delete()


def test_what_a_load_says_of_itself_is_read_once_however_many_of_its_records_are_listed() -> None:
    load(**network(), visit=visits({"id": "v1"}, {"id": "v2"}))
    one, other = RecordVersion.objects.select_related("change").filter(kind__name="visit")
    assert one.change.summary["tables"]
    assert one.change.summary is other.change.summary


def test_pieces_are_one_load_and_indexes_are_there_afterwards(installation: Installation) -> None:
    pieces = [("records/visit", visits({"id": f"v{number}"})) for number in range(3)]
    seen: list[tuple[str, int, int]] = []
    summary = load_pieces(
        network(),
        iter(pieces),
        kinds=KINDS,
        actor_name="import",
        expected={"records/visit": 3},
        on_progress=lambda *step: seen.append(step),
    )
    assert summary.tables["records/visit"].created == 3
    assert seen[-5:-2] == [("records/visit", number, 3) for number in (1, 2, 3)]
    assert seen[-2:] == [("indexes", 0, 1), ("indexes", 1, 1)]
    with pytest.raises(LoadError, match="v0"):
        load(visit=visits({"id": "v0"}, {"id": "v0", "sbp": 131}))
    plan = RecordVersion.objects.current().filter(kind_id=1, record_id="v0").explain()
    assert "recordversion_current" in plan


def test_an_id_that_comes_back_in_a_later_piece_is_refused() -> None:
    pieces = [("records/visit", visits({"id": "v1", "sbp": sbp})) for sbp in (130, 131)]
    with pytest.raises(LoadError, match="occurs twice"):
        load_pieces(network(), iter(pieces), kinds=KINDS, actor_name="import")
    assert not Resident.objects.exists()


def test_loading_is_refused_while_another_thread_has_the_store_open() -> None:
    opened, finished = threading.Event(), threading.Event()

    def read() -> None:
        Change.objects.count()
        opened.set()
        finished.wait()
        connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    opened.wait()
    try:
        with pytest.raises(BulkUnavailable, match="process of its own"):
            load(**network())
    finally:
        finished.set()
        thread.join()
    assert load(**network()).changed


def test_loading_is_refused_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(BulkUnavailable, match="transaction"):
        load(**network())


LOAD_AND_WAIT = """
import sys, time, django
django.setup()
from store_samples import KINDS, network, visits
from wangdi.server.records.bulk import load_pieces

def pieces():
    yield "records/visit", visits(*({"id": f"v{n}"} for n in range(5000)))
    print("half-way", flush=True)
    time.sleep(600)

load_pieces(network(), pieces(), kinds=KINDS, actor_name="killed")
"""


def test_a_load_killed_half_way_leaves_nothing_behind(installation: Installation) -> None:
    killed_half_way(LOAD_AND_WAIT)
    assert not RecordVersion.objects.exists()
    assert not Resident.objects.exists()
    assert not Change.objects.exists()
    tables = {**network(), "visit": visits({"id": "v1"})}
    assert load(**tables).changed == sum(len(table) for table in tables.values())
