"""The handbook tells all that is in force, in both languages, and what changes between two versions."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from shipped import CONTENT, RULEBOOK
from wangdi.engine.handbook import vocabulary
from wangdi.engine.handbook.changes import PARTS, Change, changes
from wangdi.engine.handbook.handbook import LANGUAGES, handbook, write_handbooks
from wangdi.engine.handbook.markdown import to_markdown
from wangdi.engine.handbook.sections import NOT_SECTIONS, SECTIONS
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.channels import Pace
from wangdi.engine.model.expressions import Comparator, Connective, Instant, Operator
from wangdi.engine.model.facts import Calendar, Operation, Relation
from wangdi.engine.model.functions import FUNCTIONS
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Gathering
from wangdi.engine.packs.load import load_rulebook

DAY = date(2026, 6, 30)


def words(language: str) -> Words:
    return Words(RULEBOOK, language, DAY)


def test_every_part_of_a_pack_has_a_section_and_is_compared() -> None:
    parts = {column.name for column in fields(Pack)}
    assert set(SECTIONS) | NOT_SECTIONS == parts
    told_of_the_pack = {"title", "version", "summary", "by_place"}
    assert set(PARTS) | told_of_the_pack | {"name", "location", "facts"} == parts


def test_there_are_words_for_every_operation_function_and_day() -> None:
    assert set(vocabulary.FACTS) == set(Operation)
    assert set(vocabulary.CALENDARS) == set(Calendar)
    assert set(vocabulary.PACES) == set(Pace)
    assert set(vocabulary.RELATIONS) == set(Relation)
    assert set(vocabulary.GATHERED) == set(Gathering)
    assert set(vocabulary.FUNCTIONS) == set(FUNCTIONS)
    assert set(vocabulary.COMPARATORS) == set(Comparator)
    assert set(vocabulary.OPERATORS) == set(Operator)
    assert set(vocabulary.CONNECTIVES) == set(Connective)
    assert set(vocabulary.INSTANTS) == set(Instant)


@pytest.mark.parametrize(
    ("group", "zh", "en"),
    [
        ("elderly", "年龄 ≥ 65 岁", "age ≥ 65 years"),
        ("hypertension", "首次高血压患者登记有记录", "first Hypertension registration is recorded"),
        (
            "centre",
            "机构类别 = “乡镇卫生院”，或机构类别 = “社区卫生服务中心”",
            "Type = “Township health centre” or Type = “Community health centre”",
        ),
    ],
)
def test_a_condition_is_said_with_titles_options_values_and_units(group: str, zh: str, en: str) -> None:
    condition = RULEBOOK.groups[group].condition
    assert (words("zh").phrase(condition), words("en").phrase(condition)) == (zh, en)


@pytest.mark.parametrize("pack", RULEBOOK.packs, ids=lambda pack: pack.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_told_as_rules_spell_it(pack: Pack, language: str) -> None:
    told = to_markdown(handbook(RULEBOOK, pack, language, DAY)).replace("\\", "")
    told = re.sub(r"https?://\S+", "", told)
    for option in (option for kind in pack.kinds for field in kind.form for option in field.options):
        told = told.replace(f"{option.code} {option.title.in_language(language)}", "")  # codes are filled in
    own = {item.name for part in ("facts", "values", "parameters") for item in getattr(pack, part)}
    columns = {column.name for register in REGISTERS.values() for column in register.fields}
    spelled = {name for name in own | columns if "_" in name and re.search(rf"\b{name}\b", told)}
    assert spelled == set()


def test_the_english_handbook_is_in_english() -> None:
    hypertension = next(pack for pack in RULEBOOK.packs if pack.name == "hypertension")
    told = to_markdown(handbook(RULEBOOK, hypertension, "en", DAY))
    chinese = {line for line in told.split("\n") if re.search(r"[\u4e00-\u9fff]", line)}
    assert all("国卫基层发" in line for line in chinese)


def test_a_workflow_and_its_time_limits_are_told() -> None:
    kind = next(kind for kind in RULEBOOK.kinds.values() if kind.workflow is not None)
    pack = next(pack for pack in RULEBOOK.packs if kind in pack.kinds)
    told = to_markdown(handbook(RULEBOOK, pack, "zh", DAY))
    assert kind.workflow is not None
    for state in kind.workflow.states:
        assert state.title.zh in told
    for transition in kind.workflow.transitions:
        assert f"**{transition.title.zh}**" in told
    assert "**期限**" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_criterion_and_tier_of_a_standard_is_told(language: str) -> None:
    standards = list(RULEBOOK.standards.values())
    assert standards
    for standard in standards:
        pack = next(pack for pack in RULEBOOK.packs if pack.name == standard.pack)
        told = to_markdown(handbook(RULEBOOK, pack, language, DAY)).replace("\\", "")
        titles = [part.title for part in (*standard.clauses, *standard.tiers)]
        titles += [criterion.title for *_, criterion in standard.criteria]
        assert [title for title in titles if title.in_language(language) not in told] == []


def test_internal_groups_come_last_without_a_heading_of_their_own() -> None:
    pack = next(pack for pack in RULEBOOK.packs if pack.name == "hypertension")
    told = to_markdown(handbook(RULEBOOK, pack, "zh", DAY))
    heading = "### 内部人群（供规则引用，页面不列）"
    internal = [group.title.zh for group in pack.groups if group.internal]
    assert internal and all(told.index(title) > 0 for title in internal)
    assert f"### {internal[0]}" not in told
    assert told.index(heading) > max(told.index(f"### {g.title.zh}") for g in pack.groups if not g.internal)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return list(write_handbooks(RULEBOOK, RULEBOOK.packs, tmp_path_factory.mktemp("handbooks"), DAY))


def page_called(name: str, written: list[Path]) -> str:
    [page] = [path for path in written if path.name == name]
    return page.read_text("utf-8")


def test_what_nobody_compared_with_its_document_is_marked(written: list[Path]) -> None:
    page = page_called("hypertension.zh.html", written)
    assert "<td>140 mmHg</td><td>2017-02-28</td><td>国卫基层发〔2017〕13号</td><td>未核对</td>" in page


def test_the_pages_load_nothing_and_are_linked_from_an_index(written: list[Path]) -> None:
    assert {path.suffix for path in written} == {".html", ".md"}
    for path in written:
        page = path.read_text("utf-8")
        assert not re.search(r"<script|<link|<img|@import|url\(|src=", page), path.name
    index = page_called("index.html", written)
    for pack in RULEBOOK.packs:
        assert f'href="{pack.name}.zh.html"' in index
        assert f'href="{pack.name}.en.html"' in index


# -- what changes ---------------------------------------------------------------------------------


COMPARED = ("diabetes", "elderly", "hypertension", "three_highs")
"""Hypertension's pack, and those that it and they look at."""


