"""Why a single record has a due item: the conditions on it with its values, and a sentence about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.explain.answers import MISSING, answer_in_words
from wangdi.engine.explain.trace import Evidence, Trace
from wangdi.engine.explain.wording import name_of, spell, value_text
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, RowValue
from wangdi.engine.model.text import Text

_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True)
class RecordExplainer:
    """Explains items of single records about the evaluator's entity."""

    evaluator: ReferenceEvaluator

    def because(self, shape: Each, record_id: str) -> Text | None:
        """The reason in a sentence with the record's values; None when there is none, or no such record."""
        record = self._record(shape, record_id)
        if shape.because is None or record is None:
            return None
        kind = self.evaluator.rulebook.kinds[record.kind]
        world = self.evaluator.world
        words = {f.name: answer_in_words(world, f, record.values.get(f.name)) for f in kind.fields}
        words["occurred_on"] = Text(str(record.occurred_on), str(record.occurred_on))

        def fill(wording: str, language: str) -> str:
            return _PLACEHOLDER.sub(lambda match: words.get(match[1], MISSING).in_language(language), wording)

        return Text(fill(shape.because.zh, "zh"), fill(shape.because.en, "en"))

    def traces(self, shape: Each, record_id: str) -> Iterator[Trace]:
        """Each condition on the record, and the day that its item counts from."""
        record = self._record(shape, record_id)
        if record is None:
            return
        where = shape.selection.where
        for node in (where, shape.start) if where is not None else (shape.start,):
            yield self._trace(node, record)

    def _record(self, shape: Each, record_id: str) -> Record | None:
        selection = shape.selection
        records = self.evaluator.world.records(selection.kind, selection.relation, self.evaluator.code)
        return next((record for record in records if record.id == record_id), None)

    def _trace(self, node: Expression, record: Record) -> Trace:
        def leaf(part: Expression) -> str | None:
            return value_text(self.evaluator.value(part, record)) if name_of(part) is not None else None

        fields = dict.fromkeys(part.name for part in node.walk() if isinstance(part, RowValue))
        values = {name: record.values.get(name) for name in fields if name != "occurred_on"}
        return Trace(
            name=name_of(node) or "",
            title=None,
            expression=spell(node),
            filled=spell(node, leaf),
            result=self.evaluator.value(node, record),
            evidence=(Evidence(record.kind, record.id, record.occurred_on, values),),
        )
