"""A pack to begin with: small, without mistakes, with a test that passes."""

from pathlib import Path

from wangdi.engine.packs.load import PACK_FILE
from wangdi.engine.testing.reading import TEST_FILE
from wangdi.engine.testing.schema import SCHEMAS, schema_text

_PACK = """\
# yaml-language-server: $schema=../pack.schema.json
pack: NAME
title: {zh: 待定名称, en: To be named}
version: "1"
summary:
  zh: 一句话说明本规则包。
  en: One sentence about this pack.

sources:
  document:
    title: {zh: 依据文件的标题, en: Title of the document}
    status: unverified  # 逐条核对原文后改为 official

parameters:
  minimum_age:
    title: {zh: 适用年龄, en: Age from which it applies}
    unit: 岁
    source: document
    status: unverified
    values: [{since: 2026-01-01, value: 65}]

kinds:
  NAME_visit:
    title: {zh: 服务记录表, en: Visit}
    about: resident
    fields:
      note: {title: {zh: 备注, en: Note}, type: text}

facts:
  visited_this_year: {any: NAME_visit, during: year}

groups:
  NAME_people:
    title: {zh: 服务对象, en: People to be visited}
    when: full_years(birth_date, as_of) >= minimum_age

schedules:
  NAME_visit:
    title: {zh: 年度服务, en: Yearly visit}
    group: NAME_people
    service: NAME_visit
    once_per_year:
      satisfied: visited_this_year
      because: {zh: 今年尚未服务, en: No visit yet this year}

indicators:
  NAME_visited:
    title: {zh: 服务率, en: Visited}
    numerator: visited_this_year
    denominator: NAME_people
    span: year_to_date
    definition: {zh: 今年已服务人数 ÷ 服务对象人数。, en: People visited this year / people to be visited.}
"""

_TESTS = """\
# yaml-language-server: $schema=../tests.schema.json
- name: 满65岁而今年尚未服务者，12月31日前应服务
  as_of: 2026-03-01
  resident: {birth_date: 1961-03-01}
  expect:
    groups: {NAME_people: true}
    due: {NAME_visit: {due_from: 2026-01-01, due_on: 2026-12-31, overdue_from: 2027-01-01, status: due}}
    indicators: {NAME_visited: [0, 1]}

- name: 今年已服务者不再列出
  as_of: 2026-03-01
  resident: {birth_date: 1950-05-02}
  records:
    - NAME_visit: {on: 2026-01-01}
  expect:
    due: {NAME_visit: null}
    indicators: {NAME_visited: [1, 1]}
"""


def write_skeleton(folder: Path, name: str) -> Path:
    """Writes the pack ``name`` into a folder of its own inside ``folder``, and the schemas beside it.

    FileExistsError when the pack's folder exists already.
    """
    own = folder / name
    own.mkdir(parents=True)
    for file, text in ((PACK_FILE, _PACK), (TEST_FILE, _TESTS)):
        (own / file).write_text(text.replace("NAME", name), encoding="utf-8")
    for schema in SCHEMAS:
        (folder / schema).write_text(schema_text(schema), encoding="utf-8")
    return own
