"""Why something is due about somebody, or why a figure counts them: the steps of one thing, when somebody asks."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.trace import Trace
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.services import explainer_of, rulebook, today
from wangdi.server.web.entities import WITH_COMMON_PAGE, find_entity, page_of
from wangdi.server.web.requests import SignedInRequest, signed_in


@signed_in
def why(request: SignedInRequest, code: str, entity: str = "resident") -> HttpResponse:
    """Of ``?schedule=`` (and ``?step=``) or of ``?indicator=``: a part of somebody's page, or a page of its own."""
    if entity not in ("resident", *WITH_COMMON_PAGE):
        raise Http404
    one = find_entity(request, entity, code)
    title, traces = _asked(request, explainer_of(entity, one.code, today()))
    context = {"one": one, "back": page_of(one), "title": title, "traces": traces, "kinds": rulebook().kinds}
    template = "web/_why.html" if request.headers.get("HX-Request") else "web/why.html"
    return render(request, template, context)


def _asked(request: SignedInRequest, explainer: Explainer) -> tuple[Text, tuple[Trace, ...]]:
    """The title of what was asked about, and the steps. Http404 where there is no such item or figure."""
    rules = rulebook()
    schedule = rules.schedules.get(request.GET.get("schedule", ""))
    if schedule is not None and schedule.group.entity == explainer.entity:
        step = request.GET.get("step", "")
        if step in {item.step for item in due_items(explainer.evaluator, schedule)}:
            return schedule.title, explainer.reasons(schedule, step)
    indicator = rules.indicators.get(request.GET.get("indicator", ""))
    if (
        indicator is not None
        and indicator.entity == explainer.entity
        and isinstance(indicator.measure, Counted)
    ):
        found = explainer.indicator(indicator, indicator.measure)
        return indicator.title, (found.numerator, found.denominator)
    raise Http404
