"""From folders of packs to a checked rulebook."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from wangdi.engine.diagnostics.messages import Diagnostics, PackError
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.packs.declarations import declare
from wangdi.engine.packs.library import Library, PackFile, optional_text, text_of
from wangdi.engine.packs.names import Names, register_types
from wangdi.engine.packs.rules import RuleReader
from wangdi.engine.packs.shape_errors import report_shape_errors
from wangdi.engine.packs.shapes import PackShape
from wangdi.engine.packs.yaml_tree import read_document

PACK_FILE = "pack.yaml"


def find_pack_files(folder: Path) -> list[Path]:
    """The pack files of a folder of packs (one folder each), or of one pack's own folder; sorted by name."""
    if (folder / PACK_FILE).is_file():
        return [folder / PACK_FILE]
    return sorted(folder.glob(f"*/{PACK_FILE}"))


def load_rulebook(folders: Sequence[Path], *, relative_to: Path | None = None) -> Rulebook:
    """Reads and checks all packs in the folders together. `PackError` with every problem when there is any."""
    rulebook, diagnostics = check_packs(folders, relative_to=relative_to)
    if diagnostics.errors:
        raise PackError(diagnostics)
    return rulebook


def check_packs(folders: Sequence[Path], *, relative_to: Path | None = None) -> tuple[Rulebook, Diagnostics]:
    """As `load_rulebook`, but returns what could be read together with all diagnostics."""
    diagnostics = Diagnostics()
    files: dict[str, PackFile] = {}
    library = Library(files, diagnostics)
    for folder in folders:
        for path in find_pack_files(folder):
            file = _read_file(path, relative_to, diagnostics)
            if file is not None and file.name in files:
                library.report(file, "W2107", ("pack",), f"there are two packs named '{file.name}'")
            elif file is not None:
                files[file.name] = file
    declare(library)
    _check_names(library)
    names = Names(library)
    return Rulebook(tuple(_assemble(names, file) for file in files.values())), diagnostics


def _read_file(path: Path, relative_to: Path | None, diagnostics: Diagnostics) -> PackFile | None:
    inside = relative_to is not None and path.is_relative_to(relative_to)
    shown_as = str(path.relative_to(relative_to)) if inside and relative_to is not None else str(path)
    document = read_document(path, shown_as, diagnostics)
    if document is None:
        return None
    try:
        return PackFile(PackShape.model_validate(document.data), document)
    except ValidationError as error:
        report_shape_errors(document, error, diagnostics)
        return None


def _check_names(library: Library) -> None:
    """Shared names are unique across packs; a pack's own names are unique and hide nothing."""
    for section in ("groups", "schedules", "indicators"):
        owners: dict[str, str] = {}
        for file in library.files.values():
            for name in getattr(file.shape, section):
                if name in owners:
                    message = f"'{name}' is already among the {section} of pack '{owners[name]}'"
                    library.report(file, "W2107", (section, name), message, "rename one of them", key=True)
                owners.setdefault(name, file.name)
    for file in library.files.values():
        _check_local_names(library, file)


def _check_local_names(library: Library, file: PackFile) -> None:
    seen: set[str] = set()
    hidden = set(register_types(file.shape.entity)) if file.shape.entity == "resident" else set()
    for section in ("parameters", "facts", "values", "groups"):
        for name in getattr(file.shape, section):
            if name in seen:
                message = f"'{name}' is defined twice in this pack"
                library.report(file, "W2108", (section, name), message, "rename one of them", key=True)
            elif name in hidden:
                message = f"'{name}' hides the register column of that name"
                library.report(file, "W2108", (section, name), message, "choose another name", key=True)
            seen.add(name)


def _assemble(names: Names, file: PackFile) -> Pack:
    reader, shape, library = RuleReader(names, file), file.shape, names.library
    groups = reader.groups()
    schedules = (reader.schedule(name, item) for name, item in shape.schedules.items())
    indicators = (reader.indicator(name, item) for name, item in shape.indicators.items())
    return Pack(
        name=file.name,
        title=text_of(shape.title),
        version=shape.version,
        summary=optional_text(shape.summary),
        location=file.document.file,
        sources=tuple(s for (pack, _), s in library.sources.items() if pack == file.name),
        parameters=tuple(p for (pack, _), p in library.parameters.items() if pack == file.name),
        kinds=tuple(library.kinds[name] for name in shape.kinds if name in library.kinds),
        values=tuple(value for value in reader.values() if isinstance(value, Named)),
        groups=groups,
        schedules=tuple(item for item in schedules if item is not None),
        indicators=tuple(item for item in indicators if item is not None),
        presence=reader.presence(),
    )


