"""A rulebook is read once and kept in a file while packs and program stay the same."""

from datetime import date
from pathlib import Path

import pytest

from wangdi.engine.diagnostics.messages import PackError
from wangdi.engine.evaluate.memory import MemorySource
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import ENTITIES, Network
from wangdi.engine.evaluate.rows import register_table
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.compiled import compiled_rulebook
from wangdi.engine.plan.stages import stages

PACK = """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
groups:
  old: {title: {zh: 老年人, en: Elderly}, when: "full_years(birth_date, as_of) >= 65"}
indicators:
  elderly: {title: {zh: 老年人, en: Elderly}, span: on_the_day, count: old}
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    (tmp_path / "packs" / "sample").mkdir(parents=True)
    (tmp_path / "packs" / "sample" / "pack.yaml").write_text(PACK, encoding="utf-8")
    return tmp_path / "packs"


class Reading:
    """Counts how often the packs had to be read."""

    def __init__(self, packs: Path, keep_in: Path) -> None:
        self.packs, self.keep_in, self.times = packs, keep_in, 0

    def __call__(self) -> Rulebook:
        return compiled_rulebook([self.packs], self.keep_in, prepare=self.prepare)

    def prepare(self, found: Rulebook) -> None:
        self.times += 1
        stages(found, ENTITIES)

    @property
    def files(self) -> list[Path]:
        return list(self.keep_in.iterdir())


@pytest.fixture
def reading(packs: Path, tmp_path: Path) -> Reading:
    return Reading(packs, tmp_path / "kept")


def elderly(rulebook: Rulebook) -> float:
    residents = {
        str(year): {"birth_date": date(year, 1, 1), "institution": "i"} for year in (1950, 1955, 2000)
    }
    registers = {
        "resident": register_table("resident", residents),
        "institution": register_table("institution", {"i": {}}),
    } | {
        entity: register_table(entity, {}) for entity in ENTITIES if entity not in ("resident", "institution")
    }
    [outcome] = Network(MemorySource(registers, {}), rulebook).evaluate([Moment.in_year(date(2026, 6, 30))])
    return float(outcome.figures.institution_numerators[0, 0])


def test_packs_are_read_once_and_mean_the_same_afterwards(reading: Reading) -> None:
    first, second = reading(), reading()
    assert reading.times == 1
    assert first is not second
    assert first.packs == second.packs
    assert elderly(first) == elderly(second) == 2


def test_a_changed_pack_is_read_again_and_the_old_one_is_still_known(reading: Reading, packs: Path) -> None:
    reading()
    file = packs / "sample" / "pack.yaml"
    file.write_text(PACK.replace("65", "75"), encoding="utf-8")
    assert elderly(reading()) == 1
    file.write_text(PACK, encoding="utf-8")
    assert elderly(reading()) == 2
    assert reading.times == 2


@pytest.mark.parametrize("left", [b"", b"nothing of ours", b"\0" * 4096])
def test_a_broken_file_is_written_again(reading: Reading, left: bytes) -> None:
    reading()
    [file] = reading.files
    whole = file.read_bytes()
    for broken in (left, whole[:-1], whole[:40] + left + whole[41 + len(left) :]):
        file.write_bytes(broken)
        assert elderly(reading()) == 2
        assert file.read_bytes()[:32] == whole[:32] or len(file.read_bytes()) == len(whole)


def test_packs_with_mistakes_are_told_each_time(reading: Reading, packs: Path) -> None:
    (packs / "sample" / "pack.yaml").write_text(
        PACK.replace("full_years", "full_yaers"),
        encoding="utf-8",
    )
    for _ in range(2):
        with pytest.raises(PackError, match="full_yaers"):
            reading()
    assert not reading.keep_in.exists()


def test_a_folder_that_cannot_be_written_costs_time_only(packs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert elderly(Reading(packs, tmp_path / "file")()) == 2


def test_no_folder_is_made_where_there_is_no_installation(packs: Path, tmp_path: Path) -> None:
    assert elderly(Reading(packs, tmp_path / "none" / "kept")()) == 2
    assert not (tmp_path / "none").exists()


def test_the_files_are_for_their_owner_alone_and_do_not_pile_up(reading: Reading, packs: Path) -> None:
    for year in range(60, 70):
        (packs / "sample" / "pack.yaml").write_text(PACK.replace("65", str(year)), encoding="utf-8")
        reading()
    assert len(reading.files) == 8
    assert {file.stat().st_mode & 0o077 for file in (reading.keep_in, *reading.files)} == {0}
