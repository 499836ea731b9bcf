"""Putting packs in force for the whole installation, and telling what ever was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.pack_sets import InForce, PackSets, content_of
from wangdi.server.evaluation.lake.state import locked
from wangdi.server.evaluation.rules import shipped
from wangdi.server.packs.models import Activation
from wangdi.server.packs.proposal import Proposal, own_packs, version_of
from wangdi.server.packs.versions import is_later
from wangdi.server.records.models import KindRow

INSTALL, REMOVE, ROLL_BACK = "packs.install", "packs.remove", "packs.rollback"


@dataclass(eq=False)
class NotPutInForce(Exception):
    """Everything stays as it was; all the reasons why."""

    reasons: Sequence[Text]

    def __str__(self) -> str:
        return "\n".join(f"{one.zh} / {one.en}" for one in self.reasons)


@dataclass(frozen=True, slots=True)
class Own:
    """A pack of the installation's own: its version, and that of the shipped pack it stands in for, if any."""

    name: str
    version: str
    shipped: str | None
    is_outdated: bool
    """Whether the product ships a version now that is not lower: since an upgrade."""


def put_in_force(
    proposal: Proposal,
    reason: str,
    *,
    action: str = INSTALL,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
) -> Activation:
    """From now on every process works by these packs. Lists and figures follow with the next evaluation.

    The set is on the disk before the store tells of it, and the store before the one file that makes it count is
    replaced. `NotPutInForce` with all hindrances, without a reason, and when other packs were put in force meanwhile.
    """
    sets = PackSets.current()
    with locked(sets.path):
        _refuse(proposal, reason, sets)
        _settle(sets)
        named = sets.keep(proposal.own)
        packs = {
            name: {"version": version_of(folder), "hash": content_of(folder)}
            for name, folder in proposal.own.items()
        }
        with transaction.atomic():
            summary = {"set": named, "packs": {name: told["version"] for name, told in packs.items()}}
            change = record_change(
                action, actor=actor, actor_name=actor_name, summary={**summary, "reason": reason.strip()}
            )
            made = Activation.objects.create(set=named, packs=packs, reason=reason.strip(), change=change)
            _settle_registers(proposal)
        sets.put_in_force(InForce(named, made.pk))
        _settle(sets)
    made.refresh_from_db()
    return made


def history() -> list[Activation]:
    """What was put in force, newest first; without what was interrupted before it counted."""
    current = PackSets.current().in_force().activation
    rows = Activation.objects.select_related("change__actor")
    return [row for row in rows if row.took_effect or row.pk == current]


def own_versions() -> Iterator[Own]:
    """The installation's own packs in force. `PackSetBroken` when they are lost."""
    for name, folder in own_packs().items():
        version = version_of(folder)
        told = version_of(shipped()[name]) if name in shipped() else None
        yield Own(name, version, told, told is not None and not is_later(version, told))


def _refuse(proposal: Proposal, reason: str, sets: PackSets) -> None:
    reasons = list(proposal.hindrances)
    if proposal.diagnostics.errors:
        n = len(proposal.diagnostics.errors)
        reasons.append(Text(f"规则包有 {n} 个错误", f"the packs have {n} errors"))
    if not reason.strip():
        reasons.append(Text("请写明原因", "say why"))
    if proposal.based_on != sets.in_force():
        reasons.append(
            Text(
                "现行规则包在此期间已更换，请重新检查",
                "other packs were put in force meanwhile; check them again",
            )
        )
    if reasons:
        raise NotPutInForce(reasons)


def _settle(sets: PackSets) -> None:
    """The activation that the file names took effect, whatever was interrupted since it was written."""
    Activation.objects.filter(pk=sets.in_force().activation, took_effect=False).update(took_effect=True)


def _settle_registers(proposal: Proposal) -> None:
    """Kinds without records may turn to another register; the store follows."""
    for name, kind in proposal.rulebook.kinds.items():
        KindRow.objects.filter(name=name).exclude(about=kind.about).update(about=kind.about)
