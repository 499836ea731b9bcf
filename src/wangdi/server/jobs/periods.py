"""Closing months, and comparing a closed one with what would come out now."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.archive import ArchiveBroken
from wangdi.server.evaluation.periods import PeriodError, close_period, compare_period
from wangdi.server.network.models import Institution, Place

SHOWN_FIGURES = 200


def close_months(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Close months one after another, oldest first. ``arguments``: ``days``, their last ones, ISO.

    Those before one that cannot be closed stay closed; ``closed`` names them.
    """
    closed: list[str] = []
    for day in sorted(arguments["days"]):
        try:
            made = close_period(
                Installation.current(),
                date.fromisoformat(day),
                timezone.localdate(),
                actor_name=actor_name,
                on_progress=report,
            )
        except PeriodError as error:
            return {"outcome": "bad input", "told": [error.message.as_json()], "closed": closed}
        closed.append(str(made))
    return {"outcome": "closed", "closed": closed}


def compare_month(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """A closed month against what the store says of it now. ``arguments``: ``day``, its last one, ISO."""
    try:
        found = compare_period(Installation.current(), date.fromisoformat(arguments["day"]), report)
    except PeriodError as error:
        return {"outcome": "bad input", "told": [error.message.as_json()]}
    except ArchiveBroken as error:
        return {"outcome": "bad input", "told": [{"zh": str(error), "en": str(error)}]}
    return {
        "outcome": "compared",
        "period": str(found.closure),
        "differing": len(found.figures),
        "late_records": found.late_records,
        "changed_packs": list(found.packs),
        "kept_figures": _named(found.figures.slice(0, SHOWN_FIGURES).to_pylist()),
    }


def _named(figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Figures with the name of their place or institution."""
    names = {
        "place": dict(Place.objects.values_list("code", "name")),
        "institution": dict(Institution.objects.values_list("code", "name")),
    }
    return [
        {**one, "name": next((known[code] for sort, known in names.items() if (code := one[sort])), "")}
        for one in figures
    ]
