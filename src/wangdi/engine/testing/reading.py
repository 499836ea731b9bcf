"""The tests beside a pack as they stand in their file, each with what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.packs.shape_errors import ShapeErrors
from wangdi.engine.packs.yaml_tree import Document, Path_, read_document
from wangdi.engine.testing.problems import problems_of
from wangdi.engine.testing.shapes import TestShape

TEST_FILE = "tests.yaml"
_RECORD_KEYS = frozenset({"on", "id", "status", "related"})
_LIST_HINT = "begin each test with '- name: …'"
_RECORD_HINT = "write - kind: {on: 2026-01-31, field: value}"


@dataclass(frozen=True, slots=True)
class Written:
    """A test as it stands in its file. ``shape`` is None where it was reported what is wrong with it."""

    name: str
    line: int
    shape: TestShape | None
    problems: tuple[Diagnostic, ...] = ()


def find_test_files(folders: Sequence[Path]) -> list[Path]:
    """The test files beside the packs of the folders."""
    return sorted(
        {file for folder in folders for file in (*folder.glob(TEST_FILE), *folder.glob(f"*/{TEST_FILE}"))}
    )


def pack_beside(rulebook: Rulebook, file: Path) -> Pack | None:
    """The pack a test file stands beside."""
    found = (pack for pack in rulebook.packs if Path(pack.location).parent.name == file.parent.name)
    return next(found, None)


def read_tests(rulebook: Rulebook, file: Path, shown_as: str, diagnostics: Diagnostics) -> list[Written]:
    """The tests of a file; what is wrong is added to the diagnostics, which call the file ``shown_as``."""
    document = read_document(file, shown_as, diagnostics)
    if document is None:
        return []
    if not isinstance(document.data, list):
        location, length = document.mark(())
        diagnostics.add(Diagnostic("W1005", location, "this should be a list", _LIST_HINT, length=length))
        return []
    reader = _Reader(rulebook, pack_beside(rulebook, file), document, diagnostics)
    return [reader.read(number, entry) for number, entry in enumerate(document.data)]


@dataclass(frozen=True)
class _Reader:
    rulebook: Rulebook
    pack: Pack | None
    document: Document
    diagnostics: Diagnostics

    def read(self, number: int, entry: Any) -> Written:
        found = Diagnostics()
        shape = self._shape(number, entry, found)
        if shape is not None:
            for problem in problems_of(shape, self.rulebook, self.pack):
                path = (number, *as_written(problem.path, entry))
                location, length = self.document.mark(path, key=problem.at_key)
                found.add(Diagnostic(problem.code, location, problem.message, problem.hint, length=length))
        for diagnostic in found.found:
            self.diagnostics.add(diagnostic)
        line = self.document.mark((number,))[0].line
        sound = shape if not found.found else None
        return Written(_name_of(entry, number), line, sound, tuple(found.found))

    def _shape(self, number: int, entry: Any, found: Diagnostics) -> TestShape | None:
        for path in _misshapen(entry):
            location, length = self.document.mark((number, *path))
            message = "this should be a record" if path else "this should be a mapping (key: value)"
            hint = _RECORD_HINT if path else _LIST_HINT
            found.add(Diagnostic("W1005", location, message, hint, length=length))
        if found.found:
            return None
        try:
            return TestShape.model_validate(_spread(entry))
        except ValidationError as error:
            written = ShapeErrors(
                self.document, TestShape, found, (number,), lambda path: as_written(path, entry)
            )
            written.report(error.errors())
            return None


def _name_of(entry: Any, number: int) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return str(name) if name else f"test {number + 1}"


def _record_lists(entry: Mapping[str, Any]) -> Iterator[tuple[Path_, Any]]:
    """Where lists of records stand in a test, and the lists."""
    yield ("records",), entry.get("records") or []
    below = entry.get("below")
    for register, rows in below.items() if isinstance(below, dict) else ():
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield ("below", register, index, "records"), row.get("records") or []


def _misshapen(entry: Any) -> Iterator[Path_]:
    """Where something stands that is no ``kind: {on: …}``; the test itself where it is no mapping."""
    if not isinstance(entry, dict):
        yield ()
        return
    for path, records in _record_lists(entry):
        if not isinstance(records, list):
            yield path
            continue
        for index, item in enumerate(records):
            one = isinstance(item, dict) and len(item) == 1
            if not one or not all(isinstance(content, dict) for content in item.values()):
                yield (*path, index)


def _spread(entry: dict[str, Any]) -> dict[str, Any]:
    """The test with records and those below in the keys of their shapes, which authors need not write."""
    spread = {**entry, "records": [_record(item) for item in entry.get("records") or []]}
    below = entry.get("below")
    if isinstance(below, dict) and all(isinstance(rows, list) for rows in below.values()):
        spread["below"] = {
            register: [_below(row) if isinstance(row, dict) else row for row in rows]
            for register, rows in below.items()
        }
    return spread


def _record(item: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = item.items()
    own = {key: value for key, value in content.items() if key in _RECORD_KEYS}
    values = {key: value for key, value in content.items() if key not in _RECORD_KEYS}
    return {"kind": kind, **own, "values": values}


def _below(row: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody below: ``times`` and ``records`` stand among the columns of the register."""
    attributes = {key: value for key, value in row.items() if key not in ("times", "records")}
    records = [_record(item) for item in row.get("records") or []]
    return {"attributes": attributes, "times": row.get("times", 1), "records": records}


def as_written(path: Path_, entry: Mapping[str, Any]) -> Path_:
    """Where in the file stands what stands at a path of the shapes."""
    head, rest = (path[:3], path[3:]) if path[:1] == ("below",) else ((), path)
    if head and rest[:1] == ("attributes",):
        return (*head, *rest[1:])
    if rest[:1] != ("records",) or len(rest) < 2:
        return path
    lists = dict(_record_lists(entry))
    kind = next(iter(lists[(*head, "records")][rest[1]]))
    inside = rest[3:] if rest[2:3] == ("values",) else () if rest[2:] == ("kind",) else rest[2:]
    return (*head, "records", rest[1], kind, *inside)
