"""The kinds that the demonstration's tests look at closely, and how the shipped packs sketch them."""

from shipped import CONTENT, RULEBOOK
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
