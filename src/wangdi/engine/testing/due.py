"""What a test expects to be due, by schedule and step, compared with what both evaluators say."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from wangdi.engine.evaluate.due import DueItem, Status
from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.testing.scene import Scene
from wangdi.engine.testing.shapes import DueShape, ExpectShape, TestShape

ONE_DAY = timedelta(days=1)
EDGES_ONLY = {"before", "after", "other_than"}
"""What is no property of an item."""

_OPEN = (Status.DUE, Status.OVERDUE)


def expected_items(expect: ExpectShape) -> list[tuple[str, str, DueShape | None]]:
    """What is expected by schedule and step; for a schedule that should have no item at all, one with no step."""
    return [
        (schedule, step, item)
        for schedule, expected in expect.due.items()
        for step, item in (expected.items() if isinstance(expected, dict) else [("", expected)])
    ]


def edges(due: DueShape) -> Iterator[tuple[date, DueShape | None]]:
    """The days around an item's days, each with the item as it should be then; None where it should not be there."""
    if due.due_from is None or due.due_on is None or due.overdue_from is None:
        raise ValueError("the days around an item need its days")
    yield due.due_from - ONE_DAY, _on_the_edge(due, due.before)
    yield due.due_from, _on_the_edge(due, "due")
    yield due.due_on, _on_the_edge(due, "due")
    if due.missed_from is None or due.overdue_from < due.missed_from:
        yield due.overdue_from - ONE_DAY, _on_the_edge(due, "due")
        yield due.overdue_from, _on_the_edge(due, due.after)
    if due.missed_from is not None:
        last = "due" if due.overdue_from == due.missed_from else "overdue"
        yield due.missed_from - ONE_DAY, _on_the_edge(due, last)
        yield due.missed_from, _on_the_edge(due, "missed")


def _on_the_edge(due: DueShape, found: str) -> DueShape | None:
    """The item with a status; or an item of another period; or none."""
    match found:
        case "none":
            return None
        case "another":
            return DueShape(other_than=due.due_from)
    return due.model_copy(update={"status": found})


def check_due(scene: Scene, test: TestShape) -> Iterator[str]:
    """What differs, in words."""
    day, found = scene.moment.as_of, {}
    for name in dict.fromkeys((*test.expect.due, *test.expect.open)):
        schedule = scene.rulebook.schedules[name]
        reference, columnar = due_items(scene.reference, schedule), scene.columnar_due(schedule)
        if reference != columnar:
            yield f"{name}: the evaluators differ: reference {reference}, columnar {columnar}"
        found[name] = {item.step: item for item in reference}
    for name, step, expected in expected_items(test.expect):
        if name in found:
            yield from _compare_item(scene.rulebook.schedules[name], step, expected, found[name], day)
    for name, steps in test.expect.open.items():
        is_open = {step for step, item in found.get(name, {}).items() if item.status_on(day) in _OPEN}
        if name in found and is_open != set(steps):
            yield f"{name}: expected open {sorted(steps)}, found {sorted(is_open)}"


def _compare_item(
    schedule: Schedule, step: str, expected: DueShape | None, found: Mapping[str, DueItem], day: date
) -> Iterator[str]:
    """What differs between an expected item and the one found; without step or item, all that were found."""
    label = f"{schedule.name}.{step}" if step else schedule.name
    if not schedule.has_steps:
        item = found.get(step) if step else next(iter(found.values()), None)
        yield from _compare_due(label, expected, item, day)
    elif step:
        yield from _compare_due(label, expected, found.get(step), day)
    elif found:
        yield f"{label}: expected nothing, found {', '.join(found)}"


def _compare_due(name: str, expected: DueShape | None, found: DueItem | None, day: date) -> Iterator[str]:
    if expected is None or found is None:
        if (expected is None) != (found is None):
            yield f"{name}: expected {'nothing' if expected is None else 'an item'}, found {found or 'nothing'}"
        return
    actual = {
        "due_from": found.due_from,
        "due_on": found.due_on,
        "overdue_from": found.overdue_from,
        "missed_from": found.missed_from,
        "status": found.status_on(day).value,
        "responsible": found.responsible,
    }
    if expected.other_than is not None and expected.other_than == found.due_from:
        yield f"{name}: expected an item of another period, found the one due from {found.due_from}"
    for key, value in expected.model_dump(exclude_none=True, exclude=EDGES_ONLY).items():
        if actual[key] != value:
            yield f"{name}: expected {key} {value}, found {actual[key]}"
