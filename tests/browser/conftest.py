"""A real server over a real store, and Debian's Chromium; that without windows, which works less, where it is installed."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from integration.conftest import empty_installation as empty_installation
from integration.conftest import installation as installation
from integration.serving import served
from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation

# Playwright's loop runs in the thread of the tests, where Django would otherwise refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

expect.set_options(timeout=20_000)  # machines that run tests are busy


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test has a server of its own; the plugin's fixture of this name warns under newer versions of pytest."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium: apt install chromium-headless-shell")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu"],
    }


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], served_at: str) -> dict[str, Any]:
    """A small phone that speaks Chinese."""
    phone = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "base_url": served_at}
    return {**browser_context_args, **phone}


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def served_at(cast: Cast) -> Iterator[str]:
    with served() as port:
        yield f"http://127.0.0.1:{port}"
