"""The whole form as it was filled in: a QuestionnaireResponse, from which nothing is left out."""

from collections.abc import Iterable

from wangdi.engine.model.fields import Field
from wangdi.engine.model.workflows import STATE
from wangdi.interchange.fhir.bundles import URN, Collected, Resource, kept
from wangdi.interchange.fhir.moments import instant
from wangdi.interchange.fhir.told import ToldRecord
from wangdi.interchange.fhir.values import answers


def add_answers(found: Collected, record: ToldRecord, **links: Resource | None) -> Resource:
    """``links`` are the elements that refer to others: subject, encounter, author."""
    return found.add(
        "QuestionnaireResponse",
        record.kind.name,
        record.record_id,
        meta=meta(record),
        identifier={"system": record_system(record), "value": record.record_id},
        questionnaire=f"{URN}:kind:{record.kind.name}|{record.pack_version}",
        status=_status(record),
        authored=instant(record.saved_at),
        item=_items(found, record),
        **links,
    )


def meta(record: ToldRecord) -> Resource:
    """Which version this is of what has the same identifier, and when it was saved."""
    return {"versionId": str(record.version), "lastUpdated": instant(record.saved_at)}


def record_system(record: ToldRecord) -> str:
    return f"{URN}:record:{record.kind.name}"


def _status(record: ToldRecord) -> str:
    if record.is_void:
        return "entered-in-error"
    workflow = record.kind.workflow
    if workflow is not None:
        return "in-progress" if record.values.get(STATE) in workflow.open_states else "completed"
    return "amended" if record.is_amended else "completed"


def _items(found: Collected, record: ToldRecord) -> list[Resource]:
    items: list[Resource] = []
    for number, (section, fields) in enumerate(record.kind.sections, start=1):
        inside = list(_answered(found, record, fields))
        if section is None:
            items += inside
        elif inside:
            items.append({"linkId": f"section-{number}", "text": section.zh, "item": inside})
    workflow = record.kind.workflow
    moved = list(_answered(found, record, workflow.fields)) if workflow is not None else []
    return [*items, {"linkId": "workflow", "text": "流程", "item": moved}] if moved else items


def _answered(found: Collected, record: ToldRecord, fields: Iterable[Field]) -> Iterable[Resource]:
    for field in fields:
        if record.values.get(field.name) is not None:
            answer = list(answers(found, record, field))
            yield kept(linkId=field.name, text=field.title.zh, answer=answer)
