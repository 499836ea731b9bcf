"""What jobs that read a file tell of it."""

from collections.abc import Mapping
from typing import Any

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.headings import Shape, shapes_of
from wangdi.interchange.tabular.problems import Problem
from wangdi.interchange.tabular.read import ReadResult
from wangdi.server.common.loading import LoadError, LoadProblem

MARKED = "problems.xlsx"
"""The copy of a file in which every problem is marked."""

SHOWN_PROBLEMS = 50

SHOWN_VALUES = 20
"""How many of the values that have one mistake are named."""

_REFUSED = Text(
    "更正后请重新导入。文件本身没有错的，可能是检查之后有人改了台账或记录",
    "Mend it and import again. Where the file is right, somebody may have changed registers or records after the check",
)


def problems_told(found: ReadResult) -> dict[str, Any]:
    """The first problems, and how many there are; the marked copy has the others."""
    shown = [_described(problem) for problem in found.problems[:SHOWN_PROBLEMS]]
    return {"outcome": "problems", "count": found.problem_count, "problems": shown, "marked": MARKED}


def _described(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "where": str(problem.where),
        "value": problem.value or "",
        "message": problem.message.as_json(),
        "hint": problem.hint.as_json(),
    }


def refusals_told(error: LoadError, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """What the store refused of a file in which nothing was wrong by itself; there are no cells to mark."""
    shapes = {shape.table: shape for shape in shapes_of(kinds)}
    shown = [_refusal(one, shapes.get(one.table)) for one in error.problems[:SHOWN_PROBLEMS]]
    return {"outcome": "problems", "count": len(error.problems), "problems": shown}


def _refusal(problem: LoadProblem, shape: Shape | None) -> dict[str, Any]:
    titles = {field.name: field.title.zh for field in shape.fields} if shape else {}
    table = f"{shape.title.zh} {problem.table}" if shape else problem.table
    column = f"{titles.get(problem.column, '')} {problem.column}".strip()
    more = len(problem.values) - SHOWN_VALUES
    return {
        "where": " › ".join(part for part in (table, column) if part),
        "value": ", ".join(problem.values[:SHOWN_VALUES]) + (f" … (+{more})" if more > 0 else ""),
        "message": problem.message.as_json(),
        "hint": _REFUSED.as_json(),
    }
