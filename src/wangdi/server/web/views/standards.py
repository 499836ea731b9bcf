"""How institutions stand against standards: the list of an area, one institution clause by clause, and judging."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from wangdi.engine.evaluate.gap import Gap, GapItem, gap_to_next_tier
from wangdi.engine.model.standards import Judged, Level, Review, Standard
from wangdi.server.evaluation.assessing import StandardAssessed, assess_standard
from wangdi.server.evaluation.judging import CriterionAt, judge, judgements_about, reviews_open_to
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Institution, InstitutionQuerySet, Place
from wangdi.server.records.models import Evidence
from wangdi.server.records.services import Conflict, InvalidRecord
from wangdi.server.web.areas import Area, find_area
from wangdi.server.web.due import PAGE_SIZE
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.standards import (
    Shown,
    institution_line,
    review_lines,
    review_title,
    unverified_sources,
    years_of,
)
from wangdi.server.web.tasks import may_set_tasks, task_to_do
from wangdi.server.web.views.recording import own_worker
from wangdi.server.web.words import say, wording


@signed_in
def place_standards(request: SignedInRequest, code: str) -> HttpResponse:
    return _list(request, find_area(request.user, "place", code))


@signed_in
def institution_standards(request: SignedInRequest, code: str) -> HttpResponse:
    return _list(request, find_area(request.user, "institution", code))


def _list(request: SignedInRequest, area: Area) -> HttpResponse:
    """Tiers reached in an area, and its institutions; ``?standard=`` and ``?year=``, the first and newest if not given."""
    standards = rulebook().standards
    if not standards:
        raise Http404
    standard = standards.get(request.GET.get("standard") or next(iter(standards)))
    if standard is None:
        raise Http404
    year = _asked_year(request, standard)
    found = assess_standard(standard, year, today())
    context = _framed(area, standard, year) | {"standards": standards.values(), "found": found}
    if found is not None:
        context |= _area_figures(request, area, found)
    return render(request, "web/standards.html", context)


def _framed(area: Area, standard: Standard, year: int) -> dict[str, object]:
    return {
        "area": area,
        "ancestors": area.ancestors(),
        "standard": standard,
        "year": year,
        "years": years_of(standard, today()),
        "today": today(),
        "unverified": unverified_sources(standard),
    }


def _asked_year(request: HttpRequest, standard: Standard) -> int:
    """The newest year unless one is asked for; Http404 for one that cannot be chosen."""
    years = years_of(standard, today())
    asked = request.GET.get("year") or (str(years[0]) if years else "")
    if asked not in map(str, years):
        raise Http404
    return int(asked)


def _area_figures(request: HttpRequest, area: Area, found: StandardAssessed) -> dict[str, object]:
    nodes = [node for node in _institutions(area) if found.concerns(node.pk)]
    page = Paginator(nodes, PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "tiers": [
            (review_title(line.review), line)
            for line in found.tier_lines(area.entity, area.node.code)
            if line.reviewed or line.review is Review.SELF
        ],
        "page": page,
        "rows": [institution_line(found, node) for node in page.object_list],
        "how_many": len(nodes),
    }


def _institutions(area: Area) -> InstitutionQuerySet:
    """The institutions of an area, those below included."""
    column = "place__path__under" if isinstance(area.node, Place) else "path__under"
    return Institution.objects.filter(**{column: area.node.path}).order_by("code")


@signed_in
def standard(request: SignedInRequest, code: str, name: str) -> HttpResponse:
    """One institution against one standard; those whose review it is may judge, criterion by criterion."""
    area = find_area(request.user, "institution", code)
    chosen = rulebook().standards.get(name)
    if chosen is None or not isinstance(area.node, Institution):
        raise Http404
    year = _asked_year(request, chosen)
    if request.method == "POST":
        return _judge(request, area.node, chosen, year)
    found = assess_standard(chosen, year, today())
    context = _framed(area, chosen, year)
    if found is None:
        return render(request, "web/standard.html", context | {"not_evaluated": True})
    if not found.concerns(area.node.pk):
        return render(request, "web/standard.html", context | {"not_concerned": True})
    return render(request, "web/standard.html", context | _clauses(request, area.node, found, year))


def _clauses(
    request: SignedInRequest, institution: Institution, found: StandardAssessed, year: int
) -> dict[str, object]:
    lines = review_lines(found, institution.pk)
    judgements = judgements_about(institution, found.standard, year, today())
    open_to_reader = reviews_open_to(request.user, institution)
    shown = Shown(found, institution.pk, lines, judgements, open_to_reader)
    gap = gap_to_next_tier(lines[-1].assessment)
    files: dict[str, list[Evidence]] = {}
    for one in Evidence.objects.of_clauses(institution, found.standard.name, year):
        files.setdefault(one.clause, []).append(one)
    return {
        "lines": lines,
        "last": lines[-1],
        "chapters": [
            (chapter, [(row, files.get(row.clause.number, ())) for row in rows])
            for chapter, rows in shown.chapters()
        ],
        "target": {"institution": institution.code, "standard": found.standard.name, "year": year},
        "gap": gap,
        "missing": _tasks(request, institution, gap),
        "may_judge": bool(open_to_reader),
    }


def _tasks(request: SignedInRequest, institution: Institution, gap: Gap | None) -> list[tuple[GapItem, str]]:
    """What the gap consists of, each with the form of a task for it; empty for readers who write none here."""
    if gap is None:
        return []
    may = may_set_tasks(request.user, institution)
    names = [(item, f"{item.clause.number} {wording(item.clause.title)}") for item in gap.items]
    return [(item, task_to_do(institution, name) if may else "") for item, name in names]


def _judge(request: SignedInRequest, institution: Institution, standard: Standard, year: int) -> HttpResponse:
    """Saves one judgement of the form that was sent; what is wrong is told on the page."""
    at = _posted_criterion(request, standard)
    met, version = request.POST.get("met", ""), request.POST.get("version", "")
    if at.review not in reviews_open_to(request.user, institution) or not version.isdecimal():
        raise Http404
    found = assess_standard(standard, year, today())
    if found is None or not found.concerns(institution.pk):
        raise Http404
    if met not in ("yes", "no"):
        messages.error(request, say("请选择达到或未达到", "choose met or not met"))
    else:
        _save(request, institution, standard, year, at, met == "yes", int(version))
    address = reverse("standard", args=[institution.code, standard.name])
    number = [clause.number for clause in standard.clauses].index(at.clause) + 1
    return redirect(f"{address}?year={year}#c{number}")


def _posted_criterion(request: HttpRequest, standard: Standard) -> CriterionAt:
    """The criterion the form is about; Http404 when the standard leaves none like it to people."""
    form = request.POST
    try:
        at = CriterionAt(
            Review(form.get("review")),
            form.get("clause", ""),
            Level(form.get("level")),
            int(form.get("criterion", "")),
        )
    except ValueError:
        raise Http404 from None
    judged = {
        (clause.number, level, number)
        for clause, level, number, criterion in standard.criteria
        if isinstance(criterion, Judged)
    }
    if (at.clause, at.level, at.criterion) not in judged:
        raise Http404
    return at


def _save(
    request: SignedInRequest,
    institution: Institution,
    standard: Standard,
    year: int,
    at: CriterionAt,
    met: bool,
    version: int,
) -> None:
    worker = own_worker(request)
    try:
        judge(
            actor=request.user,
            institution=institution,
            standard=standard,
            year=year,
            at=at,
            met=met,
            evidence=request.POST.get("evidence", "").strip(),
            on=today(),
            expected_version=version,
            worker_code=worker.code if worker else None,
        )
    except InvalidRecord as invalid:
        for problem in invalid.problems:
            messages.error(request, f"{at.clause}{say('：', ': ')}{wording(problem.message)}")
    except Conflict:
        said = say(
            "{clause} 刚刚被别人判定，请看过后再判",
            "somebody has just judged {clause}; look at it again first",
            clause=at.clause,
        )
        messages.error(request, said)
    else:
        said = say(
            "已保存判定：{clause} {level}", "Saved: {clause} {level}", clause=at.clause, level=at.level.value
        )
        messages.success(request, said)
