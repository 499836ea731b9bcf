"""Whether limits nest: each pair of sets of doctors is apart, or one lies within the other (a laminar family)."""

from collections.abc import Sequence

import numpy as np

from wangdi.methods.dispatch.problem import NOBODY, Ints, Limit


def nest(limits: Sequence[Limit], doctors: int) -> tuple[list[int], Ints, Ints, list[int]]:
    """The limits that nest, and those left over.

    Returns the kept limits from large to small, the position among them of each one's parent (NOBODY at the top), for
    each doctor the position of the smallest that holds it, and the limits that cross others. Limits are tried
    from the largest set down; equals lie within one another.
    """
    holder = np.full(doctors, NOBODY, np.int64)
    kept: list[int] = []
    parents: list[int] = []
    crossing: list[int] = []
    for index in sorted(range(len(limits)), key=lambda at: -len(limits[at].members)):
        members = limits[index].members
        around = np.unique(holder[members])
        if len(around) > 1:
            crossing.append(index)
            continue
        parents.append(int(around[0]) if len(around) else NOBODY)
        holder[members] = len(kept)
        kept.append(index)
    return kept, np.array(parents, np.int64), holder, sorted(crossing)
