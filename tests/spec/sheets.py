"""What stands on sheets, and everything they ask of records put to both evaluators."""

from collections.abc import Sequence

from spec.examples import Example
from spec.tables import parse_table
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.explain.sheets import tell
from wangdi.engine.model.expressions import Expression
from wangdi.engine.testing.sheets import lines_of, questions_of


def asked_of(example: Example) -> dict[str, Sequence[Expression]]:
    """The expressions of an example, and what its sheets ask of records, by the entity they are about."""
    asked: dict[str, Sequence[Expression]] = {example.entity: example.values}
    questions = [one for sheet in example.rulebook.sheets.values() for one in questions_of(sheet)]
    return asked | {"resident": [*asked.get("resident", ()), *questions]} if questions else asked


def check_told(example: Example, day: str) -> None:
    """The lines of each record's sheet on a day, all of them and in their order."""
    world = MemoryWorld(example.data.registers, example.data.records)
    told = []
    for record in example.data.records:
        sheet = example.rulebook.sheets.get(record.kind)
        if sheet is not None:
            lines = lines_of(tell(world, example.rulebook, sheet, record))
            told += [(record.id, line) for line in lines]
    rows = [row for row in parse_table(example.sheets) if row.get("as_of", day) == day]
    assert told == [(row["id"], row["stands"]) for row in rows], f"sheets on {day}"
