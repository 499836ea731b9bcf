"""What a pack says of the entity of a test: shown beside what a failing test expected."""

from collections.abc import Iterator
from dataclasses import dataclass

from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.pack import Pack
from wangdi.engine.testing.scene import Scene


@dataclass(frozen=True, slots=True)
class Found:
    """One result: of which sort, its name, and what came out, as a test would write it."""

    sort: str
    name: str
    result: str


def found_in(scene: Scene, pack: Pack) -> Iterator[Found]:
    """The groups, due items, indicators and values of a pack for the scene's entity, by the reference evaluator."""
    for group in pack.groups:
        if group.entity == scene.entity:
            yield Found("groups", group.name, value_text(scene.reference.is_member(group)))
    for schedule in pack.schedules:
        if schedule.group.entity == scene.entity:
            items = due_items(scene.reference, schedule) or (None,)
            for item in items:
                days = "null" if item is None else f"{item.due_from} {item.due_on} {item.overdue_from}"
                status = "" if item is None else f" {item.status_on(scene.moment.as_of).value}"
                step = f" {item.step}" if item is not None and item.step else ""
                yield Found("due", schedule.name + step, days + status)
    for indicator in pack.indicators:
        if indicator.entity == scene.entity and isinstance(indicator.measure, Counted):
            parts = map(value_text, scene.reference_indicator(indicator.name))
            yield Found("indicators", indicator.name, f"[{', '.join(parts)}]")
    for value in pack.values:
        if value.entity == scene.entity:
            yield Found("values", value.name, value_text(scene.reference.value(value)))
