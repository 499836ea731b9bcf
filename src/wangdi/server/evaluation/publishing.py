"""Evaluates everybody over the lake and publishes the results to the store, while others go on writing to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from wangdi.engine.evaluate.gathering import Figures, told
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Outcome
from wangdi.server.common.bulk import BulkWriter, bulk_connection, lease_store
from wangdi.server.common.installation import Installation
from wangdi.server.common.jsontext import canonical_json
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.basis import basis_of
from wangdi.server.evaluation.lake import Lake, LakeState, ReadableLake
from wangdi.server.evaluation.lake_source import LakeAsFarAsItGoes
from wangdi.server.evaluation.models import Closure, KeptDay
from wangdi.server.evaluation.open_counts import keep_counts
from wangdi.server.evaluation.replacing import (
    forget_changes,
    keep_days,
    next_publication,
    remove_outdated,
    replace_due,
    write_figures,
)
from wangdi.server.evaluation.rules import one_rulebook, pack_versions, rulebook
from wangdi.server.records.unfinished import finish_loads

TREND_MONTHS = 12
"""How many month-ends before the day of evaluation are kept for trends."""


@dataclass(frozen=True)
class Published:
    """What an evaluation published. ``month_ends``: those evaluated for trends; the others were kept as they are."""

    as_of: date
    residents: int
    records: int
    due_items: int
    figures: int
    month_ends: int


def fresh_lake(installation: Installation, on_progress: OnProgress | None = None) -> tuple[Lake, LakeState]:
    """The lake, brought to what the store holds now."""
    lake = Lake(installation.lake)
    return lake, lake.refresh(lease_store(), rulebook().kinds, on_progress)


def network_of(lake: ReadableLake) -> Network:
    """The network as the evaluator sees it, by the packs in force; a lake older than those goes as far as it does."""
    return Network(LakeAsFarAsItGoes(lake), rulebook())


def month_ends_before(as_of: date, months: int = TREND_MONTHS) -> list[date]:
    """The last days of the months before ``as_of``, oldest first."""
    ends = []
    day = as_of.replace(day=1)
    for _ in range(months):
        ends.append(day - timedelta(days=1))
        day = ends[-1].replace(day=1)
    return ends[::-1]


@one_rulebook()
def evaluate_and_publish(
    installation: Installation,
    as_of: date,
    on_progress: OnProgress | None = None,
    *,
    trend: int = TREND_MONTHS,
) -> Published:
    """Refreshes the lake, evaluates ``as_of`` and the month-ends before it, and replaces what is published.

    Month-ends of closed periods, and those whose figures are kept from the same basis, are not evaluated again.
    """
    report = on_progress or _silent
    finish_loads(rulebook().kinds)
    lake, state = fresh_lake(installation, on_progress)
    basis = basis_of(state)
    settled = closed_days() | kept_days(basis)
    past_days = [day for day in month_ends_before(as_of, trend) if day not in settled]
    moments = [Moment.in_year(day) for day in (*past_days, as_of)]
    report("evaluate", 0, len(moments))
    network = network_of(lake)
    *past, now = network.evaluate(moments, due_at=moments[-1:])
    report("evaluate", len(moments), len(moments))
    report("publish", 0, 1)
    closed = closed_days()
    outcomes = [outcome for outcome in (*past, now) if outcome.moment.as_of not in closed]
    days = [outcome.moment.as_of for outcome in outcomes]
    with bulk_connection(lease_store()) as writer:
        replace_due(writer, _due_rows(now), state.seq)
        publication = next_publication(writer)
        figures = write_figures(writer, publication, (figures_of(network, [one]) for one in outcomes))
        with writer.transaction():
            _announce(writer, publication, as_of, state, basis)
            keep_days(writer, publication, days)
        remove_outdated(writer, publication)
        forget_changes(writer, keep_counts(writer, as_of))
    report("publish", 1, 1)
    rows = state.rows
    records = sum(count for name, count in rows.items() if name.startswith("records_"))
    return Published(as_of, rows["residents"], records, len(now.due), figures, len(past))


def publish_figures(as_of: date, state: LakeState, figures: Any) -> int:
    """Replaces the figures of one day, nothing else; the number of the publication."""
    basis = basis_of(state)
    with bulk_connection(lease_store()) as writer:
        publication = next_publication(writer)
        write_figures(writer, publication, [figures])
        with writer.transaction():
            _announce(writer, publication, as_of, state, basis, only_figures=True)
            keep_days(writer, publication, [as_of])
        remove_outdated(writer, publication)
    return publication


def closed_days() -> set[date]:
    """The last days of the periods that are closed."""
    return set(Closure.objects.filter(reopened=None).values_list("last_day", flat=True))


def kept_days(basis: str) -> set[date]:
    """The days whose figures were made from that basis."""
    return set(KeptDay.objects.filter(publication__basis=basis).values_list("as_of", flat=True))


def _announce(
    writer: BulkWriter,
    publication: int,
    as_of: date,
    state: LakeState,
    basis: str,
    *,
    only_figures: bool = False,
) -> None:
    writer.execute(
        "INSERT INTO evaluation_publication (id, as_of, made_at, watermark, packs, basis, only_figures) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            publication,
            as_of.isoformat(),
            _stamp(),
            state.seq,
            canonical_json(pack_versions()),
            basis,
            int(only_figures),
        ),
    )


def _stamp() -> str:
    """Now, as Django writes it into SQLite."""
    return timezone.now().replace(tzinfo=None).isoformat(sep=" ")


def _due_rows(outcome: Outcome) -> Any:
    """Due items as the store's columns, in the order of institution and day for its index."""
    due = outcome.due
    entity = due["entity"].cast(pa.string())
    nobody = pa.scalar(None, due["subject"].type)
    table = pa.table(
        {
            "entity": entity,
            "subject": due["subject"],
            "resident_id": pc.if_else(pc.equal(entity, "resident"), due["subject"], nobody),
            "schedule": due["schedule"].cast(pa.string()),
            "step": due["step"].cast(pa.string()),
            "due_from": due["due_from"].cast(pa.string()),
            "due_on": due["due_on"].cast(pa.string()),
            "overdue_from": due["overdue_from"].cast(pa.string()),
            "missed_from": due["missed_from"].cast(pa.string()),
            "institution_id": due["institution"],
            "place_id": due["place"],
        }
    )
    return table.sort_by([("institution_id", "ascending"), ("due_on", "ascending")])


