"""When two files look like one person: signs, what each counts, and from how much on somebody should look.

A convention of this software, from no document; the counts were chosen so that a sign alone is never enough, but for
the same identity number. Name and birth date together are: among a million people some thousand pairs share both by
chance, mostly in different places, and come last.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Sign:
    """``holds`` is SQL over two rows ``a`` and ``b`` of the register; ``counts`` may be negative."""

    title: Text
    counts: int
    holds: str


def _same(column: str) -> str:
    return f"a.{column} = b.{column}"


SIGNS: Mapping[str, Sign] = {
    "id_number": Sign(Text("身份证号相同", "same identity number"), 100, _same("id_number_index")),
    "other_id_number": Sign(
        Text("身份证号不同", "different identity numbers"), -60, "a.id_number_index <> b.id_number_index"
    ),
    "name": Sign(Text("姓名相同", "same name"), 30, _same("name")),
    "sound": Sign(
        Text("姓名同音", "names that sound alike"),
        20,
        "a.pinyin = b.pinyin AND a.name <> b.name AND a.pinyin <> ''",
    ),
    "birth_date": Sign(Text("出生日期相同", "same birth date"), 30, _same("birth_date")),
    "phone": Sign(Text("电话相同", "same telephone"), 25, _same("phone_index")),
    "household": Sign(Text("同一户", "same household"), 10, _same("household")),
    "place": Sign(Text("同一区划", "same place"), 10, _same("place_id")),
    "other_sex": Sign(Text("性别不同", "different sex"), -40, "a.sex <> b.sex"),
}

LEAST = 60
"""Pairs that count less are not shown."""

BLOCKS: tuple[tuple[str, ...], ...] = (
    ("id_number_index",),
    ("pinyin", "birth_date"),
    ("phone_index", "birth_date"),
    ("phone_index", "pinyin"),
    ("household", "birth_date"),
)
"""Only files that have all columns of a block in common are compared."""

LARGEST_BLOCK = 20
"""More files than these with one value are no sign: a telephone of the village committee, a date of who knows when."""
