"""What the planner of postings takes from registers and records: the ``dispatch.yaml`` beside the pack of postings.

Field names, types and numbers stand there, so that another province's pack needs no programme code.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import Field

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.declarations import Shape, Title, only_file, read_shape
from wangdi.server.evaluation.rules import rulebook

FILE = "dispatch.yaml"


class PostingKind(Shape):
    """The kind that a posting is written as, and its fields."""

    kind: str
    from_: str = Field(alias="from")
    to: str
    sent_by: str | None = None
    values: Mapping[str, Any] = {}


class Institutions(Shape):
    types: Sequence[str]
    least_level: str | None = None


class Doctors(Shape):
    qualifications: Sequence[str] = ()
    least_title: str | None = None


class Away(Shape):
    """A kind of record that says from when to when a worker is away; of ``to`` the first that has a value."""

    kind: str
    from_: str = Field(alias="from")
    to: Sequence[str]


class Hired(Shape):
    kind: str
    where: Mapping[str, str] = {}


class Need(Shape):
    """A specialty that a centre lacks: when no doctor of its own has it, or when a figure is worse than its place's."""

    specialty: str
    lacks_staff: bool = False
    worse_than_place: str | None = None


class Number(Shape):
    """A number that may be set."""

    title: Title
    unit: Title | None = None
    default: float
    least: float
    most: float


class Declaration(Shape):
    posting: PostingKind
    senders: Institutions
    doctors: Doctors
    away: Sequence[Away] = ()
    hired: Hired | None = None
    receivers: Institutions
    tcm_specialties: Sequence[str] = ()
    needs: Sequence[Need] = ()
    numbers: Mapping[str, Number]


@cache
def declaration() -> Declaration:
    """The declaration in force. Raises DeclarationError; there is exactly one among the packs."""
    return read_declaration(*only_file(FILE), rulebook())


def read_declaration(text: str, name: str, rules: Rulebook) -> Declaration:
    """The declaration of a file, checked against the packs' kinds, fields and indicators."""
    return read_shape(Declaration, text, name, lambda found: _unknown(found, rules))


def _unknown(found: Declaration, rules: Rulebook) -> list[str]:
    """Kinds, fields and indicators that no pack declares."""
    posting = found.posting
    fields = [posting.from_, posting.to, *([posting.sent_by] if posting.sent_by else []), *posting.values]
    asked = [(posting.kind, fields)]
    asked += [(away.kind, [away.from_, *away.to]) for away in found.away]
    if found.hired is not None:
        asked.append((found.hired.kind, list(found.hired.where)))
    wrong = []
    for kind, names in asked:
        if kind not in rules.kinds:
            wrong.append(f"kind {kind}: {suggest(kind, rules.kinds)}")
            continue
        known = {field.name for field in rules.kinds[kind].form}
        wrong += [f"{kind}.{field}: {suggest(field, known)}" for field in names if field not in known]
    figures = [need.worse_than_place for need in found.needs if need.worse_than_place]
    wrong += [
        f"indicator {one}: {suggest(one, rules.indicators)}" for one in figures if one not in rules.indicators
    ]
    return wrong
