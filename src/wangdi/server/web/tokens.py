"""Tokens of other systems as administrators see them: who sends what, whether it still comes, what was refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.exchange.telling import is_told
from wangdi.server.intake.models import Delivery, Token
from wangdi.server.web.words import say, wording

STATES = {
    "good": Text("有效", "good"),
    "new": Text("还没有用过", "not used yet"),
    "refused": Text("最近一次被退回", "the latest was refused"),
    "expired": Text("已过期", "expired"),
    "revoked": Text("已撤销", "revoked"),
}

BAD = frozenset({"refused", "expired"})


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token with what came last by it."""

    token: Token
    latest: Delivery | None
    state: str
    kinds: str
    fetches: str

    @property
    def title(self) -> str:
        return wording(STATES[self.state])

    @property
    def is_bad(self) -> bool:
        return self.state in BAD

    @property
    def is_over(self) -> bool:
        return self.state in ("revoked", "expired")


def token_rows(tokens: Iterable[Token], today: date) -> list[TokenRow]:
    listed = list(tokens)
    latest = {one.pk: one.deliveries.first() for one in listed}
    return [
        TokenRow(
            one,
            latest[one.pk],
            _state(one, latest[one.pk], today),
            _titles(one.kinds),
            _titles(one.fetches),
        )
        for one in listed
    ]


def _state(token: Token, latest: Delivery | None, today: date) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if not token.is_good(today):
        return "expired"
    if latest is None:
        return "new" if token.kinds or token.last_used_at is None else "good"
    return "good" if latest.was_taken else "refused"


def _titles(kinds: Sequence[str]) -> str:
    return say("、", ", ").join(kind_title(name) for name in kinds)


def kind_title(name: str) -> str:
    """What a kind is called; its name where no pack has it any more."""
    found = rulebook().kinds.get(name)
    return wording(found.title) if found is not None else name


@dataclass(frozen=True, slots=True)
class KindGroup:
    """The kinds of a pack, to be chosen from; those of channels stand first."""

    title: str
    kinds: Sequence[Kind]
    is_open: bool


def kind_groups(chosen: Sequence[str]) -> list[KindGroup]:
    """All kinds by pack: open are packs with channels, and those of which a kind is chosen."""
    found = rulebook()
    watched = {channel.amount.selection.kind for channel in found.channels.values()}
    groups = []
    for pack in found.packs:
        kinds = list(pack.kinds)
        is_open = any(kind.name in chosen for kind in kinds)
        groups.append(
            (not any(kind.name in watched for kind in kinds), KindGroup(wording(pack.title), kinds, is_open))
        )
    return [group for _, group in sorted(groups, key=lambda one: one[0]) if group.kinds]


def fetched_groups(chosen: Sequence[str]) -> list[KindGroup]:
    """The kinds of which there are messages, by pack; open are packs that say how theirs are told and ask something."""
    groups = []
    for pack in rulebook().packs:
        kinds = [kind for kind in pack.kinds if is_told(kind.name)]
        asks = any(kind.exchange is not None and kind.exchange.request for kind in kinds)
        is_open = asks or any(kind.name in chosen for kind in kinds)
        groups.append(KindGroup(wording(pack.title), kinds, is_open))
    return sorted((group for group in groups if group.kinds), key=lambda group: not group.is_open)
