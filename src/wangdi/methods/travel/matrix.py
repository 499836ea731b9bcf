"""Travel times that the user brings: a csv file with the columns from, to, minutes."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.pairs import Pairs

COLUMNS = ("from", "to", "minutes")


def read_matrix(file: Path, origins: Sequence[str], destinations: Sequence[str]) -> Pairs:
    """The minutes between those origins and destinations, by their codes; rows about others are passed over.

    A file in UTF-8, or in GB 18030 as spreadsheets write it. `BadInput` with every row that is wrong: a number that is
    none, a pair twice with different minutes, no row about anybody here.
    """
    rows = _rows(file)
    problems: list[Text] = []
    found = _collect(rows, _positions(origins), _positions(destinations), problems)
    if not problems and not found:
        problems.append(
            Text(
                f"{file.name} 没有一行的 from、to 与台账编码相符；请核对编码",
                f"{file.name}: no row has codes of the registers in from and to; compare the codes",
            )
        )
    if problems:
        raise BadInput(problems)
    keys = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    return Pairs(keys[:, 0], keys[:, 1], np.array(list(found.values())), len(origins), len(destinations))


def _positions(codes: Sequence[str]) -> dict[str, int]:
    return {code: position for position, code in enumerate(codes)}


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column."""
    lines = csv.reader(_decoded(file).splitlines())
    heading = [cell.strip().lower() for cell in next(lines, [])]
    missing = [name for name in COLUMNS if name not in heading]
    if missing:
        raise BadInput(
            [
                Text(
                    f"{file.name} 缺少列：{'、'.join(missing)}；第一行须为 from,to,minutes",
                    f"{file.name} lacks columns: {', '.join(missing)}; its first line must be from,to,minutes",
                )
            ]
        )
    for cells in lines:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(heading) - len(cells))]
            yield lines.line_num, dict(zip(heading, map(str.strip, padded), strict=False))


def _decoded(file: Path) -> str:
    content = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput([Text(f"{file.name} 不是文本文件", f"{file.name} is no text file")])


def _collect(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    origins: Mapping[str, int],
    destinations: Mapping[str, int],
    problems: list[Text],
) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for line, row in rows:
        minutes = _number(row["minutes"])
        if minutes is None:
            problems.append(_no_number(line, row["minutes"]))
            continue
        pair = origins.get(row["from"], -1), destinations.get(row["to"], -1)
        if -1 not in pair and found.setdefault(pair, minutes) != minutes:
            problems.append(_twice(line, row, found[pair]))
    return found


def _no_number(line: int, text: str) -> Text:
    return Text(
        f"第 {line} 行：minutes “{text}”应为不小于 0 的数",
        f"line {line}: minutes '{text}' must be a number from 0 up",
    )


def _twice(line: int, row: Mapping[str, str], before: float) -> Text:
    pair = row["from"], row["to"]
    return Text(
        f"第 {line} 行：{pair[0]} 到 {pair[1]} 前面写 {before:g} 分钟，这里写 {row['minutes']}；请只留一行",
        f"line {line}: {pair[0]} to {pair[1]} took {before:g} minutes above, {row['minutes']} here; keep one",
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
