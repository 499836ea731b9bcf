"""Writes the guides of the mornings (docs/guides/morning-*.md) and their pictures, from guides.yaml.

``--data FOLDER`` takes the pictures, of the demonstration in that data folder (`wangdi demo --residents 5000 --no-serve`,
which is the same for the same day), and needs Chromium. Without it only the texts are written. ``--check`` writes nothing:
the exit code is 1 when a text is not what guides.yaml says, an address leads nowhere, or a picture is missing or too large.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import django
import yaml
from django.urls import Resolver404, resolve
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
DECLARED = ROOT / "tools" / "guides.yaml"
GUIDES, IMAGES = ROOT / "docs" / "guides", ROOT / "docs" / "images"
MORNINGS = IMAGES / "mornings"

MOST_BYTES, MOST_BYTES_IN_ALL = 150_000, 4_000_000
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PORT = 8499

OTHER = "other-width"
"""How the picture of a step's other width ends: of a desk in the morning of a phone, of a phone in the others."""

SUFFIXES = {"zh": ".zh-CN.md", "en": ".md"}
NOTES = {
    "zh": "图为演示数据，居民、人员和记录均为模拟。由 tools/write_guides.py 生成，请勿手改。",
    "en": "Pictures show the demonstration: residents, workers and records are simulated. Written by"
    " tools/write_guides.py; do not edit.",
}


def main(arguments: list[str]) -> int:
    """The exit code."""
    declared = yaml.safe_load(DECLARED.read_text("utf-8"))
    if "--check" in arguments:
        wrong = [*_stale(declared), *_leading_nowhere(declared), *_wrong_pictures(declared)]
        print("\n".join(wrong) or "the guides are fresh")
        return 1 if wrong else 0
    if "--data" in arguments:
        take_pictures(declared, Path(arguments[arguments.index("--data") + 1]))
    for path, text in texts(declared):
        path.write_text(text, "utf-8")
    return 0


def texts(declared: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every page and what it says."""
    for name, person in declared["persons"].items():
        for language, suffix in SUFFIXES.items():
            steps = "\n\n".join(_step(step, language) for step in person["steps"])
            head = f"# {person['title'][language]}\n\n{person['about'][language]}\n"
            yield GUIDES / f"morning-{name}{suffix}", f"{head}\n{steps}\n\n{NOTES[language]}\n"


def _step(step: Mapping[str, Any], language: str) -> str:
    title = step[language].split("**")[1]
    pictures = [f"![{title}](../images/mornings/{name}.png)" for name in _pictures(step)]
    return "\n\n".join([step[language], *pictures])


def _pictures(step: Mapping[str, Any]) -> list[str]:
    """The names of a step's pictures: the usual one, and where ``both`` says so one of the other width."""
    return [step["picture"], *([f"{step['picture']}-{OTHER}"] if step.get("both") else [])]


def _shots(declared: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every picture, with the user who sees it and where."""
    for name, person in declared["persons"].items():
        for step in person["steps"]:
            on_phone = name == "village-doctor"
            for picture, phone in zip(_pictures(step), (on_phone, not on_phone), strict=False):
                yield MORNINGS / f"{picture}.png", {"user": person["user"], "phone": phone, **step}
    for one in declared["readme"]:
        yield IMAGES / f"{one['picture']}.png", {"phone": False, **one}


def _stale(declared: Mapping[str, Any]) -> Iterator[str]:
    for path, text in texts(declared):
        if not path.exists() or path.read_text("utf-8") != text:
            yield f"{path.name}: run python tools/write_guides.py"


def _leading_nowhere(declared: Mapping[str, Any]) -> Iterator[str]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
    django.setup()
    for path, shot in _shots(declared):
        address = (
            shot["address"].format(clinic="c", centre="c", county="c", city="c", person="p").partition("?")[0]
        )
        try:
            resolve(address)
        except Resolver404:
            yield f"{path.name}: there is no page at {shot['address']}"


def _wrong_pictures(declared: Mapping[str, Any]) -> Iterator[str]:
    paths = [path for path, _ in _shots(declared)]
    yield from (
        f"{path.name} is missing: run python tools/write_guides.py --data"
        for path in paths
        if not path.exists()
    )
    sizes = {path: path.stat().st_size for path in paths if path.exists()}
    yield from (
        f"{path.name} has more than {MOST_BYTES:,} bytes" for path, size in sizes.items() if size > MOST_BYTES
    )
    if sum(sizes.values()) > MOST_BYTES_IN_ALL:
        yield f"the pictures have {sum(sizes.values()):,} bytes, more than {MOST_BYTES_IN_ALL:,}"
    yield from (f"{path.name} is on no page" for path in sorted(MORNINGS.glob("*.png")) if path not in paths)


def take_pictures(declared: Mapping[str, Any], data: Path) -> None:
    """Every picture, through a server of its own over the demonstration in ``data``."""
    codes, password = _codes(data), json.loads((data / "demo.json").read_text("utf-8"))["password"]
    MORNINGS.mkdir(parents=True, exist_ok=True)
    with _served(data) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages: dict[tuple[str, bool], Page] = {}
        for path, shot in _shots(declared):
            seen_by = shot["user"], shot["phone"]
            if seen_by not in pages:
                pages[seen_by] = _signed_in(browser, base, *seen_by, password)
            _take(pages[seen_by], shot, codes, path)
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes", flush=True)


def _take(page: Page, shot: Mapping[str, Any], codes: Mapping[str, str], path: Path) -> None:
    page.goto(shot["address"].format(**codes))
    page.wait_for_load_state("networkidle")
    if "open" in shot:
        page.locator(shot["open"]).first.click()
        page.wait_for_load_state("networkidle")
        page.locator(shot["open"]).first.scroll_into_view_if_needed()
    picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def _signed_in(browser: Browser, base: str, user: str, phone: bool, password: str) -> Page:
    context = browser.new_context(
        base_url=base,
        viewport=PHONE if phone else DESK,
        device_scale_factor=1.5 if phone else 1,
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator("#username").fill(user)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@contextmanager
def _served(data: Path) -> Iterator[str]:
    base = f"http://127.0.0.1:{PORT}"
    environment = {**os.environ, "WANGDI_DATA": str(data)}
    server = subprocess.Popen([sys.executable, "-m", "wangdi", "serve", "--port", str(PORT)], env=environment)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{base}/sign-in/", timeout=2)
                break
            except OSError:
                time.sleep(1)
        yield base
    finally:
        server.terminate()
        server.wait()


def _codes(data: Path) -> dict[str, str]:
    """Where the users of the demonstration work, and a patient of the doctor's for whom a follow-up is due."""
    with closing(sqlite3.connect(f"file:{data / 'store.sqlite3'}?mode=ro", uri=True)) as store:
        seat = (
            "select i.code, i.id from access_assignment a join auth_user u on u.id = a.user_id"
            " join network_institution i on i.id = a.institution_id where u.username = ?"
        )
        clinic, key = store.execute(seat, ["doctor"]).fetchone()
        (centre, _) = store.execute(seat, ["director"]).fetchone()
        (person,) = store.execute(
            "select r.code from evaluation_dueitem d join network_resident r on r.id = d.resident_id"
            " where d.institution_id = ? and d.schedule = 'htn_followup' order by d.due_on, r.code limit 1",
            [key],
        ).fetchone()
    return {"clinic": clinic, "centre": centre, "county": "420281", "city": "4202", "person": person}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
