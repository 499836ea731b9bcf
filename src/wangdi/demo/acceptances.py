"""Acceptance checks of assets (验收): what was delivered, whether it is complete and works."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import Ints, day_number, integers, random_stream
from wangdi.demo.forms import Rows, Values, Words
from wangdi.demo.setting import Setting

REJECTED = 0.1
"""Share of the assets that failed a first check."""

PASSED, FAILED = 0, 1
RESULTS = ("合格", "不合格")
DEFECT = "资料不全，补齐后复验"


def acceptance_rows(setting: Setting) -> Rows:
    """One acceptance check per accepted asset, by its institution; before it, for some, one that it failed."""
    generator = random_stream(setting.seed, "acceptances")
    checks = list(_checks(setting, generator))
    asset, day, result = integers(checks).reshape(-1, 3).T
    index = {row.code: number for number, row in enumerate(setting.institutions.rows)}
    at = integers([index[setting.assets[number].institution] for number in asset])
    return Rows(
        "asset_acceptance",
        pa.array([row.code for row in setting.assets], pa.string()).take(pa.array(asset)),
        setting.institution_codes.take(pa.array(at)),
        setting.workers.codes.take(pa.array(setting.workers.attending(at, asset))),
        day,
        _findings(result),
    )


def _checks(setting: Setting, generator: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    """Position of the asset, day, and result."""
    for number, asset in enumerate(setting.assets):
        if generator.random() < REJECTED:
            yield number, day_number(asset.delivered_on) + 2, FAILED
        if asset.accepted_on is not None:
            yield number, day_number(asset.accepted_on), PASSED


def _findings(result: Ints) -> dict[str, Values]:
    passed = result == PASSED
    return {
        "result": Words(result, RESULTS),
        "matches_contract": np.ones(len(result), dtype=np.bool_),
        "documents_complete": passed,
        "works": np.ones(len(result), dtype=np.bool_),
        "staff_trained": passed,
        "defects": pa.array([None if ok else DEFECT for ok in passed.tolist()], pa.string()),
    }
