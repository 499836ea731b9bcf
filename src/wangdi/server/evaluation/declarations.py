"""Files beside packs in which a planner or a watcher is told what to take from them: ``dispatch.yaml``, ``watch.yaml``."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from wangdi.engine.model.text import Text
from wangdi.server.evaluation.rules import CONTENT


class DeclarationError(Exception):
    """The file does not fit the packs; all that is wrong with it."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


S = TypeVar("S", bound=Shape)


class Title(Shape):
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


def only_file(name: str) -> tuple[str, str]:
    """The text of the one file of that name among the packs, and what messages call it. Raises DeclarationError."""
    files = sorted(CONTENT.glob(f"*/{name}"))
    if len(files) != 1:
        raise DeclarationError(f"{len(files)} × {name}")
    return files[0].read_text(encoding="utf-8"), str(files[0].relative_to(CONTENT.parent))


def read_shape(shape: type[S], text: str, name: str, problems: Callable[[S], Iterable[str]]) -> S:
    """What a file declares; ``problems`` says what of it no pack has. Raises DeclarationError with all that is wrong."""
    try:
        found = shape.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise DeclarationError("\n".join(f"{name}: {line}" for line in wrong)) from None
    wrong = list(problems(found))
    if wrong:
        raise DeclarationError("\n".join(f"{name}: {line}" for line in wrong))
    return found
