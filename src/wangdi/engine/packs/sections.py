"""The headings of a form: written at the first field under each, they hold until the next."""

from collections.abc import Mapping

from wangdi.engine.model.text import Text
from wangdi.engine.packs.library import Library, PackFile, text_of
from wangdi.engine.packs.shapes import FieldShape


def sections_of(
    library: Library, file: PackFile, kind: str, shapes: Mapping[str, FieldShape]
) -> Mapping[str, Text | None]:
    """The heading that each field stands under. One that occurs twice is reported, and left out the second time."""
    found: dict[str, Text | None] = {}
    first: dict[Text, str] = {}
    current: Text | None = None
    for name, shape in shapes.items():
        if shape.section is not None:
            section = text_of(shape.section)
            if section in first:
                message = f"the section '{section.zh}' begins at '{first[section]}' already"
                hint = "move the fields of a section together, or give one of the two another title"
                library.report(file, "W3001", ("kinds", kind, "fields", name, "section"), message, hint)
            else:
                first[section] = name
                current = section
        found[name] = current
    return found
