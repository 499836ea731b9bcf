"""The page's table of what channels' alarms were worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.model.channels import Channel
from wangdi.server.network.models import Place
from wangdi.server.watch.declaration import Declaration
from wangdi.server.watch.reading import standing_readings
from wangdi.server.watch.worth import Worth, outbreaks, worth_of
from wangdi.server.web.requests import SignedInRequest

MOST_PLACES = 100
"""Of more places a year would take longer than anybody waits for a page: some 5,000 points a second."""

YEAR = timedelta(days=400)
"""How far back outbreaks may have ended to bear on a year of whole months."""


@dataclass(frozen=True, slots=True)
class ChannelWorth:
    """Channels with what their alarms were worth; ``too_many`` places, and then nothing else."""

    rows: Sequence[tuple[Channel, Worth]] = ()
    too_many: int = 0


def channel_worth(
    channels: Sequence[Channel], place: Place, declared: Declaration, as_of: date, request: SignedInRequest
) -> ChannelWorth | None:
    """Of the places under one that the reader sees; None before there is a lake."""
    readings = standing_readings(channels, declared, as_of)
    if readings is None:
        return None
    visible = Place.objects.visible_to(request.user).filter(path__under=place.path)
    paths = dict(visible.values_list("code", "path"))
    found = outbreaks(declared, as_of - YEAR, request.user)
    rows = []
    for reading in readings:
        own = reading.of([row for row, code in enumerate(reading.places) if code in paths])
        if len(own.places) > MOST_PLACES:
            return ChannelWorth(too_many=len(own.places))
        if own.places and own.periods:
            rows.append((reading.channel, worth_of(own, declared, found, paths)))
    return ChannelWorth(rows)
