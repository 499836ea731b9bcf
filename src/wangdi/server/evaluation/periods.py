"""Periods close: the figures of a month's last day are published for good, and can be made again from what was kept."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.archive import Archive, write_archive
from wangdi.server.evaluation.basis import pack_hashes, program
from wangdi.server.evaluation.comparing import differing, without_empty_parts
from wangdi.server.evaluation.lake import LakeState
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.models import Closure
from wangdi.server.evaluation.publishing import figures_of, fresh_lake, network_of, publish_figures
from wangdi.server.evaluation.rules import one_rulebook, pack_texts, pack_versions
from wangdi.server.records.models import RecordVersion


@dataclass(eq=False)
class PeriodError(Exception):
    """The period is not in the state that is needed; ``message`` says which one it is in."""

    message: Text

    def __str__(self) -> str:
        return f"{self.message.zh} / {self.message.en}"


@dataclass(frozen=True)
class Comparison:
    """How a closed period would look now. ``figures``: those that differ, with codes; ``late_records``: versions of
    records of the period or earlier that were written since; ``packs``: those that changed since."""

    closure: Closure
    figures: Any
    late_records: int
    packs: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return len(self.figures) == 0


def last_day_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def closure_of(last_day: date) -> Closure:
    """The closing that counts. `PeriodError` when the period is open."""
    closure = Closure.objects.filter(last_day=last_day, reopened=None).first()
    if closure is None:
        raise PeriodError(Text(f"{last_day:%Y-%m} 没有封账", f"{last_day:%Y-%m} is not closed"))
    return closure


@one_rulebook()
def close_period(
    installation: Installation,
    last_day: date,
    today: date,
    *,
    actor_name: str,
    on_progress: OnProgress | None = None,
) -> Closure:
    """Evaluates the last day of a month over the lake of now, publishes its figures and closes it.

    `PeriodError` when the month is not over, or closed already.
    """
    if last_day >= today:
        raise PeriodError(Text(f"{last_day:%Y-%m} 还没有结束", f"{last_day:%Y-%m} is not over yet"))
    if Closure.objects.filter(last_day=last_day, reopened=None).exists():
        raise PeriodError(Text(f"{last_day:%Y-%m} 已经封账", f"{last_day:%Y-%m} is closed already"))
    lake, state = fresh_lake(installation, on_progress)
    report = on_progress or (lambda _part, _done, _total: None)
    report("evaluate", 0, 1)
    figures = _evaluated(network_of(lake), last_day)
    report("publish", 0, 1)
    archive = write_archive(installation.closed, figures, lake, state, pack_texts())
    publication = publish_figures(last_day, state, figures)
    report("publish", 1, 1)
    return _record_closure(last_day, publication, archive, state, actor_name)


def _record_closure(
    last_day: date, publication: int, archive: Archive, state: LakeState, actor_name: str
) -> Closure:
    versions, hashes = pack_versions(), pack_hashes()
    contents = {
        "figures": archive.figures_hash,
        "packs": {name: {"version": versions[name], "hash": hashes[name]} for name in versions},
        "lake": {name: table.version for name, table in state.tables.items()},
        "seq": state.seq,
        "change": state.change,
        "program": program(),
    }
    with transaction.atomic():
        summary = {"period": f"{last_day:%Y-%m}", "archive": archive.path.name, **contents}
        return Closure.objects.create(
            last_day=last_day,
            publication_id=publication,
            archive=archive.path.name,
            contents=contents,
            change=record_change("period.close", actor_name=actor_name, summary=summary),
        )


def reopen_period(
    last_day: date, reason: str, *, actor: AbstractBaseUser | None = None, actor_name: str = ""
) -> Closure:
    """Opens a closed period: the next evaluation replaces its figures. What was kept of it stays.

    `PeriodError` when it is not closed, or no reason is given.
    """
    if not reason.strip():
        raise PeriodError(Text("重开要写明原因", "opening a closed period takes a reason"))
    with transaction.atomic():
        closure = closure_of(last_day)
        summary = {"period": f"{last_day:%Y-%m}", "reason": reason.strip()}
        closure.reopened = record_change("period.reopen", actor=actor, actor_name=actor_name, summary=summary)
        closure.reason = reason.strip()
        closure.save(update_fields=("reopened", "reason"))
    return closure


@one_rulebook()
def compare_period(
    installation: Installation, last_day: date, on_progress: OnProgress | None = None
) -> Comparison:
    """A closed period as it was published, against what the lake and the packs of now say of the same day.

    `PeriodError` when it is not closed, `ArchiveBroken` when what was kept is not whole.
    """
    closure = closure_of(last_day)
    lake, state = fresh_lake(installation, on_progress)
    if on_progress is not None:
        on_progress("compare", 0, 1)
    network = network_of(lake)
    found = differing(_kept_figures(installation, closure), _evaluated(network, last_day))
    written = RecordVersion.objects.filter(seq__gt=closure.contents["seq"], occurred_on__lte=last_day)
    now, then = pack_hashes(), {name: kept["hash"] for name, kept in closure.contents["packs"].items()}
    changed = tuple(name for name in sorted({*now, *then}) if now.get(name) != then.get(name))
    return Comparison(
        closure, _with_codes(network, found), written.filter(seq__lte=state.seq).count(), changed
    )


def reproduce_period(installation: Installation, last_day: date) -> Any:
    """Makes the figures of a closed period again, from the packs and the lake that were kept; those that differ, if any.

    `PeriodError` when it is not closed, `ArchiveBroken` when what was kept is not whole.
    """
    closure = closure_of(last_day)
    archive = Archive(installation.closed / closure.archive)
    hashes = {name: kept["hash"] for name, kept in closure.contents["packs"].items()}
    with TemporaryDirectory(prefix="wangdi-packs-") as workspace:
        rules = archive.rulebook(hashes, Path(workspace))
        network = Network(LakeSource(archive.lake), rules)
        found = differing(_kept_figures(installation, closure), _evaluated(network, last_day))
        return _with_codes(network, found)


def _evaluated(network: Network, day: date) -> Any:
    return figures_of(network, network.evaluate([Moment.in_year(day)], due_at=()))


def _kept_figures(installation: Installation, closure: Closure) -> Any:
    return Archive(installation.closed / closure.archive).figures(closure.contents["figures"])


def _with_codes(network: Network, figures: Any) -> Any:
    """Figures with the codes of places and institutions instead of their keys; as they are listed."""
    for entity, table in (("place", network.places), ("institution", network.institutions)):
        keys = table[network.source.key].combine_chunks()
        at = figures.column_names.index(f"{entity}_id")
        position = pc.index_in(figures.column(at).cast(keys.type), value_set=keys)
        figures = figures.set_column(
            at, entity, pa.chunked_array([table["code"].combine_chunks()]).take(position)
        )
    return without_empty_parts(figures)
