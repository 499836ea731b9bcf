"""What channels counted, by both evaluators: the answers have to be the same."""

from datetime import date

from spec.evaluations import Data
from spec.tables import parse_table
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.reference.channels import channel_at
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.model.pack import Rulebook

Watched = dict[tuple[str, str, date], float]
"""By channel, place and first day of the period, what was recorded; nothing where that is 0."""


def watch_by_reference(data: Data, rulebook: Rulebook, as_of: date) -> Watched:
    world = MemoryWorld(data.registers, data.records, data.adoptions)
    evaluator = ReferenceEvaluator(world, rulebook, "", "", Moment.in_year(as_of))
    return {
        (channel.name, code, first): amount
        for channel in rulebook.channels.values()
        for code, place in data.registers["place"].items()
        if place.get("level") == channel.level
        for first, amount in channel_at(evaluator, channel, code).items()
        if amount
    }


def watch_by_columns(network: Network, as_of: date) -> Watched:
    return {
        (series.channel.name, code, first): float(series.counts[row, column])
        for series in network.time_series(list(network.rulebook.channels.values()), as_of)
        for row, code in enumerate(series.places)
        for column, first in enumerate(series.periods)
        if series.counts[row, column]
    }


def check_watched(table: str, found: Watched, day: str) -> None:
    """Every row of a spec's table, and nothing else of the channels and places that it has."""
    rows = [row for row in parse_table(table) if row.get("as_of", day) == day]
    expected = {
        (row["channel"], row["place"], date.fromisoformat(row["from"])): float(row["count"]) for row in rows
    }
    told = {(channel, place) for channel, place, _ in expected}
    assert {key: amount for key, amount in found.items() if key[:2] in told} == {
        key: amount for key, amount in expected.items() if amount
    }, f"series on {day}"
