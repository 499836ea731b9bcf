"""What the home of a place or an institution leads with, as far as the packs in force have it."""

from collections.abc import Iterable
from functools import lru_cache

from wangdi.engine.model.text import Text
from wangdi.server.evaluation.declarations import Title
from wangdi.server.evaluation.rules import KEPT, Rules, rules
from wangdi.server.packs.home_declaration import HOME, Group, Home

OTHERS = Title(zh="其他", en="Others")


NOTHING_DECLARED = Home(lead=(), least_denominator=0, groups=())


def home() -> Home:
    """What is declared, as far as the packs in force have it: one taken out of force takes no page with it, nor does a
    file with errors, of which the state of the installation tells.
    """
    return _home(rules())


@lru_cache(maxsize=KEPT)
def _home(found: Rules) -> Home:
    declared = HOME.if_in_force()
    if declared is None:
        return NOTHING_DECLARED
    packs = {pack.name for pack in found.rulebook.packs}
    groups = [
        Group(title=one.title, packs=[name for name in one.packs if name in packs]) for one in declared.groups
    ]
    lead = [name for name in declared.lead if name in found.rulebook.indicators]
    return Home(
        lead=lead,
        least_denominator=declared.least_denominator,
        groups=[one for one in groups if one.packs],
        otherwise=declared.otherwise,
    )


def in_groups(found: Home, packs: Iterable[str]) -> list[tuple[Text, list[str]]]:
    """Packs under the titles of their groups, in declared order; those of no group come last."""
    wanted = list(packs)
    grouped = {name for one in found.groups for name in one.packs}
    rest = [name for name in wanted if name not in grouped]
    named = [(one.title, [name for name in one.packs if name in wanted]) for one in found.groups]
    return [(title.text, names) for title, names in [*named, (OTHERS, rest)] if names]
