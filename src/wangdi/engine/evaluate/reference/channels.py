"""Channels of surveillance in plain Python: record after record of everybody below a place."""

from collections import Counter
from datetime import date

from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.channels import Channel, first_seen
from wangdi.engine.model.rollups import SCALE
from wangdi.engine.model.types import LARGEST_WHOLE


def channel_at(evaluator: ReferenceEvaluator, channel: Channel, place: str) -> dict[date, float]:
    """What was recorded at a place and under it, by the first day of each period; periods without anything are left out.

    ``evaluator`` is that of anybody of the world: it says the day of evaluation and who is below.
    """
    found: Counter[date] = Counter()
    first, last = first_seen(evaluator.moment.as_of), evaluator.moment.as_of
    for code in evaluator.world.below(channel.entity, "place", place):
        one = evaluator.about(channel.entity, code)
        if one.is_in_force(channel.pack):
            for record in one.selected(channel.amount.selection):
                day, amount = one.value(channel.day, record), _amount(one, channel, record)
                if day is not None and first <= day <= last and amount is not None:
                    found[channel.pace.first_day(day)] += amount
    return {period: amount / SCALE for period, amount in sorted(found.items())}


def _amount(one: ReferenceEvaluator, channel: Channel, record: Record) -> int | None:
    """How much a record counts, in millionths; None when that is not known, or too large to be added exactly."""
    if channel.amount.of is None:
        return SCALE
    value = one.value(channel.amount.of, record)
    if value is None or abs(value) > LARGEST_WHOLE // SCALE:
        return None
    return round(float(value) * SCALE)
