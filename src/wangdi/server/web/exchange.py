"""What a message of a record says, as people read it before it is handed out."""

from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.model.exchange import Becomes
from wangdi.engine.model.fields import Field
from wangdi.engine.model.text import Text
from wangdi.interchange.fhir.messages import goes_back, other_side
from wangdi.interchange.fhir.moments import moment_of_clock
from wangdi.interchange.fhir.told import ToldRecord
from wangdi.server.web.words import Names, say, value_in_words, wording

SORTS: Mapping[Becomes, Text] = {
    Becomes.OBSERVATION: Text("观察", "Observation"),
    Becomes.CONDITION: Text("诊断", "Condition"),
    Becomes.PROCEDURE: Text("处理", "Procedure"),
    Becomes.MEDICATION: Text("用药", "Medication"),
    Becomes.REASON: Text("原因", "Reason"),
    Becomes.PRIORITY: Text("缓急", "Priority"),
    Becomes.SETTING: Text("服务场所", "Setting"),
    Becomes.IDENTIFIER: Text("外部编号", "Number elsewhere"),
    Becomes.START: Text("服务开始", "Start"),
    Becomes.END: Text("服务结束", "End"),
}


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """A field of the form: its value in words; as what it is told besides, and under which standard code, or nothing."""

    title: str
    value: str
    sort: str
    code: str


def record_rows(told: ToldRecord) -> list[ExchangeRow]:
    """All fields that hold something, in the order of the form."""
    names = _names(told)
    filled = [field for field in told.kind.form if told.values.get(field.name) not in (None, "", [])]
    return [_row(told, field, names) for field in filled]


def _row(told: ToldRecord, field: Field, names: Names) -> ExchangeRow:
    exchange, at = field.exchange, moment_of_clock(told, field)
    value = (
        f"{at:%Y-%m-%d %H:%M}" if at is not None else value_in_words(field, told.values[field.name], names)
    )
    becomes = exchange.becomes if exchange is not None else None
    loinc = exchange.loinc if exchange is not None else None
    sort = wording(SORTS[becomes]) if becomes is not None else ""
    return ExchangeRow(wording(field.title), value, sort, f"LOINC {loinc}" if loinc is not None else "")


def _names(told: ToldRecord) -> Names:
    directory = told.directory
    return {
        **{("institution", code): one.name for code, one in directory.institutions.items()},
        **{("worker", code): one.name for code, one in directory.workers.items()},
        **{("place", code): name for code, name in directory.places.items()},
    }


def route_of(told: ToldRecord) -> str:
    """From whom to whom."""
    own, other = told.institution, other_side(told)
    first, second = (other, own) if goes_back(told) else (own, other)
    start, end = (one.name if one is not None else "—" for one in (first, second))
    return say("{start} → {end}", "{start} → {end}", start=start, end=end)
