"""Assessments as tables: one row per institution, per clause, or per clause to be raised."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from wangdi.cli.wording import of, t
from wangdi.engine.evaluate.assessment import Agreement, Assessment, ClauseResult, compare
from wangdi.engine.evaluate.columnar.standards import Assessed
from wangdi.engine.evaluate.gap import GapItem, Missing, gap_to_next_tier
from wangdi.engine.evaluate.standards import NetworkAssessment
from wangdi.engine.explain.criteria import filled
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.standards import LEVELS, REVIEWS, Evaluated, Review

Row = dict[str, Any]

_OVERVIEW = pa.schema(
    [
        ("standard", pa.string()),
        ("institution", pa.string()),
        ("name", pa.string()),
        ("year", pa.int64()),
        ("review", pa.string()),
        ("reviewed", pa.bool_()),
        ("tier", pa.string()),
        ("applicable", pa.int64()),
        ("share_c", pa.float64()),
        ("share_b", pa.float64()),
        ("share_a", pa.float64()),
        ("compared_with", pa.string()),
        ("compared", pa.int64()),
        ("agreement", pa.float64()),
    ]
)
_CLAUSES = pa.schema(
    [
        ("standard", pa.string()),
        ("institution", pa.string()),
        ("chapter", pa.string()),
        ("clause", pa.string()),
        ("title", pa.string()),
        *((review.value, pa.string()) for review in REVIEWS),
        ("compared_with", pa.string()),
        ("differs", pa.bool_()),
    ]
)
_GAP = pa.schema(
    [
        ("standard", pa.string()),
        ("institution", pa.string()),
        ("tier", pa.string()),
        ("clause", pa.string()),
        ("title", pa.string()),
        ("from_level", pa.string()),
        ("to_level", pa.string()),
        ("cost", pa.float64()),
        ("missing", pa.string()),
    ]
)


@dataclass(frozen=True)
class AssessmentRows:
    """The rows about the institutions whose position is in ``chosen``, at one review; ``names`` by code."""

    found: NetworkAssessment
    review: Review
    chosen: Callable[[int], bool]
    names: Mapping[str, str]

    def overview(self) -> Any:
        """One row per institution and standard; shares are of the applicable clauses, higher levels counted in."""
        return pa.Table.from_pylist([self._overview(*one) for one in self._each()], _OVERVIEW)

    def clauses(self) -> Any:
        """One row per clause, with the level reached at each review that took place."""
        return pa.Table.from_pylist([row for one in self._each() for row in self._clauses(*one)], _CLAUSES)

    def gap(self) -> Any:
        """One row per clause to be raised; one without a clause where the next tier is out of reach."""
        return pa.Table.from_pylist([row for one in self._each() for row in self._gap(*one)], _GAP)

    def _each(self) -> Iterator[tuple[Assessed, int]]:
        for assessed in self.found.assessed.values():
            for number, position in enumerate(assessed.positions):
                if self.chosen(int(position)):
                    yield assessed, number

    def _assessment(self, assessed: Assessed, number: int, review: Review) -> Assessment:
        return assessed.assessment(self.found.codes[assessed.positions[number]], number, review)

    def _compared(self, assessed: Assessed, number: int) -> tuple[Review | None, Agreement | None]:
        """The other review and the agreement with it: of the own assessment with the highest review that took place."""
        other = Review.SELF
        if self.review is Review.SELF:
            held = [r for r in REVIEWS if r is not Review.SELF and assessed.reviewed(r)[number]]
            if not held or not assessed.standard.is_judged:
                return None, None
            other = held[-1]
        pair = (self._assessment(assessed, number, review) for review in (self.review, other))
        return other, compare(*pair)

    def _overview(self, assessed: Assessed, number: int) -> Row:
        one = self._assessment(assessed, number, self.review)
        other, agreement = self._compared(assessed, number)
        shares = {f"share_{level.value.lower()}": one.share(level) for level in LEVELS}
        return {
            "standard": one.standard.name,
            "institution": one.institution,
            "name": self.names.get(one.institution),
            "year": one.year,
            "review": self.review.value,
            "reviewed": one.is_reviewed,
            "tier": one.tier,
            "applicable": len(one.applicable),
            **shares,
            "compared_with": other.value if other else None,
            "compared": agreement.compared if agreement else None,
            "agreement": agreement.rate if agreement else None,
        }

    def _clauses(self, assessed: Assessed, number: int) -> Iterator[Row]:
        held = [review for review in REVIEWS if assessed.reviewed(review)[number]]
        at = {review: self._assessment(assessed, number, review) for review in held}
        other, agreement = self._compared(assessed, number)
        differing = {one.number for one, _ in agreement.differing} if agreement else set()
        for chapter in assessed.standard.chapters:
            for clause in chapter.clauses:
                yield {
                    "standard": assessed.standard.name,
                    "institution": self.found.codes[assessed.positions[number]],
                    "chapter": of(chapter.title),
                    "clause": clause.number,
                    "title": of(clause.title),
                    **{review.value: level_text(one.numbered[clause.number]) for review, one in at.items()},
                    "compared_with": other.value if other else None,
                    "differs": clause.number in differing if agreement else None,
                }

    def _gap(self, assessed: Assessed, number: int) -> Iterator[Row]:
        one = self._assessment(assessed, number, self.review)
        gap = gap_to_next_tier(one)
        if gap is None:
            return
        row = {"standard": one.standard.name, "institution": one.institution, "tier": gap.tier.name}
        if not gap.reachable:
            words = t("达不到：没有任何条款组合可达到", "out of reach: no choice of clauses reaches it")
            yield row | {"missing": words}
        for item in gap.items:
            yield row | self._gap_item(item, assessed, number)

    def _gap_item(self, item: GapItem, assessed: Assessed, number: int) -> Row:
        return {
            "clause": item.clause.number,
            "title": of(item.clause.title),
            "from_level": item.present.value if item.present else "none",
            "to_level": item.wanted.value,
            "cost": item.cost,
            "missing": "; ".join(_missing(one, assessed, number) for one in item.missing),
        }


def _missing(one: Missing, assessed: Assessed, number: int) -> str:
    """The unmet criterion, with the value found where it is evaluated, with the evidence to see where it is judged."""
    where, title = f"{one.level.value}{one.number}", of(one.criterion.title)
    if isinstance(one.criterion, Evaluated):
        return f"{where} {title} [{filled(one.criterion.when, assessed, number)}]"
    evidence = t("、", ", ").join(of(text) for text in one.criterion.evidence)
    return f"{where} {title} [{mark_text(one.mark.value)}; {t('佐证', 'evidence')}: {evidence}]"


def mark_text(mark: str) -> str:
    """How a criterion stands, in words."""
    return {
        "met": t("达到", "met"),
        "unmet": t("判定未达", "judged not met"),
        "unjudged": t("未判定", "not judged"),
    }[mark]


def level_text(result: ClauseResult) -> str:
    """A, B, C, none or not_applicable: what csv and json hold."""
    if not result.applies:
        return "not_applicable"
    return result.level.value if result.level is not None else "none"


def _words() -> dict[str, str]:
    return {
        "standard": t("标准", "standard"),
        "institution": t("机构编码", "institution"),
        "name": t("机构名称", "name"),
        "year": t("年度", "year"),
        "review": t("评审层级", "review"),
        "reviewed": t("已评审", "reviewed"),
        "tier": t("达标档次", "tier"),
        "applicable": t("适用条款", "applicable clauses"),
        "share_c": t("C及以上比例", "share at C or higher"),
        "share_b": t("B及以上比例", "share at B or higher"),
        "share_a": t("A比例", "share at A"),
        "compared_with": t("对比层级", "compared with"),
        "compared": t("对比条款", "clauses compared"),
        "agreement": t("一致率", "agreement"),
        "chapter": t("章", "chapter"),
        "clause": t("条款", "clause"),
        "title": t("名称", "title"),
        "self": t("自评", "self"),
        "county": t("县级", "county"),
        "city": t("市级", "city"),
        "province": t("省级", "province"),
        "differs": t("是否不一致", "differs"),
        "from_level": t("现档", "from level"),
        "to_level": t("需达", "to level"),
        "cost": t("工作量", "cost"),
        "missing": t("所缺", "what is missing"),
    }


def in_words(table: Any, tiers: Iterable[tuple[str, str]]) -> Any:
    """The table for people: headings, reviews, levels and tiers (name and title) in the terminal's language."""
    words = _words() | {
        "none": t("未达C", "none"),
        "not_applicable": t("不适用", "not applicable"),
        **dict(tiers),
    }
    coded = {"review", "compared_with", "tier", "from_level", *(review.value for review in REVIEWS)}
    columns = [_shown(table[name], words if name in coded else {}) for name in table.column_names]
    return pa.table(columns, names=[words[name] for name in table.column_names])


def _shown(column: Any, words: Mapping[str, str]) -> Any:
    if pa.types.is_boolean(column.type):
        said = {True: t("是", "yes"), False: t("否", "no"), None: None}
        return pa.array([said[value] for value in column.to_pylist()], pa.string())
    if not words:
        return column
    values = (None if value is None else value_text(value).strip("'") for value in column.to_pylist())
    return pa.array([words.get(value, value) if value else value for value in values], pa.string())
