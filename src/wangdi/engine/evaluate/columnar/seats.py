"""Where the entities of a register stand for adoption, from exchange tables or the lake's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wangdi.engine.evaluate.columnar.arrow import Positions
from wangdi.engine.evaluate.columnar.jurisdictions import Jurisdictions
from wangdi.engine.evaluate.columnar.vectors import Array
from wangdi.engine.model.adoption import Adoption


def jurisdictions_of(
    entity: str,
    members: Any,
    registers: Mapping[str, Any],
    positions: Mapping[str, Positions],
    adoptions: Sequence[Adoption],
) -> Jurisdictions:
    """``members``: the register at hand; ``registers``: the places and institutions, whose ``positions`` are known."""
    places = registers["place"]
    named = {adoption.place for adoption in adoptions}
    codes = {code: at for at, code in enumerate(places["code"].to_pylist()) if code in named}
    parent = positions["place"].find(places["parent"]).data
    return Jurisdictions(_seats(entity, members, registers, positions), parent, codes, adoptions)


def _seats(
    entity: str, members: Any, registers: Mapping[str, Any], positions: Mapping[str, Positions]
) -> Array:
    """The position of each entity's place, or else of its institution's; −1 where there is none."""
    if entity == "place":
        return np.arange(len(members), dtype=np.int32)
    own = np.full(len(members), -1, dtype=np.int32)
    if "place" in members.column_names:
        own = positions["place"].find(members["place"]).data
    if "institution" not in members.column_names:
        return own
    of_institutions = positions["place"].find(registers["institution"]["place"]).data
    through = np.append(of_institutions, np.int32(-1))[
        positions["institution"].find(members["institution"]).data
    ]
    return np.where(own < 0, through, own)
