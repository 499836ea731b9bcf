"""Ambulances, test vehicles and equipment: delivered, accepted, in service – or not yet, or not any more."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import first_day_of_window
from wangdi.demo.institutions import EXAMPLE, Institution, Institutions
from wangdi.engine.model.registers import ASSET
from wangdi.interchange.tables import register_schema


@dataclass(frozen=True, slots=True)
class Supply:
    """One sort of asset: its name, the types of institution that get it, and the share of them that did."""

    type: str
    name: str
    institutions: tuple[str, ...]
    share: float


CENTRES = ("township_centre", "community_centre")
SUPPLIES = (
    Supply("ambulance", "负压救护车", CENTRES, 0.9),
    Supply("ultrasound", "彩色超声诊断仪", CENTRES, 0.85),
    Supply("x_ray", "数字化X线机", CENTRES, 0.65),
    Supply("cold_chain", "疫苗冷藏箱", CENTRES, 0.97),
)
TEST_VEHICLE = Supply("test_vehicle", "移动核酸检测车", ("hospital",), 1.0)
"""One per county, kept by its first hospital."""

UNACCEPTED = 0.12
OUT_OF_SERVICE = 0.04
UNUSED = 0.05
"""Shares that are delivered but not accepted yet, that are worn out, and that stand idle though accepted."""

ACCEPTED_AFTER = (5, 60)
IN_SERVICE_AFTER = (1, 20)
"""Least and most days from delivery to acceptance, and from there to service."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A row of the register; the fields are its columns."""

    code: str
    name: str
    type: str
    serial: str
    institution: str
    delivered_on: date
    accepted_on: date | None
    in_service_from: date | None
    out_of_service_on: date | None


def make_assets(institutions: Institutions, as_of: date, generator: np.random.Generator) -> tuple[Asset, ...]:
    """The assets of all institutions that are open, by code."""
    assets = (
        _asset(row, supply, as_of, generator)
        for row in institutions.rows
        for supply in _supplies_of(row)
        if row.closed_on is None and generator.random() < supply.share
    )
    return tuple(sorted(assets, key=lambda asset: asset.code))


def _supplies_of(row: Institution) -> tuple[Supply, ...]:
    if row.type in TEST_VEHICLE.institutions and row.parent is None:
        return (TEST_VEHICLE,)
    return tuple(supply for supply in SUPPLIES if row.type in supply.institutions)


def _asset(row: Institution, supply: Supply, as_of: date, generator: np.random.Generator) -> Asset:
    first = max(first_day_of_window(as_of), row.opened_on)
    latest = max(as_of - timedelta(days=90), first)
    delivered = date.fromordinal(int(generator.integers(first.toordinal(), latest.toordinal() + 1)))
    accepted = delivered + timedelta(days=int(generator.integers(*ACCEPTED_AFTER)))
    in_service = accepted + timedelta(days=int(generator.integers(*IN_SERVICE_AFTER)))
    is_accepted = generator.random() >= UNACCEPTED and accepted <= as_of
    is_worn_out = is_accepted and generator.random() < OUT_OF_SERVICE
    is_used = is_accepted and in_service <= as_of and generator.random() >= UNUSED
    return Asset(
        code=f"{row.code}-{supply.type}",
        name=f"{row.name.removesuffix(EXAMPLE)}{supply.name}{EXAMPLE}",
        type=supply.type,
        serial=f"SIM-{int(generator.integers(0, 10**8)):08}",
        institution=row.code,
        delivered_on=delivered,
        accepted_on=accepted if is_accepted else None,
        in_service_from=in_service if is_used or is_worn_out else None,
        out_of_service_on=max(as_of - timedelta(days=20), accepted) if is_worn_out else None,
    )


def assets_table(assets: tuple[Asset, ...]) -> pa.Table:
    """The exchange table of the register."""
    return pa.Table.from_pylist([asdict(row) for row in assets], schema=register_schema(ASSET))
