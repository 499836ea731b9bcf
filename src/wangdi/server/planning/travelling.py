"""How people travel in a plan: on foot or by car, over which landscape, or as a file says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import INSTITUTION
from wangdi.engine.model.text import Text
from wangdi.methods.travel.estimate import DRIVING, WALKING, Terrain
from wangdi.methods.travel.journeys import Estimated, FromFile, Journeys
from wangdi.methods.travel.roads import Roads
from wangdi.server.evaluation.declarations import DeclarationFile, Shape
from wangdi.server.planning.asking import Asked, AskedNumber, KeptFile, Question, one_of, some_of

MATRIX = "matrix"
"""The file of travel times that a question may bring."""

ROADS = "roads"
"""The OpenStreetMap file that a question may bring."""


class Mode(StrEnum):
    WALK = "walk"
    DRIVE = "drive"


MODES = {Mode.WALK: Text("步行", "on foot"), Mode.DRIVE: Text("驾车", "by car")}


class ReachDeclaration(Shape):
    """The ``reach.yaml`` beside a pack: which institutions and workers count, and the numbers."""

    types: Sequence[str]
    doctors: Sequence[str]
    numbers: Mapping[str, AskedNumber]


def reach_declared() -> ReachDeclaration:
    """The declaration in force. Raises DeclarationError."""
    return REACH.in_force()


def _unknown(found: ReachDeclaration, rules: Rulebook) -> list[str]:
    types = INSTITUTION.field("type").option_codes
    wrong = [f"type {one}" for one in found.types if one not in types]
    return wrong + [
        problem
        for number in found.numbers.values()
        if number.parameter is not None and (problem := number.parameter.problem_in(rules))
    ]


REACH = DeclarationFile("reach.yaml", ReachDeclaration, _unknown)


def asked_types() -> Asked:
    options = [(one.code, one.title) for one in INSTITUTION.field("type").options]
    return some_of("types", Text("哪类机构", "Which institutions"), options, reach_declared().types)


def asked_travel(mode: Mode, day: date) -> list[Asked]:
    """Mode, landscape, detour and speed."""
    landscapes = [(terrain.name, terrain.title) for terrain in WALKING]
    return [
        one_of("mode", Text("怎样去", "How people travel"), [(str(k), v) for k, v in MODES.items()], mode),
        one_of("terrain", Text("地形", "Landscape"), landscapes, WALKING[0].name),
        *asked_numbers(reach_declared().numbers, ("detour", "speed"), day),
    ]


def asked_numbers(numbers: Mapping[str, AskedNumber], names: Sequence[str], day: date) -> list[Asked]:
    return [numbers[name].asked(name, day) for name in names]


def estimate_of(question: Question, mode: Mode | None = None) -> Estimated:
    """The estimate that the answers describe."""
    values = question.values
    chosen = Mode(values["mode"]) if mode is None else mode
    terrains = WALKING if chosen is Mode.WALK else DRIVING
    terrain = next(one for one in terrains if one.name == values["terrain"])
    detour, speed = question.number_or_none("detour"), question.number_or_none("speed")
    own = replace(terrain, detour=detour or terrain.detour, km_per_hour=speed or terrain.km_per_hour)
    return Estimated(own, MODES[chosen])


def journeys_of(question: Question, mode: Mode | None = None) -> Journeys:
    """The best there is: the file of times, the roads, the estimate. With a mode, for that one alone."""
    estimate = estimate_of(question, mode)
    walks = estimate.mode == MODES[Mode.WALK]
    return brought(question.files, estimate.terrain.km_per_hour if walks else None) or estimate


def brought(files: Mapping[str, KeptFile], walking: float | None = None) -> Journeys | None:
    """Travel as a file tells it that somebody brought; ``walking``: kilometres an hour on foot, None: by car."""
    if (file := files.get(MATRIX)) is not None:
        return FromFile(file.path, file.name)
    if (file := files.get(ROADS)) is not None:
        return Roads(file.path, file.name, walking)
    return None


def driving(detour: float, km_per_hour: float) -> Estimated:
    """By car, with a detour and a speed of one's own."""
    own = Terrain("own", Text("按所设的绕行系数和车速", "with the detour and speed set"), detour, km_per_hour)
    return Estimated(own, MODES[Mode.DRIVE])
