"""The kinds that the demonstration's tests look at closely, and how the shipped packs sketch them."""

from pathlib import Path

import wangdi.content
from wangdi.demo.sketches.shapes import read_sketches
from wangdi.engine.packs.load import load_rulebook

CONTENT = Path(wangdi.content.__file__).parent
RULEBOOK = load_rulebook([CONTENT])
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
