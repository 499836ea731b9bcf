"""Rulebooks as they were read, kept in a file: reading all packs takes seconds, reading this a tenth of one."""

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from wangdi import engine
from wangdi.engine.model.nodes import kept
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import find_pack_files, load_rulebook

ENDING = ".rulebook"
_DIGEST = 32
_KEPT = 8
"""How many files stay: those of other packs or of an older program are removed, the least recently made first."""

Prepare = Callable[[Rulebook], object]
"""Works out beforehand what the rulebook is to remember, such as its plans."""


def compiled_rulebook(
    folders: Sequence[Path], keep_in: Path, *, relative_to: Path | None = None, prepare: Prepare
) -> Rulebook:
    """As `load_rulebook`; what was read is kept in a folder and taken from there while packs and program stay the same.

    The files are Python's pickles, as trusted as the program itself: whoever may write into the folder may run code. It
    is made for its owner alone, in a folder that exists. A file that is broken or cannot be written costs time only.
    """
    file = keep_in / f"{_key(folders, relative_to)}{ENDING}"
    found = _read(file)
    if found is None:
        found = load_rulebook(folders, relative_to=relative_to)
        prepare(found)
        _write(file, found)
    return found


def _key(folders: Sequence[Path], relative_to: Path | None) -> str:
    """What the result rests on: the packs' files by name and content, and the program that reads them."""
    digest = hashlib.sha256(_program())
    for folder in folders:
        for path in find_pack_files(folder):
            inside = relative_to is not None and path.is_relative_to(relative_to)
            shown = path.relative_to(relative_to) if inside and relative_to is not None else path
            content = path.read_bytes()
            digest.update(f"{shown}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:_DIGEST]


@cache
def _program() -> bytes:
    """The engine's own files as they stand on the disk, and what else decides how packs are read."""
    base = Path(engine.__file__).parent
    stats = ((path.relative_to(base), path.stat()) for path in sorted(base.rglob("*.py")))
    files = [f"{path} {found.st_size} {found.st_mtime_ns}" for path, found in stats]
    libraries = (f"{name} {version(name)}" for name in ("pydantic", "PyYAML", "sqlglot"))
    return "\n".join((sys.version, *libraries, *files)).encode()


@kept()
def _read(file: Path) -> Rulebook | None:
    try:
        written = file.read_bytes()
        digest, content = written[:_DIGEST], written[_DIGEST:]
        if hashlib.sha256(content).digest() != digest:
            return None
        found = pickle.loads(content)
    except Exception:  # unpickling raises whatever classes raise; the packs are there to be read again
        return None
    return found if isinstance(found, Rulebook) else None


def _write(file: Path, rulebook: Rulebook) -> None:
    content = pickle.dumps(rulebook, pickle.HIGHEST_PROTOCOL)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as part:
            part.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(file)
        for old in _surplus(file.parent):
            old.unlink(missing_ok=True)
    except OSError:
        return


def _surplus(folder: Path) -> Iterator[Path]:
    """All but the newest files."""
    made = sorted(folder.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    yield from made[_KEPT:]
