"""Answers as people write them: yes and no, one of several options, several at once.

Texts are cleaned already (see `values`).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import Field
from wangdi.interchange.tabular.parsed import Fault, Mask, Parsed, flags, unmatched
from wangdi.interchange.tabular.words import (
    ANSWER_WORDS,
    BRACKETED,
    LAST_BRACKETED,
    LEVEL_WORDS,
    NO_WORDS,
    YES_WORDS,
    meanings,
)

_DIGITS_ALONE = r"^[\d\s\p{P}\p{S}]*$"
_ANSWER_SEPARATORS = r"[,;、|/+\s\p{Z}]+"
_UNHEEDED = r"[\s\p{Z}_\-*:/.、·'\"()\[\]【】]+"


def parse_boolean(_field: Field, texts: Any) -> Parsed:
    words = pc.replace_substring_regex(pc.utf8_lower(texts), r"^([01])\.0+$", r"\1")
    yes, no = (flags(pc.is_in(words, pa.array(sorted(known)))) for known in (YES_WORDS, NO_WORDS))
    values = pa.array(yes, pa.bool_(), mask=~(yes | no))
    return Parsed(values, (Fault("I307", unmatched(texts, values)),))


def parse_choice(field: Field, texts: Any) -> Parsed:
    values = _option_codes(field, texts)
    if field.others is not None:
        return Parsed(pc.if_else(pc.is_valid(texts), pc.fill_null(values, field.others), None))
    return Parsed(values, (Fault("I308", unmatched(texts, values), _options_shown(field)),))


def taken_as_others(field: Field, texts: Any) -> Mask:
    """The texts that are no option and taken as the one that stands for others."""
    if field.others is None:
        return np.zeros(len(texts), dtype=np.bool_)
    return unmatched(texts, _option_codes(field, texts))


def parse_choices(field: Field, texts: Any) -> Parsed:
    """Several answers in one cell, separated by commas, 、, slashes or spaces.

    A text that makes no sense so is tried as one answer, then without its remarks: separators may stand in
    brackets.
    """
    values, unknown = _answer_lists(field, texts)
    if unknown.any():
        single = _lists_of_one(_option_codes(field, texts))
        bare, bare_unknown = _answer_lists(field, pc.replace_substring_regex(texts, BRACKETED, ""))
        values = pc.if_else(pa.array(unknown), pc.coalesce(single, bare), values)
        unknown &= bare_unknown & flags(pc.is_null(single))
    return Parsed(values, (Fault("I308", unknown, _options_shown(field)),))


def _lists_of_one(codes: Any) -> Any:
    lists = pa.ListArray.from_arrays(pa.array(np.arange(len(codes) + 1), pa.int32()), codes)
    return pc.if_else(pc.is_valid(codes), lists, None)


def _answer_lists(field: Field, texts: Any) -> tuple[Any, Mask]:
    """The codes in each text, null where one is unknown or there is none; and where one is unknown."""
    trimmed = pc.utf8_trim(texts, characters=",;、|/+ ")
    lists = pc.split_pattern_regex(trimmed, _ANSWER_SEPARATORS)
    codes = _option_codes(field, lists.flatten())
    parents = pc.list_parent_indices(lists).to_numpy()
    unknown = np.zeros(len(texts), dtype=np.bool_)
    unknown[parents[flags(pc.is_null(codes))]] = True
    values = pa.ListArray.from_arrays(_offsets(parents, len(texts)), codes)
    return pc.if_else(pa.array(unknown | ~flags(pc.is_valid(texts))), None, values), unknown


def _offsets(parents: Any, length: int) -> Any:
    counts = np.bincount(parents, minlength=length)
    return pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32())


def _option_codes(field: Field, texts: Any) -> Any:
    """The codes of answers given as code, as title in either language, as both, or in a known other word."""
    texts = pc.replace_substring_regex(texts, r"^(\d+)\.0+$", r"\1")
    bare = pc.utf8_trim(texts, characters="()[].、 ")
    known = meanings(_answers(field))
    keys, codes = pa.array(list(known)), pa.array(list(known.values()), pa.string())
    exact = pa.array(field.option_codes).take(pc.index_in(bare, pa.array(field.option_codes)))
    # Digits alone are a code or nothing: 1、2 and 1.2 must not be read as 12.
    worded = pc.if_else(pc.match_substring_regex(texts, _DIGITS_ALONE), None, texts)
    loose = [codes.take(pc.index_in(writing, keys)) for writing in _array_writings(worded)]
    return pc.coalesce(exact, *loose)


def _array_writings(texts: Any) -> list[Any]:
    """`writings`, for an array of texts that are NFKC already."""
    lower = pc.utf8_lower(texts)
    shorter = [pc.replace_substring_regex(lower, remark, "") for remark in (LAST_BRACKETED, BRACKETED)]
    return [pc.replace_substring_regex(text, _UNHEEDED, "") for text in (lower, *shorter)]


def _answers(field: Field) -> Iterator[tuple[str, str]]:
    """Every answer as people write it, and its code; codes and titles before other words."""
    for option in field.options:
        for writing in (option.code, option.title.zh, option.title.en, option.code + option.title.zh):
            yield writing, option.code
        if option.title.zh.endswith("族"):  # nations are written without it, too: 汉、维吾尔
            yield option.title.zh[:-1], option.code
    known = LEVEL_WORDS if "township" in field.option_codes else ANSWER_WORDS.get(field.name, {})
    for code in field.option_codes:
        for word in known.get(code, ()):
            yield word, code


def _options_shown(field: Field) -> dict[str, object]:
    return {
        "options_zh": "、".join(f"{option.title.zh}（{option.code}）" for option in field.options),
        "options_en": ", ".join(f"{option.code} ({option.title.en})" for option in field.options),
    }
