"""From cleaned texts to typed values: every distinct text of a column is parsed once, by whole arrays.

A parser takes a string array (null = empty) and returns values of the field's Arrow type, null where the text
has a fault, and the faults with the masks of the texts they concern. The first fault of a text is the one
reported.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.clocks import DAY
from wangdi.engine.model.fields import Field, FieldType
from wangdi.interchange.tabular.answers import parse_boolean, parse_choice, parse_choices
from wangdi.interchange.tabular.parsed import Fault, Mask, Parsed, flags, unmatched
from wangdi.interchange.tabular.sheets import ERROR_MARK, ROUNDED_MARK

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_SEPARATED_DATE = (
    r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T ]+\d{1,2}:\d{2}[\d:.]*)?$"
)
_COMPACT_DATE = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?$"
_CLOCK = r"^(?P<h>\d{1,2})\s*[:时点]\s*(?P<m>\d{2})分?(?::\d{2}(?:\.\d+)?)?$"
_COMPACT_CLOCK = r"^(?P<h>\d{1,2})(?P<m>\d{2})$"
_CLOCK_OF_EXCEL = r"^0\.\d+$"
_SERIAL_DATE = r"^[2-6]\d{4}(?:\.\d+)?$"
_YEARS = (1850, 2200)
_INTEGER = r"^[+-]?\d{1,15}(?:\.0*)?$"
_DECIMAL = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$"
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_SCIENTIFIC = r"^\d+(?:\.\d+)?[eE]\+\d+$"


def cleaned(texts: Any, field: Field) -> Any:
    """The texts without stray spaces and, but for free text, full-width forms; null where nothing is left."""
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = pc.utf8_trim(texts, characters=_INVISIBLE)
        texts = texts if _is_free_text(field) else pc.utf8_normalize(texts, form="NFKC")
    texts = pc.utf8_trim_whitespace(texts)
    if is_code(field):
        texts = _cleaned_code(texts, field)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def is_code(field: Field) -> bool:
    """Whether a field's texts identify something, so that a spreadsheet must not treat them as numbers."""
    return field.sensitive or field.type is FieldType.REFERENCE or field.name in ("code", "id")


def parse(field: Field, texts: Any) -> Parsed:
    """The typed values of cleaned texts."""
    lost = flags(pc.starts_with(texts, ROUNDED_MARK))
    errors = flags(pc.starts_with(texts, ERROR_MARK))
    if is_code(field):
        lost |= flags(pc.match_substring_regex(texts, _SCIENTIFIC))
    sound = pc.if_else(pa.array(lost | errors), None, texts)
    parsed = _PARSERS[field.type](field, sound)
    return Parsed(parsed.values, (Fault("I311", lost), Fault("I313", errors), *parsed.faults))


def days_of(year: Any, month: Any, day: Any) -> tuple[Any, Mask]:
    """Days since 1970 (int32) for arrays of numbers, and where there is such a day."""
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (year >= _YEARS[0]) & (year <= _YEARS[1])
    exists &= days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) == months
    return np.where(exists, days, 0).astype(np.int32), exists


def _is_free_text(field: Field) -> bool:
    return field.type is FieldType.TEXT and not is_code(field)


def _cleaned_code(texts: Any, field: Field) -> Any:
    texts = pc.utf8_ltrim(texts, characters="'`")
    texts = pc.replace_substring_regex(texts, r"^(\d+)\.0+$", r"\1")
    return pc.replace_substring_regex(texts, r"[\s\p{Z}]+", "") if field.sensitive else texts


def _parse_text(_field: Field, texts: Any) -> Parsed:
    return Parsed(texts)


