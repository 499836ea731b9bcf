"""Runs one contender in this process and writes what it measured: ``python -m bench.child NAME RESIDENTS DAY OUT``."""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import django

from bench.measuring import Measurement
from bench.setting import Setting

INSTALLATIONS = {"files": "files", "one_resident": "one_resident"}
"""The contenders with a store of their own, and the folder within the setting's that holds it."""


class ContenderFailed(Exception):
    """A contender ended with an error, which it has printed."""


def run_contender(name: str, setting: Setting) -> list[Measurement]:
    """What ``bench.contenders.<name>`` measures, in a process of its own so that its memory is its own."""
    output = setting.folder / f"{name}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    arguments = [name, str(setting.residents), setting.as_of.isoformat(), str(output)]
    done = subprocess.run([sys.executable, "-m", "bench.child", *arguments], check=False)
    if done.returncode:
        raise ContenderFailed(f"{name} ended with code {done.returncode}; its message stands above")
    return [Measurement(**item) for item in json.loads(output.read_text())]


def main() -> None:
    name, residents, day, output = sys.argv[1:]
    setting = Setting(int(residents), date.fromisoformat(day))
    _set_up_django(setting.folder / INSTALLATIONS.get(name, "installation"))
    contender = importlib.import_module(f"bench.contenders.{name}")
    measured: list[Measurement] = contender.measure(setting)
    Path(output).write_text(json.dumps([asdict(item) for item in measured], ensure_ascii=False, indent=1))


def _set_up_django(data: Path) -> None:
    """Before the contender is imported: models need their settings, and those the data folder."""
    os.environ["WANGDI_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wangdi.server.config.settings"
    django.setup()


if __name__ == "__main__":
    main()
