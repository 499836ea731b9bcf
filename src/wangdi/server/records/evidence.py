"""Taking in files as evidence: what they are is read from their content, never believed from their name."""

import hashlib
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.network.models import Institution
from wangdi.server.records.models import Evidence

LARGEST = 20 * 1024 * 1024
"""Bytes: a dozen scanned pages, or a photograph of any telephone."""

_CHUNK = 1024 * 1024
_LONGEST_NAME = 120

_BEGINNINGS: Mapping[bytes, tuple[str, str]] = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
}
_ZIPPED: Mapping[str, tuple[str, str]] = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx",
    ),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}
_MACROS = "vbaproject.bin"

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"
"""What the file dialogue offers."""


class RefusedFile(ValueError):
    """Nothing was kept; ``message`` says why and what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class OfRecord:
    """Evidence for a record."""

    kind: str
    record_id: str

    @property
    def columns(self) -> dict[str, Any]:
        return {"kind": self.kind, "record_id": self.record_id}


@dataclass(frozen=True, slots=True)
class OfClause:
    """Evidence for a clause of a standard, at an institution in a year."""

    institution: Institution
    standard: str
    year: int
    clause: str

    @property
    def columns(self) -> dict[str, Any]:
        names = ("institution", "standard", "year", "clause")
        return {name: getattr(self, name) for name in names}


def keep_evidence(
    actor: AbstractBaseUser, target: OfRecord | OfClause, name: str, content: IO[bytes]
) -> Evidence:
    """Checks a file and keeps it; the same file for the same target is kept once. `RefusedFile` when it is not accepted.

    Permission is the caller's to check.
    """
    content_type, ending = _sort_of(content)
    digest, size = _stored(content)
    given = target.columns | {"sha256": digest}
    with transaction.atomic():
        existing = Evidence.objects.standing().filter(**given).first()
        if existing is not None:
            return existing
        told = {key: getattr(value, "code", value) for key, value in target.columns.items()}
        clean = _clean_name(name, ending)
        summary = {**told, "name": clean, "sha256": digest, "size": size}
        change = record_change("evidence.add", actor=actor, summary=summary)
        return Evidence.objects.create(
            **given, name=clean, size=size, content_type=content_type, change=change
        )


def withdraw_evidence(actor: AbstractBaseUser, evidence: Evidence) -> None:
    """It is shown no longer; file and row stay, so that what was judged by it can be told."""
    with transaction.atomic():
        summary = {"evidence": evidence.pk, "name": evidence.name, "sha256": evidence.sha256}
        evidence.withdrawn = record_change("evidence.withdraw", actor=actor, summary=summary)
        evidence.save(update_fields=["withdrawn"])


def path_of(evidence: Evidence) -> Path:
    return _path(evidence.sha256)


def _path(digest: str) -> Path:
    return Installation.current().evidence / digest[:2] / digest


def _sort_of(content: IO[bytes]) -> tuple[str, str]:
    """Content type and ending, from the content."""
    content.seek(0)
    beginning = content.read(16)
    if not beginning:
        raise RefusedFile(Text("文件是空的，请重新选择", "the file is empty; choose another"))
    for signature, sort in _BEGINNINGS.items():
        if beginning.startswith(signature):
            return sort
    if beginning.startswith(b"PK"):
        return _sort_of_zipped(content)
    raise _unknown()


def _sort_of_zipped(content: IO[bytes]) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(content) as archive:
            names = {name.lower() for name in archive.namelist()}
    except zipfile.BadZipFile:
        raise _unknown() from None
    if any(name.endswith(_MACROS) for name in names):
        raise RefusedFile(
            Text("文件含宏，不能接收：请另存为不含宏的格式", "the file holds macros: save it without them")
        )
    for part, sort in _ZIPPED.items():
        if part in names:
            return sort
    raise _unknown()


def _unknown() -> RefusedFile:
    return RefusedFile(
        Text(
            "只接收 PDF、JPG、PNG 图片和 Word（docx）、Excel（xlsx）文件：请转换后再上传",
            "only PDF, JPG, PNG, Word (docx) and Excel (xlsx) files are accepted: convert the file first",
        )
    )


def _stored(content: IO[bytes]) -> tuple[str, int]:
    """Copies the content to where its hash says, all or nothing; hash and size."""
    folder = Installation.current().evidence
    folder.mkdir(parents=True, exist_ok=True)
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as copy:
        try:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    raise _too_large()
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            path = _path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True)
            Path(copy.name).replace(path)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size


def _too_large() -> RefusedFile:
    most = LARGEST // (1024 * 1024)
    return RefusedFile(
        Text(
            f"文件超过 {most} MB：请压缩，或分成几个文件",
            f"the file is larger than {most} MB: make it smaller, or split it",
        )
    )


def _clean_name(name: str, ending: str) -> str:
    """The name without folders and signs that upset other systems, with the ending of what it is."""
    stem = PurePath(name.replace("\\", "/")).stem or "file"
    kept = "".join(sign if sign.isalnum() or sign in " -_.（）()" else "_" for sign in stem).strip(" .")
    return (kept or "file")[:_LONGEST_NAME] + ending
