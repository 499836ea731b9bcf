"""The one way values become JSON text, so that equal content is equal text whichever way it was written."""

import json
from typing import Any


class CompactJSON(json.JSONEncoder):
    """No spaces, Chinese left readable. The bulk load writes the same form with SQL."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "separators": (",", ":"), "ensure_ascii": False})


def canonical_json(value: Any) -> str:
    """Compact JSON with sorted keys: what is hashed."""
    return json.dumps(value, cls=CompactJSON, sort_keys=True)
