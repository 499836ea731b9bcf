"""Finding the tables in what the user gave: a folder, a zip, one csv, one workbook or one list in JSON."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa

from wangdi.interchange.tabular.csv_files import read_csv
from wangdi.interchange.tabular.json_files import read_json
from wangdi.interchange.tabular.sheets import IsHeading, Sheet, UnreadableError
from wangdi.interchange.tabular.workbooks import read_workbook

CSV_SUFFIXES = frozenset({".csv", ".tsv"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
JSON_SUFFIXES = frozenset({".json"})

_UNPACKED_LIMIT = 8 << 30
"""Bytes a zip may unpack to: well above any county's tables, well below what a hostile archive claims."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name as shown to the user (relative to the bundle) and where its bytes are."""

    label: str
    path: Path
    member: str | None = None

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.label).suffix.lower()

    @property
    def is_table(self) -> bool:
        return self.suffix in CSV_SUFFIXES | WORKBOOK_SUFFIXES | JSON_SUFFIXES


def find_sources(path: Path) -> tuple[Source, ...]:
    """The files in a bundle in a fixed order, without the litter of editors and operating systems.

    UnreadableError when the path does not exist or the zip is broken.
    """
    if not path.exists():
        raise UnreadableError("文件不存在", "there is no such file")
    if path.is_dir():
        found = [
            Source(file.relative_to(path).as_posix(), file) for file in path.rglob("*") if file.is_file()
        ]
    elif path.suffix.lower() == ".zip":
        found = _zip_members(path)
    else:
        found = [Source(path.name, path)]
    return tuple(
        sorted((source for source in found if not _is_litter(source)), key=lambda source: source.label)
    )


def read_sheets(source: Source, is_heading: IsHeading) -> Iterator[Sheet]:
    """The sheets of one file. UnreadableError says why there are none."""
    try:
        data = _bytes_of(source)
    except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableError("读不出内容", "its content cannot be read") from error
    if source.suffix in WORKBOOK_SUFFIXES:
        yield from read_workbook(data, source.label, is_heading)
    elif source.suffix in JSON_SUFFIXES:
        yield read_json(data, source.label)
    else:
        yield read_csv(data, source.label, is_heading)


def _zip_members(path: Path) -> list[Source]:
    try:
        # Chinese Windows writes names in GBK without saying so; names in UTF-8 are flagged and not affected.
        with zipfile.ZipFile(path, metadata_encoding="gb18030") as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise UnreadableError("压缩包损坏", "the zip is broken") from error
    if sum(info.file_size for info in members) > _UNPACKED_LIMIT:
        raise UnreadableError("压缩包展开后超过 8 GB", "the zip unpacks to more than 8 GB")
    return [Source(info.filename, path, info.filename) for info in members]


def _bytes_of(source: Source) -> memoryview:
    if source.member is not None:
        with zipfile.ZipFile(source.path, metadata_encoding="gb18030") as archive:
            return memoryview(archive.read(source.member))
    if source.path.stat().st_size == 0:
        return memoryview(b"")
    return memoryview(pa.memory_map(str(source.path)).read_buffer()).cast("B")


def _is_litter(source: Source) -> bool:
    parts = PurePosixPath(source.label).parts
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)
