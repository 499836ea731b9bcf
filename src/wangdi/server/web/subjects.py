"""Names of whom due items and records are about, whichever register they are in."""

from collections.abc import Iterable

from wangdi.server.network.models import MODELS, AnyEntity

Subject = tuple[str, int]
"""Register and key."""


def subjects(wanted: Iterable[Subject]) -> dict[Subject, AnyEntity]:
    """The entities themselves. One query per register that occurs."""
    return {
        (entity, one.pk): one
        for entity, keys in _by_register(wanted).items()
        for one in MODELS[entity]._default_manager.filter(pk__in=keys)
    }


def subject_names(wanted: Iterable[Subject]) -> dict[Subject, str]:
    """One query per register that occurs."""
    return {
        (entity, key): name
        for entity, keys in _by_register(wanted).items()
        for key, name in MODELS[entity]._default_manager.filter(pk__in=keys).values_list("pk", "name")
    }


def _by_register(wanted: Iterable[Subject]) -> dict[str, set[int]]:
    keys: dict[str, set[int]] = {}
    for entity, key in wanted:
        keys.setdefault(entity, set()).add(key)
    return keys
