"""From what authors say of exchange to the model: read with a kind, left out whole where something of it is wrong."""

from collections.abc import Mapping
from dataclasses import replace

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.exchange import Becomes, Diagnosis, FieldExchange, KindExchange
from wangdi.engine.model.exchange_flaws import Flaw, flaws_of
from wangdi.engine.model.fields import Field
from wangdi.engine.packs.library import Library, PackFile, text_of
from wangdi.engine.packs.shapes import FieldExchangeShape, FieldShape, KindExchangeShape, KindShape
from wangdi.engine.packs.yaml_tree import Path_


def with_exchange(
    library: Library, file: PackFile, kind: str, shape: KindShape, form: tuple[Field, ...]
) -> tuple[tuple[Field, ...], KindExchange | None]:
    """The fields and the kind with how they are told to other systems; neither where a flaw was reported."""
    told = tuple(_told(field, shape.fields) for field in form)
    exchange = _kind(shape.exchange) if shape.exchange is not None else None
    flaws = list(flaws_of(shape.about, exchange, told))
    for flaw in flaws:
        _report(library, file, kind, flaw, told)
    return (form, None) if flaws else (told, exchange)


def _report(library: Library, file: PackFile, kind: str, flaw: Flaw, form: tuple[Field, ...]) -> None:
    path: Path_ = ("kinds", kind)
    if flaw.field is not None:
        path = (*path, "fields", flaw.field)
    path = (*path, "exchange", *(flaw.key.split(".") if flaw.key else ()))
    if flaw.unknown is None:
        library.report(file, "W3005", path, flaw.message, flaw.hint, key=not flaw.key)
    elif not library.excuses(flaw.unknown):
        hint = suggest(flaw.unknown, [field.name for field in form]) or flaw.hint
        library.report(file, "W2003", path, flaw.message, hint)


def _told(field: Field, shapes: Mapping[str, FieldShape]) -> Field:
    shape = shapes[field.name].exchange
    return replace(field, exchange=_field(shape)) if shape is not None else field


def _field(shape: FieldExchangeShape) -> FieldExchange:
    coded = shape.loinc is not None or shape.panel is not None
    becomes = shape.as_ or ("observation" if coded else None)
    return FieldExchange(
        Becomes(becomes) if becomes is not None else None,
        shape.certainty,
        shape.loinc,
        shape.panel,
        tuple(shape.codes.items()),
        tuple(shape.dosage),
        shape.day,
        shape.after,
    )


def _kind(shape: KindExchangeShape) -> KindExchange:
    found = shape.diagnosis
    diagnosis = Diagnosis(found.icd10, text_of(found.title), found.since) if found is not None else None
    return KindExchange(shape.encounter, shape.request, shape.to, diagnosis)
