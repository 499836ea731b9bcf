"""Every mistake that authors of packs can make, one small pack each, with the messages they are shown.

After a change of wording: WANGDI_UPDATE=1 pytest tests/unit/test_bad_packs.py, then read the difference.
"""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from wangdi.engine.checks import check as checking
from wangdi.engine.diagnostics.catalogue import CODES
from wangdi.engine.diagnostics.messages import Diagnostics, PackError, suggest
from wangdi.engine.diagnostics.pages import PAGES, page_of, render_pages
from wangdi.engine.model.functions import FUNCTIONS
from wangdi.engine.packs import pack_shape, shapes, sheet_shapes
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

SHAPES = [
    shape
    for module in (shapes, sheet_shapes, pack_shape)
    for shape in vars(module).values()
    if isinstance(shape, type) and issubclass(shape, shapes.Shape)
]
CONTENT = Path(__file__).parents[2] / "src" / "wangdi" / "content"
CASES = Path(__file__).parents[1] / "bad_packs"
FOLDERS = sorted(path for path in CASES.iterdir() if path.is_dir())
ABOUT_ONE_CODE = [folder for folder in FOLDERS if folder.name.startswith("W")]


def check(folder: Path) -> Diagnostics:
    return checking.check([folder], relative_to=folder)[1]


