"""The rulebook in force, read once per process and set of packs, and the plans made from it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from wangdi import content
from wangdi.engine.evaluate.network import ENTITIES
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.compiled import compiled_rulebook
from wangdi.engine.packs.load import pack_folders
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.plan import Plan
from wangdi.engine.plan.stages import stages, stages_for
from wangdi.server.common.installation import Installation
from wangdi.server.common.pack_sets import InForce, PackSets, Stamp, pointer_stamp

CONTENT = Path(content.__file__).parent
"""The packs the product ships."""

KEPT = 2
"""How many sets of packs a process keeps read: that of work under way, and a new one."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Packs read together: those the product ships, those of the installation in place of some or beside them.

    ``folders`` has the folder of each pack by its name, ``own`` the names of the installation's own.
    """

    told: InForce
    folders: Mapping[str, Path]
    own: frozenset[str]
    rulebook: Rulebook


_pinned: ContextVar[Rules | None] = ContextVar("rules", default=None)
_reading = Lock()


def rules() -> Rules:
    """What is in force. `PackError` with every problem when packs have errors, `PackSetBroken` when some are lost."""
    pinned = _pinned.get()
    if pinned is not None:
        return pinned
    stamp = pointer_stamp()
    return _read(CONTENT, PackSets.current() if stamp else None, stamp)


@contextmanager
def one_rulebook() -> Iterator[None]:
    """Whatever is asked inside, the packs in force at the beginning answer, though others be put in force meanwhile."""
    token = _pinned.set(rules())
    try:
        yield
    finally:
        _pinned.reset(token)


def rulebook() -> Rulebook:
    """All packs in force; raises as `rules` does."""
    return rules().rulebook


def due_plan(entity: str) -> Plan:
    """The plan for what is due about entities of one register; figures are for everybody at once."""
    return _due_plan(rulebook(), entity)


def due_plan_after(entity: str, kinds: frozenset[str]) -> Plan:
    """The part of `due_plan` that records of these kinds bear on: mostly a tenth of it."""
    return _due_plan_after(rulebook(), entity, kinds)


def warm_up() -> None:
    """Reads and plans what a process that serves pages needs sooner or later, so that no reader waits for it."""
    due_plan("resident")
    read = frozenset(kind for kinds in _kinds_read(rulebook()).values() for kind in kinds)
    for name in read & rulebook().kinds.keys():
        if rulebook().kinds[name].about == "resident":
            due_plan_after("resident", frozenset({name}))


def pack_texts() -> Mapping[str, bytes]:
    """The file of each pack in force, by name."""
    return _texts(CONTENT, rules())


def pack_versions() -> dict[str, str]:
    """The version of each pack in force."""
    return {pack.name: pack.version for pack in rulebook().packs}


def overlaid(own: Mapping[str, Path], without: Collection[str] = ()) -> list[Path]:
    """The folders to read for those packs together with the shipped ones that they do not stand in for.

    ``without``: names of shipped packs to be left out as well.
    """
    kept = (folder for name, folder in shipped().items() if name not in own and name not in without)
    return [*kept, *own.values()]


def shipped() -> Mapping[str, Path]:
    """The folder of each pack that the product ships."""
    return _shipped(CONTENT)


@lru_cache(maxsize=KEPT)
def _shipped(base: Path) -> Mapping[str, Path]:
    return pack_folders(base)


def _read(base: Path, sets: PackSets | None, stamp: Stamp) -> Rules:
    with _reading:  # so that many threads do not read the same packs at once
        return _rules(base, sets, stamp)


@lru_cache(maxsize=KEPT)
def _rules(base: Path, sets: PackSets | None, _stamp: Stamp) -> Rules:
    told = sets.in_force() if sets is not None else InForce()
    own = sets.packs(told.set) if sets is not None else {}
    if not own:
        found = _compiled([base], base)
        folders = {pack.name: (base.parent / pack.location).parent for pack in found.packs}
        return Rules(told, folders, frozenset(), found)
    found = _compiled(overlaid(own), base)
    return Rules(told, {**shipped(), **own}, frozenset(own), found)


def _compiled(folders: list[Path], base: Path) -> Rulebook:
    kept = Installation.current().compiled
    return compiled_rulebook(folders, kept, relative_to=base.parent, prepare=_prepare)


def _prepare(found: Rulebook) -> None:
    """Makes the plans that every process needs sooner or later."""
    stages(found, ENTITIES)
    for entity in ENTITIES:
        _due_plan(found, entity)
    _kinds_read(found)


def _due_plan(found: Rulebook, entity: str) -> Plan:
    return found.once(("due plan", entity), lambda: build_plan(found, entity, indicators=()))


@lru_cache(maxsize=512)
def _due_plan_after(found: Rulebook, entity: str, kinds: frozenset[str]) -> Plan:
    read = _kinds_read(found)
    concerned = [schedule for name, schedule in found.schedules.items() if not kinds.isdisjoint(read[name])]
    return build_plan(found, entity, schedules=concerned, indicators=())


def _kinds_read(found: Rulebook) -> Mapping[str, frozenset[str]]:
    """By schedule, the kinds of record that its members, days and holders rest on."""
    return found.once("kinds read", lambda: _read_by_schedules(found))


def _read_by_schedules(found: Rulebook) -> Mapping[str, frozenset[str]]:
    plans = {
        name: build_plan(found, schedule.group.entity, schedules=[schedule], indicators=())
        for name, schedule in found.schedules.items()
    }
    return {name: plan.needs.kinds | _kinds_below(found, plan) for name, plan in plans.items()}


def _kinds_below(found: Rulebook, plan: Plan) -> frozenset[str]:
    """The kinds of record behind what a plan takes from below."""
    earlier = stages_for(plan.needs.from_below, found, ENTITIES)
    return frozenset(kind for stage in earlier for one in stage for kind in one.needs.kinds)


@lru_cache(maxsize=KEPT)
def _texts(base: Path, found: Rules) -> Mapping[str, bytes]:
    return {pack.name: (base.parent / pack.location).read_bytes() for pack in found.rulebook.packs}
