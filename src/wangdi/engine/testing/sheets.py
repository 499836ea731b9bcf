"""What a test expects of the sheet of somebody's last record, compared with what both evaluators say."""

from collections.abc import Iterator

from wangdi.engine.explain.sheets import ToldSheet, tell
from wangdi.engine.explain.wording import spell
from wangdi.engine.model.facts import EVER, Fact, Operation, Relation, Selection
from wangdi.engine.model.sheets import Sheet
from wangdi.engine.model.types import Base
from wangdi.engine.testing.scene import Scene
from wangdi.engine.testing.shapes import SheetExpectShape, TestShape

_COMPARED = (Base.NUMBER, Base.DATE)


def questions_of(sheet: Sheet) -> tuple[Fact, ...]:
    """All that a sheet asks of records, as facts: of how many each condition holds, and the greatest of each value told.

    So what stands on sheets is asked of both evaluators.
    """
    conditions = dict.fromkeys(sheet.conditions)
    values = dict.fromkeys(e for wording in sheet.wordings for _, e in wording.slots)
    return (
        *(
            Fact(Operation.COUNT, Selection(sheet.name, Relation.ABOUT, EVER, one), sheet.pack, sheet.name)
            for one in conditions
        ),
        *(
            Fact(
                Operation.MAX, Selection(sheet.name, Relation.ABOUT, EVER, None), sheet.pack, sheet.name, one
            )
            for one in values
            if one.type.base in _COMPARED
        ),
    )


def check_sheets(scene: Scene, test: TestShape) -> Iterator[str]:
    """What differs, in words."""
    for name, expected in test.expect.sheets.items():
        sheet = scene.rulebook.sheets[name]
        questions = questions_of(sheet)
        for question, columnar in zip(questions, scene.columnar_facts(questions), strict=True):
            reference = scene.reference.value(question)
            if reference != columnar:
                asked = question.selection.where or question.of
                spelled = spell(asked) if asked is not None else ""
                yield f"{name}: the evaluators differ: {spelled}: reference {reference}, columnar {columnar}"
        records = scene.reference.world.records(name, Relation.ABOUT, scene.reference.code)
        if not records:
            yield f"sheet {name}: there is no such record"
            continue
        yield from _compare(name, expected, tell(scene.reference.world, scene.rulebook, sheet, records[-1]))


def _compare(name: str, expected: SheetExpectShape, told: ToldSheet) -> Iterator[str]:
    if expected.withheld != bool(told.withheld):
        yield f"sheet {name}: expected {'no sheet yet' if expected.withheld else 'a sheet'}"
        return
    stands = "\n".join(lines_of(told))
    for text in expected.says:
        if text not in stands:
            yield f"sheet {name}: expected '{text}', found:\n{stands}"
    for text in expected.silent:
        if text in stands:
            yield f"sheet {name}: expected nothing of '{text}', found:\n{stands}"


def lines_of(told: ToldSheet) -> Iterator[str]:
    """What stands on a sheet, line by line in Chinese, with judgements by their names: ``空腹血糖: 7.2 high``."""
    for text in told.withheld:
        yield text.zh
    for section in told.sections:
        yield section.title.zh
        for row in section.rows:
            judged = f" {row.judgement.value}" if row.judgement is not None else ""
            limits = f" ({row.limits.zh})" if row.limits is not None else ""
            yield f"{row.title.zh}: {row.shown.zh}{judged}{limits}"
        for line in section.lines:
            yield line.zh
