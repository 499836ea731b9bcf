"""One's own work: what was recorded this month, and what the packs about workers make of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.trace import Trace
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Worker
from wangdi.server.web.today import written_by
from wangdi.server.web.words import day_in_words, result_in_words, wording

WORKER = "worker"


@dataclass(frozen=True, slots=True)
class DoneOfKind:
    kind: Kind
    count: int


def done_this_month(user: AbstractBaseUser, rules: Rulebook, day: date) -> list[DoneOfKind]:
    """How many records of each kind the user wrote this month, most first."""
    counts = Counter(one.kind.name for one in written_by(user, day.replace(day=1), day))
    return [DoneOfKind(rules.kinds[name], n) for name, n in counts.most_common() if name in rules.kinds]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A value that a pack gives a title, for one worker, and how it comes about."""

    title: str
    result: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Reckoning:
    pack: Pack
    values: Sequence[Reckoned]


def reckonings(rules: Rulebook, worker: Worker, day: date) -> list[Reckoning]:
    """The titled values about workers, of the packs with a group that the worker is in; no empty or internal ones."""
    explainer = Explainer(rules, StoreWorld(rules.kinds), WORKER, worker.code, day)
    found = [
        Reckoning(pack, _reckoned(pack, explainer)) for pack in rules.packs if _concerns(pack, explainer)
    ]
    return [one for one in found if one.values]


def _concerns(pack: Pack, explainer: Explainer) -> bool:
    evaluator = explainer.evaluator
    return any(group.entity == WORKER and evaluator.is_member(group) for group in pack.groups)


def _reckoned(pack: Pack, explainer: Explainer) -> list[Reckoned]:
    titled = [v for v in pack.values if v.entity == WORKER and v.title is not None and not v.internal]
    known = [(one, explainer.evaluator.value(one)) for one in titled]
    return [
        Reckoned(
            wording(one.title) if one.title else one.name,
            day_in_words(value) if isinstance(value, date) else result_in_words(one, value),
            explainer.trace(one),
        )
        for one, value in known
        if value is not None
    ]
