"""The packs of the product, read once for all tests of a run and kept for the next."""

import os
from pathlib import Path

import wangdi.content
from wangdi.engine.packs.compiled import compiled_rulebook

CONTENT = Path(wangdi.content.__file__).parent
RULEBOOK = compiled_rulebook([CONTENT], Path(os.environ["WANGDI_COMPILED"]), prepare=lambda _: None)
