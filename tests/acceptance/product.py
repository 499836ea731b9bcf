"""What the product says on many days, printed as json: run with WANGDI_DATA set, the days as arguments.

One process for all days; the command itself is tested for one day in `test_contract`.
"""

import json
import os
import sys
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
django.setup()

from wangdi.engine.evaluate.moment import Moment  # noqa: E402
from wangdi.server.common.installation import Installation  # noqa: E402
from wangdi.server.evaluation.listings import LEVELS, Listings  # noqa: E402
from wangdi.server.evaluation.publishing import fresh_lake, network_of  # noqa: E402


def main(days: list[str]) -> None:
    lake, _ = fresh_lake(Installation.current())
    network = network_of(lake)
    moments = [Moment.in_year(date.fromisoformat(day)) for day in days]
    found = {}
    for day, outcome in zip(days, network.evaluate(moments), strict=True):
        listings = Listings(network, outcome)
        due = [
            ["" if value is None else str(value) for value in row.values()]
            for row in listings.due().to_pylist()
        ]
        figures = {
            level: [
                [row["indicator"], row["place"], row["numerator"], row["denominator"]]
                for row in listings.figures(levels=[level]).to_pylist()
                if not row.get("dimension")
            ]
            for level in LEVELS
        }
        found[day] = {"due": due, "figures": figures}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
