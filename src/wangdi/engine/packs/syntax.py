"""From the text of an expression to nodes of the model.

The text is a SQL scalar expression, parsed by sqlglot; only what the language has is let through.
``3 months`` stands for a duration, dotted names reach into records and other packs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar, Protocol

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.duckdb import DuckDBParser

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, Location, did_you_mean, suggest
from wangdi.engine.model.expressions import (
    Arithmetic,
    Branch,
    Call,
    Case,
    Comparator,
    Compare,
    Connective,
    Expression,
    IsNull,
    Literal,
    Logic,
    NoSuchOption,
    Not,
    Operator,
    Shift,
    TypeMismatch,
    UnitMismatch,
)
from wangdi.engine.model.functions import FUNCTIONS
from wangdi.engine.model.types import Base
from wangdi.engine.packs.durations import parse_duration


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that stands for nothing here: code, message and hint for the author."""

    code: str
    message: str
    hint: str


class Broken(Exception):
    """The name exists, but its own definition has an error that is reported where it stands."""


class Scope(Protocol):
    """What names mean at a place in a pack."""

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        """The node a (dotted) name stands for. `Broken` when its definition is in error."""


RESERVED = frozenset(
    {
        *("and", "or", "not", "in", "between", "like", "is", "null", "true", "false", "case", "when", "then"),
        *(
            "else",
            "end",
            "interval",
            "date",
            "select",
            "exists",
            "as_of",
            "period",
            "previous",
            "figure",
            "overdue",
        ),
    }
)
"""Words of the expression language, which are no names."""

_DURATION = re.compile(r"(?<![\w.])(\d+)\s+(day|week|month|year)s?\b")
_COMPARATORS: dict[type[exp.Expr], Comparator] = {
    exp.EQ: Comparator.EQ,
    exp.NEQ: Comparator.NE,
    exp.LT: Comparator.LT,
    exp.LTE: Comparator.LE,
    exp.GT: Comparator.GT,
    exp.GTE: Comparator.GE,
}
_OPERATORS: dict[type[exp.Expr], Operator] = {
    exp.Add: Operator.ADD,
    exp.Sub: Operator.SUBTRACT,
    exp.Mul: Operator.MULTIPLY,
    exp.Div: Operator.DIVIDE,
}

_REFUSED: dict[type[exp.Expr], str] = {
    exp.Like: "text patterns (like)",
    exp.DPipe: "joining of texts (||)",
    exp.Mod: "remainders (%)",
    exp.Select: "queries (select)",
    exp.Subquery: "queries (select)",
    exp.Exists: "queries (exists)",
    exp.Window: "windows (over)",
    exp.Bracket: "lists ([…])",
    exp.Block: "several expressions in one (;)",
    exp.Dot: "names with so many dots",
    exp.Star: "'*' in place of a name",
}

_UNIT_HINT = "multiply one of them by a parameter that converts it, or correct the unit where it is declared"


class _Sql(DuckDB):
    """SQL in which the language's functions are plain calls: sqlglot would read mod(a, b) as a % b."""

    class Parser(DuckDBParser):
        FUNCTIONS: ClassVar = {
            name: make for name, make in DuckDBParser.FUNCTIONS.items() if name.lower() not in FUNCTIONS
        }


_QUOTED = re.compile(r"('(?:[^']|'')*')")
_TYPED_INSTEAD = dict(zip("，；：（）＜＞＝＋－＊／．×÷‘’“”", ",;:()<>=+-*/.*/''''", strict=True)) | {
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
}
"""Chinese and mathematical signs that authors type where the language has plain ones."""


def _mark_durations(text: str) -> str:
    """Rewrites ``3 months`` to SQL's interval, outside of quoted texts."""
    pieces = _QUOTED.split(text)
    return "".join(p if p.startswith("'") else _DURATION.sub(r"interval '\1' \2", p) for p in pieces)


@lru_cache(maxsize=1 << 14)
def _parsed(marked: str) -> exp.Expr:
    """The syntax tree, which nobody may change: an editor or a test reads the same packs many times."""
    return sqlglot.parse_one(marked, dialect=_Sql)


