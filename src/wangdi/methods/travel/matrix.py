"""Travel times that the user brings: a csv file with the columns from, to, minutes, and perhaps km."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.pairs import Pairs

COLUMNS = ("from", "to", "minutes")


@dataclass(frozen=True, slots=True)
class TravelRows:
    """Minutes and kilometres (NaN where the file tells none) by the codes of where from and where to."""

    name: str
    found: Mapping[tuple[str, str], tuple[float, float]]

    @property
    def origins(self) -> frozenset[str]:
        """The codes from where the file knows any way."""
        return frozenset(start for start, _ in self.found)

    def check(self, origins: Sequence[str], destinations: Sequence[str]) -> None:
        """`BadInput` when no row is about any of these."""
        starts, ends = set(origins), set(destinations)
        if not any(one in starts and other in ends for one, other in self.found):
            raise BadInput([_nobody_here(self.name)])

    def pairs(self, origins: Sequence[str], destinations: Sequence[str]) -> Pairs:
        """Those between the given ones; rows about others are passed over."""
        starts, ends = _positions(origins), _positions(destinations)
        rows = [
            (starts[one], ends[other], minutes)
            for (one, other), (minutes, _) in self.found.items()
            if one in starts and other in ends
        ]
        table = np.array(rows).reshape(-1, 3)
        keys = table[:, :2].astype(np.int64)
        return Pairs(keys[:, 0], keys[:, 1], table[:, 2], len(origins), len(destinations))


def read_matrix(file: Path, origins: Sequence[str], destinations: Sequence[str]) -> Pairs:
    """The minutes between those origins and destinations, by their codes.

    `BadInput` with every row that is wrong, as `read_rows`, or when no row is about anybody here.
    """
    rows = read_rows(file, file.name)
    rows.check(origins, destinations)
    return rows.pairs(origins, destinations)


def read_rows(file: Path, name: str) -> TravelRows:
    """All rows of a file in UTF-8, or in GB 18030 as spreadsheets write it. ``name`` is what messages call it.

    `BadInput` with every row that is wrong: a number that is none, a pair twice with different minutes.
    """
    problems: list[Text] = []
    found = _collect(_rows(file, name), problems)
    if problems:
        raise BadInput(problems)
    return TravelRows(name, found)


def _positions(codes: Sequence[str]) -> dict[str, int]:
    return {code: position for position, code in enumerate(codes)}


def _nobody_here(name: str) -> Text:
    return Text(
        f"{name} 没有一行的 from、to 与台账编码相符；请核对编码",
        f"{name}: no row has codes of the registers in from and to; compare the codes",
    )


def _rows(file: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column."""
    lines = csv.reader(decoded(file, name).splitlines())
    heading = [cell.strip().lower() for cell in next(lines, [])]
    missing = [column for column in COLUMNS if column not in heading]
    if missing:
        raise BadInput(
            [
                Text(
                    f"{name} 缺少列：{'、'.join(missing)}；第一行须为 from,to,minutes",
                    f"{name} lacks columns: {', '.join(missing)}; its first line must be from,to,minutes",
                )
            ]
        )
    for cells in lines:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(heading) - len(cells))]
            yield lines.line_num, dict(zip(heading, map(str.strip, padded), strict=False))


def decoded(file: Path, name: str) -> str:
    """The text of a file, whichever of the two encodings it is in. `BadInput` for what is no text."""
    content = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput([Text(f"{name} 不是文本文件", f"{name} is no text file")])


def _collect(
    rows: Iterable[tuple[int, Mapping[str, str]]], problems: list[Text]
) -> dict[tuple[str, str], tuple[float, float]]:
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for line, row in rows:
        minutes, km = _number(row["minutes"]), _number(row.get("km") or "nan", or_nothing=True)
        if minutes is None:
            problems.append(_no_number(line, "minutes", row["minutes"]))
        elif km is None:
            problems.append(_no_number(line, "km", row["km"]))
        elif (earlier := found.setdefault((row["from"], row["to"]), (minutes, km)))[0] != minutes:
            problems.append(_twice(line, row, earlier[0]))
    return found


def _no_number(line: int, column: str, text: str) -> Text:
    return Text(
        f"第 {line} 行：{column} “{text}”应为不小于 0 的数",
        f"line {line}: {column} '{text}' must be a number from 0 up",
    )


def _twice(line: int, row: Mapping[str, str], before: float) -> Text:
    pair = row["from"], row["to"]
    return Text(
        f"第 {line} 行：{pair[0]} 到 {pair[1]} 前面写 {before:g} 分钟，这里写 {row['minutes']}；请只留一行",
        f"line {line}: {pair[0]} to {pair[1]} took {before:g} minutes above, {row['minutes']} here; keep one",
    )


def _number(text: str, or_nothing: bool = False) -> float | None:
    """None for what is no number from 0 up; with ``or_nothing``, NaN is one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") or (or_nothing and number != number) else None
