"""Finding what has a title – pages, lists, services, figures, programmes – by the words people use for it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from wangdi.engine.model.text import Text

LETTERS_BETWEEN = 4
"""So far may two letters of what was typed stand apart in a title: 长处方 finds 长期处方."""

Otherwise = tuple[tuple[str, ...], ...]
"""Words that mean one another: of each row, any may stand in a title for any other."""

_Thing = TypeVar("_Thing")


def by_title(
    things: Iterable[_Thing], title: Callable[[_Thing], Text], words: str, otherwise: Otherwise = ()
) -> list[_Thing]:
    """Those whose titles fit, closest first: the words, their letters apart, what else it is called."""
    ranked = [(closeness(title(thing), words, otherwise), thing) for thing in things]
    fitting = [(rank, thing) for rank, thing in ranked if rank is not None]
    return [thing for _, thing in sorted(fitting, key=itemgetter(0))]


def closeness(title: Text, words: str, otherwise: Otherwise = ()) -> int | None:
    """0 for the very words, larger for what is further from them; None where a title does not fit."""
    said = _plain(words)
    if said in _plain(title.zh) or said in _plain(title.en):
        return 0
    for rank, pattern in enumerate(_patterns(said, otherwise), start=1):
        if pattern.search(_plain(title.zh)):
            return rank
    return None


@lru_cache(maxsize=8_192)
def _plain(text: str) -> str:
    """Without the difference of full-width and ASCII signs, and of capitals."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=64)
def _patterns(words: str, otherwise: Otherwise) -> Sequence[re.Pattern[str]]:
    """What to look for in Chinese titles; nothing for Latin letters, in which everything would be found."""
    if words.isascii() or len(words) < 2:
        return ()
    gap = f".{{0,{LETTERS_BETWEEN}}}"
    return [re.compile(gap.join(map(re.escape, said))) for said in _said_otherwise(words, otherwise)]


def _said_otherwise(words: str, otherwise: Otherwise) -> list[str]:
    """What was typed, and what it becomes with one word for another."""
    found = [words]
    for row in otherwise:
        for word in row:
            if word in words:
                found += [words.replace(word, other) for other in row if other != word]
    return list(dict.fromkeys(found))
