"""Workers and centres as people write them in a form or a command: by name, by code, or as 姓名(编码), some on a line."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from wangdi.engine.model.text import Text
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.numbers import InvalidNumbers

_BETWEEN = re.compile(r"[\s、，,；;+=→]+")
_WITH_CODE = re.compile(r"^.+[(（]([^()（）]+)[)）]$")
_CLAUSES = 4
"""How many of several people of one name a message lists."""

TOGETHER, STAY, SEND = "together", "stay", "send"
"""What may be written of people, by the names of the fields."""


@dataclass(frozen=True, eq=False)
class People:
    """What was settled about people before solving, in codes."""

    together: tuple[tuple[str, ...], ...] = ()
    stay: frozenset[str] = frozenset()
    pinned: Mapping[str, str] = field(default_factory=dict)


def people_from(written: Mapping[str, str], sender: Place, place: Place) -> People:
    """Reads the three fields; each line of ``together`` is a group, of ``send`` a worker and then a centre.

    Raises InvalidNumbers with all that names nobody, names several, or says two things of one worker.
    """
    workers, centres = _Names(_workers(sender), _of_worker), _Names(_centres(place), _of_centre)
    problems: dict[str, list[Text]] = defaultdict(list)
    lines = _lines(written.get(TOGETHER, ""))
    together = [workers.codes(line, problems[TOGETHER]) for line in lines]
    stay = [code for line in _lines(written.get(STAY, "")) for code in workers.codes(line, problems[STAY])]
    pinned: dict[str, str] = {}
    for line in _lines(written.get(SEND, "")):
        pinned |= _sent(line, workers, centres, problems[SEND])
    problems[TOGETHER] += _small(lines, together)
    problems[STAY] += [_two_things(workers.name(code)) for code in stay if code in pinned]
    problems[TOGETHER] += _apart(together, frozenset(stay), pinned, workers)
    told = {name: Text(_all(found, "zh"), _all(found, "en")) for name, found in problems.items() if found}
    if told:
        raise InvalidNumbers(told)
    return People(tuple(tuple(group) for group in together), frozenset(stay), pinned)


def written_as(people: Iterable[str]) -> str:
    """Codes as 姓名(编码), to be read and changed in a form."""
    codes = list(people)
    names = dict(Worker.objects.filter(code__in=codes).values_list("code", "name"))
    return "、".join(f"{names.get(code, code)}({code})" for code in codes)


def centre_written(code: str) -> str:
    """A centre's code as 名称(编码)."""
    found = Institution.objects.filter(code=code).first()
    return f"{found.name}({code})" if found else code


class _Names:
    """Finds codes by code or by name."""

    def __init__(self, rows: Iterable[Any], told: Callable[[Any], str]) -> None:
        self.by_code = {row.code: row for row in rows}
        self.by_name: dict[str, list[Any]] = defaultdict(list)
        for row in self.by_code.values():
            self.by_name[row.name].append(row)
        self.told = told

    def name(self, code: str) -> str:
        return str(self.by_code[code].name)

    def codes(self, line: str, problems: list[Text]) -> list[str]:
        """All of a line; what is wrong goes to ``problems``."""
        found = [self.code(one, problems) for one in _BETWEEN.split(line) if one]
        return [code for code in dict.fromkeys(found) if code is not None]

    def code(self, written: str, problems: list[Text]) -> str | None:
        inside = _WITH_CODE.match(written)
        if inside is not None and inside[1] in self.by_code:
            return inside[1]
        if written in self.by_code:
            return written
        same = self.by_name.get(written, [])
        if len(same) == 1:
            return str(same[0].code)
        problems.append(
            _several(written, [self.told(one) for one in same]) if same else self._nobody(written)
        )
        return None

    def _nobody(self, written: str) -> Text:
        near = get_close_matches(written, self.by_name, n=1, cutoff=0.5)
        zh, en = (f"，是不是{near[0]}？", f"; is it {near[0]}?") if near else ("，请核对姓名或编码", "")
        return Text(f"没有“{written}”{zh}", f"there is no '{written}' here{en}")


def _sent(line: str, workers: _Names, centres: _Names, problems: list[Text]) -> dict[str, str]:
    parts = [one for one in _BETWEEN.split(line) if one]
    if len(parts) != 2:
        problems.append(Text(f"“{line}”应写成：姓名 机构", f"'{line}' has to be: name, centre"))
        return {}
    worker, centre = workers.code(parts[0], problems), centres.code(parts[1], problems)
    return {worker: centre} if worker is not None and centre is not None else {}


def _workers(sender: Place) -> Sequence[Worker]:
    types = declaration().senders.types
    found = Worker.objects.filter(institution__place__path__under=sender.path, institution__type__in=types)
    return list(found.select_related("institution").order_by("code"))


def _centres(place: Place) -> Sequence[Institution]:
    types = declaration().receivers.types
    return list(Institution.objects.filter(place__path__under=place.path, type__in=types).order_by("code"))


def _of_worker(one: Worker) -> str:
    where = one.institution.name if one.institution else ""
    return f"{one.code} {where} {one.specialty or ''}".strip()


def _of_centre(one: Institution) -> str:
    return one.code


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _small(lines: Sequence[str], groups: Sequence[Sequence[str]]) -> list[Text]:
    """Lines that name one person only, and people on two lines."""
    seen: set[str] = set()
    found = [
        Text(f"“{line}”：一行至少写两个人", f"'{line}': a line names two people at least")
        for line in lines
        if len({one for one in _BETWEEN.split(line) if one}) == 1
    ]
    for code in (code for group in groups for code in group):
        if code in seen:
            found.append(Text(f"{code} 写在了两行里", f"{code} stands on two lines"))
        seen.add(code)
    return found


def _apart(
    groups: Sequence[Sequence[str]], stay: frozenset[str], pinned: Mapping[str, str], workers: _Names
) -> list[Text]:
    """Groups of which somebody stays, or that are sent to several centres."""
    found = []
    for group in groups:
        names = "、".join(workers.name(code) for code in group)
        if stay & set(group):
            found.append(
                Text(f"{names}要同去，但其中有不参加的人", f"{names} go together, but one of them is to stay")
            )
        if len({pinned[code] for code in group if code in pinned}) > 1:
            found.append(
                Text(f"{names}要同去，却指定了不同的机构", f"{names} go together, but to different centres")
            )
    return found


def _two_things(name: str) -> Text:
    return Text(f"{name}既写了不参加，又写了去处", f"{name} is to stay and to go")


def _several(written: str, told: Sequence[str]) -> Text:
    listed = told[:_CLAUSES]
    more = "…" if len(told) > _CLAUSES else ""
    return Text(
        f"“{written}”有 {len(told)} 人，请写编码：{'；'.join(listed)}{more}",
        f"there are {len(told)} called '{written}', write the code: {'; '.join(listed)}{more}",
    )


def _all(found: Sequence[Text], language: str) -> str:
    return ("；" if language == "zh" else "; ").join(one.in_language(language) for one in found)
