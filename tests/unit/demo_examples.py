"""The kinds that the demonstration's tests look at closely, and how the shipped packs sketch them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from shipped import CONTENT, RULEBOOK
from wangdi.demo.network import make_network
from wangdi.demo.sketches.shapes import read_sketches

SKETCHES = read_sketches(CONTENT)
KINDS = {
    name: RULEBOOK.kinds[name]
    for name in (
        "htn_registration",
        "htn_followup",
        "dm_registration",
        "dm_followup",
        "elderly_check",
        "contract",
        "posting",
        "asset_acceptance",
    )
}


@cache
def shipped_network(as_of: date) -> Mapping[str, Any]:
    """6,000 residents with the records of all shipped packs; nobody may change the tables."""
    return make_network(6_000, as_of=as_of, kinds=RULEBOOK.kinds, sketches=SKETCHES)
