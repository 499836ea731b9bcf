"""``wangdi watch run`` and ``wangdi watch series``: what the network's own channels say."""

from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, OutputFormat, PlaceCode
from wangdi.cli.output import Format, fail, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import of, t
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.evaluate.channels import TimeSeries
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Place
from wangdi.server.watch.alerts import Raised, alert_kind, watch
from wangdi.server.watch.declaration import declaration

_OUTCOMES = {
    "new": ("新预警", "new"),
    "open": ("并入处置中的预警", "joined the open alert"),
    "quiet": ("已处置或静默", "settled or quiet"),
}


def run(as_of: AsOf, output: OutputFormat = Format.TABLE) -> None:
    installation = require_installation()
    found = watch(installation, as_of)
    write_rows(_alerts_table(found.raised), output)


run.__doc__ = t(
    "查看各监测渠道最近几个时段，对超限的事项发出预警（写成预警处置记录，进入待办流转）。重复运行不会重复预警。",
    "Looks at the latest periods of all channels and raises alerts, as records in their workflow. "
    "Running it twice raises nothing twice.",
)


def series(
    channel: Annotated[str, typer.Argument(help=t("渠道名", "A channel's name"))],
    as_of: AsOf,
    place: PlaceCode = None,
    output: OutputFormat = Format.TABLE,
) -> None:
    installation = require_installation()
    channels = rulebook().channels
    if channel not in channels:
        hint = suggest(channel, channels)
        raise fail(t(f"没有渠道 {channel}。{hint}", f"there is no channel {channel}. {hint}"), 2)
    with progress_bars() as report:
        lake, _ = fresh_lake(installation, report)
    [found] = network_of(lake).time_series([channels[channel]], as_of)
    write_rows(_series_table(found, place), output, counts={"count"})


series.__doc__ = t(
    "列出一个监测渠道在各地、各时段的数；可另存为 csv 交给 wangdi watch detect 或其他软件。",
    "Lists what a channel counted, place by place and period by period.",
)


def _alerts_table(raised: tuple[Raised, ...]) -> pa.Table:
    declared = declaration()
    kind = alert_kind(declared)
    names = dict(
        Place.objects.filter(code__in={one.event.place for one in raised}).values_list("code", "name")
    )
    columns = {
        "place": [one.event.place for one in raised],
        "name": [names.get(one.event.place, "") for one in raised],
        "trigger": [of(declared.title(kind, one.event.trigger)) for one in raised],
        "since": [one.event.first_period.isoformat() for one in raised],
        "channels": [
            "、".join(dict.fromkeys(of(s.channel.title) for s in one.event.signals)) for one in raised
        ],
        "why": ["\n".join(of(s.why) for s in one.event.signals) for one in raised],
        "outcome": [t(*_OUTCOMES[one.outcome]) for one in raised],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _series_table(found: TimeSeries, place: str | None) -> pa.Table:
    rows = [row for row, code in enumerate(found.places) if place in (None, code)]
    if place is not None and not rows:
        level = found.channel.level
        raise fail(t(f"{place} 不是{level}一级的区划", f"{place} is no place of the level {level}"), 2)
    periods = len(found.periods)
    return pa.table(
        {
            "place": pa.array([found.places[row] for row in rows for _ in range(periods)], pa.string()),
            "date": pa.array([day.isoformat() for _ in rows for day in found.periods], pa.string()),
            "count": pa.array(found.counts[rows].ravel() if rows else np.empty(0), pa.float64()),
        }
    )
