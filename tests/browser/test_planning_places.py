"""A county officer finds the villages outside reach, asks for the best two new stations, prints the map, adopts."""

import os

import pytest
from playwright.sync_api import Page, expect

from integration.web_network import PASSWORD, Cast
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import run_job
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.browser
KM = 1 / 111.195
"""A kilometre in degrees of latitude."""
VILLAGES = {"A1": (0, 800), "A2": (6, 500), "B1": (14, 300)}
"""By kilometres north of the first, and their people."""


@pytest.fixture
def located(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Villages on one road; only the clinic of the first one is open. Jobs run in the server's process."""
    for code, (km, people) in VILLAGES.items():
        Place.objects.filter(code=code).update(lon=114.9, lat=30.0 + km * KM, population=people)
    Institution.objects.filter(code__in=["CA2", "CB1"]).update(closed_on="2020-01-01")
    Institution.objects.filter(code__in=["HA", "HB"]).update(lon=114.9, lat=30.0)
    monkeypatch.setattr(running, "launch", _run)


def _run(job: Job) -> None:
    run_job(job.pk)


def test_from_the_villages_outside_to_adopted_stations(located: None, cast: Cast, page: Page) -> None:
    page.goto("/plans/")
    page.get_by_label("用户名").fill("county")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("密码", exact=True).press("Enter")
    page.get_by_role("link", name="服务可及到哪里").click()
    page.get_by_role("button", name="计算").first.click()
    expect(page.locator(".answer")).to_contain_text("2 个村在外")
    expect(page.get_by_role("row", name="上冯村")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("link", name="设新站点").click()
    page.get_by_role("button", name="计算").first.click()
    expect(page.locator(".answer")).to_contain_text("已证明最优")
    expect(page.locator(".map-pair svg")).to_have_count(2)
    printed = page.pdf(format="A4")
    assert len(printed) > 20_000
    if folder := os.environ.get("WANGDI_PICTURES"):
        page.screenshot(path=f"{folder}/sites-phone.png", full_page=True)

    page.get_by_role("link", name="采用", exact=True).click()
    page.fill("[name=v-responsible]", "张三")
    for name in ("first_use", "plan_start", "plan_completion", "plan_use"):
        page.fill(f"[name=v-{name}]", "2027-06-01")
    page.get_by_role("button", name="采用并写入").click()
    expect(page.get_by_role("status")).to_contain_text("写入记录 2 条")
    assert RecordVersion.objects.filter(kind__name="construction_project").count() == 2
