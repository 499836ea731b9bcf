"""``wangdi list``."""

import csv

import pytest
from store_samples import load_network

from integration.built import built_once
from wangdi.cli.output import Format
from wangdi.cli.registers import list_register


def rows(capsys: pytest.CaptureFixture[str], table: str, **options: str) -> list[dict[str, str]]:
    list_register(table, output=Format.CSV, **options)
    return list(csv.DictReader(capsys.readouterr().out.splitlines()))


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    built_once(load_network)


def test_a_register_is_listed_with_codes_for_references(capsys: pytest.CaptureFixture[str]) -> None:
    teams = rows(capsys, "teams")
    assert [(team["code"], team["institution"], team["leader"]) for team in teams] == [
        ("TA", "HA", "W1"),
        ("TB", "HB", ""),
    ]


def test_only_those_of_a_place_or_of_an_institution(capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["code"] for one in rows(capsys, "assets", place="420222")] == ["AX"]
    assert [one["code"] for one in rows(capsys, "assets", institution="HA")] == ["AA", "AV"]
    assert rows(capsys, "assets", institution="HB") == []


def test_what_identifies_a_person_is_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    (first, *_) = rows(capsys, "residents")
    assert first["team"] == "TA"
    assert not {"id_number", "phone"} & first.keys()


@pytest.mark.parametrize("arguments", [{"table": "asset"}, {"table": "assets", "place": "nowhere"}])
def test_what_there_is_not_is_said(arguments: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        list_register(**arguments)
    assert stopped.value.code == 2
