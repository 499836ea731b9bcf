"""What a check finds."""

from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import Severity
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a path of a pack; ``at_key`` when it is about the name rather than the value."""

    code: str
    pack: str
    path: Path_
    message: str
    hint: str
    severity: Severity = Severity.ERROR
    at_key: bool = False
