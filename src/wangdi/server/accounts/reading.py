"""Reading accounts from a file: every row checked by the rules of a single account, all problems at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from django.contrib.auth.models import User

from wangdi.engine.model.registers import INSTITUTION, PLACE, WORKER
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.read import ReadResult, read_one_table, result_of
from wangdi.interchange.tabular.typed import TypedTable
from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.granting import AT_PLACES
from wangdi.server.accounts.services import RoleGiven, problems_of_name, problems_of_role
from wangdi.server.accounts.sheet import SHAPE
from wangdi.server.network.models import Institution, Place, Worker

MOST_ROWS = 5_000

_TOO_MANY = Text(
    f"一个文件最多 {MOST_ROWS:,} 个账号，请分成几个", f"a file holds at most {MOST_ROWS:,} accounts; split it"
)

Row: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """One account to be made. ``language``: that of its pages, empty where nobody chose; ``phone`` is not kept."""

    username: str
    name: str
    given: RoleGiven
    language: str
    phone: str


@dataclass(frozen=True, slots=True)
class AccountsRead:
    """What a file asks for; ``accounts`` is empty where anything is wrong. ``there``: rows that are accounts already."""

    accounts: Sequence[NewAccount]
    there: int
    result: ReadResult


def read_accounts(path: Path, actor: User | None) -> AccountsRead:
    """The accounts of a csv or workbook, as ``actor`` may make them (None: somebody at the machine, who may all)."""
    table, findings = read_one_table(path, SHAPE)
    if table is None:
        return AccountsRead((), 0, result_of({}, (), findings))
    if len(table) > MOST_ROWS:
        where = table.place_of(MOST_ROWS, None)
        findings.whole("I851", SHAPE.table, where, {"reason_zh": _TOO_MANY.zh, "reason_en": _TOO_MANY.en})
    asked = _Asked(table, findings, actor)
    is_whole = all(field.name in table.columns for field in SHAPE.required)
    accounts = list(asked.accounts()) if is_whole and len(table) <= MOST_ROWS else []
    found = () if findings.problems else tuple(accounts)
    return AccountsRead(found, asked.there, result_of({}, (table,), findings))


class _Asked:
    """The rows of one file on their way to accounts."""

    def __init__(self, table: TypedTable, findings: Findings, actor: User | None) -> None:
        self._table, self._findings, self._actor = table, findings, actor
        self._first_use: dict[tuple[str, str], int] = {}
        self.there = 0

    def accounts(self) -> Iterator[NewAccount]:
        """All rows are looked at; those that can be read come out, unless the account is there already."""
        for number, row in enumerate(self._rows()):
            account = self._account(number, row)
            if account is not None:
                yield account

    def _rows(self) -> Iterator[Row]:
        columns = {name: column.values.to_pylist() for name, column in self._table.columns.items()}
        for number in range(len(self._table)):
            yield {name: str(values[number] or "") for name, values in columns.items()}

    def _account(self, number: int, row: Row) -> NewAccount | None:
        username, name = row.get("username") or row.get("worker", ""), row["name"]
        worker = self._worker(number, row)
        repeated = self._is_repeated(number, "username", username.casefold())
        repeated |= self._is_repeated(number, "worker", row.get("worker", ""))
        if not row["role"]:
            return None
        role = Role(row["role"])
        area = self._area(number, role, row)
        if repeated or (row.get("area") and area is None) or (row.get("worker") and worker is None):
            return None
        given = RoleGiven(role, area, worker)
        if self._is_there(number, username, name, given):
            return None
        problems = [*problems_of_name(username, name), *problems_of_role(given, None, self._actor)]
        for field, message in problems:
            self._report(number, field, "I851", reason_zh=message.zh, reason_en=message.en)
        return NewAccount(username, name, given, row.get("language", ""), row.get("phone", ""))

    def _area(self, number: int, role: Role, row: Row) -> Place | Institution | None:
        code = row.get("area", "")
        if not code:
            return None
        known: Mapping[str, Any] = self._places if role in AT_PLACES else self._institutions
        if code not in known:
            title = (PLACE if role in AT_PLACES else INSTITUTION).title
            self._unknown(number, "area", title)
        found: Place | Institution | None = known.get(code)
        return found

    def _worker(self, number: int, row: Row) -> Worker | None:
        code = row.get("worker", "")
        if code and code not in self._workers:
            self._unknown(number, "worker", WORKER.title)
        return self._workers.get(code)

    def _unknown(self, number: int, field: str, title: Text) -> None:
        self._report(number, field, "I853", what_zh=title.zh, what_en=title.en)

    def _is_repeated(self, number: int, field: str, value: str) -> bool:
        """Whether an earlier row has it; empty values are looked at elsewhere."""
        if not value:
            return False
        first = self._first_use.setdefault((field, value), number)
        if first != number:
            self._report(number, field, "I852", other_row=self._table.row_number(first))
        return first != number

    def _is_there(self, number: int, username: str, name: str, given: RoleGiven) -> bool:
        """Whether the very account exists, so that a file with some more rows can be sent again; others are in the way."""
        found = User.objects.filter(username__iexact=username).first() if username else None
        if found is None:
            return False
        if found.first_name == name and Assignment.objects.filter(user=found, **given.columns).exists():
            self.there += 1
        else:
            other = found.first_name or found.get_username()
            self._report(number, "username", "I854", other_zh=other, other_en=other)
        return True

    def _report(self, number: int, field: str, code: str, **parameters: Any) -> None:
        if field in self._table.columns:
            self._findings.cells(self._table, field, code, np.array([number]), parameters)
        else:
            where = self._table.place_of(number, None)
            self._findings.whole(code, SHAPE.table, where, {"value": "", **parameters})

    @cached_property
    def _places(self) -> Mapping[str, Place]:
        return {one.code: one for one in self._seen(Place)}

    @cached_property
    def _institutions(self) -> Mapping[str, Institution]:
        return {one.code: one for one in self._seen(Institution).select_related("place")}

    @cached_property
    def _workers(self) -> Mapping[str, Worker]:
        asked = self._table.columns.get("worker")
        codes = set(asked.values.to_pylist()) - {None} if asked is not None else set()
        found = self._seen(Worker).select_related("institution")
        return {one.code: one for one in found if one.code in codes}

    def _seen(self, model: Any) -> Any:
        return model.objects.all() if self._actor is None else model.objects.visible_to(self._actor)
