"""What policy sets says where it is from, none is official that cannot be looked up, and values are what documents say."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from demo_examples import CONTENT, RULEBOOK

from wangdi.engine.diagnostics.messages import Diagnostics
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.parameters import Parameter, Trust
from wangdi.engine.model.standards import Standard
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.yaml_tree import read_document
from wangdi.engine.testing.run import run_tests

FACTS = Path(__file__).with_name("policy_facts.yaml")
USUAL_DAY = "2026-11-01"
LENGTH = re.compile(r"\d+ (day|week|month|year)s?")
OF_POLICY = {"within", "then", "after", "first", "from", "by", "before", "until", "min_interval", "grace"}
"""Keys of a schedule whose lengths policy sets. When something is listed ahead (``lead``) each installation may change."""
NONE = "0 days"

PACKS = {pack.name: pack for pack in RULEBOOK.packs}


def _data(file: Path) -> object:
    document = read_document(file, str(file), Diagnostics())
    assert document is not None, file
    return document.data


def _leaves(data: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*path, str(key)))
    else:
        yield path, data


def facts() -> list[tuple[str, str, dict[str, object]]]:
    """Pack, document, and the values by parameter."""
    data = _data(FACTS)
    assert isinstance(data, dict)
    return [
        (pack, document, values) for pack, documents in data.items() for document, values in documents.items()
    ]


def parameter_of(pack: str, name: str) -> Parameter:
    return next(parameter for parameter in PACKS[pack].parameters if parameter.name == name)


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: str(pack.name))
def test_no_value_is_official_whose_source_is_not(pack: Pack) -> None:
    trusted = {source.name for source in pack.sources if source.trust is Trust.OFFICIAL}
    untrue = [
        parameter.name
        for parameter in pack.parameters
        for value in parameter.values
        if value.trust is Trust.OFFICIAL and value.source not in trusted
    ]
    assert untrue == []


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: str(pack.name))
def test_a_source_that_is_official_can_be_looked_up(pack: Pack) -> None:
    for source in pack.sources:
        assert source.trust is Trust.UNVERIFIED or (source.date and (source.number or source.address)), source


@pytest.mark.parametrize("standard", RULEBOOK.standards.values(), ids=lambda standard: str(standard.name))
def test_every_standard_names_its_sources(standard: Standard) -> None:
    assert standard.sources


@pytest.mark.parametrize("file", sorted(CONTENT.glob("*/pack.yaml")), ids=lambda file: str(file.parent.name))
def test_lengths_that_policy_sets_are_parameters_with_a_source(file: Path) -> None:
    data = _data(file)
    assert isinstance(data, dict)
    written = [
        ".".join(path)
        for path, value in _leaves(data.get("schedules", {}))
        if path[-1] in OF_POLICY and isinstance(value, str) and value != NONE and LENGTH.fullmatch(value)
    ]
    assert written == ALLOWED.get(file.parent.name, [])


ALLOWED = {"immunization": ["vaccination.series.steps.hepb_1.by"]}
"""The first dose is given within 24 hours, which a day is the least unit for."""


@pytest.mark.parametrize(("pack", "document", "values"), facts())
def test_values_are_what_their_document_says(pack: str, document: str, values: dict[str, object]) -> None:
    day = date.fromisoformat(document.partition("@")[2] or USUAL_DAY)
    assert {name: parameter_of(pack, name).value_on(day) for name in values} == {
        name: (parse_duration(value) or value) if isinstance(value, str) else value
        for name, value in values.items()
    }


def test_a_pack_test_tells_a_target_that_is_another_on_the_day(tmp_path: Path) -> None:
    file = tmp_path / "tests.yaml"
    file.write_text(
        "- name: 目标\n  as_of: 2034-12-31\n  resident: {birth_date: 1960-01-01}\n"
        "  expect: {targets: {contract_coverage: 0.75, contract_coverage_key: 0.77}}\n",
        "utf-8",
    )
    [outcome] = run_tests(RULEBOOK, file)
    assert outcome.failures == ("2034-12-31: target of contract_coverage: expected 0.75, found None",)
