"""Random registers and records, small and nasty: nulls, month ends, leap days, far dates, several records a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from spec.evaluations import Data
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS

SPECIAL_DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2026-06-30", "2026-07-01", "2026-06-29", "2026-01-01", "2025-12-31", "2026-12-31", "2026-03-31"),
        *("2024-02-29", "2024-02-28", "2023-02-28", "2025-03-01", "1960-02-29", "1961-06-30", "1961-07-01"),
        *("2025-06-30", "2026-05-31", "2026-02-28", "2020-02-29", "1900-02-28", "2000-02-29"),
        *("0001-01-01", "0001-12-31", "9999-12-31", "9999-01-01", "9998-12-31", "1799-12-31", "2300-01-01"),
    )
)
TEXTS = st.sampled_from(("", "a", "b", "B", "中", "mild", "severe", "clinic", "1", "2", "mid", "hospital"))
WHOLE_NUMBERS = st.sampled_from((0, 1, -1, 2, 3, 65, 139, 140, 2**31 - 1, -(2**31), 2**31, 2**53, -(2**53)))
NUMBERS = WHOLE_NUMBERS | st.sampled_from((0.0, -0.0, 0.5, -1.5, 2.75, 0.1, 1e-300, 1e300, -1e308))
"""As authors may write them."""
_MEASURED = NUMBERS | st.floats()
PEOPLE = ("r1", "r2", "r3", "R", "r10", "中")
CODES = {
    "place": ("p1", "p2", "p3", "p4", "p5"),
    "institution": ("i1", "i2", "i3", "i4"),
    "worker": ("w1", "w2", "w3"),
    "team": ("t1", "t2"),
    "asset": ("a1", "a2", "a3"),
    "resident": PEOPLE,
}


def days() -> SearchStrategy[date]:
    return st.sampled_from(SPECIAL_DAYS) | st.sampled_from(SPECIAL_DAYS) | st.dates()


@st.composite
def moments(draw: DrawFn) -> Moment:
    """A day in its year, or in some other period."""
    day = draw(days())
    if draw(st.booleans()):
        return Moment.in_year(day)
    before, after = draw(days()), draw(days())
    return Moment(day, min(day, before), max(day, after))


def values_of(field: Field) -> SearchStrategy[Any]:
    """What may be stored in a column, now and then something that its options do not list."""
    match field.type:
        case FieldType.INTEGER:
            return WHOLE_NUMBERS
        case FieldType.DECIMAL:
            return _MEASURED
        case FieldType.BOOLEAN:
            return st.booleans()
        case FieldType.DATE:
            return days()
        case FieldType.TIME:
            return st.integers(0, 24 * 60 - 1)
        case FieldType.CHOICE:
            return st.sampled_from((*field.option_codes, *field.option_codes, "no option"))
        case FieldType.CHOICES:
            return st.lists(st.sampled_from((*field.option_codes, "no option")), max_size=4)
        case FieldType.REFERENCE:
            return st.sampled_from((*CODES[field.refers_to or ""], "nowhere"))
        case _:
            return TEXTS


@st.composite
def data(draw: DrawFn, kinds: Sequence[Kind]) -> Data:
    """Registers, some of them empty, in any order, and records, some of them about nobody known."""
    registers = {entity: draw(_register(entity)) for entity in REGISTERS}
    records = tuple(draw(_record(kinds, number)) for number in range(draw(st.integers(0, 14))))
    return Data(registers, records, draw(adoptions()))


EDITIONS = ("2021", "2026")


@st.composite
def adoptions(draw: DrawFn) -> tuple[Adoption, ...]:
    """Decisions about the pack ``sample`` over the tree of places, some at unknown ones, some of other packs."""
    keys = st.tuples(
        st.sampled_from(("sample", "sample", "sample", "other")),
        st.none() | st.sampled_from((*CODES["place"], "nowhere")),
        days(),
    )
    found = []
    for pack, place, since in draw(st.lists(keys, unique=True, max_size=6)):
        until = draw(st.none() | days())
        edition = draw(st.none() | st.sampled_from((*EDITIONS, "no edition")))
        until = max(since, until) if until is not None else None
        found.append(Adoption(pack, place, since, until, edition, in_force=draw(st.integers(0, 3)) > 0))
    return tuple(found)


@st.composite
def _register(draw: DrawFn, entity: str) -> dict[str, dict[str, Any]]:
    codes = draw(st.lists(st.sampled_from(CODES[entity]), unique=True, max_size=6))
    fields = [f for f in REGISTERS[entity].fields if f.name not in ("code", "parent") and not f.sensitive]
    rows = {code: {f.name: draw(st.none() | values_of(f)) for f in fields} for code in codes}
    for number, code in enumerate(codes):
        above = (None, "nowhere", *codes[:number])
        rows[code]["parent"] = draw(st.sampled_from(above))
    if not any(field.name == "parent" for field in REGISTERS[entity].fields):
        for row in rows.values():
            del row["parent"]
    return rows


@st.composite
def _record(draw: DrawFn, kinds: Sequence[Kind], number: int) -> Record:
    """A record; ids do not rise with the day, and compare as texts."""
    kind = draw(st.sampled_from(kinds))
    values: Mapping[str, Any] = {f.name: draw(st.none() | values_of(f)) for f in kind.fields}
    return Record(
        kind.name,
        draw(st.sampled_from(("9", "10", "a", "Z", "中", ""))) + f"-{number}",
        draw(st.sampled_from((*CODES[kind.about], "nobody"))),
        draw(days()),
        draw(st.none() | st.sampled_from((*CODES["institution"], "nowhere"))),
        draw(st.none() | st.sampled_from((*CODES["worker"], "nobody"))),
        values,
    )
