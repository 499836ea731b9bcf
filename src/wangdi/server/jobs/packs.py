"""Changed packs: tried before anybody works by them – checked, told in words, simulated –, put in force, rolled back."""

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.compute as pc
from django.utils import timezone

from wangdi.engine.handbook.changes import changes
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.lake_source import LakeAsFarAsItGoes
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.publishing import evaluate_and_publish, fresh_lake, network_of
from wangdi.server.evaluation.rules import one_rulebook, rulebook
from wangdi.server.evaluation.simulation import Simulation
from wangdi.server.packs.models import Activation
from wangdi.server.packs.proposal import Proposal, propose, propose_set, propose_without
from wangdi.server.packs.services import INSTALL, REMOVE, ROLL_BACK, NotPutInForce, put_in_force

UPLOAD = "upload"
"""The folder, in that of a job, of what somebody sent."""

PACKS = "packs"
"""The folder, in that of a job, of the packs that were tried."""

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
    if not unpack(folder / UPLOAD / arguments["file"], folder / PACKS):
        return {"outcome": "no packs"}
    with one_rulebook():
        proposal = propose(folder / PACKS)
        return {"outcome": "no packs"} if proposal is None else _tried(proposal, arguments, report)


def adopt_packs(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Put in force what another job tried, and bring lists and figures up to date.

    ``arguments``: ``tried``, the number of that job; ``activation``, the one that was in force then; ``reason``.
    """
    report("check", 0, 0)
    tried = Installation.current().jobs / str(arguments["tried"]) / PACKS
    with workspace_of(tried) as workspace:
        proposal = propose(workspace) if workspace is not None else None
        if proposal is None:
            return {"outcome": "no packs"}
        return _settled(proposal, INSTALL, arguments, actor_name, report)


def roll_back_packs(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Put a set in force again. ``arguments``: ``to``, the number of its activation (0: the shipped packs alone);
    ``activation``, the one that was in force when somebody asked for it; ``reason``."""
    report("check", 0, 0)
    to = arguments["to"]
    proposal = propose_set(Activation.objects.get(pk=to).set if to else "")
    return _settled(proposal, ROLL_BACK, arguments, actor_name, report)


def remove_packs(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Take own packs out of force. ``arguments``: ``packs``, their names; ``activation`` and ``reason`` as above."""
    report("check", 0, 0)
    return _settled(propose_without(arguments["packs"]), REMOVE, arguments, actor_name, report)


def _settled(
    proposal: Proposal, action: str, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    try:
        if proposal.based_on.activation != arguments["activation"]:
            raise NotPutInForce([CHANGED_MEANWHILE])
        made = put_in_force(proposal, arguments["reason"], action=action, actor_name=actor_name)
    except NotPutInForce as error:
        return {"outcome": "not in force", "hindrances": _pairs(error.reasons)}
    found = {"outcome": "in force", "activation": made.pk, "packs": versions_of(made)}
    if Publication.objects.exists():
        published = evaluate_and_publish(Installation.current(), timezone.localdate(), report)
        found |= {"residents": published.residents, "due_items": published.due_items}
    return found


CHANGED_MEANWHILE = Text(
    "现行规则包在此期间已更换，请重新试一试", "other packs were put in force meanwhile; try them again"
)


def versions_of(made: Activation) -> dict[str, str]:
    return {name: told["version"] for name, told in made.packs.items()}


@contextmanager
def workspace_of(source: Path) -> Iterator[Path | None]:
    """A copy of a folder of packs, or of what a zip holds, to be given away; None where there is no such thing."""
    with TemporaryDirectory(prefix="wangdi-packs-") as folder:
        copied = Path(folder) / PACKS
        if source.is_dir():
            shutil.copytree(source, copied)
        elif not source.is_file() or not unpack(source, copied):
            yield None
            return
        yield copied


def unpack(file: Path, to: Path) -> bool:
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


def _tried(proposal: Proposal, arguments: Mapping[str, Any], report: OnProgress) -> dict[str, Any]:
    diagnostics, after = proposal.diagnostics, proposal.rulebook
    found = {
        "packs": sorted(proposal.given),
        "diagnostics": diagnostics.render(),
        "errors": len(diagnostics.errors),
        "warnings": len(diagnostics.found) - len(diagnostics.errors),
        "hindrances": _pairs(proposal.hindrances),
        "notes_on_packs": _pairs(proposal.notes),
        "activation": proposal.based_on.activation,
    }
    if diagnostics.errors:
        return found | {"outcome": "pack errors"}
    report("compare", 0, 0)
    found |= {
        "outcome": "packs tried",
        "changes": {name: list(_told(after, proposal.given, name)) for name in LANGUAGES},
    }
    return found | (_simulated(after, report) if arguments.get("simulate") else {})


def _pairs(texts: Any) -> list[dict[str, str]]:
    return [one.as_json() for one in texts]


def _told(after: Rulebook, names: frozenset[str], language: str) -> Iterator[dict[str, str]]:
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
