"""Both languages are complete, and days, ages and units are written as their readers write them."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from wangdi.server import web
from wangdi.server.evaluation.services import rulebook
from wangdi.server.web import words

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))
LANGUAGE_NAMES = {"English", "中文"}
"""Each language is named in itself."""
NAMES_IN_BOTH = re.compile(r"\b(PIN|ics|Excel|CSV|csv|JSON|FHIR|OpenAPI|xlsx|zip)\b", re.ASCII)
"""What Chinese readers call so, too."""


def bare_words(template: Path) -> list[str]:
    """Words that stand in a template outside the tag that asks for both wordings."""
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|&\w+;", " ", template.read_text("utf-8"))
    source = re.sub(r"<(script|code|pre|kbd|samp)\b.*?</\1>", " ", source, flags=re.DOTALL)  # for machines
    visible = re.sub(r"<[^>]*>|\s[\w-]+=\"[^\"]*\"", " ", source)
    return [word for word in re.findall(r"[A-Za-z\u4e00-\u9fff]+", visible) if word not in LANGUAGE_NAMES]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_speaks_one_language_only(template: Path) -> None:
    assert bare_words(template) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_chinese_comes_first_and_english_second(template: Path) -> None:
    for chinese, english in re.findall(r"""\{% t ["'](.*?)["'] ["'](.*?)["']""", template.read_text("utf-8")):
        assert not re.search(r"[\u4e00-\u9fff]", english), english
        words_in_chinese = re.sub(r"\w+/[\w{}./]+|\{\w+\}", "", chinese)
        words_in_chinese = NAMES_IN_BOTH.sub("", words_in_chinese)
        assert not re.search(r"[A-Za-z]{3}", words_in_chinese), chinese


def test_days_are_written_as_readers_write_them() -> None:
    with override("zh-hans"):
        assert words.day_in_words(date(2026, 3, 1)) == "2026年3月1日"
    with override("en"):
        assert words.day_in_words(date(2026, 3, 1)) == "1 Mar 2026"


@pytest.mark.parametrize(
    ("birth", "written"),
    [
        (date(1960, 3, 2), "65岁"),
        (date(1960, 3, 1), "66岁"),
        (date(2025, 3, 2), "11月龄"),
        (date(2026, 2, 20), "0月龄"),
        (None, "年龄不详"),
    ],
)
def test_ages_are_full_years_and_months_for_infants(birth: date | None, written: str) -> None:
    with override("zh-hans"):
        assert words.age_in_words(birth, date(2026, 3, 1)) == written


def test_policy_values_carry_their_unit_in_the_readers_language() -> None:
    with override("zh-hans"):
        assert [words.measured(value) for value in ("14 days", "65 岁", "90 mmHg", "0.77")] == [
            "14 天",
            "65 岁",
            "90 mmHg",
            "0.77",
        ]
    with override("en"):
        assert [words.measured(value) for value in ("14 days", "65 岁")] == ["14 days", "65 years"]


def test_every_unit_of_the_packs_is_known_in_english() -> None:
    units = {field.unit for kind in rulebook().kinds.values() for field in kind.fields if field.unit}
    with override("en"):
        assert [unit for unit in units if re.search(r"[\u4e00-\u9fff]", words.unit(unit))] == []


def test_numbers_are_written_as_people_write_them_without_an_exponent_or_a_nought_nobody_typed() -> None:
    paid = rulebook().kinds["village_doctor_base_pay"].field("amount")
    with override("zh-hans"):
        assert words.value_in_words(paid, 1800.0) == "1800 元"
        assert words.value_in_words(paid, 1800.5) == "1800.5 元"
        assert words.value_in_words(paid, 12345678.25) == "12345678.25 元"
        assert words.value_in_words(paid, 0.1 + 0.2) == "0.3 元"
        assert words.value_in_words(paid, -0.0) == "0 元"


def test_prescriptions_are_not_counted_in_beds() -> None:
    with override("en"):
        assert (
            words.value_in_words(rulebook().kinds["clinic_month"].field("prescriptions"), 120)
            == "120 prescriptions"
        )
