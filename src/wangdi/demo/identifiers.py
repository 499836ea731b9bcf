"""Codes, numbers and record ids, written as text for whole columns at once."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Column, Ints, integers

Matrix = npt.NDArray[np.uint8]
"""One row of ASCII bytes per text, all of one width."""

RESIDENT_DISTRICT, WORKER_DISTRICT = 999999, 999998
"""GB/T 2260 has no province 99, so an ID number with these districts cannot be a person's."""

ID_NUMBERS_A_DAY = 500
"""A sex has this many sequence numbers for one birth date and district."""

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK_DIGITS = np.frombuffer(b"10X98765432", dtype=np.uint8)
"""GB 11643-1999: weights of the first seventeen digits, check digit by their weighted sum modulo 11."""

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)
_MILLISECONDS_A_DAY = 86_400_000
_WORKING_HOURS = 9 * 3_600_000
"""Record ids carry a time from 0:00 to 9:00 UTC: 8:00 to 17:00 in China, on the same date in both."""


def digits(values: npt.ArrayLike, width: int) -> Matrix:
    """Decimal digits with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    numbers = np.asarray(values, dtype=np.int64)[:, np.newaxis]
    return (numbers // powers % 10 + ord("0")).astype(np.uint8)


def to_text(matrix: Matrix) -> Column:
    """The rows of ASCII bytes as an Arrow string array."""
    rows, width = matrix.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))
    )


def resident_codes(village_codes: npt.NDArray[np.int64], serials: Ints) -> Column:
    """``420281100200-M00017``: village, M for 模拟 (simulated), number within the village."""
    mark = np.broadcast_to(np.frombuffer(b"-M", dtype=np.uint8), (len(serials), 2))
    return to_text(np.hstack([digits(village_codes, 12), mark, digits(serials, 5)]))


def phone_numbers(serials: npt.ArrayLike) -> Column:
    """Eleven digits from 1400…, the range of thirteen-digit machine numbers: well-formed, and nobody's."""
    return to_text(digits(np.asarray(serials, dtype=np.int64) % 10_000_000 + 14_000_000_000, 11))


def id_numbers(district: int, birth: Ints, sex: Ints) -> Column:
    """Eighteen digits with the right birth date, sex and check digit, unique within the district.

    Empty where a birth date has more than ``ID_NUMBERS_A_DAY`` people of one sex.
    """
    order = _rank_within(birth.astype(np.int64) * 2 + sex % 2)
    sequence = order % ID_NUMBERS_A_DAY * 2 + sex % 2
    body = np.hstack([digits(np.full(len(birth), district), 6), _date_digits(birth), digits(sequence, 3)])
    remainder = (body - ord("0")).astype(np.int64) @ _WEIGHTS % 11
    numbers = to_text(np.hstack([body, _CHECK_DIGITS[remainder][:, np.newaxis]]))
    return pc.if_else(pa.array(order < ID_NUMBERS_A_DAY), numbers, pa.scalar(None, pa.string()))


def record_ids(days: Ints, generator: np.random.Generator) -> Column:
    """UUIDs of version 7 (RFC 9562) whose time is within working hours of the day."""
    count = len(days)
    instants = days.astype(np.int64) * _MILLISECONDS_A_DAY + generator.integers(0, _WORKING_HOURS, count)
    octets = np.empty((count, 16), dtype=np.uint8)
    octets[:, :6] = instants.astype(">i8").view(np.uint8).reshape(count, 8)[:, 2:]
    octets[:, 6:] = generator.integers(0, 256, (count, 10), dtype=np.uint8)
    octets[:, 6] = octets[:, 6] & 0x0F | 0x70
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    return to_text(_dashed(_HEX[octets].view(np.uint8)))


def _dashed(hexadecimal: Matrix) -> Matrix:
    texts = np.full((len(hexadecimal), 36), ord("-"), dtype=np.uint8)
    for start, end, shift in ((0, 8, 0), (8, 12, 1), (12, 16, 2), (16, 20, 3), (20, 32, 4)):
        texts[:, start + shift : end + shift] = hexadecimal[:, start:end]
    return texts


def _date_digits(days: Ints) -> Matrix:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (dates - months).astype(np.int64) + 1
    return digits(year * 10_000 + month * 100 + day, 8)


def _rank_within(keys: npt.NDArray[np.int64]) -> Ints:
    """How many earlier rows have the same key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[starts, len(keys)])
    rank = np.empty(len(keys), dtype=np.int32)
    rank[order] = integers(np.arange(len(keys)) - np.repeat(starts, lengths))
    return rank
