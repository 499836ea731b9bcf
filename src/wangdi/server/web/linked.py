"""Records that others belong to: which a form offers, and what they are called."""

from collections.abc import Iterable, Mapping, Sequence

from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import STATE
from wangdi.server.access.scope import Viewer
from wangdi.server.evaluation.services import rulebook
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.web.subjects import subject_names
from wangdi.server.web.words import wording

MOST = 100
"""Records that a form offers, the newest first."""


def record_titles(wanted: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
    """By kind and id: what a record is about, whose it is, and of which day. Two queries per kind."""
    return {
        (kind, record_id): title
        for kind, ids in wanted.items()
        for record_id, title in _titled(
            kind, RecordVersion.objects.current().filter(kind__name=kind, record_id__in=set(ids))
        ).items()
    }


def offered(
    user: Viewer, kinds: Iterable[Kind], held: RecordVersion | None
) -> dict[str, Sequence[tuple[str, str]]]:
    """Ids and titles, by kind, of the records that new ones of these kinds may belong to: those still open that the
    reader may see. What a record belongs to already stays among them.
    """
    links = [field for kind in kinds for field in kind.form if field.record_of is not None]
    found: dict[str, Sequence[tuple[str, str]]] = {}
    for name in dict.fromkeys(str(field.record_of) for field in links):
        own = [
            str(held.values[f.name]) for f in links if f.record_of == name and held and f.name in held.values
        ]
        titles = _titled(name, _open(user, name)[:MOST])
        found[name] = tuple({**titles, **_titled_of(name, own)}.items())
    return found


def _titled_of(kind: str, ids: Sequence[str]) -> dict[str, str]:
    return {record_id: title for (_, record_id), title in record_titles({kind: ids} if ids else {}).items()}


def _open(user: Viewer, name: str) -> RecordQuerySet:
    kind = rulebook().kinds[name]
    final = [state.name for state in kind.workflow.states if state.final] if kind.workflow else []
    records = RecordVersion.objects.valid().visible_to(user).filter(kind__name=name)
    return records.exclude(state__in=final).order_by("-occurred_on", "-seq")


def _titled(kind: str, records: Iterable[RecordVersion]) -> dict[str, str]:
    listed, declared = list(records), rulebook().kinds.get(kind)
    if declared is None or not listed:
        return {}
    names = subject_names((declared.about, one.subject) for one in listed)
    return {
        one.record_id: " · ".join(
            part
            for part in (_headline(declared, one), names.get((declared.about, one.subject)), _day(one))
            if part
        )
        for one in listed
    }


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
