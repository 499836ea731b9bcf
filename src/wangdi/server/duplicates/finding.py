"""Finding pairs, in SQL over the register; residents are never compared all with all."""

from django.db import connection, transaction

from wangdi.server.common.loading import OnProgress
from wangdi.server.duplicates.models import Pair
from wangdi.server.duplicates.rule import BLOCKS, LARGEST_BLOCK, LEAST, SIGNS

MOST_PAIRS = 5_000
"""The likeliest are kept; whoever has merged those looks for the next."""


def find_pairs(report: OnProgress | None = None) -> tuple[int, int]:
    """Replace the pairs that are open by those there are now; how many are kept, of how many found.

    Pairs that were dismissed stay dismissed.
    """
    found: dict[tuple[int, int], tuple[int, tuple[str, ...]]] = {}
    with connection.cursor() as cursor:
        for number, block in enumerate(BLOCKS):
            if report is not None:
                report("duplicates", number, len(BLOCKS))
            cursor.execute(_query(block))
            for first, second, *holds in cursor.fetchall():
                signs = tuple(name for name, one in zip(SIGNS, holds, strict=True) if one)
                found[first, second] = sum(SIGNS[name].counts for name in signs), signs
    dismissed = set(Pair.objects.exclude(dismissed=None).values_list("first_id", "second_id"))
    likely = sorted(
        (
            (-score, pair, signs)
            for pair, (score, signs) in found.items()
            if score >= LEAST and pair not in dismissed
        )
    )
    kept = [
        Pair(first_id=pair[0], second_id=pair[1], score=-score, signs=list(signs))
        for score, pair, signs in likely[:MOST_PAIRS]
    ]
    with transaction.atomic():
        Pair.objects.filter(dismissed=None).delete()
        Pair.objects.bulk_create(kept)
    return len(kept), len(likely)


def _query(block: tuple[str, ...]) -> str:
    """Every pair that agrees in the columns of a block: both keys, then whether each sign holds.

    One sort of the keys for each block; whole rows are read for the pairs alone.
    """
    columns = ", ".join(block)
    given = " AND ".join(f"{column} IS NOT NULL AND {column} <> ''" for column in block)
    signs = ", ".join(f"coalesce({one.holds}, 0)" for one in SIGNS.values())
    return (
        "WITH counted AS (SELECT id, count(*) OVER same AS n, first_value(id) OVER same AS block FROM network_resident "
        f"WHERE merged_into_id IS NULL AND {given} WINDOW same AS (PARTITION BY {columns})), "
        f"few AS MATERIALIZED (SELECT id, block FROM counted WHERE n BETWEEN 2 AND {LARGEST_BLOCK}) "
        f"SELECT a.id, b.id, {signs} FROM few x JOIN few y ON x.block = y.block AND x.id < y.id "
        "CROSS JOIN network_resident a CROSS JOIN network_resident b WHERE a.id = x.id AND b.id = y.id"
    )
