"""One due item per record: what has to be done about each record of a kind, such as a referral nobody has answered."""

from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.facts import Relation, Selection
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base


@dataclass(frozen=True, slots=True)
class Each:
    """An item for every selected record about a member: due from ``start``, at the latest ``within`` later.

    The expressions are about the record. The item's step is the record's id. ``holder`` is the code of the institution
    that has to act; where it is empty or unknown, that is the record's institution, and else the subject's.
    ``escalated`` items are for the institution above that one, if there is one.
    """

    selection: Selection
    start: Expression
    within: Length
    holder: Expression | None = None
    escalated: bool = False
    because: Text | None = None

    def __post_init__(self) -> None:
        if self.selection.relation is not Relation.ABOUT:
            raise TypeMismatch("each looks at the records about a member of the group")
        for part, expression, base in (
            ("from", self.start, Base.DATE),
            ("within", self.within, Base.DURATION),
            ("responsible", self.holder, Base.TEXT),
        ):
            if expression is not None and expression.type.base is not base:
                raise TypeMismatch(f"{part} needs a {base.value}, but this is a {expression.type}")
