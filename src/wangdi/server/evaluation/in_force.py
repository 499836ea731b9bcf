"""Which packs are in force at a place, and by whose decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wangdi.engine.evaluate.reference.adoption import decision_for
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Place


@dataclass(frozen=True, slots=True)
class PackInForce:
    """``decision``: the one that counts; None where nobody decided, and for packs in force everywhere."""

    pack: Pack
    in_force: bool
    decision: Adoption | None

    @property
    def edition_title(self) -> Text | None:
        edition = self.decision.edition if self.decision else None
        return next((option.title for option in self.pack.editions if option.code == edition), None)


def packs_at(place: Place, day: date) -> Iterator[PackInForce]:
    """Every pack of the rulebook, as it stands at a place on a day."""
    world = StoreWorld(rulebook().kinds)
    for pack in rulebook().packs:
        decision = decision_for(world, "place", place.code, pack.name, day) if pack.by_place else None
        holds = not pack.by_place or (decision is not None and decision.holds_on(day))
        yield PackInForce(pack, holds, decision)
