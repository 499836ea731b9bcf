"""The numbers of a plan: defaults of the declaration, and what somebody set instead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.measures import PERCENT
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.services import today
from wangdi.server.planning.asking import OfParameter
from wangdi.server.planning.declaration import Number, ShareOf, declaration

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class InvalidNumbers(Exception):
    """What was set does not fit; by name, all at once."""

    problems: Mapping[str, Text]

    def __str__(self) -> str:
        return "\n".join(text.zh for text in self.problems.values())


def gathered(problems: dict[str, Text], read: Callable[[], T]) -> T | None:
    """What is read; None where that is not possible, and what was wrong is added to the others."""
    try:
        return read()
    except InvalidNumbers as wrong:
        problems.update(wrong.problems)
        return None


def default_numbers(scheme: str | None, day: date) -> dict[str, float]:
    """What each number is in a scheme while nobody sets it. KeyError for a scheme that there is not."""
    declared = declaration()
    own = declared.scheme(scheme).numbers
    found = {name: number.default for name, number in declared.numbers.items()}
    for name, number in own.items():
        found[name] = _percentage(number, day) if isinstance(number, ShareOf) else number
    return found


def _percentage(of: ShareOf, day: date) -> float:
    share = OfParameter(pack=of.pack, name=of.parameter).value_on(day)
    return 0.0 if share is None else round(share * PERCENT, 2)


def numbers_from(
    settings: Mapping[str, str | float], scheme: str | None = None, day: date | None = None
) -> dict[str, float]:
    """All numbers: those set, and the defaults of the scheme for the others. Raises InvalidNumbers."""
    declared = declaration().numbers
    result = default_numbers(scheme, day or today())
    problems: dict[str, Text] = {}
    for name, written in settings.items():
        if name not in declared:
            hint = suggest(name, declared)
            problems[name] = Text(f"没有可设的数 {name}：{hint}", f"there is no number {name}: {hint}")
            continue
        value = _number(written)
        if value is None or not declared[name].least <= value <= declared[name].most:
            problems[name] = _range(declared[name])
        else:
            result[name] = value
    if problems:
        raise InvalidNumbers(problems)
    return result


def parse_settings(written: list[str]) -> dict[str, str]:
    """``["radius=60"]`` as a mapping. Raises InvalidNumbers for what has no equals sign."""
    pairs = {one: one.partition("=") for one in written}
    wrong = {
        one: Text(f"“{one}”应写成 名称=数值", f"'{one}' has to be NAME=NUMBER")
        for one, (_, sign, _) in pairs.items()
        if not sign
    }
    if wrong:
        raise InvalidNumbers(wrong)
    return {name.strip(): value.strip() for name, _, value in pairs.values()}


def _number(written: str | float) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def _range(number: Number) -> Text:
    title, least, most = number.title, f"{number.least:g}", f"{number.most:g}"
    return Text(
        f"{title.zh}：请填 {least} 至 {most} 之间的数", f"{title.en}: a number from {least} to {most}"
    )
