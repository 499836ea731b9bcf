"""Which decision about a pack counts for an entity, in plain Python."""

from collections.abc import Iterator
from datetime import date

from wangdi.engine.evaluate.reference.world import World
from wangdi.engine.model.adoption import Adoption


def decision_for(world: World, entity: str, code: str, pack: str, day: date) -> Adoption | None:
    """The decision of the nearest place that has decided by that day; None when none has."""
    for place in places_above(world, entity, code):
        made = [a for a in world.adoptions() if (a.pack, a.place) == (pack, place) and a.since <= day]
        if made:
            return max(made, key=lambda decision: decision.since)
    return None


def places_above(world: World, entity: str, code: str) -> Iterator[str | None]:
    """The places an entity lies in, nearest first; the whole network (None) last."""
    place = _place_of(world, entity, code)
    while place is not None:
        yield place
        place = _known_place(world, world.attributes("place", place).get("parent"))
    yield None


def _place_of(world: World, entity: str, code: str) -> str | None:
    """The entity's own place, or else that of its institution; None when neither is in the register."""
    if entity == "place":
        return _known_place(world, code)
    own = world.attributes(entity, code)
    place, institution = _known_place(world, own.get("place")), own.get("institution")
    if place is None and institution is not None:
        place = _known_place(world, world.attributes("institution", institution).get("place"))
    return place


def _known_place(world: World, code: str | None) -> str | None:
    return code if code is not None and world.attributes("place", code) else None
