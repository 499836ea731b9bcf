"""Names as they are typed in letters: full pinyin and initials, for search.

Readings are those of pypinyin; surnames that are read otherwise than the word are listed here.
"""

from collections.abc import Iterable, Mapping

LONGEST_PINYIN, LONGEST_INITIALS = 200, 60

SURNAMES: Mapping[str, str] = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "单于": "chan yu",
    "澹台": "tan tai",
    "长孙": "zhang sun",
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "盖": "ge",
    "区": "ou",
    "员": "yun",
    "洗": "xian",
    "黑": "he",
    "召": "shao",
    "秘": "bi",
    "繁": "po",
    "折": "she",
    "乐": "yue",
    "华": "hua",
    "燕": "yan",
    "任": "ren",
    "宁": "ning",
    "覃": "qin",
    "翟": "zhai",
    "牟": "mou",
    "谌": "chen",
    "晁": "chao",
    "逄": "pang",
    "冼": "xian",
    "郗": "xi",
}
"""Readings as surnames, after the Dictionary of Modern Chinese (现代汉语词典); 覃 is also read tan."""


def spelled(name: str, *, is_person: bool) -> tuple[str, str]:
    """Full pinyin and initials without spaces, in small letters; ``v`` and ``ü`` are written u.

    Letters and digits stay: ``('a1cun', 'a1c')`` for ``A1村``.
    """
    syllables = _syllables(name, is_person)
    whole = canonical("".join(syllables))
    first = "".join(part if part.isascii() and not part.isalpha() else part[:1] for part in syllables)
    return whole[:LONGEST_PINYIN], canonical(first)[:LONGEST_INITIALS]


def canonical(typed: str) -> str:
    """What is typed in letters, as it is kept: small, without spaces and apostrophes, u for v and ü."""
    kept = "".join(sign for sign in typed.lower() if sign.isalnum())
    return kept.replace("v", "u").replace("ü", "u")


def _syllables(name: str, is_person: bool) -> list[str]:
    if is_person:
        for length in (2, 1):
            if reading := SURNAMES.get(name[:length]):
                return [*reading.split(), *_read(name[length:])]
    return _read(name)


def _read(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - reads half a second of dictionaries, which few processes need

    return list(lazy_pinyin(text))


def spelled_all(names: Iterable[str | None], *, is_person: bool) -> tuple[list[str], list[str]]:
    """Pinyin and initials of a column of names; each different name is read once (about 25 µs)."""
    known: dict[str, tuple[str, str]] = {"": ("", "")}
    found = []
    for name in names:
        text = name or ""
        if text not in known:
            known[text] = spelled(text, is_person=is_person)
        found.append(known[text])
    return [whole for whole, _ in found], [first for _, first in found]
