"""Identity numbers of residents and workers: GB 11643-1999, 18 characters.

Six digits of the place of first registration, the birth date, three digits of which the last is odd for men
and even for women, and a check character over ISO 7064 MOD 11-2.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.interchange.tabular.parsed import Fault, Mask
from wangdi.interchange.tabular.values import days_of

ID_NUMBER = "id_number"
"""The column of the registers that holds it."""

_LENGTH = 18
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_CHARACTERS = np.frombuffer(b"10X98765432", np.uint8)
_EARLIEST_YEAR = 1890
_BLANK = "0" * _LENGTH


@dataclass(frozen=True, slots=True)
class IdentityNumbers:
    """Canonical numbers, their faults, and what the faultless ones say of birth (days since 1970) and sex (1,
    2).
    """

    values: Any
    faults: tuple[Fault, ...]
    sound: Mask
    birth: Any
    sex: Any


def read_identity_numbers(texts: Any, today: dt.date) -> IdentityNumbers:
    """Check an array of distinct texts (null = none); lower-case x is taken as X."""
    upper = pc.utf8_upper(texts)
    present = pc.is_valid(upper).to_numpy(zero_copy_only=False)
    whole = _matches(upper, r"^\d{17}[\dX]$")
    old = _matches(upper, r"^\d{15}$")
    digits = _characters(pc.if_else(pa.array(whole), upper, _BLANK))
    birth, born = _birth(digits, today)
    checks = _check_characters(digits) == digits[:, 17]
    # Excel keeps 15 digits of a number and writes zeros for the rest: a wrong check that ends so was one.
    rounded = whole & ~checks & _matches(upper, "000$")
    sex = np.where((digits[:, 16] - ord("0")) % 2 == 1, 1, 2)
    faults = (
        Fault("I402", old),
        Fault("I401", present & ~whole & ~old),
        Fault("I311", rounded),
        Fault("I403", whole & ~rounded & ~born),
        Fault("I404", whole & ~rounded & born & ~checks),
    )
    return IdentityNumbers(upper, faults, whole & born & checks, birth, sex)


def check_character(first_17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return chr(_check_characters(_characters(pa.array([first_17 + "0"])))[0])


def _matches(texts: Any, pattern: str) -> Mask:
    return np.array(
        pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(zero_copy_only=False), np.bool_
    )


def _characters(texts: Any) -> Any:
    """One row of 18 bytes for each text; the texts are ASCII of that length."""
    fixed = texts.cast(pa.binary()).cast(pa.binary(_LENGTH))
    return (
        np.frombuffer(fixed.buffers()[1], np.uint8, len(fixed) * _LENGTH)
        .reshape(-1, _LENGTH)
        .astype(np.int64)
    )


def _birth(digits: Any, today: dt.date) -> tuple[Any, Mask]:
    numbers = digits[:, 6:14] - ord("0")
    year = numbers[:, :4] @ np.array([1000, 100, 10, 1])
    month = numbers[:, 4:6] @ np.array([10, 1])
    day = numbers[:, 6:8] @ np.array([10, 1])
    days, exists = days_of(year, month, day)
    latest = (today - dt.date(1970, 1, 1)).days
    return days, exists & (year >= _EARLIEST_YEAR) & (days <= latest)


def _check_characters(digits: Any) -> Any:
    return _CHECK_CHARACTERS[((digits[:, :17] - ord("0")) @ _WEIGHTS) % 11]
