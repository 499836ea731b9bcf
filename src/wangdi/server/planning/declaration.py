"""What the planner of postings takes from registers and records: the ``dispatch.yaml`` beside the pack of postings.

Field names, types and numbers stand there, so that another province's pack needs no programme code.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.declarations import DeclarationFile, Shape, Title


class PostingKind(Shape):
    """The kind that a posting is written as, and its fields."""

    kind: str
    from_: str = Field(alias="from")
    to: str
    sent_by: str | None = None
    scheme: str | None = None
    """The field that says in which scheme; its options are the names of the schemes."""
    batch: str | None = None
    """The field that counts the batches of a scheme."""
    not_in: Sequence[str] = ()
    """States of its workflow in which a record is no posting."""
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


class ShareOf(Shape):
    """A parameter of a pack that is a share; the number is its percentage."""

    pack: str
    parameter: str


class Scheme(Shape):
    """A way in which doctors are posted: who goes, and the numbers it begins with."""

    title: Title
    only_new: bool = False
    """Only those hired this year."""
    any_title: bool = False
    """Of any title, also below the one from which a centre counts as covered."""
    in_batches: bool = False
    numbers: Mapping[str, float | ShareOf] = {}
    """Defaults that are other than those of all schemes."""


class Sign(Shape):
    """What says that a centre needs a specialty; exactly one of these.

    No doctor of its own (``lacks_staff``); a figure worse than its place's (``behind``); more patients than its own
    doctors are enough for (``patients``: the count of an indicator or the denominator of a share, one doctor
    ``one_for`` so many, a number of the form); a schedule of which more is overdue than in its place (``overdue``);
    a clause of a standard below a level.
    """

    lacks_staff: Literal[True] | None = None
    behind: str | None = None
    patients: str | None = None
    one_for: str | None = None
    overdue: str | None = None
    clause: str | None = None
    level: Literal["C", "B", "A"] = "C"

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [self.lacks_staff, self.behind, self.patients, self.overdue, self.clause]
        if sum(one is not None for one in given) != 1 or (self.patients is None) != (self.one_for is None):
            raise ValueError("one of lacks_staff, behind, patients (with one_for), overdue, clause")
        return self


class Need(Shape):
    """A specialty that centres may lack, with the names under which registers have it."""

    specialty: str
    also: Sequence[str] = ()
    signs: Sequence[Sign]

    @property
    def names(self) -> frozenset[str]:
        return frozenset((self.specialty, *self.also))


Part = Literal["wanted", "required", "floors", "turns", "needs", "travel"]
"""What numbers of the form belong together."""


class Number(Shape):
    """A number that may be set."""

    part: Part

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
    schemes: Mapping[str, Scheme] = Field(min_length=1)
    """The first is the one that is meant where nobody says which."""
    tcm_specialties: Sequence[str] = ()
    needs: Sequence[Need] = ()
    figures: Sequence[str] = ()
    """The indicators whose page leads to a plan."""
    numbers: Mapping[str, Number]

    def scheme(self, name: str | None) -> Scheme:
        """The scheme of that name; the first one without a name. KeyError."""
        return self.schemes[name or self.first_scheme]

    @property
    def first_scheme(self) -> str:
        return next(iter(self.schemes))


def declaration() -> Declaration:
    """The declaration in force. Raises DeclarationError; there is exactly one among the packs."""
    return DISPATCH.in_force()


def declared() -> Declaration | None:
    """As `declaration`; None where the packs in force have none that fits, for pages that only ask about postings."""
    return DISPATCH.if_in_force()


def _unknown(found: Declaration, rules: Rulebook) -> list[str]:
    """Kinds, fields and indicators that no pack declares."""
    posting = found.posting
    named = [name for name in (posting.sent_by, posting.scheme, posting.batch) if name is not None]
    fields = [posting.from_, posting.to, *named, *posting.values]
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
    if posting.kind in rules.kinds:
        workflow = rules.kinds[posting.kind].workflow
        states = {state.name for state in workflow.states} if workflow else set()
        wrong += [f"state {one}: {suggest(one, states)}" for one in posting.not_in if one not in states]
    return [*wrong, *_unknown_schemes(found, rules), *_unknown_signs(found, rules)]


def _unknown_schemes(found: Declaration, rules: Rulebook) -> list[str]:
    """Schemes that are no options of their field, numbers and parameters that nobody declares."""
    wrong, kind = [], rules.kinds.get(found.posting.kind)
    of = next((one for one in kind.form if one.name == found.posting.scheme), None) if kind else None
    if of is not None:
        wrong = [
            f"scheme {one}: {suggest(one, of.option_codes)}"
            for one in found.schemes
            if one not in of.option_codes
        ]
    known = {(pack.name, one.name): None for pack in rules.packs for one in pack.parameters}
    for scheme in found.schemes.values():
        wrong += [
            f"number {one}: {suggest(one, found.numbers)}"
            for one in scheme.numbers
            if one not in found.numbers
        ]
        shares = [one for one in scheme.numbers.values() if isinstance(one, ShareOf)]
        wrong += [
            f"parameter {one.pack}.{one.parameter}"
            for one in shares
            if (one.pack, one.parameter) not in known
        ]
    return wrong


def _unknown_signs(found: Declaration, rules: Rulebook) -> list[str]:
    """Indicators, schedules, clauses and numbers that nobody declares."""
    clauses = {clause.number: None for standard in rules.standards.values() for clause in standard.clauses}
    signs = [sign for need in found.needs for sign in need.signs]
    asked = [
        ("indicator", [*found.figures, *(one.behind or one.patients for one in signs)], rules.indicators),
        ("schedule", [one.overdue for one in signs], rules.schedules),
        ("clause", [one.clause for one in signs], clauses),
        ("number", [one.one_for for one in signs], found.numbers),
    ]
    return [
        f"{sort} {name}: {suggest(name, known)}"
        for sort, names, known in asked
        for name in names
        if name is not None and name not in known
    ]


DISPATCH = DeclarationFile("dispatch.yaml", Declaration, _unknown)
