"""Which kinds of record the tasks are that close a gap: the ``tasks.yaml`` among the packs."""

from collections.abc import Iterator

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.declarations import DeclarationFile, Shape


class Task(Shape):
    """The kind of record that a task is, and its fields: what is to be done, until which value, in which unit and year, by
    which institution."""

    kind: str
    name: str
    target: str
    unit: str
    year: str
    owner: str | None = None


class Tasks(Shape):
    place: Task
    institution: Task


def unknown_names(found: Tasks, rules: Rulebook) -> Iterator[str]:
    """What the file names that no pack has."""
    for about, task in (("place", found.place), ("institution", found.institution)):
        kind = rules.kinds.get(task.kind)
        if kind is None or kind.about != about:
            kinds = [one.name for one in rules.kinds.values() if one.about == about]
            yield f"{about}.kind {task.kind}: {suggest(task.kind, kinds)}"
            continue
        known = [field.name for field in kind.form]
        for field in (task.name, task.target, task.unit, task.year, task.owner):
            if field is not None and field not in known:
                yield f"{about}.{field}: {suggest(field, known)}"


TASKS = DeclarationFile("tasks.yaml", Tasks, unknown_names)
