"""The form of a plan of postings: what it begins with, and its fields in groups with what is wrong at each."""

from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.model.text import Text
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Place, Worker
from wangdi.server.planning.declaration import Part, declaration
from wangdi.server.planning.inputs import next_batch
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.naming import SEND, STAY, TOGETHER, centre_written, written_as
from wangdi.server.planning.numbers import default_numbers
from wangdi.server.planning.travelling import MATRIX, ROADS
from wangdi.server.web.plans import NumberField, number_fields
from wangdi.server.web.words import wording

PEOPLE = (TOGETHER, STAY, SEND)

PARTS: Mapping[Part, Text] = {
    "wanted": Text("派多少、派到哪", "How many, and how far"),
    "required": Text("必须达到的数", "Numbers that have to be reached"),
    "floors": Text("医院要留多少人", "Who has to stay at hospitals"),
    "turns": Text("期限和轮派", "Terms and turns"),
    "needs": Text("怎样算缺", "What counts as lacking"),
    "travel": Text("行程怎样估算", "How travel is estimated"),
}
OPEN = ("wanted", "required", "floors", "turns")
"""Groups that are open at first."""

_PEOPLE_TITLES = {
    TOGETHER: Text("同去一处的人（每行一组）", "Who go to one centre together (a group on each line)"),
    STAY: Text("不参加的人", "Who stay"),
    SEND: Text("指定去处（每行一人：姓名 机构）", "Who is sent where (on each line: name centre)"),
}
_FILES = {
    MATRIX: Text(
        "行程时间 csv：from,to,minutes[,km]（机构编码）", "travel as csv: from,to,minutes[,km] (codes)"
    ),
    ROADS: Text("道路数据 OpenStreetMap（.osm 或 .osm.pbf）", "roads of OpenStreetMap (.osm or .osm.pbf)"),
}


@dataclass(frozen=True, slots=True)
class PeopleField:
    """A field in which people are named."""

    name: str
    title: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class NumberPart:
    """Numbers of the form that belong together."""

    title: str
    is_open: bool
    fields: list[NumberField]


def begun_with(base: KeptPlan | None, given: Mapping[str, str], place: Place) -> dict[str, str]:
    """What stands in the form at first: a plan's answers or the defaults of a scheme, and what the address says."""
    kept = base.settings if base else {}
    declared = declaration()
    scheme = given.get("scheme") or kept.get("scheme", "")
    scheme = scheme if scheme in declared.schemes else declared.first_scheme
    same = kept if kept.get("scheme", declared.first_scheme) == scheme else {}
    numbers = default_numbers(scheme, today()) | same.get("numbers", {})
    values = {name: f"{value:g}" for name, value in numbers.items()}
    values |= {name: value for name, value in given.items() if name in declared.numbers}
    begins = max(base.begins, today()) if base else today()
    sender = str(kept.get("sender", ""))
    batch = same.get("batch") or next_batch(declared, scheme, today())
    return {
        **values,
        **_people(kept),
        "scheme": scheme,
        "begins": given.get("begins") or begins.isoformat(),
        "sender": "" if sender == place.code else sender,
        "batch": str(batch),
        "keep-banned": "yes",
    }


def _people(kept: Mapping[str, object]) -> dict[str, str]:
    """A plan's groups, those who stay and those sent by hand, as they are written."""
    together, stay, pinned = (kept.get(name) or () for name in ("together", "stay", "pinned"))
    groups = [written_as(group) for group in together] if isinstance(together, list) else []
    sent = pinned.items() if isinstance(pinned, dict) else ()
    return {
        TOGETHER: "\n".join(groups),
        STAY: written_as(stay) if isinstance(stay, list) else "",
        SEND: "\n".join(f"{written_as([worker])} {centre_written(centre)}" for worker, centre in sent),
    }


def form_context(
    values: Mapping[str, str], problems: Mapping[str, Text], base: KeptPlan | None
) -> dict[str, object]:
    """Everything the form shows but places."""
    declared = declaration()
    scheme = values.get("scheme") or declared.first_scheme
    brought = base.settings.get("files", {}) if base else {}
    return {
        "parts": _parts(number_fields(values, problems)),
        "schemes": [(name, wording(one.title.text)) for name, one in declared.schemes.items()],
        "scheme": scheme,
        "only_new": declared.scheme(scheme).only_new,
        "in_batches": declared.scheme(scheme).in_batches,
        "batch": values.get("batch", ""),
        "begins": values.get("begins", ""),
        "sender": values.get("sender", ""),
        "people": [
            PeopleField(
                name,
                wording(title),
                values.get(name, ""),
                wording(problems[name]) if name in problems else "",
            )
            for name, title in _PEOPLE_TITLES.items()
        ],
        "people_open": any(values.get(name) or name in problems for name in PEOPLE),
        "files": [
            (name, wording(title), brought[name][0] if name in brought else "")
            for name, title in _FILES.items()
        ],
        "banned": _banned(base) if base else [],
        "wrong": [wording(problems[name]) for name in problems if name in ("begins", "sender", "batch")],
        "any_wrong": bool(problems),
    }


def _parts(fields: list[NumberField]) -> list[NumberPart]:
    of = {name: number.part for name, number in declaration().numbers.items()}
    found = []
    for part, title in PARTS.items():
        own = [field for field in fields if of[field.name] == part]
        if own:
            is_open = part in OPEN or any(field.problem for field in own)
            found.append(NumberPart(wording(title), is_open, own))
    return found


def _banned(base: KeptPlan) -> list[str]:
    """The pairs that were not wanted, as people read them."""
    pairs = base.settings.get("banned", [])
    names = dict(Worker.objects.filter(code__in=[one for one, _ in pairs]).values_list("code", "name"))
    return [f"{names.get(worker, worker)} → {centre_written(centre)}" for worker, centre in pairs]
