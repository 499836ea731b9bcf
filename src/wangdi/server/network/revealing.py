"""Showing an identity number or a telephone in full: to those who record about the person, for a reason, on record."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.network.models import Person

HIDDEN: Mapping[str, Text] = {
    "id_number": Text("身份证号", "ID number"),
    "phone": Text("电话", "Phone"),
}
"""What is masked everywhere."""

SHORTEST_REASON = 2


class NoReason(Exception):
    """Nothing is shown without saying what for."""

    message = Text("请写明用途；用途会记入审计", "say what it is for; the reason is written to the audit")


def reveal(person: Person, what: str, reason: str, *, actor: AbstractBaseUser) -> str | None:
    """The value in full; None where there is none. `NoReason` without one. Permission is the caller's to check."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise NoReason
    summary = {"entity": person._meta.model_name, "code": person.code, "what": what, "reason": reason}
    record_change("reveal", actor=actor, summary=summary)
    return person.reveal_id_number() if what == "id_number" else person.reveal_phone()
