"""What all tests share: rulebooks that were read once are taken from one folder, by tests and the commands they start."""

import os
from pathlib import Path

_KEPT = Path(__file__).parents[1] / ".pytest_cache" / "compiled"
_KEPT.parent.mkdir(exist_ok=True)
os.environ.setdefault("WANGDI_COMPILED", str(_KEPT))