def figures_of(network: Network, outcomes: Sequence[Outcome]) -> Any:
    """The figures of several moments as the store's columns."""
    return pa.concat_tables([_figure_rows(network, outcome) for outcome in outcomes])


def _figure_rows(network: Network, outcome: Outcome) -> Any:
    """One row per figure and place or institution where there is anything to tell: see `told`."""
    figures, day = outcome.figures, outcome.moment.as_of.isoformat()
    return pa.concat_tables([_unit_rows(network, figures, day, unit) for unit in ("place", "institution")])


def _unit_rows(network: Network, figures: Figures, day: str, unit: str) -> Any:
    at_place = unit == "place"
    keys = (network.places if at_place else network.institutions)[network.source.key].to_numpy()
    numerators, denominators = figures.at(unit)
    row, column = np.nonzero(told(numerators, denominators))
    chosen = pa.array(row)
    names = pa.array([one.indicator.name for one in figures.rows], pa.string())
    dimensions = pa.array([one.dimension for one in figures.rows], pa.string())
    categories = pa.array([one.category for one in figures.rows], pa.string())
    where = pa.array(keys[column])
    nowhere = pa.nulls(len(row), where.type)
    return pa.table(
        {
            "indicator": names.take(chosen),
            "as_of": pa.array([day] * len(row), pa.string()),
            "place_id": where if at_place else nowhere,
            "institution_id": nowhere if at_place else where,
            "dimension": dimensions.take(chosen),
            "category": categories.take(chosen),
            "numerator": pa.array(numerators[row, column]),
            "denominator": pa.array(denominators[row, column], from_pandas=True),
        }
    )


def _silent(_table: str, _done: int, _total: int) -> None:
    return None
