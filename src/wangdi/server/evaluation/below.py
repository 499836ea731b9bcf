"""What lies below places and institutions, gathered from the lake as it stands: as of the last evaluation, like figures."""

from datetime import date
from functools import lru_cache

from wangdi.engine.evaluate.below import GatheredBelow
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.seats import TREES
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.publishing import network_of
from wangdi.server.evaluation.rules import rulebook

KEPT = 2
"""Days that are kept: today, and one that somebody looks back at. Each is some numbers a place and rule."""


def below_on(entity: str, as_of: date) -> GatheredBelow | None:
    """For whoever evaluates a place or an institution by itself; None for others and before the first evaluation."""
    lake = Lake(Installation.current().lake)
    state = lake.state() if entity in TREES else None
    return _kept(lake, state.change_hash, rulebook(), as_of) if state is not None else None


@lru_cache(maxsize=KEPT)
def _kept(lake: Lake, _as_built: str, _rules: Rulebook, as_of: date) -> GatheredBelow:
    return GatheredBelow(network_of(lake), Moment.in_year(as_of))
