"""Names of whom due items and records are about, whichever register they are in."""

from collections.abc import Iterable

from wangdi.server.network.models import MODELS

Subject = tuple[str, int]
"""Register and key."""


def subject_names(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """One query per register that occurs."""
    keys: dict[str, set[int]] = {}
    for entity, key in subjects:
        keys.setdefault(entity, set()).add(key)
    return {
        (entity, key): name
        for entity, wanted in keys.items()
        for key, name in MODELS[entity]._default_manager.filter(pk__in=wanted).values_list("pk", "name")
    }
