"""Every row of what the network does, walked through by somebody who reads only the screen.

In the box above each page one types everyday words and something of the row is found; each kind of record that carries
the row is found by its title, written by the person whose work it is, and stands in its list afterwards.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from browser.test_desk_mornings import sign_in
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.evaluation.services import rulebook, today

pytestmark = [pytest.mark.browser, pytest.mark.long]

COVERAGE = Path(__file__).parents[2] / "tools" / "coverage.yaml"

EVERYDAY_WORDS = {
    "M01": "优质服务基层行",
    "M02": "特色科室",
    "M03": "村医工资",
    "M04": "全科转岗",
    "M05": "招聘",
    "M06": "派驻",
    "M07": "任务清单",
    "M08": "达标验收",
    "M09": "药品目录",
    "M10": "救护车",
    "M11": "疑似病例",
    "M12": "轮训",
    "M13": "包联",
    "M14": "排班",
    "M15": "长处方",
    "M16": "签约",
    "M17": "医保",
    "M18": "巡诊",
    "M19": "县聘乡用",
    "M20": "线上培训",
    "M21": "十项举措",
    "M22": "建设项目",
    "M23": "胸痛中心",
    "M24": "15分钟",
    "M25": "体质测定",
    "M26": "预警",
    "M27": "疫苗",
    "M28": "精神病",
    "M29": "专家",
    "M30": "托育",
    "M31": "医养结合",
    "M32": "老年人体检",
    "M33": "两癌",
    "M34": "三高",
    "M35": "资源布局",
    "M36": "医共体",
    "M37": "绩效考核",
    "M38": "互认",
    "M39": "急救",
    "M40": "大学生村医",
    "M41": "转诊",
    "M42": "公报",
}

PERSONS = {
    "resident": "W1",
    "institution": "director",
    "worker": "director",
    "team": "director",
    "asset": "director",
    "place": "county",
}
"""Who writes records about whom."""

FILL_IN = """day => {
  const asked = (each) => each.offsetParent !== null;
  const changed = (each) => ["input", "change"].forEach((name) => each.dispatchEvent(new Event(name, { bubbles: true })));
  for (let pass = 0; pass < 3; pass++) {  // an answer may open further questions
    for (const options of [...document.querySelectorAll(".part fieldset.options")].filter(asked)) {
      const boxes = [...options.querySelectorAll("input")];
      if (!boxes.some((box) => box.checked && box.value)) boxes[0].click();
    }
    for (const field of [...document.querySelectorAll(".part .field:not(.options) :is(input, select)")].filter(asked)) {
      if (field.value) continue;
      if (field.matches("select")) field.selectedIndex = Math.min(1, field.options.length - 1);
      else if (field.matches("[list]")) continue;
      else if (field.type === "date") field.value = day;
      else if (field.type === "time") field.value = "09:35";
      else if ("wrong" in field.dataset) field.value = within(field.dataset);
      else field.value = "甲";
      changed(field);
    }
  }
  function within(limits) {
    const [low, high] = [Number(limits.usualMin ?? limits.min ?? 0), Number(limits.usualMax ?? limits.max ?? 10)];
    return String(low > 1900 ? Number(day.slice(0, 4)) : Math.round(low + 0.3 * (high - low)));
  }
}"""


def kinds_of(row: dict[str, Any]) -> list[Kind]:
    """The first kind of each thing that the row demands, once, by who writes them."""
    names = dict.fromkeys(
        one["kinds"][0] for one in row["demands"] if one.get("kinds") and one["kinds"][0] != JUDGEMENT
    )
    return sorted((rulebook().kinds[name] for name in names), key=lambda kind: PERSONS[kind.about])


@pytest.fixture
def desk(page: Page, installation: Installation, served_at: str) -> Iterator[Page]:
    fresh_lake(installation)
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page


@pytest.mark.parametrize("row", sorted(EVERYDAY_WORDS))
def test_a_row_is_found_by_everyday_words_and_written_down(desk: Page, row: str) -> None:
    declared = yaml.safe_load(COVERAGE.read_text("utf-8"))["rows"]
    assert set(declared) == set(EVERYDAY_WORDS)
    sign_in(desk, "county")
    search_for(desk, EVERYDAY_WORDS[row])
    expect(desk.locator("#found a").first).to_be_visible()
    for person, kinds in groupby(kinds_of(declared[row]), key=lambda kind: PERSONS[kind.about]):
        sign_in(desk, person)
        for kind in kinds:
            write_down(desk, kind)


def search_for(page: Page, words: str) -> None:
    page.locator("#search").fill("")
    page.locator("#search").press_sequentially(words)


def write_down(page: Page, kind: Kind) -> None:
    """From the box above the page to a record in its list."""
    search_for(page, kind.title.zh)
    page.locator("#found section", has_text="台账和记录").get_by_role(
        "link", name=kind.title.zh, exact=True
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(kind.title.zh)
    address = page.url
    before = page.locator("table.league tbody tr:not(:has(td[colspan]))").count()
    page.get_by_role("link", name="新增记录").click()
    form, choice = page.locator("form.record-form"), page.get_by_text("请选择：为谁填写")
    expect(form.or_(choice)).to_be_visible()  # until then the old page may still be the one that is asked
    if choice.count():
        page.locator("table.league tbody th a").first.click()
    expect(form).to_be_visible()
    page.evaluate(FILL_IN, today().isoformat())
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    page.goto(address)
    expect(page.locator("table.league tbody tr:not(:has(td[colspan]))")).to_have_count(before + 1)
