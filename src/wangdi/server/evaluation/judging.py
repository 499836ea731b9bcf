"""Judging the criteria of a standard: who may, what was judged last, and saving a judgement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.engine.model.standards import JUDGEMENT, REVIEWS, Level, Review, Standard
from wangdi.engine.model.text import Text
from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import save_and_refresh
from wangdi.server.network.models import Institution
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import InvalidRecord
from wangdi.server.records.validation import ValueProblem

NO_EVIDENCE = Text(
    "判为达到时，请写明看到的佐证材料", "say what evidence you have seen when you judge something as met"
)


@dataclass(frozen=True, slots=True)
class CriterionAt:
    """Where a judgement stands: the review, and the criterion by clause, level and number from 1."""

    review: Review
    clause: str
    level: Level
    criterion: int


def reviews_open_to(user: Viewer, institution: Institution) -> tuple[Review, ...]:
    """The reviews at which a user may judge an institution: by role, and within the reach of that role."""
    return tuple(
        review
        for review in REVIEWS
        if scope_of(user, reviewing=review.value).reaches_institution(
            institution.path, institution.place.path
        )
    )


def judgements_about(
    institution: Institution, standard: Standard, year: int, as_of: date
) -> Mapping[CriterionAt, RecordVersion]:
    """The judgement of each criterion that counts: the last through ``as_of``."""
    records = RecordVersion.objects.valid().filter(
        kind__name=JUDGEMENT, subject=institution.pk, occurred_on__lte=as_of
    )
    found = {}
    for record in records.select_related("kind", "change", "worker").order_by("occurred_on", "record_id"):
        if record.values["standard"] == standard.name and record.values["year"] == year:
            found[_criterion_of(record)] = record
    return found


def _criterion_of(record: RecordVersion) -> CriterionAt:
    values = record.values
    return CriterionAt(
        Review(values["review"]), values["clause"], Level(values["level"]), values["criterion"]
    )


def judge(
    *,
    actor: AbstractBaseUser,
    institution: Institution,
    standard: Standard,
    year: int,
    at: CriterionAt,
    met: bool,
    evidence: str,
    on: date,
    expected_version: int,
    worker_code: str | None,
) -> RecordVersion:
    """Saves a judgement: a new version of the one that counts so far, or the first (``expected_version`` 0).

    Raises InvalidRecord when something is met without evidence, and else as `save_record`. Permission is the caller's
    to check.
    """
    if met and not evidence:
        raise InvalidRecord([ValueProblem("evidence", NO_EVIDENCE)])
    before = judgements_about(institution, standard, year, on).get(at)
    return save_and_refresh(
        actor=actor,
        kind=rulebook().kinds[JUDGEMENT],
        subject_code=institution.code,
        occurred_on=on,
        values={
            "standard": standard.name,
            "year": year,
            "review": at.review.value,
            "clause": at.clause,
            "level": at.level.value,
            "criterion": at.criterion,
            "met": met,
            "evidence": evidence or None,
        },
        institution_code=institution.code if at.review is Review.SELF else None,
        worker_code=worker_code,
        record_id=before.record_id if before else None,
        expected_version=expected_version,
    )
