"""Each register is whole: in the store, the lake, files, packs and the demonstration; a new one is not forgotten."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import load_workbook
from store_samples import load, network

from generative.random_data import CODES
from wangdi.demo import Network
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, RESIDENT, Register
from wangdi.engine.model.text import Text
from wangdi.engine.packs.shapes import KindShape
from wangdi.engine.testing.shapes import TestShape as ShapeOfTest
from wangdi.interchange.tables import register_schema
from wangdi.interchange.tabular.template import write_template
from wangdi.interchange.tabular.words import HEADING_WORDS, SUBJECT_WORDS, TABLE_WORDS
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.lake.layout import lake_fields
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import MODELS, RegisterVersion
from wangdi.server.records.models import KindRow

every_register = pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)


def columns_of(field: Field) -> set[str]:
    """The columns of the store that hold a field."""
    if field.sensitive:
        return {f"{field.name}_sealed", f"{field.name}_index"}
    return {f"{field.name}_id" if field.refers_to else field.name}


@every_register
def test_the_store_has_a_table_with_every_field(register: Register) -> None:
    own = {field.attname for field in MODELS[register.entity]._meta.concrete_fields}
    declared = {column for field in register.fields for column in columns_of(field)}
    spelled = {"pinyin", "initials"} if any(field.name == "name" for field in register.fields) else set()
    merged = {"merged_into_id"} if register is RESIDENT else set()
    assert own == declared | spelled | merged | {"id", "change_id"} | (
        {"path"} if register.is_tree else set()
    )


@every_register
@pytest.mark.parametrize("model", [(RegisterVersion, "entity"), (KindRow, "about")], ids=["history", "kinds"])
def test_the_store_knows_its_name(register: Register, model: tuple[type, str]) -> None:
    owner, column = model
    assert register.entity in dict(owner._meta.get_field(column).choices)


def test_the_lake_holds_what_the_store_holds(installation: Installation) -> None:
    load(**network())
    lake = Lake(installation.lake)
    lake.refresh(installation.store, {})
    for entity, register in REGISTERS.items():
        names = [field.name for field in lake_fields(register)]
        table = LakeSource(lake).register(entity, names, None)
        stored = MODELS[entity]._default_manager.order_by("id").values_list("id", flat=True)
        assert sorted(table["id"].to_pylist()) == list(stored)
        assert len(stored) > 1
        assert set(table.column_names) == {"id", *names}


@every_register
def test_files_have_words_and_a_sheet_for_it(register: Register, tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "template.xlsx", {}))
    headings = [re.sub(r"\(.*\)|\*", "", str(cell.value)) for cell in book[register.title.zh][1]]
    assert headings == [field.title.zh for field in register.fields]
    assert TABLE_WORDS[register.table] and SUBJECT_WORDS[register.entity]
    assert HEADING_WORDS[register.table].keys() <= {field.name for field in register.fields}


@every_register
def test_packs_may_be_about_it_and_say_who_is_there(register: Register) -> None:
    assert register.entity in get_args(KindShape.model_fields["about"].annotation)
    assert register.entity in ShapeOfTest.model_fields
    kind = Kind("sample", Text("示例", "sample"), register.entity)
    assert kind.subject_field.refers_to == register.entity
    stated = {entity for pack in rulebook().packs for entity, _ in pack.presence}
    assert {"worker", "place", *stated} == set(
        REGISTERS
    )  # nothing in these two says when they began or ended


def test_random_data_draws_from_each() -> None:
    assert CODES.keys() == REGISTERS.keys()


def test_the_demonstration_has_each() -> None:
    tables = Network(300, as_of=date(2026, 6, 30), kinds={}).registers()
    assert tables.keys() == {register.table for register in REGISTERS.values()}
    for register in REGISTERS.values():
        assert tables[register.table].schema == register_schema(register)
        assert len(tables[register.table]) > 1