@dataclass
class ExpressionReader:
    """Reads one expression. ``source`` is its raw text in the file, beginning at ``place(0)``."""

    source: str
    place: Callable[[int], Location]
    scope: Scope
    diagnostics: Diagnostics
    _marked: str = ""

    def read(self, text: str) -> Expression | None:
        """The model's expression, or None when diagnostics were added."""
        if self._report_other_signs(text):
            return None
        self._marked = _mark_durations(text)
        try:
            parsed = _parsed(self._marked)
        except (ParseError, TokenError) as error:
            self._report_syntax(error)
            return None
        return self._convert(parsed)

    # -- messages ---------------------------------------------------------------------------------

    def _report_other_signs(self, text: str) -> bool:
        """Reports Chinese punctuation outside of quoted texts: it looks right, and is not."""
        outside = "".join(_QUOTED.split(text)[::2])
        found = dict.fromkeys(character for character in outside if character in _TYPED_INSTEAD)
        for character in found:
            hint = f"type {_TYPED_INSTEAD[character]} with the English keyboard"
            message = f"'{character}' is no sign of the language"
            self._add("W2001", max(self.source.find(character), 0), message, hint)
        return bool(found)

    def _report_syntax(self, error: ParseError | TokenError) -> None:
        details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        word = str(details.get("highlight") or "")
        offset = max(self.source.rfind(word), 0) if word else 0
        near = f" near '{word}'" if word else ""
        hint = "a condition looks like: sbp < 140 and dbp < 90"
        if isinstance(error, TokenError):
            hint = "a quotation mark may be missing; " + hint
        self._add("W2001", offset, f"the expression cannot be read{near}", hint, len(word) or 1)

    def _add(self, code: str, offset: int, message: str, hint: str = "", length: int = 1) -> None:
        self.diagnostics.add(Diagnostic(code, self.place(offset), message, hint, length=length))

    def _spot(self, node: exp.Expr) -> tuple[int, int]:
        """Where a node begins in the source, and the length of its first name or value."""
        spots = [(part.meta["start"], part.meta["end"] + 1) for part in node.walk() if "start" in part.meta]
        if not spots:
            return self._first_word()
        start, end = min(spots)
        if isinstance(node, exp.Column):
            end = max(end for _, end in spots)
        return self._in_source(start, self._marked[start:end])

    def _in_source(self, start: int, word: str) -> tuple[int, int]:
        """The same word in the source, which YAML may have folded and quoted, by counting those before it."""
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        before = len(pattern.findall(self._marked[:start]))
        found = list(pattern.finditer(self.source))
        if not found:
            return self._first_word()
        return found[min(before, len(found) - 1)].start(), len(word)

    def _first_word(self) -> tuple[int, int]:
        """The source's first word, after the sign of a block (``>-``) or a quotation mark."""
        match = re.search(r"\w[\w.]*", self.source)
        return (match.start(), len(match[0])) if match else (0, 1)

    def _refuse(self, node: exp.Expr, what: str) -> None:
        offset, length = self._spot(node)
        hint = "allowed: and, or, not, comparisons, in, between, is null, case, + - * /, functions, durations"
        self._add("W2002", offset, f"rules have no {what}", hint, length)

    # -- nodes ------------------------------------------------------------------------------------

    def _convert(self, node: exp.Expr) -> Expression | None:
        try:
            return self._dispatch(node)
        except TypeMismatch as error:
            self._report_mismatch(node, error)
            return None

    def _report_mismatch(self, node: exp.Expr, error: TypeMismatch) -> None:
        offset, length = self._spot(node)
        code, hint = "W2005", ""
        if isinstance(error, UnitMismatch):
            code, hint = "W2120", _UNIT_HINT
        if isinstance(error, NoSuchOption):
            hint, written = did_you_mean(error.text, error.options), f"'{error.text}'"
            at = self.source.find(written, offset)
            offset, length = (at, len(written)) if at >= 0 else (offset, length)
        self._add(code, offset, str(error), hint, length)

    def _dispatch(self, node: exp.Expr) -> Expression | None:
        if isinstance(node, exp.Paren):
            return self._convert(node.this)
        if isinstance(node, exp.Column):
            return self._name(node)
        if isinstance(node, exp.And | exp.Or):
            return self._logic(node)
        if isinstance(node, exp.Not):
            return self._build(Not, node.this)
        if type(node) in _COMPARATORS:
            comparator = _COMPARATORS[type(node)]
            return self._build(
                lambda left, right: _compare(comparator, left, right), node.this, node.expression
            )
        if type(node) in _OPERATORS:
            return self._arithmetic(node)
        return self._dispatch_rest(node)

    def _dispatch_rest(self, node: exp.Expr) -> Expression | None:
        if isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Interval | exp.Cast | exp.Neg):
            return self._constant(node)
        if isinstance(node, exp.Is):
            return self._is(node)
        if isinstance(node, exp.In):
            return self._in(node)
        if isinstance(node, exp.Between):
            return self._between(node)
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.Func) and type(node) not in _REFUSED:
            return self._call(node)
        if isinstance(node, exp.Alias):
            self._report_side_by_side(node)
            return None
        self._refuse(node, _REFUSED.get(type(node), f"'{type(node).__name__.lower()}'"))
        return None

    def _report_side_by_side(self, node: exp.Alias) -> None:
        offset, length = self._spot(node.args["alias"])
        hint = "is an 'and', an 'or' or a comparison missing before it?"
        self._add("W2001", offset, f"the expression cannot be read near '{node.alias}'", hint, length)

    def _build(self, make: Callable[..., Expression], *nodes: exp.Expr) -> Expression | None:
        parts = [self._convert(node) for node in nodes]
        return make(*parts) if all(part is not None for part in parts) else None

    def _name(self, node: exp.Column) -> Expression | None:
        parts = tuple(part.name for part in node.parts)
        try:
            found = self.scope.resolve(parts)
        except Broken:
            return None
        if isinstance(found, Unknown):
            offset, length = self._spot(node)
            self._add(found.code, offset, found.message, found.hint, length)
            return None
        return found

    def _logic(self, node: exp.And | exp.Or) -> Expression | None:
        connective = Connective.AND if isinstance(node, exp.And) else Connective.OR
        operands = list(node.flatten())
        return self._build(lambda *parts: Logic(connective, parts), *operands)

    def _arithmetic(self, node: exp.Expr) -> Expression | None:
        left, right = self._convert(node.this), self._convert(node.expression)
        if left is None or right is None:
            return None
        operator = _OPERATORS[type(node)]
        if right.type.base is Base.DURATION and operator in (Operator.ADD, Operator.SUBTRACT):
            return Shift(left, right, 1 if operator is Operator.ADD else -1)
        return Arithmetic(operator, left, right)

    def _constant(self, node: exp.Expr) -> Expression | None:
        value = _constant_value(node)
        if value is _NO_CONSTANT:
            what = "casts or negations of names" if isinstance(node, exp.Cast | exp.Neg) else "such constants"
            self._refuse(node, what)
            return None
        return Literal(value)

    def _is(self, node: exp.Is) -> Expression | None:
        operand = self._convert(node.this)
        if operand is None:
            return None
        if isinstance(node.expression, exp.Null):
            return IsNull(operand)
        if isinstance(node.expression, exp.Boolean):
            wanted = Compare(Comparator.EQ, operand, Literal(bool(node.expression.this)))
            return Case((Branch(wanted, Literal(True)),), Literal(False))
        self._refuse(node, "'is' except with null, true or false")
        return None

    def _in(self, node: exp.In) -> Expression | None:
        choices = node.args.get("expressions") or []
        if not choices:
            self._refuse(node, "'in' except with a list of values")
            return None
        equals = [exp.EQ(this=node.this.copy(), expression=choice.copy()) for choice in choices]
        parts = [self._convert(equal) for equal in equals]
        if any(part is None for part in parts):
            return None
        found = tuple(part for part in parts if part is not None)
        return found[0] if len(found) == 1 else Logic(Connective.OR, found)

    def _between(self, node: exp.Between) -> Expression | None:
        def make(value: Expression, low: Expression, high: Expression) -> Expression:
            bounds = (Compare(Comparator.GE, value, low), Compare(Comparator.LE, value, high))
            return Logic(Connective.AND, bounds)

        return self._build(make, node.this, node.args["low"], node.args["high"])

    def _case(self, node: exp.Case) -> Expression | None:
        if node.this is not None:
            self._refuse(node, "'case X when'; write 'case when X = …'")
            return None
        whens = [(self._convert(part.this), self._convert(part.args["true"])) for part in node.args["ifs"]]
        default = node.args.get("default")
        otherwise = self._convert(default) if default is not None else Literal(None)
        branches = tuple(Branch(when, then) for when, then in whens if when is not None and then is not None)
        return Case(branches, otherwise) if otherwise is not None and len(branches) == len(whens) else None

    def _call(self, node: exp.Func) -> Expression | None:
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        if name not in FUNCTIONS:
            offset = max(self.source.lower().find(name), 0)
            hint = _INSTEAD.get(name) or suggest(name, FUNCTIONS)
            self._add("W2004", offset, f"unknown function '{name}'", hint, len(name))
            return None
        return self._build(lambda *parts: Call(name, parts), *_arguments(node))


