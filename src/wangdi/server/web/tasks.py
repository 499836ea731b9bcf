"""From a gap to the task that closes it: a form that knows what is missing, by the ``tasks.yaml`` among the packs."""

from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Place
from wangdi.server.packs.tasks_declaration import TASKS, Tasks
from wangdi.server.web.asking import VALUE_PREFIX
from wangdi.server.web.entities import entities, form_of
from wangdi.server.web.figures import Standing
from wangdi.server.web.values import scale_of
from wangdi.server.web.words import wording


def tasks() -> Tasks | None:
    """What is declared; None where the packs in force have no such kinds."""
    return TASKS.if_in_force()


def may_set_tasks(user: AbstractBaseUser, node: Place | Institution) -> bool:
    if tasks() is None:
        return False
    entity = "place" if isinstance(node, Place) else "institution"
    return entities(entity).recordable_by(user).filter(pk=node.pk).exists()


def task_to_do(node: Place | Institution, name: str) -> str:
    """The address of the form for a task of that name, for those who `may_set_tasks`."""
    return _form(node, {"name": name})


def task_to_reach(user: AbstractBaseUser, row: Standing) -> str:
    """The address of the form for a task to reach a target; empty where it is reached, where there is none, and for readers
    who write no tasks there."""
    if row.is_reached is not False or row.target is None or not may_set_tasks(user, row.area.node):
        return ""
    scale = scale_of(row.indicator)
    known = {"name": wording(row.indicator.title), "target": f"{row.target * scale.factor:g}"}
    return _form(row.area.node, known | ({"unit": wording(scale.unit).strip()} if scale.unit else {}))


def _form(node: Place | Institution, known: dict[str, str]) -> str:
    declared = TASKS.in_force()
    task = declared.place if isinstance(node, Place) else declared.institution
    known |= {"year": str(today().year), "owner": node.code}
    fields = {what: getattr(task, what) for what in known}
    query = {VALUE_PREFIX + field: known[what] for what, field in fields.items() if field}
    return f"{form_of(rulebook().kinds[task.kind], node)}?{urlencode(query)}"
