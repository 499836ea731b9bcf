"""What a kind of record looks like to a system that sends it: columns, types, options; also as OpenAPI."""

from collections.abc import Iterable, Mapping
from typing import Any

from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.fhir.messages import MEDIA_TYPE
from wangdi.server.intake.fetching import MOST
from wangdi.server.intake.receiving import SUFFIXES

_SCHEMAS: Mapping[FieldType, Mapping[str, Any]] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.INTEGER: {"type": "integer"},
    FieldType.DECIMAL: {"type": "number"},
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.TIME: {"type": "string", "format": "time"},
    FieldType.CHOICE: {"type": "string"},
    FieldType.CHOICES: {"type": "array"},
    FieldType.REFERENCE: {"type": "string"},
}


def columns_of(kind: Kind) -> tuple[Field, ...]:
    """The columns that may be sent: those of an import but for what moves a record on."""
    built_in = {field.name for field in kind.workflow.fields} if kind.workflow is not None else set()
    return tuple(field for field in kind.columns if field.name not in built_in)


def kind_as_json(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "title": kind.title.as_json(),
        "about": kind.about,
        "columns": [_column(field) for field in columns_of(kind)],
    }


def _column(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "title": field.title.as_json(),
        "type": field.type.value,
        "required": field.required and field.asked_if is None,
        "refers_to": field.refers_to,
        "unit": field.unit,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "usual": [field.usual.minimum, field.usual.maximum] if field.usual is not None else None,
        "section": field.section.as_json() if field.section is not None else None,
        "options": [{"code": one.code, "title": one.title.as_json()} for one in field.options] or None,
        "depends_on": sorted(depends_on(field.asked_if)) if field.asked_if is not None else None,
    }
    return {name: value for name, value in found.items() if value is not None}


# -- OpenAPI --------------------------------------------------------------------------------------


def openapi(kinds: Iterable[Kind], fetched: Iterable[Kind], version: str) -> dict[str, Any]:
    """A description by OpenAPI 3.1 of sending records of some kinds, and of fetching messages of some."""
    listed = list(kinds)
    sending = {f"/api/records/{kind.name}/": {"post": _posting(kind)} for kind in listed}
    fetching = {f"/api/messages/{kind.name}/": {"get": _fetching(kind)} for kind in fetched}
    return {
        "openapi": "3.1.0",
        "info": {"title": "网底 Wangdi: records", "version": version},
        "security": [{"bearer": []}],
        "paths": sending | fetching,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {kind.name: _row_schema(kind) for kind in listed} | _ANSWERS,
        },
    }


def _posting(kind: Kind) -> dict[str, Any]:
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{kind.name}"}}
    content: dict[str, Any] = {media: {"schema": {"type": "string"}} for media in SUFFIXES}
    content["application/json"] = {"schema": rows}
    refused = {str(status): _answer(told, "Refused") for status, told in _REFUSALS.items()}
    return {
        "operationId": f"send_{kind.name}",
        "summary": f"{kind.title.zh} {kind.title.en}",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": _answer("Everything is in the store.", "Received")} | refused,
    }


def _fetching(kind: Kind) -> dict[str, Any]:
    bundle = {MEDIA_TYPE: {"schema": {"type": "object", "title": "FHIR R4 Bundle of messages"}}}
    refused = {str(status): _answer(_REFUSALS[status], "Refused") for status in (401, 403, 404, 422, 503)}
    return {
        "operationId": f"fetch_{kind.name}",
        "summary": f"{kind.title.zh} {kind.title.en}",
        "parameters": [
            {"name": "after", "in": "query", "schema": {"type": "integer"}},
            {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": MOST}},
        ],
        "responses": {"200": {"description": "Messages, oldest first.", "content": bundle}} | refused,
    }


_REFUSALS = {
    401: "No token, or none that is good.",
    403: "The token is not for this kind.",
    404: "There is no such kind.",
    413: "Too much at once.",
    415: "No media type that is read.",
    422: "Rows have problems; nothing was saved.",
    429: "Too often; Retry-After says when to try again.",
    503: "The store is busy; try again.",
}


def _answer(told: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": told, "content": content}


def _row_schema(kind: Kind) -> dict[str, Any]:
    columns = columns_of(kind)
    required = [field.name for field in columns if field.required and field.asked_if is None]
    return {
        "type": "object",
        "title": kind.title.en,
        "required": required,
        "properties": {field.name: _schema(field) for field in columns},
    }


def _schema(field: Field) -> dict[str, Any]:
    found = dict(_SCHEMAS[field.type])
    codes = list(field.option_codes)
    if field.type is FieldType.CHOICES:
        found["items"] = {"type": "string", "enum": codes}
    elif codes:
        found["enum"] = codes
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    unit = f" ({field.unit})" if field.unit else ""
    described = {"description": f"{field.title.zh} {field.title.en}{unit}"}
    return found | {name: value for name, value in limits.items() if value is not None} | described


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_WORDS = _object(zh={"type": "string"}, en={"type": "string"})
_NUMBER, _NAME = {"type": "integer"}, {"type": "string"}
_ANSWERS = {
    "Received": _object(
        kind=_NAME,
        rows=_NUMBER,
        created=_NUMBER,
        amended=_NUMBER,
        unchanged=_NUMBER,
        due={"type": "string", "enum": ["now", "next evaluation"]},
        notes={"type": "array", "items": _WORDS},
    ),
    "Refused": _object(
        status=_NUMBER,
        count=_NUMBER,
        problems={
            "type": "array",
            "items": _object(message=_WORDS, hint=_WORDS, code=_NAME, row=_NUMBER, column=_NAME, value=_NAME),
        },
    ),
}