_INSTEAD = {
    "age": "write full_years(birth_date, as_of)",
    "datediff": "write days_between(a, b) or whole_months(a, b)",
    "now": "write as_of, the day of evaluation",
    "current_date": "write as_of, the day of evaluation",
    "if": "write case when … then … else … end",
    "count": "counting is a fact: {count: …, during: …}",
    "max": "use greatest(a, b), or a fact: {max: …, of: …}",
    "min": "use least(a, b), or a fact: {min: …, of: …}",
    "sum": "adding up is a fact: {sum: …, of: …, during: …}",
    "avg": "the average is a fact: {mean: …, of: …, during: …}",
}


def _arguments(node: exp.Func) -> list[exp.Expr]:
    """All values in the brackets: sqlglot gives some of a function's arguments names of their own."""
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    named = [value for key, value in node.args.items() if key not in ("this", "expressions")]
    return [node.this, *node.expressions, *(value for value in named if isinstance(value, exp.Expr))]


def _compare(comparator: Comparator, left: Expression, right: Expression) -> Compare:
    if Literal(None) in (left, right):
        raise TypeMismatch("a comparison with null is never true; write 'is null' or 'is not null'")
    return Compare(comparator, left, right)


_NO_CONSTANT = object()


def _constant_value(node: exp.Expr) -> Any:
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Interval):
        amount, unit = node.this, node.unit
        written = f"{amount.name} {unit.name.lower()}" if amount is not None and unit is not None else ""
        return parse_duration(written) or _NO_CONSTANT
    if isinstance(node, exp.Literal):
        return node.this if node.is_string else _number(node.this)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
        return -_number(node.this.this)
    if isinstance(node, exp.Cast) and node.is_type("date") and isinstance(node.this, exp.Literal):
        return _date(node.this.this)
    return _NO_CONSTANT


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)


def _date(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _NO_CONSTANT
