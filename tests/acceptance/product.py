"""What the product says on many days, evaluated at once; the command itself is tested for one day in `test_contract`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wangdi.engine.evaluate.moment import Moment
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.listings import LEVELS, Listings
from wangdi.server.evaluation.publishing import fresh_lake, network_of


def said_on(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """Due items and figures of the current installation on each day."""
    lake, _ = fresh_lake(Installation.current())
    network = network_of(lake)
    level_of = {place["code"]: place["level"] for place in network.places.to_pylist()}
    found = {}
    for day, outcome in zip(days, network.evaluate([Moment.in_year(day) for day in days]), strict=True):
        listings = Listings(network, outcome)
        due = [
            ["" if value is None else str(value) for value in row.values()]
            for row in listings.due().to_pylist()
        ]
        figures: dict[str, list[list[Any]]] = {level: [] for level in LEVELS}
        for row in listings.figures(levels=LEVELS).to_pylist():
            if not row.get("dimension"):
                listed = [row["indicator"], row["place"], row["numerator"], row["denominator"]]
                figures[level_of[row["place"]]].append(listed)
        found[day] = {"due": due, "figures": figures}
    return found
