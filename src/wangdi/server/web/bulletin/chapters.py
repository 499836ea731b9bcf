"""Which figures a bulletin tells, in which order: ``chapters.yaml`` beside a pack."""

from dataclasses import dataclass
from functools import lru_cache

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from wangdi.engine.model.indicators import Dimension, Indicator
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.rules import KEPT, Rules, rulebook, rules

FILE = "chapters.yaml"


class ChaptersError(ValueError):
    """The file cannot be used; the message says where and what."""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Figure(BaseModel):
    model_config = ConfigDict(extra="forbid")
    indicator: str
    by: str | None = None


class _Chapter(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: _Words
    figures: list[_Figure]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: _Words
    chapters: list[_Chapter]


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of the bulletin, with the breakdown that is shown, if any."""

    indicator: Indicator
    by: Dimension | None


@dataclass(frozen=True, slots=True)
class Chapter:
    title: Text
    figures: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    pack: Pack
    title: Text
    chapters: tuple[Chapter, ...]


def contents() -> Contents | None:
    """Of the first pack that has a list of chapters; None where none has. `ChaptersError` with all problems at once."""
    return _contents(rules())


@lru_cache(maxsize=KEPT)
def _contents(found: Rules) -> Contents | None:
    for pack in found.rulebook.packs:
        path = found.folders[pack.name] / FILE
        if path.exists():
            return read_contents(pack, path.read_text(encoding="utf-8"), str(path))
    return None


def read_contents(pack: Pack, text: str, where: str) -> Contents:
    """The chapters written in ``text``, of indicators of the rulebook."""
    try:
        written = _File.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ChaptersError(f"{where}: {error}") from error
    problems = [
        problem for chapter in written.chapters for one in chapter.figures for problem in _problems(one)
    ]
    if problems:
        raise ChaptersError(f"{where}: " + "; ".join(problems))
    chapters = (
        Chapter(chapter.title.text, tuple(_told(one) for one in chapter.figures))
        for chapter in written.chapters
    )
    return Contents(pack, written.title.text, tuple(chapters))


def _problems(one: _Figure) -> list[str]:
    indicator = rulebook().indicators.get(one.indicator)
    if indicator is None:
        return [f"there is no indicator '{one.indicator}'"]
    names = [dimension.name for dimension in indicator.by]
    if one.by is not None and one.by not in names:
        return [f"'{one.indicator}' is not broken down by '{one.by}', but by {', '.join(names) or 'nothing'}"]
    return []


def _told(one: _Figure) -> Told:
    indicator = rulebook().indicators[one.indicator]
    return Told(indicator, next((dimension for dimension in indicator.by if dimension.name == one.by), None))
