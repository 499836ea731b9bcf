"""What figures are made from: the texts of the packs, what the store held, and the program. Equal basis, equal figures."""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from django.db.models import Max

from wangdi.server.adoption.models import Adoption
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import canonical_json
from wangdi.server.evaluation.lake import LakeState
from wangdi.server.evaluation.rules import pack_texts
from wangdi.server.network.models import MODELS
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.staged import END_OF_LOAD


def program() -> str:
    """The version of the program."""
    return version("wangdi")


def pack_hashes() -> dict[str, str]:
    """The SHA-256 of each pack's file."""
    return {name: hash_of(text) for name, text in pack_texts().items()}


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def basis_of(state: LakeState) -> str:
    """One word for everything that figures over this lake are made from.

    Of the store it takes the hash of the last change that wrote a record, a register or an adoption: the chain of
    changes vouches for all before it. Changes that figures do not see, such as targets, leave the basis as it is.
    """
    last = max(_changes_that_count(state), default=0)
    stored = Change.objects.filter(pk=last).values_list("hash", flat=True).first() or ""
    return hash_of(canonical_json([program(), pack_hashes(), stored]).encode())


def _changes_that_count(state: LakeState) -> Iterator[int]:
    newest = (
        RecordVersion.objects.filter(seq__lte=state.seq).order_by("-seq").values_list("change_id", flat=True)
    )
    yield newest.first() or 0
    finished = Change.objects.filter(action=END_OF_LOAD, pk__lte=state.change)
    yield finished.aggregate(last=Max("pk"))["last"] or 0
    for model in MODELS.values():
        yield _last(model._default_manager.aggregate(last=Max("change_id")), state)
    for column in ("change_id", "withdrawn_id"):
        yield _last(Adoption.objects.aggregate(last=Max(column)), state)


def _last(found: Mapping[str, int | None], state: LakeState) -> int:
    """A change later than the lake is one that its figures do not know: the basis is no other than before it."""
    return min(found["last"] or 0, state.change)
