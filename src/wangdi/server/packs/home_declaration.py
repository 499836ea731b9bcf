"""What the home of a place or an institution leads with: the ``home.yaml`` among the packs.

Which figures matter most, and how programmes are grouped, is a matter of policy: so it stands beside the packs.
"""

from collections.abc import Iterable, Iterator, Sequence

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.declarations import DeclarationFile, Shape, Title


class Group(Shape):
    """Packs that stand together under one title."""

    title: Title
    packs: Sequence[str]


class Home(Shape):
    """``lead``: indicators, the first first. A share of fewer than ``least_denominator`` is no figure to lead with.

    ``otherwise``: rows of everyday words that mean one another, for finding things by title.
    """

    lead: Sequence[str]
    least_denominator: int
    groups: Sequence[Group]
    otherwise: tuple[tuple[str, ...], ...] = ()


def unknown_names(found: Home, rules: Rulebook) -> Iterator[str]:
    """What the file names that no pack has, or names twice."""
    packs = [name for group in found.groups for name in group.packs]
    yield from _unknown("indicator", found.lead, list(rules.indicators))
    yield from _unknown("pack", packs, [pack.name for pack in rules.packs])
    for names in (list(found.lead), packs):
        yield from (f"'{name}' stands twice" for name in dict.fromkeys(names) if names.count(name) > 1)


def _unknown(what: str, names: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{what} {name}: {suggest(name, known)}"


def _nothing(_found: Home, _rules: Rulebook) -> Iterator[str]:
    """A pack taken out of force takes no page with it: what the file names beyond the packs is passed over."""
    return iter(())


HOME = DeclarationFile("home.yaml", Home, _nothing)
