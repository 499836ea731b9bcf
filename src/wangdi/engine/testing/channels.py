"""What a test expects of channels, checked on both evaluators."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from wangdi.engine.evaluate.reference.channels import channel_at
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.seats import seat_columns
from wangdi.engine.testing.scene import SUBJECT, Entities, Scene

_PLACE, _INSTITUTION = "channel-place", "channel-institution"
Counts = Mapping[date, float]
"""By the first day of each period in which something was counted."""


def check_channels(scene: Scene, expected: Mapping[str, Counts]) -> Iterator[str]:
    """What differs, in words."""
    for name, counts in expected.items():
        channel = scene.rulebook.channels[name]
        yield from _ChannelCheck(_standing(scene, channel), channel, counts).failures()


@dataclass(frozen=True)
class _ChannelCheck:
    """One expectation about one channel: the sum over all places of its level."""

    scene: Scene
    channel: Channel
    expected: Counts

    def failures(self) -> Iterator[str]:
        found, columnar = self._reference(), self._columnar()
        name = self.channel.name
        if found != columnar:
            yield f"{name}: the evaluators differ: reference {_told(found)}, columnar {_told(columnar)}"
        if found != dict(self.expected):
            yield f"channel {name}: expected {_told(self.expected)}, found {_told(found)}"

    def _reference(self) -> Counts:
        found: defaultdict[date, float] = defaultdict(float)
        for place, attributes in self.scene.entities["place"].items():
            if attributes.get("level") == self.channel.level:
                for period, count in channel_at(self.scene.reference, self.channel, place).items():
                    found[period] += count
        return _counted(found)

    def _columnar(self) -> Counts:
        [series] = self.scene.network.time_series([self.channel], self.scene.moment.as_of)
        return _counted(dict(zip(series.periods, series.counts.sum(axis=0).tolist(), strict=True)))


def _standing(scene: Scene, channel: Channel) -> Scene:
    """The scene with its subject at a place of the channel's level, if the test does not say where it stands."""
    entities: Entities = {entity: dict(rows) for entity, rows in scene.entities.items()}
    place = {_PLACE: {"level": channel.level}}
    if scene.entity == "place":
        rows = {SUBJECT: {"level": channel.level, **entities["place"][SUBJECT]}}
        return replace(scene, entities=entities | {"place": entities["place"] | rows})
    entities["place"] |= place
    columns = seat_columns(scene.entity)
    if scene.entity == "institution" or "place" in columns:
        entities[scene.entity][SUBJECT] = {"place": _PLACE, **entities[scene.entity][SUBJECT]}
    else:
        entities["institution"] |= {_INSTITUTION: {"place": _PLACE}}
        seat = {"institution": _INSTITUTION}
        entities[scene.entity][SUBJECT] = seat | dict(entities[scene.entity][SUBJECT])
    return replace(scene, entities=entities)


def _counted(counts: Counts) -> dict[date, float]:
    return {period: count for period, count in sorted(counts.items()) if count}


def _told(counts: Counts) -> str:
    return "{" + ", ".join(f"{period}: {count:g}" for period, count in counts.items()) + "}"
