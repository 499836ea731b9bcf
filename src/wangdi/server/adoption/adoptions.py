"""Adoptions as the engine takes them."""

from wangdi.engine.model import adoption as meaning
from wangdi.server.adoption.models import Adoption, counting_at


def adoptions(change: int | None = None) -> tuple[meaning.Adoption, ...]:
    """Every adoption that counts now, or counted when ``change`` was the newest change of the store."""
    rows = Adoption.objects.current() if change is None else Adoption.objects.filter(counting_at(change))
    columns = ("pack", "place__code", "since", "until", "edition", "in_force")
    found = rows.order_by("pack", "place__path", "since").values_list(*columns)
    return tuple(
        meaning.Adoption(pack, place, since, until, edition, in_force=in_force)
        for pack, place, since, until, edition, in_force in found
    )
