"""``wangdi assess``, and what a standard says of one institution for ``wangdi explain``."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.tree import Tree

from wangdi.cli.assessment_rows import AssessmentRows, in_words, mark_text
from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, OutputFormat, PlaceCode
from wangdi.cli.output import Format, console, fail, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.traces import add_bases, add_trace, mark, print_json
from wangdi.cli.wording import of, t
from wangdi.cli.workbooks import write_workbook
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.evaluate.network import Network, UnknownCode
from wangdi.engine.evaluate.standards import assess_network
from wangdi.engine.explain.criteria import values_looked_at
from wangdi.engine.explain.standards import (
    AssessmentExplained,
    ClauseExplained,
    CriterionExplained,
    TierExplained,
    explain_assessment,
)
from wangdi.engine.model.standards import Review, Standard
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Institution

Year = Annotated[
    int | None,
    typer.Option(
        "--year", metavar="YYYY", help=t("评审年度，默认为 --as-of 的年份", "The year that is assessed")
    ),
]
ReviewLevel = Annotated[
    Review,
    typer.Option(
        "--review",
        help=t("评审层级：自评、县、市、省", "Whose judgements count: own, county, city, province"),
    ),
]
StandardName = Annotated[
    str | None, typer.Option("--standard", metavar="NAME", help=t("只看该标准", "Only this standard"))
]


def assess(
    as_of: AsOf,
    standard: StandardName = None,
    institution: Annotated[
        str | None,
        typer.Option(
            "--institution",
            metavar="CODE",
            help=t("逐条列出该机构的条款", "This institution, clause by clause"),
        ),
    ] = None,
    place: PlaceCode = None,
    year: Year = None,
    review: ReviewLevel = Review.SELF,
    gap: Annotated[
        bool,
        typer.Option("--gap", help=t("到下一档次的差距清单", "What it takes to reach the next tier")),
    ] = False,
    xlsx: Annotated[
        Path | None,
        typer.Option(
            "--xlsx", dir_okay=False, help=t("写入此工作簿，不在屏幕显示", "Write into this workbook instead")
        ),
    ] = None,
    output: OutputFormat = Format.TABLE,
) -> None:
    if place is not None and institution is not None:
        raise typer.BadParameter(
            t("--place 与 --institution 只能选一个", "give --place or --institution, not both")
        )
    chosen = [named_standard(standard)] if standard is not None else list(rulebook().standards.values())
    installation = require_installation()
    with progress_bars() as report:
        lake, _ = fresh_lake(installation, report)
    rows = _rows(network_of(lake), chosen, checked_year(year, as_of), as_of, review, place, institution)
    table = rows.gap() if gap else rows.clauses() if institution is not None else rows.overview()
    titles = [(tier.name, of(tier.title)) for one in chosen for tier in one.tiers]
    if xlsx is not None:
        title = t("差距清单", "gap") if gap else t("评审", "assessment")
        write_workbook(xlsx, {title: in_words(table, titles)})
        console.print(str(xlsx))
        return
    write_rows(in_words(table, titles) if output is Format.TABLE else table, output)


def named_standard(name: str) -> Standard:
    """The standard of that name; a usage error with the nearest one when there is none."""
    standards = rulebook().standards
    if name not in standards:
        hint = suggest(name, standards)
        raise typer.BadParameter(t(f"没有标准 '{name}'：{hint}", f"there is no standard '{name}': {hint}"))
    return standards[name]


def checked_year(year: int | None, as_of: date) -> int:
    """The year to be assessed; a usage error when it is still to come."""
    if year is not None and year > as_of.year:
        raise typer.BadParameter(t(f"{year} 年在 {as_of} 之后", f"{year} lies after {as_of}"))
    return as_of.year if year is None else year


def _rows(
    network: Network,
    standards: Iterable[Standard],
    year: int,
    as_of: date,
    review: Review,
    place: str | None,
    institution: str | None,
) -> AssessmentRows:
    chosen = list(standards)
    found = assess_network(network, year, as_of, standards=chosen, values=values_looked_at(chosen))
    names = dict(Institution.objects.values_list("code", "name"))
    if institution is not None and institution not in found.codes:
        raise _unknown(institution)
    if place is not None:
        try:
            inside = found.units.inside("place", network.under("place", place))
        except UnknownCode:
            raise _unknown(place) from None
        return AssessmentRows(found, review, lambda position: bool(inside[position]), names)
    return AssessmentRows(found, review, lambda position: institution in (None, found.codes[position]), names)


def _unknown(code: str) -> SystemExit:
    return fail(t(f"没有编码为 {code} 的区划或机构", f"no place or institution has the code {code}"), 2)


# -- why ------------------------------------------------------------------------------------------


def explain_standing(
    code: str, name: str, clause: str | None, year: int | None, review: Review, as_of: date, form: Format
) -> None:
    """Why an institution stands where it does against a standard, as a tree or as json."""
    standard, year = named_standard(name), checked_year(year, as_of)
    if clause is not None and clause not in standard.numbered:
        hint = suggest(clause, standard.numbered)
        raise typer.BadParameter(t(f"没有条款 '{clause}'：{hint}", f"there is no clause '{clause}': {hint}"))
    require_installation()
    if not Institution.objects.filter(code=code).exists():
        raise fail(t(f"没有编码为 {code} 的机构", f"no institution has the code {code}"), 2)
    world = StoreWorld(rulebook().kinds)
    explained = explain_assessment(rulebook(), world, standard, code, year, review, as_of, clause)
    if explained is None:
        title = of(standard.title)
        raise fail(
            t(f"{year} 年“{title}”不适用于 {code}", f"'{title}' is not for {code} in {year}"),
            2,
        )
    if form is Format.JSON:
        print_json(explained)
    else:
        console.print(_tree(explained))


def _tree(explained: AssessmentExplained) -> Tree:
    heading = f"{escape(of(explained.title))} ({escape(explained.edition)}), {explained.year}"
    review = t("评审层级", "review")
    tree = Tree(f"[bold]{escape(explained.institution)}[/]  {heading}  {review}: {explained.review.value}")
    tiers = tree.add(t("达标档次", "Tiers"))
    for tier in explained.tiers:
        _add_tier(tiers, tier)
    for chapter in dict.fromkeys(clause.chapter for clause in explained.clauses):
        branch = tree.add(escape(of(chapter)))
        for clause in explained.clauses:
            if clause.chapter == chapter:
                _add_clause(branch, clause)
    return tree


def _add_tier(tree: Tree, tier: TierExplained) -> None:
    branch = tree.add(f"{mark(tier.reached)} {escape(of(tier.title))} [dim]{tier.name}[/]")
    for share in tier.shares:
        wanted = t("无生效的比例", "no share in force") if share.wanted is None else f"{share.wanted:.0%}"
        words = t(
            f"{share.level.value}档及以上 {share.reached}/{share.applicable}，要求 {wanted}",
            f"{share.level.value} or higher {share.reached}/{share.applicable}, asked for {wanted}",
        )
        add_bases(branch.add(f"{mark(share.met)} {words}"), share.bases)
    for level, number in tier.lacking:
        words = t(
            f"必达条款 {number} 未达 {level.value}", f"required clause {number} is not at {level.value}"
        )
        branch.add(f"{mark(False)} {escape(words)}")


def _add_clause(tree: Tree, clause: ClauseExplained) -> None:
    level = clause.level.value if clause.level else t("未达C", "none")
    standing = level if clause.applies else t("不适用", "not applicable")
    branch = tree.add(f"{escape(clause.number)} {escape(of(clause.title))}  [bold]{standing}[/]")
    if clause.applies_because is not None:
        add_trace(branch.add(t("适用条件", "Applies where")), clause.applies_because)
    for criterion in clause.criteria:
        _add_criterion(branch, criterion)


def _add_criterion(tree: Tree, criterion: CriterionExplained) -> None:
    met = criterion.mark.value == "met"
    branch = tree.add(f"{mark(met)} {criterion.level.value}{criterion.number} {escape(of(criterion.title))}")
    if criterion.trace is not None:
        add_trace(branch, criterion.trace)
        return
    judgement = criterion.judgement
    if judgement is None:
        branch.add(mark_text(criterion.mark.value))
    else:
        worker = judgement.worker or t("未记录判定人", "worker not recorded")
        said = mark_text("met" if judgement.met else "unmet")
        seen = judgement.evidence or t("未注明佐证", "no evidence given")
        branch.add(
            f"[cyan]{judgement.occurred_on}[/] {said}, {escape(worker)}: {escape(seen)} "
            f"[dim]{escape(judgement.record_id)}[/]"
        )
    asked = t("、", ", ").join(of(text) for text in criterion.asks_for)
    branch.add(f"[dim]{t('须看佐证', 'evidence to see')}: {escape(asked)}[/]")
