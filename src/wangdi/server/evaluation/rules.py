"""The rulebook in force, read once per process, and the plans made from it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wangdi import content
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.plan import Plan

CONTENT = Path(content.__file__).parent
"""The packs the product ships."""


@cache
def rulebook() -> Rulebook:
    """All packs in force. `PackError` with every problem when one has errors."""
    return load_rulebook([CONTENT], relative_to=CONTENT.parent)


@cache
def due_plan(entity: str) -> Plan:
    """The plan for what is due about entities of one register; figures are for everybody at once."""
    return build_plan(rulebook(), entity, indicators=())


@cache
def pack_texts() -> Mapping[str, bytes]:
    """The file of each pack in force, by name."""
    return {pack.name: (CONTENT.parent / pack.location).read_bytes() for pack in rulebook().packs}


def pack_versions() -> dict[str, str]:
    """The version of each pack in force."""
    return {pack.name: pack.version for pack in rulebook().packs}
