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

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.urls import reverse

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.common.secrecy import canonical as canonical_number
from wangdi.server.common.secrecy import vault
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import AnyEntity, Institution, Place, Resident
from wangdi.server.network.spelling import canonical
from wangdi.server.web.areas import Area, own_area
from wangdi.server.web.entities import entities, page_of
from wangdi.server.web.homepage import home
from wangdi.server.web.named_pages import pages_for
from wangdi.server.web.titles import by_title
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


def search(user: AbstractBaseUser, typed: str) -> list[Found]:
    """What the user may see of what fits, by sort; nothing for too short a text."""
    words = tidy(typed)
    if not words or (words.isascii() and len(canonical(words)) < FEWEST_LETTERS):
        return []
    sorts = [_entities(user, entity, words) for entity in _SORTS]
    return [one for one in (*sorts, *_titled(user, words)) if one.hits]


_SORTS = ("resident", "worker", "institution", "place", "team", "asset")


def _entities(user: Viewer, entity: str, words: str) -> Found:
    rows: Iterable[AnyEntity] = (
        residents(user, words) if entity == "resident" else _looked_through(user, entity, words)
    )
    return _found(wording(REGISTERS[entity].title), (Hit(one.name, about(one), page_of(one)) for one in rows))


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


def about(one: AnyEntity) -> str:
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


def _titled(user: AbstractBaseUser, words: str) -> Iterator[Found]:
    """What is found by its title, or by what else it is called."""
    area = own_area(user)
    if area is not None:
        yield _pages(user, area, words)
        yield _programmes(area, words)
    yield _lists(words)
    if area is not None:
        yield _services(area, words)
    yield _figures(words)


def _pages(user: AbstractBaseUser, area: Area, words: str) -> Found:
    found = by_title(pages_for(user, area), lambda page: page.words, words, home().otherwise)
    return _found(
        say("页面", "Pages"), (Hit(wording(one.title), wording(one.also), one.address(area)) for one in found)
    )


def _programmes(area: Area, words: str) -> Found:
    found = by_title(rulebook().packs, lambda pack: pack.title, words, home().otherwise)
    hits = (Hit(wording(one.title), "", f"{area.url}?programme={one.name}#figures") for one in found)
    return _found(say("项目", "Programmes"), hits)


def _lists(words: str) -> Found:
    found = by_title(rulebook().kinds.values(), lambda kind: kind.title, words, home().otherwise)
    hits = (Hit(wording(kind.title), "", reverse("kind_list", args=[kind.name])) for kind in found)
    return _found(say("台账和记录", "Lists"), hits)


def _services(area: Area, words: str) -> Found:
    found = by_title(rulebook().schedules.values(), lambda one: one.title, words, home().otherwise)
    hits = (Hit(wording(one.title), "", f"{area.due_url}&schedule={one.name}") for one in found)
    return _found(say("应做事项", "Due items"), hits)


def _figures(words: str) -> Found:
    found = by_title(rulebook().indicators.values(), lambda one: one.title, words, home().otherwise)
    hits = (Hit(wording(one.title), "", reverse("compare", args=[one.name])) for one in found)
    return _found(say("指标", "Figures"), hits)
