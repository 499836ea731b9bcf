"""Finding people, workers, institutions, places and pages by what is typed into one box.

Residents are found by the beginning of a name (in characters, pinyin or initials), by the whole identity number or
telephone, or by the beginning of a code: each by an index, so that a million of them take no longer than a thousand.
The other registers are small and are looked through.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.common.secrecy import canonical as canonical_number
from wangdi.server.common.secrecy import vault
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import AnyEntity, Institution, Place, Resident
from wangdi.server.network.spelling import canonical
from wangdi.server.web.entities import entities, page_of
from wangdi.server.web.words import age_in_words, say, value_in_words, wording

MOST = 12
"""Shown of each sort; who wants others types more."""

FEWEST_LETTERS = 2

_ID_NUMBER = re.compile(r"\d{17}[\dX]|\d{15}")
_PHONE = re.compile(r"\d{7,12}")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its name, what tells it from others, and where it leads."""

    name: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one sort; ``has_more``: there are others."""

    title: str
    hits: tuple[Hit, ...]
    has_more: bool


def tidy(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def search(user: Viewer, typed: str) -> list[Found]:
    """What the user may see of what fits, by sort; nothing for too short a text."""
    words = tidy(typed)
    if not words or (words.isascii() and len(canonical(words)) < FEWEST_LETTERS):
        return []
    sorts = [_entities(user, entity, words) for entity in _SORTS]
    return [one for one in (*sorts, _lists(words), _figures(words)) if one.hits]


_SORTS = ("resident", "worker", "institution", "place", "team", "asset")


def _entities(user: Viewer, entity: str, words: str) -> Found:
    rows: Iterable[AnyEntity] = (
        residents(user, words) if entity == "resident" else _looked_through(user, entity, words)
    )
    return _found(
        wording(REGISTERS[entity].title), (Hit(one.name, _about(one), page_of(one)) for one in rows)
    )


def _found(title: str, hits: Iterable[Hit]) -> Found:
    listed = tuple(islice(hits, MOST + 1))
    return Found(title, listed[:MOST], len(listed) > MOST)


def residents(user: Viewer, words: str) -> Iterator[Resident]:
    """Residents whom the user may see, each once; at most `MOST` + 1 are read for each way to find them."""
    seen = set()
    for condition, order in _ways(words):
        rows = Resident.objects.visible_to(user).filter(condition).select_related("place")
        for one in rows.order_by(order)[: MOST + 1]:
            if one.pk not in seen:
                seen.add(one.pk)
                yield one


def _ways(words: str) -> Iterator[tuple[Q, str]]:
    """Conditions that an index answers each, in the order of that index; the likeliest first."""
    number, letters = canonical_number(words), canonical(words)
    if _ID_NUMBER.fullmatch(number):
        yield Q(id_number_index=vault().blind_index("id_number", number)), "pk"
    if _PHONE.fullmatch(number):
        yield Q(phone_index=vault().blind_index("phone", number)), "pk"
    if any(sign.isdigit() for sign in words):
        yield Q(code__begins=words), "code"
    elif words.isascii():
        yield Q(initials__begins=letters), "initials"
        yield Q(pinyin__begins=letters), "pinyin"
    else:
        yield Q(name__begins=words), "name"


def _looked_through(user: Viewer, entity: str, words: str) -> QuerySet[Any]:
    letters, number = canonical(words), canonical_number(words)
    condition = Q(name__icontains=words) | Q(code=words)
    if words.isascii() and letters:
        condition |= Q(initials__contains=letters) | Q(pinyin__begins=letters)
    if entity == "worker" and _PHONE.fullmatch(number):
        condition |= Q(phone_index=vault().blind_index("phone", number))
    if entity == "worker" and _ID_NUMBER.fullmatch(number):
        condition |= Q(id_number_index=vault().blind_index("id_number", number))
    rows = entities(entity).visible_to(user).filter(condition)
    if entity == "place":
        # The place where an institution stands may be named, but has no page for those who work there.
        rows = rows.filter(scope_of(user).covering(place="path", institution=None)).select_related("parent")
    return rows.order_by("code")[: MOST + 1]


def _about(one: AnyEntity) -> str:
    """What tells one from another of the same name."""
    return say(" · ", " · ").join(part for part in _parts(one) if part)


def _parts(one: AnyEntity) -> list[str]:
    match one:
        case Resident():
            sex = {"1": say("男", "M"), "2": say("女", "F")}.get(one.sex or "", "")
            where = one.place.name if one.place else ""
            return [sex, age_in_words(one.birth_date, today()), where, one.masked_id_number]
        case Place():
            level = value_in_words(REGISTERS["place"].field("level"), one.level)
            return [level, one.parent.name if one.parent else ""]
        case Institution():
            return [value_in_words(REGISTERS["institution"].field("type"), one.type), one.place.name]
        case _:
            return [one.institution.name if one.institution else "", one.code]


def _lists(words: str) -> Found:
    kinds = (kind for kind in rulebook().kinds.values() if _says(kind.title, words))
    hits = (Hit(wording(kind.title), "", reverse("kind_list", args=[kind.name])) for kind in kinds)
    return _found(say("台账和记录", "Lists"), hits)


def _figures(words: str) -> Found:
    indicators = (one for one in rulebook().indicators.values() if _says(one.title, words))
    hits = (Hit(wording(one.title), "", reverse("compare", args=[one.name])) for one in indicators)
    return _found(say("指标", "Figures"), hits)


def _says(title: Text, words: str) -> bool:
    return words.lower() in title.zh.lower() or words.lower() in title.en.lower()
