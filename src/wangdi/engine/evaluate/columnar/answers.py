"""Several answers at once as one text: the codes given, in the order of their options, a line each.

So vectors hold them as they hold any text: as positions in the answers that occur, of which there are few.
"""

from collections.abc import Callable, Iterable

import numpy as np

from wangdi.engine.evaluate.columnar.vectors import Array, Vector, boolean, both_valid


def as_text(codes: Iterable[object], options: tuple[str, ...]) -> str:
    """The answers that are options; empty when none is."""
    given = set(codes)
    return "\n".join(option for option in options if option in given)


def codes_in(text: str) -> list[str]:
    """The answers that a text holds."""
    return text.split("\n") if text else []


def answers_of(written: Vector, read: Callable[[str], Iterable[object]], options: tuple[str, ...]) -> Vector:
    """Written texts as answers, each different one ``read`` once; null where no option is among them."""
    texts = [as_text(read(text), options) for text in written.categories or ()]
    categories = tuple(dict.fromkeys(("", *texts)))
    ranks = {text: rank for rank, text in enumerate(categories)}
    table = np.array([ranks[text] for text in texts] or [0], dtype=np.int32)
    data = table[written.data]
    valid = written.validity & (data > 0)
    return Vector(data, None if valid.all() else valid, categories)


def has(answers: Vector, option: Vector) -> Vector:
    """Whether an option is among the answers."""
    options = option.categories or ("",)
    table = np.array([[one in codes for one in options] for codes in _codes(answers)])
    return boolean(table[answers.data, option.data], both_valid(answers, option))


def number_of(answers: Vector) -> Vector:
    """How many answers were given."""
    counts: Array = np.array([len(codes) for codes in _codes(answers)], dtype=np.int32)
    return Vector(counts[answers.data], answers.valid)


def _codes(answers: Vector) -> list[list[str]]:
    return [codes_in(text) for text in answers.categories or ("",)]