def _parse_date(_field: Field, texts: Any) -> Parsed:
    separated = pc.extract_regex(texts, _SEPARATED_DATE)
    parts = pc.if_else(pc.is_valid(separated), separated, pc.extract_regex(texts, _COMPACT_DATE))
    written = flags(pc.is_valid(parts))
    year, month, day = (_numbers(pc.struct_field(parts, name)) for name in ("y", "m", "d"))
    days, exists = days_of(year, month, day)
    serial = flags(pc.match_substring_regex(texts, _SERIAL_DATE)) & ~written
    unknown = flags(pc.is_valid(texts)) & ~written & ~serial
    values = pa.array(days, pa.int32(), mask=~(written & exists)).cast(pa.date32())
    return Parsed(values, (Fault("I304", serial), Fault("I302", unknown), Fault("I303", written & ~exists)))


def _parse_time(_field: Field, texts: Any) -> Parsed:
    """Minutes since midnight. Excel keeps a time as a part of the day: 0.4 is 09:36."""
    separated = pc.extract_regex(texts, _CLOCK)
    parts = pc.if_else(pc.is_valid(separated), separated, pc.extract_regex(texts, _COMPACT_CLOCK))
    hour, minute = (_numbers(pc.struct_field(parts, name)) for name in ("h", "m"))
    of_day = pc.if_else(pc.match_substring_regex(texts, _CLOCK_OF_EXCEL), texts, None).cast(pa.float64())
    written = flags(pc.is_valid(parts)) & (hour < 24) & (minute < 60)
    serial = np.round(pc.fill_null(of_day, 0).to_numpy() * DAY).astype(np.int64)
    told = written | (flags(pc.is_valid(of_day)) & (serial < DAY))
    values = pa.array(np.where(written, hour * 60 + minute, serial), pa.int64(), mask=~told)
    return Parsed(values, (Fault("I315", unmatched(texts, values)),))


def _numbers(texts: Any) -> Any:
    return pc.fill_null(texts, "0").cast(pa.int64()).to_numpy()


def _parse_integer(field: Field, texts: Any) -> Parsed:
    plain = _plain_numbers(texts)
    digits = pc.if_else(pc.match_substring_regex(plain, _INTEGER), plain, None)
    bare = pc.utf8_ltrim(pc.replace_substring_regex(digits, r"\.0*$", ""), characters="+")
    values = bare.cast(pa.int64())
    return _limited(field, values, Fault("I305", unmatched(texts, values)))


def _parse_decimal(field: Field, texts: Any) -> Parsed:
    plain = _plain_numbers(texts)
    digits = pc.if_else(pc.match_substring_regex(plain, _DECIMAL), plain, None)
    values = pc.utf8_ltrim(digits, characters="+").cast(pa.float64())
    return _limited(field, values, Fault("I306", unmatched(texts, values)))


def _plain_numbers(texts: Any) -> Any:
    """Numbers without thousands separators; a Chinese full stop or a lone comma is a decimal point."""
    dotted = pc.replace_substring(texts, "。", ".")
    grouped = pc.match_substring_regex(dotted, _THOUSANDS)
    ungrouped = pc.if_else(grouped, pc.replace_substring(dotted, ",", ""), dotted)
    return pc.replace_substring_regex(ungrouped, r"^([+-]?\d+),(\d+)$", r"\1.\2")


def _limited(field: Field, values: Any, *faults: Fault) -> Parsed:
    unit = f" {field.unit}" if field.unit else ""
    outside = []
    if field.minimum is not None:
        below = flags(pc.less(values, field.minimum))
        outside.append(Fault("I309", below, {"limit": f"{field.minimum:g}", "unit": unit}))
    if field.maximum is not None:
        above = flags(pc.greater(values, field.maximum))
        outside.append(Fault("I310", above, {"limit": f"{field.maximum:g}", "unit": unit}))
    return Parsed(values, (*faults, *outside))


_PARSERS: Mapping[FieldType, Callable[[Field, Any], Parsed]] = {
    FieldType.TEXT: _parse_text,
    FieldType.REFERENCE: _parse_text,
    FieldType.DATE: _parse_date,
    FieldType.TIME: _parse_time,
    FieldType.INTEGER: _parse_integer,
    FieldType.DECIMAL: _parse_decimal,
    FieldType.BOOLEAN: parse_boolean,
    FieldType.CHOICE: parse_choice,
    FieldType.CHOICES: parse_choices,
}
