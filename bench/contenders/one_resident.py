"""Wangdi: one resident's due items after a record was saved, on a copy of the store."""

import shutil
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import get_user_model

from bench.measuring import Measurement
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.single import OneEntity
from wangdi.server.common.installation import Installation, initialise
from wangdi.server.evaluation.rules import due_plan, rulebook
from wangdi.server.evaluation.services import save_and_refresh
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Resident

RESIDENTS = 200
TARGET = 5.0
VALUES = {"sbp": 138, "dbp": 84}


def measure(setting: Setting) -> list[Measurement]:
    with setting.scratch("one_resident") as data:
        source = Installation(setting.installation)
        for file in (source.store, source.key_file):
            shutil.copyfile(file, data / file.name)
        initialise()
        codes = _some_residents()
        due = _median_ms(lambda code: _due_items(setting, code), codes)
        saved = _median_ms(_saver(setting), codes)
    return [
        Measurement("Wangdi", "One resident's due items from the store", due, "ms", TARGET, None, RESIDENTS),
        Measurement(
            "Wangdi",
            "A record saved, committed, and the resident's due items published anew",
            saved,
            "ms",
            runs=RESIDENTS,
        ),
    ]


def _some_residents() -> list[str]:
    """Residents all over the register."""
    total = Resident.objects.count()
    keys = range(1, total + 1, max(1, total // RESIDENTS))
    return [
        str(code) for code in Resident.objects.filter(pk__in=keys).values_list("code", flat=True)[:RESIDENTS]
    ]


def _due_items(setting: Setting, code: str) -> None:
    world = StoreWorld(rulebook().kinds)
    OneEntity(due_plan("resident"), rulebook().kinds, world, code).due_items(Moment.in_year(setting.as_of))


def _saver(setting: Setting) -> Callable[[str], None]:
    actor = get_user_model().objects.create_user("bench")
    kind = rulebook().kinds["htn_followup"]
    day = setting.as_of + timedelta(days=1)

    def save(code: str) -> None:
        save_and_refresh(actor=actor, kind=kind, subject_code=code, occurred_on=day, values=VALUES)

    return save


def _median_ms(work: Callable[[str], None], codes: list[str]) -> float:
    """The median of one call per resident, after one that is not counted (plans are made, files opened)."""
    work(codes[0])
    seconds = []
    for code in codes:
        start = time.perf_counter()
        work(code)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000