@cache
def found_in(folder: Path) -> Diagnostics:
    """As `check`, for what is in the repository and looked at by several tests."""
    return check(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_messages_about_a_broken_pack_are_as_written_down(folder: Path) -> None:
    expected, shown = folder / "expected.txt", found_in(folder).render() + "\n"
    if os.environ.get("WANGDI_UPDATE"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text("utf-8")


@pytest.mark.parametrize("folder", ABOUT_ONE_CODE, ids=lambda folder: folder.name)
def test_a_single_mistake_is_reported_with_its_code_alone(folder: Path) -> None:
    codes = {diagnostic.code for diagnostic in found_in(folder).found}
    assert len(codes) == 1
    assert codes == {folder.name[:5]} or folder.name == "W2105-group-broken-elsewhere"


def test_every_code_has_a_broken_pack_and_every_broken_pack_a_code() -> None:
    assert {folder.name[:5] for folder in ABOUT_ONE_CODE} == set(CODES)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_message_points_into_the_file_and_every_code_is_known(folder: Path) -> None:
    for diagnostic in found_in(folder).found:
        file = folder / diagnostic.location.file
        if file.is_dir():  # what is wrong is that no file is in it
            assert diagnostic.code == "W1010"
            continue
        lines = file.read_bytes().decode("utf-8", errors="replace").split("\n")
        line = lines[diagnostic.location.line - 1]
        assert diagnostic.code in CODES
        assert diagnostic.location.column + diagnostic.length <= max(len(line), 1) + 2


def test_every_code_has_a_page_with_its_mend_and_every_broken_pack_and_the_pages_are_fresh() -> None:
    assert PAGES.read_text("utf-8") == render_pages(CASES), "run python tools/write_messages_reference.py"
    for folder in ABOUT_ONE_CODE:
        page = page_of(folder.name[:5])
        assert page is not None
        assert (folder / "expected.txt").read_text("utf-8").rstrip() in page
        assert CODES[folder.name[:5]].mend.zh in page
    assert page_of("W9999") is None


def test_loading_broken_packs_fails_with_all_messages() -> None:
    folder = CASES / "several-mistakes-at-once"
    with pytest.raises(PackError) as caught:
        load_rulebook([folder], relative_to=folder)
    assert str(caught.value) == check(folder).render()
    assert len(caught.value.diagnostics.errors) >= 10


def test_a_pack_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    text = 'pack: sample\r\ntitle: {zh: 示例, en: Example}\r\nversion: "1"\r\nsummry: x\r\n'
    (tmp_path / "pack.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    [diagnostic] = check(tmp_path).found
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == ("W1003", 4, 1)


def test_the_underline_stands_below_words_behind_chinese_characters() -> None:
    line, marks = check(CASES / "W1005-empty-text").render().split("\n")[1:3]
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in line[: line.index('""')])
    assert marks.index("^") == width


def test_a_suggestion_does_not_mind_capital_letters() -> None:
    assert suggest("SBP", ["sbp", "weight"]) == "did you mean 'sbp'?"


def pack_with(tmp_path: Path, case: str, before: str, after: str) -> Diagnostics:
    """What is said of a broken pack after one change of its text."""
    text = (CASES / case / "pack.yaml").read_text("utf-8")
    assert before in text
    (tmp_path / "pack.yaml").write_text(text.replace(before, after), encoding="utf-8")
    return check(tmp_path)


@pytest.mark.parametrize(
    "comparison",
    [
        "last_visit.glucose < 7.0",
        "last_visit.glucose < limit * 0.0555",
        "limit + 1 < limit",
        "least(last_visit.glucose, 7) < greatest(last_visit.glucose, 5)",
    ],
)
def test_numbers_without_a_unit_fit_every_unit(tmp_path: Path, comparison: str) -> None:
    found = pack_with(tmp_path, "W2120-units-do-not-fit", "last_visit.glucose < limit", comparison)
    assert not found.errors


@pytest.mark.parametrize(
    "condition",
    [
        "last_visit.glucose + limit > 1",
        "last_visit.glucose - 1 < limit",
        "least(7, last_visit.glucose, limit) > 1",
        "coalesce(limit, last_visit.glucose) > 1",
        "case when sex = '1' then 5 when sex = '2' then limit else last_visit.glucose end > 1",
        "last_visit.glucose between 1 and limit",
    ],
)
def test_units_are_followed_through_sums_functions_and_cases(tmp_path: Path, condition: str) -> None:
    found = pack_with(tmp_path, "W2120-units-do-not-fit", "last_visit.glucose < limit", condition)
    assert [diagnostic.code for diagnostic in found.found] == ["W2120"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{count: visit}", "{count: visit, during: year}"),
        ("{count: visit}", "{count: visit, where: occurred_on >= period.start}"),
        ("span: year_to_date", "span: on_the_day"),
        ("span: year_to_date", "span: year_to_date\n    cumulative: {zh: 建档只增不减, en: Files are kept}"),
    ],
)
def test_a_figure_with_a_window_a_day_or_a_reason_needs_no_other(
    tmp_path: Path, before: str, after: str
) -> None:
    assert not pack_with(tmp_path, "W4002-no-window", before, after).found


@pytest.mark.parametrize(
    ("fact", "satisfied"),
    [
        ("{any: check, during: half_year}", "checked"),
        ("{any: check, during: month}", "checked"),
        ("{any: check, during: since start_of_quarter(as_of)}", "checked"),
        ("{latest: check, during: 6 months}", "checked.occurred_on >= start_of_quarter(as_of)"),
        ("{count: check}", "checked >= 3"),
    ],
)
def test_a_turn_is_done_by_records_of_its_own_time_or_once_and_for_all(
    tmp_path: Path, fact: str, satisfied: str
) -> None:
    text = (CASES / "W4004-once-per-half-year-by-a-length" / "pack.yaml").read_text("utf-8")
    changed = text.replace("{any: check, during: 6 months}", fact)
    changed = changed.replace("satisfied: checked", f'satisfied: "{satisfied}"')
    (tmp_path / "pack.yaml").write_text(changed, encoding="utf-8")
    assert not check(tmp_path).found


def test_a_name_that_only_a_sentence_uses_is_used(tmp_path: Path) -> None:
    schedule = """schedules:
  visit:
    title: {zh: 随访, en: Visit}
    group: visited
    service: visit
    once_per_year:
      satisfied: visits >= 2
      because: {zh: "上次 {last_visit.occurred_on}", en: "Last {last_visit.occurred_on}"}

groups:"""
    assert not pack_with(tmp_path, "W4003-unused-name", "groups:", schedule).found


def test_the_packs_of_the_product_have_no_mistakes() -> None:
    assert check(CONTENT).render() == ""


GUIDES = sorted((Path(__file__).parents[2] / "docs" / "guides").glob("write-a-pack*.md"))


def example(guide: Path) -> list[str]:
    """The guide's YAML blocks: the pack, then its tests."""
    return re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_example_of_the_guide_is_a_pack_without_mistakes_that_passes_its_tests(
    guide: Path, tmp_path: Path
) -> None:
    pack, tests = example(guide)
    (tmp_path / "copd").mkdir()
    (tmp_path / "copd" / "pack.yaml").write_text(pack, encoding="utf-8")
    (tmp_path / "copd" / "tests.yaml").write_text(tests, encoding="utf-8")
    rulebook = load_rulebook([CONTENT, tmp_path])
    outcomes = run_tests(rulebook, tmp_path / "copd" / "tests.yaml")
    assert len(outcomes) == 3
    assert not [failure for outcome in outcomes for failure in outcome.failures]


def test_the_guide_shows_the_message_that_its_example_gives(tmp_path: Path) -> None:
    broken = example(GUIDES[0])[0].replace("any: copd_check", "any: copd_chek")
    (tmp_path / "copd").mkdir()
    (tmp_path / "copd" / "pack.yaml").write_text(broken, encoding="utf-8")
    shown = checking.check([CONTENT, tmp_path], relative_to=tmp_path)[1].render()
    assert all(shown in guide.read_text("utf-8") for guide in GUIDES)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_guide_names_every_function_and_key(guide: Path) -> None:
    text = guide.read_text("utf-8")
    keys = [info.alias or name for shape in SHAPES for name, info in shape.model_fields.items()]
    missing = [word for word in (*FUNCTIONS, *keys) if not re.search(rf"\b{word}\b", text)]
    assert len(GUIDES) == 2
    assert not missing
