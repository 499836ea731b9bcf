"""From an author's standard to the model's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import Expression, Literal, ParameterValue
from wangdi.engine.model.named import Group
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.standards import (
    JUDGEMENT,
    JUDGEMENT_FIELDS,
    LEVELS,
    Chapter,
    Clause,
    Criterion,
    Evaluated,
    Judged,
    Level,
    Standard,
    Tier,
)
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base
from wangdi.engine.packs.library import text_of
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.shapes import ChapterShape, ClauseShape, CriterionShape, StandardShape, TierShape
from wangdi.engine.packs.yaml_tree import Path_

_ENTITY = "institution"
Cost = Literal | ParameterValue | None


@dataclass(frozen=True)
class StandardReader(Reader):
    """Reads the standards of one pack."""

    def standard(self, name: str, shape: StandardShape) -> Standard | None:
        path: Path_ = ("standards", name)
        group = self._group(shape, (*path, "group"))
        self._check_sources(shape.sources, (*path, "sources"))
        unique = self._is_unique(shape, path)
        self._check_judgement_kind(shape, path)
        chapters = [
            self._chapter(item, (*path, "chapters", index)) for index, item in enumerate(shape.chapters)
        ]
        tiers = [self._tier(item, shape, (*path, "tiers", index)) for index, item in enumerate(shape.tiers)]
        whole_chapters = tuple(chapter for chapter in chapters if chapter is not None)
        whole_tiers = tuple(tier for tier in tiers if tier is not None)
        whole = len(whole_chapters) == len(chapters) and len(whole_tiers) == len(tiers)
        if group is None or not unique or not whole:
            return None
        return self.names.library.build(
            self.file,
            "W3101",
            path,
            lambda: Standard(
                self.file.name,
                name,
                text_of(shape.title),
                shape.edition,
                group,
                whole_chapters,
                whole_tiers,
                tuple(shape.sources),
                shape.first_year,
                shape.last_year,
            ),
            key=True,
        )

    def _group(self, shape: StandardShape, path: Path_) -> Group | None:
        group = self.group(shape.group, path)
        if group is not None and group.entity != _ENTITY:
            message = f"a standard is for institutions, but '{group.name}' is about entity '{group.entity}'"
            self.report("W2110", path, message, "name a group of institutions")
            return None
        return group

    def _check_sources(self, names: Sequence[str], path: Path_) -> None:
        library = self.names.library
        known = [name for pack, name in library.sources if pack == self.file.name]
        for index, name in enumerate(names):
            if name not in known:
                library.report_unknown(self.file, "W2106", (*path, index), "source", name, known)

    def _is_unique(self, shape: StandardShape, path: Path_) -> bool:
        """Whether chapters, clauses and tiers have a name of their own within the standard."""
        chapters = [((*path, "chapters", n, "name"), c.name) for n, c in enumerate(shape.chapters)]
        clauses = [
            ((*path, "chapters", n, "clauses", m, "number"), clause.number)
            for n, chapter in enumerate(shape.chapters)
            for m, clause in enumerate(chapter.clauses)
        ]
        tiers = [((*path, "tiers", n, "name"), t.name) for n, t in enumerate(shape.tiers)]
        fine = True
        for sort, named in (("chapter", chapters), ("clause", clauses), ("tier", tiers)):
            seen: set[str] = set()
            for at, name in named:
                if name in seen:
                    self.report("W3101", at, f"there are two {sort}s '{name}'", "number each one differently")
                    fine = False
                seen.add(name)
        return fine

    def _check_judgement_kind(self, shape: StandardShape, path: Path_) -> None:
        """Judged criteria need the kind that judgements are recorded in."""
        criteria = (c for ch in shape.chapters for clause in ch.clauses for c in _criteria(clause))
        if all(criterion.judged is None for criterion in criteria):
            return
        kind = self.names.library.kinds.get(JUDGEMENT)
        if kind is None:
            message = f"what people judge is recorded in the kind '{JUDGEMENT}', which no pack declares"
            hint = "read this pack together with the pack 'standards' of the product"
            if not self.names.library.excuses(JUDGEMENT):
                self.report("W2104", path, message, hint, key=True)
            return
        types = {field.name: field.type for field in kind.fields}
        wrong = [name for name, wanted in JUDGEMENT_FIELDS.items() if types.get(name) is not wanted]
        if kind.about != _ENTITY or wrong:
            message = (
                f"the kind '{JUDGEMENT}' lacks what judgements need: {', '.join(wrong) or 'institutions'}"
            )
            self.report("W3101", path, message, "declare it as the pack 'standards' does", key=True)

    # -- clauses ----------------------------------------------------------------------------------

    def _chapter(self, shape: ChapterShape, path: Path_) -> Chapter | None:
        clauses = [self._clause(item, (*path, "clauses", index)) for index, item in enumerate(shape.clauses)]
        whole = tuple(clause for clause in clauses if clause is not None)
        return Chapter(shape.name, text_of(shape.title), whole) if len(whole) == len(clauses) else None

    def _clause(self, shape: ClauseShape, path: Path_) -> Clause | None:
        applies, fine = self._condition(shape.applies, (*path, "applies"))
        cost, cost_fine = self._cost(shape.cost, (*path, "cost"))
        criteria: dict[Level, tuple[Criterion, ...]] = {}
        for level in LEVELS:
            items = getattr(shape, level.value) or []
            found = [self._criterion(item, (*path, level.value, index)) for index, item in enumerate(items)]
            fine = fine and all(criterion is not None for criterion in found)
            if items:
                criteria[level] = tuple(criterion for criterion in found if criterion is not None)
        if not fine or not cost_fine:
            return None
        title = text_of(shape.title)
        return self.names.library.build(
            self.file, "W3101", path, lambda: Clause(shape.number, title, criteria, applies, cost)
        )

    def _condition(self, text: str | None, path: Path_) -> tuple[Expression | None, bool]:
        """The condition (None when there is none) and whether it could be read."""
        if text is None:
            return None, True
        found = self.expression(path, text, _ENTITY, Base.BOOLEAN)
        return found, found is not None

    def _criterion(self, shape: CriterionShape, path: Path_) -> Criterion | None:
        cost, fine = self._cost(shape.cost, (*path, "cost"))
        if (shape.when is None) == (shape.judged is None):
            message = "a criterion is either evaluated (when) or judged by people (judged)"
            hint = "add one of the two" if shape.when is None else "keep one of the two"
            self.report("W1005", path, message, hint)
            return None
        if shape.judged is not None:
            return self._judged(shape, text_of(shape.judged), cost, path) if fine else None
        return self._evaluated(shape, cost, path) if fine else None

    def _judged(self, shape: CriterionShape, title: Text, cost: Cost, path: Path_) -> Criterion | None:
        if shape.title is not None:
            self.report(
                "W1005", (*path, "title"), "what people judge is worded by 'judged'", "remove the title"
            )
            return None
        evidence = tuple(text_of(item) for item in shape.evidence)
        library = self.names.library
        return library.build(self.file, "W3101", path, lambda: Judged(title, evidence, cost))

    def _evaluated(self, shape: CriterionShape, cost: Cost, path: Path_) -> Criterion | None:
        when = self.expression((*path, "when"), shape.when or "", _ENTITY, Base.BOOLEAN)
        if shape.title is None:
            message, hint = "what is evaluated needs a title", "add 'title: {zh: 中文, en: English}'"
            self.report("W1005", path, message, hint)
            return None
        if shape.evidence:
            message, hint = "evidence belongs to what people judge", "remove it, or write judged"
            self.report("W1005", (*path, "evidence"), message, hint)
            return None
        title, library = text_of(shape.title), self.names.library
        if when is None:
            return None
        return library.build(self.file, "W3101", path, lambda: Evaluated(title, when, cost))

    def _cost(self, written: float | str | None, path: Path_) -> tuple[Cost, bool]:
        """The cost (None when there is none) and whether it could be read."""
        if not isinstance(written, str):
            return (None if written is None else Literal(written)), True
        parameter = self._number(written, path)
        return (None, False) if parameter is None else (ParameterValue(parameter), True)

    def _number(self, name: str, path: Path_) -> Parameter | None:
        """The parameter of that name, which holds numbers."""
        parameter = self.parameter(name, path, "neither a number nor a parameter of this pack")
        if parameter is not None and parameter.type != NUMBER:
            self.report("W2005", path, f"this is a number, but '{name}' is a {parameter.type}")
            return None
        return parameter

    # -- tiers ------------------------------------------------------------------------------------

    def _tier(self, shape: TierShape, standard: StandardShape, path: Path_) -> Tier | None:
        shares = {
            Level(level): self._number(name, (*path, "shares", level)) for level, name in shape.shares.items()
        }
        whole = {level: parameter for level, parameter in shares.items() if parameter is not None}
        required = {Level(level): tuple(numbers) for level, numbers in shape.required.items()}
        fine = all(
            self._is_clause(number, level, standard, (*path, "required", level.value, index))
            for level, numbers in required.items()
            for index, number in enumerate(numbers)
        )
        if not fine or len(whole) < len(shares):
            return None
        title = text_of(shape.title)
        return self.names.library.build(
            self.file, "W3101", path, lambda: Tier(shape.name, title, whole, required)
        )

    def _is_clause(self, number: str, level: Level, standard: StandardShape, path: Path_) -> bool:
        known = {clause.number: clause for chapter in standard.chapters for clause in chapter.clauses}
        if number not in known:
            self.report("W2003", path, f"there is no clause '{number}'", suggest(number, known))
            return False
        if not getattr(known[number], level.value):
            message = f"clause {number} has no criteria for level {level.value}, so it cannot reach it"
            self.report("W3101", path, message, "add criteria, or require a lower level")
            return False
        return True


def _criteria(clause: ClauseShape) -> list[CriterionShape]:
    by_level: Mapping[str, list[CriterionShape] | None] = {
        level.value: getattr(clause, level.value) for level in LEVELS
    }
    return [criterion for criteria in by_level.values() for criterion in criteria or ()]