@pytest.fixture(scope="module")
def before() -> Rulebook:
    return load_rulebook([CONTENT / name for name in COMPARED])


@pytest.fixture
def changed(before: Rulebook, tmp_path: Path) -> Callable[..., list[Change]]:
    """What is said after some texts of the hypertension pack were replaced; new names of kinds are in all packs."""

    def change(*pairs: tuple[str, str]) -> list[Change]:
        for name in COMPARED:
            text = (CONTENT / name / "pack.yaml").read_text("utf-8")
            for old, new in pairs:
                assert old in text or name != "hypertension"
                if name == "hypertension" or old.startswith("first: "):
                    text = text.replace(old, new)
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "pack.yaml").write_text(text, encoding="utf-8")
        after = load_rulebook([tmp_path])
        old_packs, new_packs = ({pack.name: pack for pack in side.packs} for side in (before, after))
        return list(changes(old_packs, new_packs, Words(before, "en", DAY), Words(after, "en", DAY)))

    return change


def told(found: list[Change]) -> set[tuple[str, str, str, str, str]]:
    return {(change.part.en, change.thing, change.point, change.before, change.after) for change in found}


def test_two_versions_that_are_the_same_have_no_changes(changed: Callable[..., list[Change]]) -> None:
    assert changed() == []
    assert changed(("# 高血压患者健康管理", "# another comment")) == []


def test_a_new_value_is_told_with_its_day_and_wherever_it_works(changed: Callable[..., list[Change]]) -> None:
    found = told(changed(("value: 140}]", "value: 140}, {since: 2026-06-01, value: 130}]")))
    assert ("Parameter", "sbp_limit", "from 2026-06-01", "", "130 mmHg (specification, unverified)") in found
    values = [(before, after) for part, _, _, before, after in found if part == "Value"]
    assert values
    for before, after in values:
        assert (before.replace("140", "130"), "130 mmHg" in after) == (after, True)


def test_an_interval_is_told_for_the_schedule_it_belongs_to(changed: Callable[..., list[Change]]) -> None:
    found = told(changed(("value: 3 months", "value: 2 months")))
    first = "Date of the first Hypertension registration"
    assert (
        "Schedule",
        "htn_followup",
        "The first time",
        f"3 months after {first}",
        f"2 months after {first}",
    ) in found


def test_a_renamed_kind_is_told_as_such_and_a_removed_field_as_gone(
    changed: Callable[..., list[Change]],
) -> None:
    found = told(
        changed(
            ("  htn_registration:\n", "  htn_entry:\n"),
            ("first: htn_registration", "first: htn_entry"),
            ("      drugs: {title: {zh: 其他用药情况, en: Other medicines}, type: text}\n", ""),
        )
    )
    assert ("Form", "htn_registration", "renamed", "htn_registration", "htn_entry") in found
    assert ("Form", "htn_followup", "Other medicines (drugs)", "text", "") in found


def test_new_and_removed_indicators_are_told(changed: Callable[..., list[Change]]) -> None:
    found = told(
        changed(
            ("  htn_controlled:\n", "  htn_good:\n"),
            ("en: Blood pressure controlled}", "en: Good}"),
        )
    )
    assert ("Indicator", "htn_controlled", "removed", "Blood pressure controlled", "") in found
    assert ("Indicator", "htn_good", "new", "", "Good") in found


def test_another_way_of_writing_the_same_rule_is_no_change(changed: Callable[..., list[Change]]) -> None:
    when = "    when: registration.occurred_on is not null"
    assert changed((when, "    when: (registration.occurred_on is not null)")) == []


def test_a_fact_that_looks_at_other_records_changes_what_uses_it(
    changed: Callable[..., list[Change]],
) -> None:
    visits = "visits_this_year: {count: htn_followup, during: year}"
    found = told(changed((visits, visits.replace("year}", "6 months}"))))
    [(part, thing, point, before, after)] = found
    assert (part, thing, point) == ("Indicator", "htn_managed", "Numerator")
    visit = "number of records “Hypertension follow-up” of"
    assert f"{visit} this year" in before
    assert after == before.replace(f"{visit} this year", f"{visit} the last 6 months")
