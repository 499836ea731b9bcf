"""Trying changed packs before anybody works by them: checked, told in words, simulated. Nothing is put in force."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from django.utils import timezone

from wangdi.engine.checks.check import check
from wangdi.engine.handbook.changes import changes
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import pack_folders, replacing
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import CONTENT, rulebook
from wangdi.server.evaluation.simulation import LakeAsFarAsItGoes, Simulation

UPLOAD = "upload"
"""The folder, in that of a job, of what somebody sent."""

LANGUAGES = ("zh", "en")

MOST_BYTES, MOST_FILES = 50_000_000, 5_000
"""A folder of packs is some megabytes of text; more in a zip is a mistake or an attack."""

SHOWN_FIGURES = 200

_COUNTED = ("before", "after", "becomes_due", "no_longer_due")


def try_packs(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """``arguments``: ``file``, a zip of pack folders in `UPLOAD`; ``simulate``, to try them on everybody as well."""
    report("check", 0, 0)
    changed = folder / "packs"
    if not _unpack(folder / UPLOAD / arguments["file"], changed):
        return {"outcome": "no packs"}
    names = pack_folders(changed)
    if not names:
        return {"outcome": "no packs"}
    after, diagnostics = check(replacing(CONTENT, changed), relative_to=changed)
    found = {
        "packs": sorted(names),
        "diagnostics": diagnostics.render(),
        "errors": len(diagnostics.errors),
        "warnings": len(diagnostics.found) - len(diagnostics.errors),
    }
    if diagnostics.errors:
        return found | {"outcome": "pack errors"}
    report("compare", 0, 0)
    found |= {
        "outcome": "packs tried",
        "changes": {name: list(_told(after, names, name)) for name in LANGUAGES},
    }
    return found | (_simulated(after, report) if arguments.get("simulate") else {})


def _unpack(file: Path, to: Path) -> bool:
    """Whether the file is a zip of a reasonable size, which then lies in the folder ``to``."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                return False
            archive.extractall(to)  # which leaves out drives, leading slashes and ".."
    except zipfile.BadZipFile:
        return False
    return True


def _told(after: Rulebook, names: Mapping[str, Path], language: str) -> Iterator[dict[str, str]]:
    """What changes against the packs in force, in one language."""
    day = timezone.localdate()
    old, new = (
        {pack.name: pack for pack in side.packs if pack.name in names} for side in (rulebook(), after)
    )
    for one in changes(old, new, Words(rulebook(), language, day), Words(after, language, day)):
        yield {
            "pack": one.pack,
            "part": one.part.zh if language == "zh" else one.part.en,
            "thing": one.thing,
            "point": one.point,
            "before": one.before,
            "after": one.after,
        }


def _simulated(after: Rulebook, report: OnProgress) -> dict[str, Any]:
    """Items due before and after by schedule, and the figures of counties that change."""
    lake, _ = fresh_lake(Installation.current(), report)
    report("simulate", 0, 0)
    simulation = Simulation.of(network_of(lake), LakeAsFarAsItGoes(lake), after, timezone.localdate())
    due = simulation.due().group_by("schedule").aggregate([(name, "sum") for name in _COUNTED])
    due = due.rename_columns(["schedule", *_COUNTED]).sort_by("schedule")
    moved = pc.greater(pc.add(due["becomes_due"], due["no_longer_due"]), 0)
    figures = simulation.figures("county")
    one_sided = pc.xor(pc.is_valid(figures["value_before"]), pc.is_valid(figures["value_after"]))
    differs = pc.or_(pc.fill_null(pc.not_equal(figures["change"], 0.0), False), one_sided)
    shown = figures.filter(differs).slice(0, SHOWN_FIGURES)
    return {
        "due": due.filter(moved).to_pylist(),
        "becomes_due": len(simulation.becomes_due),
        "no_longer_due": len(simulation.no_longer_due),
        "figures": shown.select(["indicator", "place", "value_before", "value_after", "change"]).to_pylist(),
    }
