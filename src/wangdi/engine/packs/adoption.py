"""What a pack says of its adoption: where it is in force, its editions, and the names rules have for them."""

from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.fields import Option
from wangdi.engine.model.types import Base, Type
from wangdi.engine.packs.library import Library, PackFile, text_of

NAMES = ("adopted", "edition")
"""The names that rules have for them in packs adopted by place."""


def is_by_place(file: PackFile) -> bool:
    return file.shape.adoption == "by_place"


def check_adoption(library: Library, file: PackFile) -> None:
    """Editions are something to adopt."""
    if file.shape.editions and not is_by_place(file):
        message = f"pack '{file.name}' has editions, but no place adopts one"
        hint = "write adoption: by_place, or take the editions away"
        library.report(file, "W3050", ("editions",), message, hint, key=True)


def editions_of(file: PackFile) -> tuple[Option, ...]:
    return tuple(Option(code, text_of(title)) for code, title in file.shape.editions.items())


def adoption_name(file: PackFile, name: str, entity: str) -> Expression | None:
    """What a name of `NAMES` means in rules about an entity; None when it means nothing in this pack."""
    if name == "adopted" and is_by_place(file):
        return Adopted(file.name, entity)
    if name == "edition" and file.shape.editions:
        return Edition(file.name, entity, Type(Base.TEXT, tuple(file.shape.editions)))
    return None
