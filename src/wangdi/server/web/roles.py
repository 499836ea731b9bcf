"""The roles as people read them: what each is called, sees, and may do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.standards import REVIEWS
from wangdi.engine.model.text import Text
from wangdi.server.access.models import Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts.granting import AT_PLACES, GIVES
from wangdi.server.adoption.services import DECIDING
from wangdi.server.web.standards import review_title
from wangdi.server.web.words import say, wording

EVERYWHERE = Text("全网络", "the whole network")
IN_PLACE = Text("所在区划及其下级的一切", "everything in the place and under it")
IN_INSTITUTION = Text(
    "所在机构及其下级机构负责的居民、人员、团队和设备",
    "residents, workers, teams and assets of the institution and those under it",
)


@dataclass(frozen=True, slots=True)
class RoleExplained:
    """A role in the reader's language; empty lists mean that it may not."""

    title: str
    sees: str
    records_about: str
    reviews: str
    decides: bool
    plans: bool
    closes: bool
    gives: str


def roles_explained() -> Iterator[RoleExplained]:
    """Who may see and do what: read from what the program asks, so that it cannot say anything else."""
    for role in Role:
        is_administrator = role is Role.ADMINISTRATOR
        sees = EVERYWHERE if is_administrator else IN_PLACE if role in AT_PLACES else IN_INSTITUTION
        given = list(Role) if is_administrator else [one for one in Role if one in GIVES.get(role, ())]
        yield RoleExplained(
            wording(ROLE_TITLES[role]),
            wording(sees),
            _listed(register.title for name, register in REGISTERS.items() if role.may_record(name)),
            say("、", ", ").join(review_title(one) for one in REVIEWS if role.may_review(one.value)),
            is_administrator or role in DECIDING,
            role.may_plan,
            role.may_close,
            _listed(ROLE_TITLES[one] for one in given),
        )


def _listed(texts: Iterable[Text]) -> str:
    return say("、", ", ").join(wording(text) for text in texts)
