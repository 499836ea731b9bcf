"""Evaluates everybody over the lake and publishes the results to the store in one transaction."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from wangdi.engine.evaluate.gathering import Figures
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Outcome
from wangdi.server.common.bulk import BulkWriter, bulk_transaction, lease_store
from wangdi.server.common.installation import Installation
from wangdi.server.common.jsontext import canonical_json
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.lake import Lake, LakeState
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.rules import pack_versions, rulebook

TREND_MONTHS = 12
"""How many month-ends before the day of evaluation are kept for trends."""


@dataclass(frozen=True)
class Published:
    """What an evaluation published."""

    as_of: date
    residents: int
    records: int
    due_items: int
    figures: int


def fresh_lake(installation: Installation, on_progress: OnProgress | None = None) -> tuple[Lake, LakeState]:
    """The lake, brought to what the store holds now."""
    lake = Lake(installation.lake)
    return lake, lake.refresh(lease_store(), rulebook().kinds, on_progress)


def network_of(lake: Lake) -> Network:
    """The network as the evaluator sees it."""
    return Network(LakeSource(lake), rulebook())


def month_ends_before(as_of: date, months: int = TREND_MONTHS) -> list[date]:
    """The last days of the months before ``as_of``, oldest first."""
    ends = []
    day = as_of.replace(day=1)
    for _ in range(months):
        ends.append(day - timedelta(days=1))
        day = ends[-1].replace(day=1)
    return ends[::-1]


def evaluate_and_publish(
    installation: Installation,
    as_of: date,
    on_progress: OnProgress | None = None,
    *,
    trend: int = TREND_MONTHS,
) -> Published:
    """Refreshes the lake, evaluates ``as_of`` and the month-ends before it, and replaces what is published."""
    report = on_progress or _silent
    lake, state = fresh_lake(installation, on_progress)
    moments = [Moment.in_year(day) for day in (*month_ends_before(as_of, trend), as_of)]
    report("evaluate", 0, len(moments))
    network = network_of(lake)
    *past, now = network.evaluate(moments)
    report("evaluate", len(moments), len(moments))
    report("publish", 0, 1)
    figures = pa.concat_tables([_figure_rows(network, outcome) for outcome in (*past, now)])
    with bulk_transaction(lease_store()) as writer:
        _publish(writer, as_of, state, _due_rows(now), figures)
    report("publish", 1, 1)
    rows = state.rows
    records = sum(count for name, count in rows.items() if name.startswith("records_"))
    return Published(as_of, rows["residents"], records, len(now.due), len(figures))


def _publish(writer: BulkWriter, as_of: date, state: LakeState, due: Any, figures: Any) -> None:
    publication = writer.value("SELECT coalesce(max(id), 0) + 1 FROM evaluation_publication")
    writer.execute(
        "INSERT INTO evaluation_publication (id, as_of, made_at, watermark, packs) VALUES (?, ?, ?, ?, ?)",
        (publication, as_of.isoformat(), _stamp(), state.seq, canonical_json(pack_versions())),
    )
    writer.stage("due", due)
    writer.execute("DELETE FROM evaluation_dueitem")
    columns = "entity, subject, resident_id, schedule, step, due_from, due_on, overdue_from, institution_id, place_id"
    writer.execute(f"INSERT INTO evaluation_dueitem ({columns}) SELECT {columns} FROM temp.due")
    writer.stage("figures", figures)
    writer.execute("DELETE FROM evaluation_figure WHERE as_of IN (SELECT DISTINCT as_of FROM temp.figures)")
    columns = "indicator, as_of, place_id, institution_id, numerator, denominator"
    writer.execute(
        f"INSERT INTO evaluation_figure ({columns}, publication_id) SELECT {columns}, {publication} FROM temp.figures"
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
            "institution_id": due["institution"],
            "place_id": due["place"],
        }
    )
    return table.sort_by([("institution_id", "ascending"), ("due_on", "ascending")])


def _figure_rows(network: Network, outcome: Outcome) -> Any:
    """One row per indicator and place or institution that has anybody in the denominator."""
    figures, day = outcome.figures, outcome.moment.as_of.isoformat()
    return pa.concat_tables([_unit_rows(network, figures, day, unit) for unit in ("place", "institution")])


def _unit_rows(network: Network, figures: Figures, day: str, unit: str) -> Any:
    at_place = unit == "place"
    keys = (network.places if at_place else network.institutions)[network.source.key].to_numpy()
    numerators = figures.place_numerators if at_place else figures.institution_numerators
    denominators = figures.place_denominators if at_place else figures.institution_denominators
    row, column = np.nonzero(denominators)
    names = pa.array([indicator.name for indicator in figures.indicators], pa.string())
    where = pa.array(keys[column])
    nowhere = pa.nulls(len(row), where.type)
    return pa.table(
        {
            "indicator": names.take(pa.array(row)),
            "as_of": pa.array([day] * len(row), pa.string()),
            "place_id": where if at_place else nowhere,
            "institution_id": nowhere if at_place else where,
            "numerator": pa.array(numerators[row, column]),
            "denominator": pa.array(denominators[row, column]),
        }
    )


def _silent(_table: str, _done: int, _total: int) -> None:
    return None
