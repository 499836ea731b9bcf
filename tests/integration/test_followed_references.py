"""References followed and several answers asked of: over the lake, whose keys are numbers, and after a save."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from store_samples import network

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.single import OneEntity
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.plan.build import build_plan
from wangdi.interchange.tables import record_schema
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import DueItem, Figure
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.records.bulk import load_tables

PACK = """\
pack: followed
title: {zh: 指向, en: References}
version: "1"
kinds:
  visit:
    title: {zh: 随访, en: Visit}
    about: resident
    fields:
      sent_to: {title: {zh: 转往, en: Sent to}, type: institution}
      symptoms: {title: {zh: 症状, en: Symptoms}, type: choices,
        options: {"1": {zh: 咳嗽, en: Cough}, "2": {zh: 发热, en: Fever}, "9": {zh: 其他, en: Other}}}
facts:
  last: {latest: visit}
  sent_up: {any: visit, where: sent_to.place.level = 'township' and institution.type = 'village_clinic'}
groups:
  township_managed: {title: {zh: 乡镇居民, en: Of townships}, when: institution.place.level = 'township'}
schedules:
  check: {title: {zh: 检查, en: Check}, group: township_managed, service: visit,
    once_per_year: {satisfied: last.sent_to.type = 'township_centre'}}
indicators:
  sent: {title: {zh: 上转, en: Sent up}, count: sent_up, by: [institution.type], span: on_the_day}
  fever: {title: {zh: 发热, en: Fever}, count: "has(last.symptoms, '2')", span: on_the_day}
  answers: {title: {zh: 症状数, en: Symptoms}, sum: number_of(last.symptoms), of: "true", span: on_the_day}
  led: {title: {zh: 有团队长, en: Led}, count: team.leader.title_level = 'junior', span: on_the_day}
  doctors: {title: {zh: 村医, en: Village doctors}, count: institution.parent.type = 'township_centre', entity: worker,
    span: on_the_day}
"""
AS_OF = date(2026, 11, 22)
VISITS = [
    {"id": "v1", "subject": "R1", "institution": "VA", "sent_to": "HA", "symptoms": ["9", "2"]},
    {"id": "v2", "subject": "R2", "institution": "HB", "sent_to": "HA", "symptoms": ["1"]},
    {"id": "v3", "subject": "R3", "institution": "VA"},
]


@pytest.fixture
def published(
    tmp_path: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    (tmp_path / "packs" / "followed").mkdir(parents=True)
    (tmp_path / "packs" / "followed" / "pack.yaml").write_text(PACK, encoding="utf-8")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "packs")
    kind = load_rulebook([tmp_path / "packs"]).kinds["visit"]
    rows = [{"status": "final", "occurred_on": date(2026, 3, 1), **row} for row in VISITS]
    visits = pa.Table.from_pylist(rows, record_schema(kind))
    load_tables({**network(), "records/visit": visits}, kinds={"visit": kind}, actor_name="import")
    evaluate_and_publish(installation, AS_OF, trend=0)
    yield installation


def test_figures_over_the_lake_follow_references(published: Installation) -> None:
    found = Figure.objects.filter(place__code="42")
    assert {(f.indicator, f.dimension, f.category): f.numerator for f in found} == {
        ("sent", "", ""): 1,
        ("sent", "institution.type", "village_clinic"): 1,
        ("fever", "", ""): 1,
        ("answers", "", ""): 3,
        ("led", "", ""): 1,
        ("doctors", "", ""): 1,
    }


def test_due_items_over_the_lake_are_those_worked_out_after_a_save(published: Installation) -> None:
    book = rules.rulebook()
    plan, world = build_plan(book, "resident", indicators=()), StoreWorld(book.kinds)
    moment = Moment.in_year(AS_OF)
    alone = {
        code: OneEntity(plan, book.kinds, world, code).due_items(moment) for code in ("R1", "R2", "R3", "R4")
    }
    assert [code for code, items in alone.items() if items] == ["R3"]
    assert [item.resident.code for item in DueItem.objects.all() if item.resident is not None] == ["R3"]
