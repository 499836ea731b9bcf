"""What parsing a column of texts gives: typed values and faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the texts of the mask; the parameters complete the message."""

    code: str
    mask: Mask
    parameters: Mapping[str, object] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Typed values, one for each text, and the faults found."""

    values: Any
    faults: tuple[Fault, ...] = ()


def flags(mask: Any) -> Mask:
    """An Arrow mask as a writable NumPy one; null counts as false."""
    return np.array(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def unmatched(texts: Any, values: Any) -> Mask:
    """Texts that are there but gave no value."""
    return flags(pc.and_(pc.is_valid(texts), pc.is_null(values)))
