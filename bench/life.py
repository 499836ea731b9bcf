"""What is simulated for the benchmarks: the records that every contender reads, and no more."""

from collections.abc import Mapping

from wangdi.demo.sketches.shapes import Sketch, read_sketches
from wangdi.server.evaluation.rules import CONTENT

KINDS = (
    "htn_registration",
    "htn_followup",
    "dm_registration",
    "dm_followup",
    "elderly_check",
    "contract",
    "posting",
    "asset_acceptance",
)


def sketches() -> Mapping[str, Sketch]:
    """Those of the kinds, without sketches that follow records of any other."""
    chosen: dict[str, Sketch] = {}
    for name, sketch in read_sketches(CONTENT).items():
        after = sketch.when.after
        if name.partition("/")[0] in KINDS and (after is None or after.kind in chosen):
            chosen[name] = sketch
    return chosen
