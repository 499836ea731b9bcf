"""Detectors answer as the R package `surveillance` 1.20.3 did.

What it answered was written by ``python -m bench.detection.reference``.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from bench.detection.agreement import TOLERANCE, Agreement, agreement
from bench.detection.reference import FOLDER, read_reference

FILES = sorted(FOLDER.glob("*.npz"))


@cache
def compared(file: Path) -> dict[str, Agreement]:
    series, cases = read_reference(file)
    length = series.calendar.length
    return {
        case.name: agreement(case.judge(series, times), theirs, *case.apart(series, times))
        for case, times, theirs in ((case, np.arange(first, length), theirs) for case, first, theirs in cases)
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_alarm_differs_from_r_and_bounds_agree(file: Path) -> None:
    found = compared(file)
    assert {name: one for name, one in found.items() if one.differences or one.worst > TOLERANCE} == {}


def test_the_reference_holds_alarms_of_every_method() -> None:
    found = sum((one for file in FILES for one in compared(file).values()), Agreement())
    assert found.points > 100_000
    assert found.alarms > 20_000
    assert found.unanswered > 1_000
    assert found.refused < found.points / 1_000
