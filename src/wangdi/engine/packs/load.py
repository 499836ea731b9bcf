"""From folders of packs to a checked rulebook."""

from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, Location, PackError
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.named import Named
from wangdi.engine.model.nodes import kept
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.packs.adoption import NAMES, check_adoption, editions_of, is_by_place
from wangdi.engine.packs.channels import ChannelReader
from wangdi.engine.packs.declarations import check_quick, check_records, declare
from wangdi.engine.packs.indicators import read_indicator
from wangdi.engine.packs.library import Library, PackFile, optional_text, text_of
from wangdi.engine.packs.names import Names
from wangdi.engine.packs.references import register_types
from wangdi.engine.packs.rules import RuleReader
from wangdi.engine.packs.schedules import read_schedule
from wangdi.engine.packs.shape_errors import read_shape
from wangdi.engine.packs.shapes import WorkflowShape
from wangdi.engine.packs.sheets import SheetReader
from wangdi.engine.packs.standards import StandardReader
from wangdi.engine.packs.syntax import RESERVED
from wangdi.engine.packs.workflows import LimitReader, limit_names
from wangdi.engine.packs.yaml_tree import read_document

PACK_FILE = "pack.yaml"


def find_pack_files(folder: Path) -> list[Path]:
    """The pack files of a folder of packs (one folder each), or of one pack's own folder, by name."""
    if (folder / PACK_FILE).is_file():
        return [folder / PACK_FILE]
    return sorted(folder.glob(f"*/{PACK_FILE}"))


def pack_folders(folder: Path) -> dict[str, Path]:
    """The folder of each pack by the pack's name, as far as the files can be read."""
    found = {}
    for path in find_pack_files(folder):
        document = read_document(path, str(path), Diagnostics())
        if document is not None and isinstance(document.data, dict):
            found[str(document.data.get("pack"))] = path.parent
    return found


def load_rulebook(folders: Sequence[Path], *, relative_to: Path | None = None) -> Rulebook:
    """Reads and checks all packs in the folders together. `PackError` with every problem, if any."""
    rulebook, diagnostics = check_packs(folders, relative_to=relative_to)
    if diagnostics.errors:
        raise PackError(diagnostics)
    return rulebook


def check_packs(folders: Sequence[Path], *, relative_to: Path | None = None) -> tuple[Rulebook, Diagnostics]:
    """As `load_rulebook`, but returns what could be read together with all diagnostics."""
    rulebook, library = read_packs(folders, relative_to=relative_to)
    return rulebook, library.diagnostics


@kept()
def read_packs(folders: Sequence[Path], *, relative_to: Path | None = None) -> tuple[Rulebook, Library]:
    """As `check_packs`, but returns the library, which knows where everything stands in the files."""
    files: dict[str, PackFile] = {}
    library = Library(files, Diagnostics())
    for folder in folders:
        _add_folder(library, folder, relative_to)
    declare(library)
    _check_names(library)
    names = Names(library, read_indicator, read_schedule)
    return Rulebook(tuple(_assemble(names, file) for file in files.values())), library


def _add_folder(library: Library, folder: Path, relative_to: Path | None) -> None:
    paths = find_pack_files(folder)
    for path in paths:
        _add_file(library, path, relative_to)
    if not paths:
        message = f"there is no {PACK_FILE} in this folder, nor in the folders in it"
        hint = f"name a folder with a {PACK_FILE}; wangdi packs new NAME makes one to begin with"
        place = Location(shown_path(folder, relative_to), 1, 1)
        library.diagnostics.add(Diagnostic("W1010", place, message, hint))


def _add_file(library: Library, path: Path, relative_to: Path | None) -> None:
    file = _read_file(library, path, relative_to)
    if file is not None and file.name not in library.files:
        library.files[file.name] = file
        return
    library.unreadable = True
    if file is not None:
        message, hint = f"there are two packs named '{file.name}'", "rename one of them"
        library.report(file, "W2107", ("pack",), message, hint)


def _read_file(library: Library, path: Path, relative_to: Path | None) -> PackFile | None:
    document = read_document(path, shown_path(path, relative_to), library.diagnostics)
    if document is None:
        return None
    shape, lost = read_shape(document, library.diagnostics)
    library.lost |= lost
    return PackFile(shape, document) if shape is not None else None


def shown_path(path: Path, relative_to: Path | None) -> str:
    """What messages call a file: its path below a folder, if it is below it."""
    inside = relative_to is not None and path.is_relative_to(relative_to)
    return str(path.relative_to(relative_to)) if inside and relative_to is not None else str(path)


