"""Making a plan of any sort about places: worked out, kept, and – where it takes long – asked of a job."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.server.common.loading import OnProgress
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import Question
from wangdi.server.planning.keeping import keep_document, question_of, settings_of
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.sorts import SORTS


def make_plan(
    sort: str,
    place: Place,
    question: Question,
    *,
    actor: AbstractBaseUser | None,
    report: OnProgress,
    made_from: KeptPlan | None = None,
) -> KeptPlan:
    """Works a plan out and keeps it. `BadInput` when something in question, files or registers is wrong."""
    document = SORTS[sort].document(question, report)
    title = f"{place.name} {SORTS[sort].title.zh}"
    return keep_document(question, place, sort, document, actor=actor, title=title, made_from=made_from)


def as_arguments(sort: str, place: Place, question: Question, made_from: KeptPlan | None) -> dict[str, Any]:
    """What a job is told."""
    return {
        "sort": sort,
        "place": place.code,
        "as_of": question.as_of.isoformat(),
        "settings": settings_of(question),
        "made_from": made_from.pk if made_from else None,
    }


def make_as_told(
    arguments: Mapping[str, Any], actor: AbstractBaseUser | None, report: OnProgress
) -> KeptPlan:
    """What `as_arguments` says. `BadInput` as above."""
    place = Place.objects.get(code=arguments["place"])
    question = question_of(place, date.fromisoformat(arguments["as_of"]), arguments["settings"])
    base = KeptPlan.objects.filter(pk=arguments["made_from"]).first()
    return make_plan(arguments["sort"], place, question, actor=actor, report=report, made_from=base)
