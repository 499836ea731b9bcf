"""Kinds of record: what was done, to whom, and the form it is written on."""

from dataclasses import dataclass

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text

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
class Kind:
    """A kind of record. ``about`` names the entity its subject is in the register of."""

    name: str
    title: Text
    about: str
    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        if self.about not in REGISTERS:
            raise ValueError(f"kind {self.name!r} is about {self.about!r}, which is no register")

    @property
    def subject_field(self) -> Field:
        """The column that names the subject; its Chinese title is that of the register."""
        title = {"resident": Text("居民编码", "Resident"), "worker": Text("人员编码", "Worker code")}.get(
            self.about, REGISTERS[self.about].title
        )
        return Field("subject", title, FieldType.REFERENCE, refers_to=self.about, required=True)

    @property
    def columns(self) -> tuple[Field, ...]:
        """All columns a file of this kind may have: the envelope, the subject, then the form's own fields."""
        return (ENVELOPE[0], self.subject_field, *ENVELOPE[1:], *self.fields)

    def field(self, name: str) -> Field:
        """The form's own field of that name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
