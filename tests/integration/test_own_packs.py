"""An installation's own packs: put in force for all processes at once, kept for good, rolled back, never half."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from adopted_pack import EVERYWHERE as SHIPPED
from django.db import connection
from store_samples import network, visits

from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.common.pack_sets import InForce, PackSets
from wangdi.server.common.problems import PackSetBroken
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import Figure, Publication
from wangdi.server.evaluation.periods import close_period, reproduce_period
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.packs.models import Activation
from wangdi.server.packs.proposal import propose, propose_set, propose_without
from wangdi.server.packs.services import NotPutInForce, history, own_versions, put_in_force
from wangdi.server.packs.versions import is_later
from wangdi.server.records.bulk import load_tables
from wangdi.server.records.models import KindRow, RecordVersion

CHANGED = SHIPPED.replace('version: "1"', 'version: "2"').replace("visits > 0", "visits > 1")
"""One visit a year is not enough any more."""

OTHER = SHIPPED.replace("walking", "jogging").replace("walk", "jog").replace("visit", "outing")
"""A pack of its own, with a kind of its own."""

SBP = "sbp: {title: {zh: 收缩压, en: Systolic pressure}, type: integer}"

AS_OF, OCTOBER = date(2026, 11, 22), date(2026, 10, 31)

Install = Callable[..., Activation]


@pytest.fixture
def store(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Three residents, one of them visited once; the shipped pack of walking is in force."""
    write(tmp_path / "shipped" / "walking", SHIPPED)
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "shipped")
    visited = visits({"id": "v1", "subject": "R1", "occurred_on": date(2026, 10, 2), "sbp": 140})
    load_tables({**network(), "records/visit": visited}, kinds=rules.rulebook().kinds, actor_name="import")
    return installation


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Puts packs in force that are given as texts."""

    def put(reason: str = "县卫健局文件", **texts: str) -> Activation:
        return put_in_force(proposed(tmp_path, **texts), reason, actor_name="test")

    return put


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    return folder


def proposed(tmp_path: Path, **texts: str) -> Any:
    workspace = tmp_path / f"given-{len(list(tmp_path.iterdir()))}"
    for name, text in texts.items():
        write(workspace / name, text)
    return propose(workspace)


def hindrances(error: pytest.ExceptionInfo[NotPutInForce]) -> str:
    return str(error.value)


def share(day: date = AS_OF) -> float:
    return Figure.objects.get(indicator="walked", as_of=day, place__code="42", dimension="").numerator


def test_a_changed_pack_is_in_force_at_once_and_figures_follow(store: Installation, install: Install) -> None:
    evaluate_and_publish(store, AS_OF, trend=0)
    assert share() == 1
    before = rules.rulebook()
    made = install(walking=CHANGED)
    assert rules.rulebook() is not before
    assert rules.pack_versions() == {"walking": "2"}
    assert share() == 1
    evaluate_and_publish(store, AS_OF, trend=0)
    assert share() == 0
    assert Publication.objects.latest().packs == {"walking": "2"}
    assert (made.took_effect, made.reason, made.packs["walking"]["version"]) == (True, "县卫健局文件", "2")
    assert Change.objects.get(action="packs.install").summary["packs"] == {"walking": "2"}
    assert [(one.name, one.version, one.shipped, one.is_outdated) for one in own_versions()] == [
        ("walking", "2", "1", False)
    ]


def test_another_process_works_by_the_same_packs(store: Installation, install: Install) -> None:
    install(jogging=OTHER)
    connection.close()
    code = (
        "import django; django.setup(); from pathlib import Path; from wangdi.server.evaluation import rules; "
        f"rules.CONTENT = Path({str(rules.CONTENT)!r}); print(sorted(rules.pack_versions()))"
    )
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wangdi.server.config.settings",
        "WANGDI_DATA": str(store.data),
    }
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['jogging', 'walking']"


def test_rolling_back_is_another_entry_and_what_was_kept_stays(store: Installation, install: Install) -> None:
    first = install(walking=CHANGED)
    second = install(walking=CHANGED.replace('"2"', '"3"'))
    back = put_in_force(propose_set(first.set), "过严", action="packs.rollback", actor_name="test")
    assert rules.pack_versions() == {"walking": "2"}
    assert [one.pk for one in history()] == [back.pk, second.pk, first.pk]
    put_in_force(propose_without(["walking"]), "改回", action="packs.remove", actor_name="test")
    assert rules.pack_versions() == {"walking": "1"}
    assert len(list((PackSets.current().path / "sets").iterdir())) == 2


def test_a_version_says_one_thing_for_good(store: Installation, install: Install) -> None:
    with pytest.raises(NotPutInForce) as same:
        install(walking=CHANGED.replace('"2"', '"1"'))
    assert "版本 1 不高于产品自带的 1" in hindrances(same)
    install(walking=CHANGED)
    with pytest.raises(NotPutInForce) as lower:
        install(walking=CHANGED.replace("visits > 1", "visits > 2"))
    assert "版本 2 不高于现行的 2" in hindrances(lower)
    put_in_force(propose_without(["walking"]), "改回", actor_name="test")
    with pytest.raises(NotPutInForce) as another:
        install(walking=CHANGED.replace("visits > 1", "visits > 2"))
    assert "版本 2 曾用于另一份内容" in hindrances(another)
    install(walking=CHANGED)


@pytest.mark.parametrize(
    ("later", "earlier"), [("2026.10", "2026.9"), ("2026.1-county.2", "2026.1"), ("3", "2026.1")[::-1]]
)
def test_the_later_of_two_versions_is_found_by_its_numbers(later: str, earlier: str) -> None:
    assert is_later(later, earlier) and not is_later(earlier, later) and not is_later(later, later)


def test_nothing_is_put_in_force_without_a_reason_or_with_errors(
    store: Installation, install: Install
) -> None:
    with pytest.raises(NotPutInForce, match="请写明原因"):
        install(" ", walking=CHANGED)
    with pytest.raises(NotPutInForce, match="1 个错误"):
        install(walking=CHANGED + "\nno_such_section: {}\n")
    assert rules.pack_versions() == {"walking": "1"}
    assert not Activation.objects.exists()


def test_a_pack_that_cannot_be_read_is_told_and_not_left_out(store: Installation, tmp_path: Path) -> None:
    proposal = proposed(tmp_path, walking=CHANGED, broken="pack: [")
    assert [one.code for one in proposal.diagnostics.errors] == ["W1001"]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{groups: {nobody_knows: true}}", "unknown group 'nobody_knows'"),
        ("{present: false}", "走过一次就算"),
    ],
)
def test_tests_that_come_with_a_pack_and_are_wrong_or_fail_hinder_it(
    store: Installation, tmp_path: Path, expect: str, told: str
) -> None:
    workspace = write(tmp_path / "given" / "walking", CHANGED).parent
    (workspace / "walking" / "tests.yaml").write_text(
        "- name: 走过一次就算\n  as_of: 2026-11-22\n  resident: {sex: '1'}\n"
        f"  records: [{{visit: {{on: 2026-03-01}}}}]\n  expect: {expect}\n",
        encoding="utf-8",
    )
    proposal = propose(workspace)
    assert proposal is not None
    assert not proposal.is_ready
    assert told in proposal.diagnostics.render() + "".join(one.zh for one in proposal.hindrances)


def test_who_decides_on_something_outdated_is_told_so(
    store: Installation, tmp_path: Path, install: Install
) -> None:
    proposal = proposed(tmp_path, walking=CHANGED)
    install(walking=CHANGED.replace('"2"', '"3"'))
    with pytest.raises(NotPutInForce, match="已更换"):
        put_in_force(proposal, "文件", actor_name="test")


def test_stored_values_are_never_read_as_another_type(store: Installation, install: Install) -> None:
    with pytest.raises(NotPutInForce) as error:
        install(walking=CHANGED.replace(SBP, SBP.replace("integer", "text")))
    assert "visit.sbp：1 条记录里的值是 integer，不能当作 text" in hindrances(error)
    install(walking=CHANGED.replace(SBP, SBP.replace("integer", "decimal")))
    evaluate_and_publish(store, AS_OF, trend=0)
    assert share() == 0


def test_records_about_residents_never_become_ones_about_workers(
    store: Installation, tmp_path: Path, install: Install
) -> None:
    install(jogging=OTHER)
    turned = OTHER.replace('"1"', '"2"').replace("about: resident", "about: worker")
    turned = turned[: turned.index("facts:")]
    workspace = tmp_path / "turned"
    write(workspace / "jogging", turned)
    free = propose(workspace)
    assert free is not None and free.hindrances == ()
    rows = visits({"id": "o1", "subject": "R1", "occurred_on": date(2026, 10, 2)})
    load_tables({"records/outing": rows}, kinds=rules.rulebook().kinds, actor_name="import")
    held = propose(workspace)
    assert held is not None and "不能改为 worker" in held.hindrances[0].zh


def test_a_field_that_is_no_longer_asked_for_stays_in_its_records(
    store: Installation, tmp_path: Path
) -> None:
    steps = "steps: {title: {zh: 步数, en: Steps}, type: integer}"
    proposal = proposed(tmp_path, walking=CHANGED.replace(SBP, steps))
    assert any("visit.sbp（收缩压）不再填写：1 条记录" in note.zh for note in proposal.notes)
    put_in_force(proposal, "文件", actor_name="test")
    evaluate_and_publish(store, AS_OF, trend=0)
    assert RecordVersion.objects.get(record_id="v1").values == {"sbp": 140}


def test_records_of_a_kind_that_is_gone_stay_and_count_for_nothing(
    store: Installation, tmp_path: Path, install: Install
) -> None:
    first = install(jogging=OTHER)
    rows = visits({"id": "o1", "subject": "R1", "occurred_on": date(2026, 10, 2)})
    load_tables({"records/outing": rows}, kinds=rules.rulebook().kinds, actor_name="import")
    evaluate_and_publish(store, AS_OF, trend=0)
    proposal = propose_without(["jogging"])
    assert any("outing" in note.zh and "1 条记录" in note.zh for note in proposal.notes)
    put_in_force(proposal, "停办", actor_name="test")
    evaluate_and_publish(store, AS_OF, trend=0)
    assert RecordVersion.objects.filter(kind__name="outing").count() == 1
    put_in_force(propose_set(first.set), "续办", actor_name="test")
    evaluate_and_publish(store, AS_OF, trend=0)
    assert Figure.objects.get(indicator="joged", as_of=AS_OF, place__code="42").numerator == 1
    assert KindRow.objects.get(name="outing").about == "resident"


def test_power_lost_before_the_file_is_replaced_leaves_the_packs_that_were_in_force(
    store: Installation, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = install(walking=CHANGED)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(PackSets, "put_in_force", _power_cut)
        install(walking=CHANGED.replace('"2"', '"3"'))
    assert rules.pack_versions() == {"walking": "2"}
    assert [one.pk for one in history()] == [first.pk]
    again = install(walking=CHANGED.replace('"2"', '"3"'))
    assert [one.pk for one in history()] == [again.pk, first.pk]
    assert rules.pack_versions() == {"walking": "3"}


def _power_cut(_sets: PackSets, _told: InForce) -> None:
    raise KeyboardInterrupt


def test_power_lost_after_the_file_is_replaced_leaves_the_new_ones(
    store: Installation, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = PackSets.put_in_force

    def cut_afterwards(sets: PackSets, told: InForce) -> None:
        replaced(sets, told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(PackSets, "put_in_force", cut_afterwards)
        install(walking=CHANGED)
    assert rules.pack_versions() == {"walking": "2"}
    assert [one.packs["walking"]["version"] for one in history()] == ["2"]
    assert (store.packs / "in_force.json").exists() and not (store.packs / "in_force.json.new").exists()


def test_a_set_that_was_altered_is_refused_and_one_can_roll_back(
    store: Installation, install: Install
) -> None:
    made = install(walking=CHANGED)
    file = store.packs / "sets" / made.set / "walking" / "pack.yaml"
    file.write_text(CHANGED.replace("visits > 1", "visits > 9"), encoding="utf-8")
    told = json.loads((store.packs / "in_force.json").read_text("utf-8"))
    PackSets.current().put_in_force(InForce(**told))  # as another process would see it: read anew
    with pytest.raises(PackSetBroken):
        rules.rulebook()
    put_in_force(propose_set(""), "文件损坏", actor_name="test")
    assert rules.pack_versions() == {"walking": "1"}


def test_work_under_way_ends_by_the_packs_it_began_with(store: Installation, install: Install) -> None:
    with rules.one_rulebook():
        install(walking=CHANGED)
        assert rules.pack_versions() == {"walking": "1"}
    assert rules.pack_versions() == {"walking": "2"}


def test_a_closed_period_is_made_again_from_the_packs_it_was_closed_by(
    store: Installation, install: Install
) -> None:
    install(walking=CHANGED.replace("visits > 1", "visits > 0 and sex = '1'"))
    closure = close_period(store, OCTOBER, AS_OF, actor_name="test")
    assert closure.contents["packs"]["walking"]["version"] == "2"
    put_in_force(propose_without(["walking"]), "改回", actor_name="test")
    evaluate_and_publish(store, AS_OF, trend=1)
    assert len(reproduce_period(store, OCTOBER)) == 0


def test_after_an_upgrade_own_packs_stay_and_are_told_to_be_outdated(
    store: Installation, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(walking=CHANGED)
    write(tmp_path / "upgraded" / "walking", SHIPPED.replace('"1"', '"2.1"'))
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "upgraded")
    assert rules.pack_versions() == {"walking": "2"}
    assert [one.is_outdated for one in own_versions()] == [True]
