"""Rules in words: an expression as part of a sentence, in one language.

Where an author gave a title, the title is the word; parameters are said with their value of the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wangdi.engine.explain.wording import duration_text, spell, value_text
from wangdi.engine.handbook import vocabulary
from wangdi.engine.model.adoption import Edition
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Call,
    Case,
    CohortValue,
    Compare,
    Day,
    Expression,
    Instant,
    IsNull,
    Literal,
    Logic,
    Not,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Window
from wangdi.engine.model.fields import Field, Option
from wangdi.engine.model.functions import HAS
from wangdi.engine.model.indicators import FigureValue
from wangdi.engine.model.kinds import ENVELOPE
from wangdi.engine.model.named import Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Reference, Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.text import Text

_ENVELOPE = {column.name: column for column in ENVELOPE}


@dataclass(frozen=True)
class Words:
    """Tells the rules of a rulebook in a language (``zh`` or ``en``), as of a day."""

    rulebook: Rulebook
    language: str
    on: date

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def of(self, text: Text) -> str:
        return text.in_language(self.language)

    def quoted(self, text: Text) -> str:
        return self.say(f"“{text.zh}”", f"“{text.en}”")

    def listed(self, items: Iterable[str]) -> str:
        return self.say("、", ", ").join(items)

    # -- values -----------------------------------------------------------------------------------

    def value(self, value: object) -> str:
        """A constant."""
        match value:
            case Duration():
                return self.duration(value)
            case bool():
                return self.say("是", "yes") if value else self.say("否", "no")
            case None:
                return self.say("空", "nothing")
            case _:
                return value_text(value).strip("'")

    def duration(self, duration: Duration) -> str:
        return self.of(duration_text(duration))

    def parameter(self, parameter: Parameter) -> str:
        """The value in force on the day with its unit; the title where none is."""
        value = parameter.value_on(self.on)
        if value is None:
            return self.quoted(parameter.title)
        return self.with_unit(value, parameter.unit)

    def cohorts(self, parameter: Parameter) -> str:
        """All its values, each with those whom it is for by their birth dates."""
        values = (
            self.say(f"{entry.since} 及以后出生者 ", f"those born from {entry.since} on: ")
            + self.with_unit(entry.value, parameter.unit if entry.value is not None else None)
            for entry in parameter.values
        )
        return self.say("（", "(") + self.say("；", "; ").join(values) + self.say("）", ")")

    def with_unit(self, value: object, unit: str | None) -> str:
        """A value in a unit, which packs write as the national forms print it."""
        written = self.say(unit, vocabulary.ENGLISH_UNITS.get(unit, unit)) if unit else ""
        return f"{self.value(value)} {written}".rstrip()

    # -- expressions ------------------------------------------------------------------------------

    def phrase(self, node: Expression) -> str:
        """The expression in words; as rules spell it where no words are known for a node."""
        match node:
            case Named(title=Text() as title):
                return self.quoted(title)
            case Named():
                return self.phrase(node.expression)
            case Literal(value):
                return self.value(value)
            case ParameterValue(parameter):
                return self.parameter(parameter)
            case CohortValue(parameter):
                return self.cohorts(parameter)
            case Day(instant):
                return self.of(vocabulary.INSTANTS[instant])
            case Attribute() | RowValue() | RowRelated() | FactField() | PreviousValue() | Related():
                return self._column(node)
            case Fact():
                return self._fact(node)
            case OwnerValue(expression):
                return self.phrase(expression)
            case Rollup(operation, _, over, of):
                below = self.of(REGISTERS[over].title)
                return self.of(vocabulary.GATHERED[operation]).format(over=below, of=self.phrase(of))
            case FigureValue(_, indicator):
                return self.say(
                    f"指标{self.quoted(indicator.title)}", f"the figure {self.quoted(indicator.title)}"
                )
            case Overdue(schedule):
                service = self.quoted(schedule.title)
                return self.say(f"{service}已逾期", f"{service} is overdue")
            case Edition():
                return self.say("所采用的版次", "the edition adopted")
            case _:
                return self._operation(node)

    def _operation(self, node: Expression) -> str:
        match node:
            case Not(IsNull(operand)):
                return self.say(f"{self._recorded(operand)}有记录", f"{self._recorded(operand)} is recorded")
            case Not(operand):
                return self.say(f"不符合（{self.phrase(operand)}）", f"not ({self.phrase(operand)})")
            case IsNull(operand):
                return self.say(
                    f"{self._recorded(operand)}未记录", f"{self._recorded(operand)} is not recorded"
                )
            case Logic(connective, operands):
                return self.of(vocabulary.CONNECTIVES[connective]).join(map(self._part, operands))
            case Compare():
                return self._compare(node)
            case Arithmetic(operator, left, right):
                return f"{self._part(left)} {vocabulary.OPERATORS[operator]} {self._part(right)}"
            case Shift(day, duration, sign):
                moved = self.say("后", "after") if sign > 0 else self.say("前", "before")
                length = self.phrase(duration)
                return self.say(f"{self._part(day)}{moved} {length}", f"{length} {moved} {self._part(day)}")
            case Case():
                return self._case(node)
            case Call():
                return self._call(node)
            case _:
                return spell(node)

    def _part(self, node: Expression) -> str:
        """A part of an operation, in brackets where it is one itself."""
        bare = node.expression if isinstance(node, Named) and node.title is None else node
        words = self.phrase(node)
        return (
            self.say(f"（{words}）", f"({words})") if isinstance(bare, Logic | Case | Arithmetic) else words
        )

    def _recorded(self, node: Expression) -> str:
        """What is recorded or not: a record rather than its date."""
        if isinstance(node, FactField) and node.field_name == "occurred_on":
            return self._fact(node.fact)
        return self._part(node)

    def _compare(self, node: Compare) -> str:
        left, right = (
            self._option(one, other) for one, other in ((node.left, node.right), (node.right, node.left))
        )
        return f"{left} {vocabulary.COMPARATORS[node.comparator]} {right}"

    def _option(self, node: Expression, beside: Expression) -> str:
        """A side of a comparison; the wording of an option where the other side is a choice."""
        code = (
            node.parameter.value_on(self.on)
            if isinstance(node, ParameterValue)
            else getattr(node, "value", None)
        )
        titles = {option.code: option.title for option in self._options(beside)}
        return self.quoted(titles[code]) if isinstance(code, str) and code in titles else self._part(node)

    def _options(self, node: Expression) -> tuple[Option, ...]:
        """The options that a node takes its value from, if it is a choice."""
        if isinstance(node, Edition):
            return next(pack.editions for pack in self.rulebook.packs if pack.name == node.pack)
        column = self.column_of(node)
        return column.options if column is not None else ()

    def _case(self, node: Case) -> str:
        branches = [
            self.say(
                f"若{self.phrase(b.when)}，则为 {self.phrase(b.then)}",
                f"if {self.phrase(b.when)}, then {self.phrase(b.then)}",
            )
            for b in node.branches
        ]
        otherwise = self.phrase(node.otherwise)
        return self.say("；", "; ").join(
            [*branches, self.say(f"否则为 {otherwise}", f"otherwise {otherwise}")]
        )

    def _call(self, node: Call) -> str:
        words = vocabulary.AGE if _is_age(node) else vocabulary.FUNCTIONS.get(node.function)
        parts = [self._part(argument) for argument in node.arguments]
        if node.function == HAS:
            parts[1] = self._option(*reversed(node.arguments))
        if words is None:
            return spell(node)
        return self.of(words).format(*parts, all=self.listed(parts))

    # -- records ----------------------------------------------------------------------------------

    def _fact(self, fact: Fact) -> str:
        kind = self.of(self.rulebook.kinds[fact.selection.kind].title)
        relation = self.of(vocabulary.RELATIONS[fact.selection.relation])
        window = self.window(fact.selection.window)
        said = self.of(vocabulary.FACTS[fact.operation]).format(
            kind=relation.format(kind=kind),
            window=window,
            of=self._part(fact.of) if fact.of is not None else "",
            n=fact.number,
        )
        where = fact.selection.where
        if where is None:
            return said
        return self.say(f"{said}（限{self.phrase(where)}）", f"{said} (where {self.phrase(where)})")

    def window(self, window: Window) -> str:
        """Which days count, as part of a fact's words; nothing where all do."""
        if window.calendar is not None:
            return self.of(vocabulary.CALENDARS[window.calendar])
        if window.since is not None:
            since = self.phrase(window.since)
            return self.say(f"自{since}起", f" since {since}")
        if window.length is None:
            return ""
        length = self.duration(window.length)
        return self.say(f"近 {length}内", f" of the last {length}")

    def _column(self, node: Reference | PreviousValue) -> str:
        column = self.column_of(node)
        title = self.of(column.title) if column is not None else spell(node)
        match node:
            case FactField(fact):
                record = self._fact(fact)
                return self.say(f"{record}的{title}", f"{title} of the {record}")
            case PreviousValue():
                return self.say(f"前一条记录的{title}", f"{title} of the record before")
            case Related(reference):
                whose = self._column(reference)
                return self.say(f"{whose}的{title}", f"{title} of the {whose[:1].lower()}{whose[1:]}")
            case RowRelated(role):
                return self.of(vocabulary.ROLES[role]) + title
            case _:
                return title

    def column_of(self, node: Expression) -> Field | None:
        """The register column or form field that a node takes its value from; None for other nodes."""
        match node:
            case Attribute(entity, name) | RowRelated(_, entity, name) | Related(_, entity, name):
                return next((f for f in REGISTERS[entity].fields if f.name == name), None)
            case RowValue(kind, name) | PreviousValue(kind, name):
                return self._field(kind, name)
            case FactField(fact, name):
                return self._field(fact.selection.kind, name)
            case _:
                return None

    def _field(self, kind: str, name: str) -> Field | None:
        own = {column.name: column for column in self.rulebook.kinds[kind].fields}
        return own.get(name) or _ENVELOPE.get(name)


def _is_age(node: Call) -> bool:
    """Whether a call tells how old the entity is on the day."""
    birth, *on = node.arguments
    is_birth = isinstance(birth, Attribute) and birth.name == "birth_date"
    return node.function == "full_years" and is_birth and on == [Day(Instant.AS_OF)]
