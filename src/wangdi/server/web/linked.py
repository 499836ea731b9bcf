"""Records that others belong to: which a form offers, what they are called, and what belongs to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import STATE
from wangdi.server.access.scope import Viewer
from wangdi.server.evaluation.services import rulebook
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.records.services import records_named
from wangdi.server.web.asking import VALUE_PREFIX
from wangdi.server.web.subjects import subject_names
from wangdi.server.web.words import wording

MOST = 100
"""Records that a form offers, the newest first."""

SHOWN = 20
"""Records of each kind that a page shows of those that belong to its own, the newest first."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """Records of a kind that belong to one: the newest, how many there are, and what a new one has to hold."""

    kind: Kind
    newest: Sequence[RecordVersion]
    count: int
    field: str
    value: str

    @property
    def query(self) -> str:
        """What the address of a new one's form ends with."""
        return urlencode({VALUE_PREFIX + self.field: self.value})


def record_titles(wanted: Iterable[tuple[Field, Iterable[str]]]) -> dict[tuple[str, str], str]:
    """By kind and stored value: what the records are called that values of ``record_of`` fields name. Two queries per
    field.
    """
    return {
        (str(field.record_of), value): title
        for field, values in wanted
        for value, title in _titled(field, records_named(field, values)).items()
    }


def offered(
    user: Viewer, kinds: Iterable[Kind], held: RecordVersion | None
) -> dict[str, Sequence[tuple[str, str]]]:
    """Stored values and titles, by a field's ``owner``, of the records that new ones of these kinds may belong to: those
    still open that the reader may see. What a record belongs to already stays among them.
    """
    found: dict[str, dict[str, str]] = {}
    for field in (field for kind in kinds for field in kind.form if field.record_of is not None):
        if field.owner not in found:
            found[field.owner] = _titled(field, _open(user, str(field.record_of))[:MOST])
        own = held.values.get(field.name) if held is not None else None
        if own is not None and own not in found[field.owner]:
            found[field.owner] |= _titled(field, records_named(field, [own]))
    return {owner: tuple(titles.items()) for owner, titles in found.items()}


def belonging(user: Viewer, record: RecordVersion) -> list[Belonging]:
    """What belongs to a record, of those kinds that are about the same: seen by the reader, and newest first."""
    owner = rulebook().kinds.get(record.kind.name)
    if owner is None:
        return []
    found = []
    for kind in rulebook().kinds.values():
        if kind.about != owner.about:
            continue
        for field in (one for one in kind.form if one.record_of == owner.name):
            named = record.values.get(field.record_by) if field.record_by else record.record_id
            if named is None:
                continue
            theirs = (
                RecordVersion.objects.valid()
                .visible_to(user)
                .filter(kind__name=kind.name, subject=record.subject, **{f"values__{field.name}": named})
                .select_related("kind", "institution", "worker")
                .order_by("-occurred_on", "-seq")
            )
            newest = list(theirs[: SHOWN + 1])
            count = theirs.count() if len(newest) > SHOWN else len(newest)
            found.append(Belonging(kind, newest[:SHOWN], count, field.name, str(named)))
    return found


def _open(user: Viewer, name: str) -> RecordQuerySet:
    kind = rulebook().kinds[name]
    final = [state.name for state in kind.workflow.states if state.final] if kind.workflow else []
    records = RecordVersion.objects.valid().visible_to(user).filter(kind__name=name)
    return records.exclude(state__in=final).order_by("-occurred_on", "-seq")


def _titled(field: Field, records: Iterable[RecordVersion]) -> dict[str, str]:
    """By what the field holds of each record."""
    listed, declared = list(records), rulebook().kinds.get(str(field.record_of))
    if declared is None or not listed:
        return {}
    if field.record_by is not None:
        return {
            str(one.values[field.record_by]): _numbered(declared, field.record_by, one)
            for one in listed
            if field.record_by in one.values
        }
    names = subject_names((declared.about, one.subject) for one in listed)
    return {
        one.record_id: " · ".join(
            part
            for part in (_headline(declared, one), names.get((declared.about, one.subject)), _day(one))
            if part
        )
        for one in listed
    }


def _numbered(kind: Kind, by: str, record: RecordVersion) -> str:
    """The number, and the first other text that the form holds: mostly a name."""
    texts = (field.name for field in kind.form if field.type is FieldType.TEXT and field.name != by)
    name = next((str(record.values[text]) for text in texts if record.values.get(text)), "")
    return f"{record.values[by]} {name}".strip()


def _headline(kind: Kind, record: RecordVersion) -> str:
    """The first answer that a choice of the form holds, else what the kind is called."""
    for field in kind.form:
        if field.type is FieldType.CHOICE and field.name in record.values and field.name != STATE:
            options: dict[str, Text] = {option.code: option.title for option in field.options}
            code = str(record.values[field.name])
            return wording(options[code]) if code in options else code
    return wording(kind.title)


def _day(record: RecordVersion) -> str:
    return record.occurred_on.isoformat()
