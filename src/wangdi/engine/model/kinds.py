"""Kinds of record: what was done, to whom, and the form it is written on."""

from dataclasses import dataclass
from itertools import groupby

from wangdi.engine.model.asking import check_conditions
from wangdi.engine.model.exchange import KindExchange
from wangdi.engine.model.exchange_flaws import flaws_of
from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.nodes import Hashed, node
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import ORIGIN, Transition, Workflow

RECORD_STATUSES = ("final", "void")

ENVELOPE: tuple[Field, ...] = (
    Field("id", Text("记录编号", "Record id"), FieldType.TEXT),
    Field("institution", Text("服务机构", "Institution"), FieldType.REFERENCE, refers_to="institution"),
    Field("worker", Text("服务人员", "Worker"), FieldType.REFERENCE, refers_to="worker"),
    Field("occurred_on", Text("日期", "Date"), FieldType.DATE, required=True),
    Field(
        "status",
        Text("状态", "Status"),
        FieldType.CHOICE,
        (Option("final", Text("有效", "Final")), Option("void", Text("作废", "Void"))),
    ),
)
"""The fields every record has besides its subject; an empty status is ``final``."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A button to the form on the page of whom it is about: for members of a group, or for all but its members."""

    title: Text
    group: str | None = None
    unless: str | None = None


@node
class Kind(Hashed):
    """A kind of record. ``about`` names the entity its subject is in the register of.

    Where it has a ``workflow``, ``fields`` end with that workflow's built-in fields.
    """

    name: str
    title: Text
    about: str
    fields: tuple[Field, ...] = ()
    workflow: Workflow | None = None
    quick: Quick | None = None
    exchange: KindExchange | None = None

    def __post_init__(self) -> None:
        if self.about not in REGISTERS:
            raise ValueError(f"kind {self.name!r} is about {self.about!r}, which is no register")
        check_conditions(self.form)
        self._check_sections()
        for flaw in flaws_of(self.about, self.exchange, self.form):
            raise ValueError(f"kind {self.name!r}: {flaw.message}")
        if self.workflow is not None:
            self._check_workflow(self.workflow)

    def _check_sections(self) -> None:
        headings = [section for section, _ in self.sections if section is not None]
        if len(headings) != len(set(headings)):
            raise ValueError(f"kind {self.name!r}: fields under one heading do not follow one another")

    def _check_workflow(self, workflow: Workflow) -> None:
        if self.fields[len(self.form) :] != workflow.fields:
            raise ValueError(f"kind {self.name!r} lacks the built-in fields of its workflow")
        for transition in workflow.transitions:
            for name in transition.form:
                if name not in {field.name for field in self.form}:
                    raise ValueError(f"the transition {transition.name!r} needs {name!r}, which is no field")
            self._check_hand_over(transition)

    def _check_hand_over(self, transition: Transition) -> None:
        receiver = transition.hand_over
        if receiver not in (None, ORIGIN) and not any(
            field.name == receiver and field.refers_to == "institution" for field in self.form
        ):
            raise ValueError(f"{receiver!r} is no field that names an institution")

    @property
    def subject_field(self) -> Field:
        """The column that names the subject, by the code it has in its register."""
        title = Text(f"{REGISTERS[self.about].title.zh}编码", f"{self.about.capitalize()} code")
        return Field("subject", title, FieldType.REFERENCE, refers_to=self.about, required=True)

    @property
    def columns(self) -> tuple[Field, ...]:
        """All columns a file of this kind may have: the envelope, the subject, then the form's own fields."""
        return (ENVELOPE[0], self.subject_field, *ENVELOPE[1:], *self.fields)

    @property
    def form(self) -> tuple[Field, ...]:
        """The fields that people fill in: all but the built-in ones of a workflow."""
        return self.fields if self.workflow is None else self.fields[: -len(self.workflow.fields)]

    @property
    def sections(self) -> tuple[tuple[Text | None, tuple[Field, ...]], ...]:
        """The form's fields by their headings, in order; None before the first."""
        grouped = groupby(self.form, key=lambda field: field.section)
        return tuple((section, tuple(fields)) for section, fields in grouped)

    @property
    def opening_form(self) -> tuple[Field, ...]:
        """The fields of a new record: without those that only later transitions ask for."""
        if self.workflow is None:
            return self.form
        steps = self.workflow.transitions
        first = next(step for step in steps if self.workflow.initial.name in step.sources)
        later = {name for step in steps for name in step.form} - set(first.form)
        return tuple(field for field in self.form if field.required or field.name not in later)

    def field(self, name: str) -> Field:
        """The form's own field of that name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
