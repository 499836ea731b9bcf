"""What all tests share: rulebooks that were read once, and what is built in the first test of a run that needs it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from kept import RUN_VARIABLE

_KEPT = Path(__file__).parents[1] / ".pytest_cache" / "compiled"
_KEPT.parent.mkdir(exist_ok=True)
os.environ.setdefault("WANGDI_COMPILED", str(_KEPT))


def pytest_configure(config: pytest.Config) -> None:
    """The process that others are started by makes the folder and removes it."""
    if not hasattr(config, "workerinput"):
        made = os.environ[RUN_VARIABLE] = tempfile.mkdtemp(prefix="wangdi-built-")
        config.add_cleanup(lambda: shutil.rmtree(made, ignore_errors=True))