def _check_names(library: Library) -> None:
    """Shared names are unique across packs; a pack's own names are unique and hide nothing."""
    for section in ("groups", "schedules", "indicators", "standards", "channels", "sheets"):
        for name, owner, file in _repeated(library, section):
            message = f"'{name}' is already among the {section} of pack '{owner}'"
            library.report(file, "W2107", (section, name), message, "rename one of them", key=True)
    _check_limit_names(library)
    check_quick(library)
    check_records(library)
    for name, owner, file in _repeated(library, "entities"):
        message = f"pack '{owner}' says already who is present among {REGISTERS[name].table}"
        library.report(file, "W2111", ("entities", name), message, "keep one of the two", key=True)
    for file in library.files.values():
        check_adoption(library, file)
        _check_local_names(library, file)


def _check_limit_names(library: Library) -> None:
    """The schedules that limits of workflows stand for have names that nothing else has."""
    taken = {name for file in library.files.values() for name in file.shape.schedules}
    for file in library.files.values():
        for name, path in limit_names(_workflows(file)):
            if name in taken:
                message = f"this limit stands for the schedule '{name}', which there is already"
                library.report(file, "W2107", path, message, "keep one limit, or rename the schedule")
            taken.add(name)


def _workflows(file: PackFile) -> dict[str, WorkflowShape]:
    kinds = file.shape.kinds.items()
    return {name: kind.workflow for name, kind in kinds if kind.workflow is not None}


def _repeated(library: Library, section: str) -> Iterator[tuple[str, str, PackFile]]:
    """Each name of a section that an earlier pack has as well: the name, the earlier pack, the later file."""
    owners: dict[str, str] = {}
    for file in library.files.values():
        for name in getattr(file.shape, section):
            if name in owners:
                yield name, owners[name], file
            owners.setdefault(name, file.name)


def _check_local_names(library: Library, file: PackFile) -> None:
    seen: set[str] = set()
    columns = register_types(file.shape.entity) if file.shape.entity in REGISTERS else {}
    adoption = NAMES if is_by_place(file) else ()
    groups = {name for other in library.files.values() if other is not file for name in other.shape.groups}
    for section in ("parameters", "facts", "values", "groups"):
        for name in getattr(file.shape, section):
            problem = _problem_of_name(name, section, seen, columns, groups)
            if problem is None and name in adoption:
                problem = "W2108", f"'{name}' tells of the pack's adoption"
            if problem is not None:
                code, message = problem
                library.report(file, code, (section, name), message, "choose another name", key=True)
            seen.add(name)


def _problem_of_name(
    name: str, section: str, seen: Container[str], columns: Container[str], groups: Container[str]
) -> tuple[str, str] | None:
    """The code and message of what is wrong with a pack's own name."""
    if name in RESERVED:
        return "W1006", f"'{name}' is a word of the expression language"
    if name in seen:
        return "W2108", f"'{name}' is defined twice in this pack"
    if name in columns:
        return "W2108", f"'{name}' hides the register column of that name"
    if section != "groups" and name in groups:
        return "W2108", f"'{name}' hides the group of that name in another pack"
    return None


def _assemble(names: Names, file: PackFile) -> Pack:
    reader, shape, library = RuleReader(names, file), file.shape, names.library
    groups = reader.groups()
    schedules = [reader.try_schedule(name) for name in shape.schedules]
    limits = (
        schedule
        for name, workflow in _workflows(file).items()
        if name in names.library.kinds and names.library.kinds[name].workflow is not None
        for schedule in LimitReader(names, file).schedules(names.library.kinds[name], workflow)
    )
    indicators = (reader.try_indicator(name) for name in shape.indicators)
    standards = (StandardReader(names, file).standard(name, item) for name, item in shape.standards.items())
    channels = (ChannelReader(names, file).channel(name, item) for name, item in shape.channels.items())
    sheets = (SheetReader(names, file).sheet(name, item) for name, item in shape.sheets.items())
    return Pack(
        name=file.name,
        title=text_of(shape.title),
        version=shape.version,
        summary=optional_text(shape.summary),
        location=file.document.file,
        sources=tuple(s for (pack, _), s in library.sources.items() if pack == file.name),
        parameters=tuple(p for (pack, _), p in library.parameters.items() if pack == file.name),
        kinds=tuple(library.kinds[name] for name in shape.kinds if name in library.kinds),
        facts=tuple(fact for fact in reader.local(shape.facts) if isinstance(fact, Fact | Rollup | Named)),
        values=tuple(value for value in reader.local(shape.values) if isinstance(value, Named)),
        groups=groups,
        schedules=(*(item for item in schedules if item is not None), *limits),
        indicators=tuple(item for item in indicators if item is not None),
        presence=reader.presence(),
        by_place=is_by_place(file),
        editions=editions_of(file),
        standards=tuple(item for item in standards if item is not None),
        channels=tuple(item for item in channels if item is not None),
        sheets=tuple(item for item in sheets if item is not None),
    )
