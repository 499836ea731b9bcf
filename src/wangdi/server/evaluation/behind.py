"""Who stands behind a figure: read from the lake, as the figure was."""

from datetime import date
from functools import lru_cache

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.explain.missing import Breakdown, break_down
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.pack import Rulebook
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.publishing import network_of
from wangdi.server.evaluation.rules import rulebook

KEPT = 8
"""How many figures somebody turning pages may come back to without evaluating anew."""


def behind_figure(indicator: Indicator, entity: str, code: str, as_of: date) -> Breakdown:
    """Everybody in the denominator at a place or institution, with what those not counted lack; keys are the store's.

    The lake is taken as it stands, so that the page tells of the same data as the figure. `UnknownCode`.
    """
    lake = Lake(Installation.current().lake)
    state = lake.state()
    return _behind(lake, state.change_hash if state else "", rulebook(), indicator.name, entity, code, as_of)


@lru_cache(maxsize=KEPT)
def _behind(
    lake: Lake, _as_built: str, rules: Rulebook, indicator: str, entity: str, code: str, as_of: date
) -> Breakdown:
    return break_down(network_of(lake), rules.indicators[indicator], entity, code, Moment.in_year(as_of))
