"""Naming workers, places and others in a form: people know names, records keep codes."""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.server.access.scope import Viewer
from wangdi.server.network.models import AnyEntity, Institution, Place
from wangdi.server.network.spelling import canonical
from wangdi.server.web.entities import entities
from wangdi.server.web.forms import Draft
from wangdi.server.web.words import say

NAMED = frozenset({"worker", "place", "institution", "team", "asset"})
"""Registers that are looked through by name; residents are looked for where looking is audited."""

MOST = 12

_NAME_AND_CODE = re.compile(r"(?P<name>.+?)\s*[（(](?P<code>[^（()）]+)[）)]")


def written(one: AnyEntity) -> str:
    """``李翔（W00012）``: what stands in the form, and is understood when it is sent."""
    return say("{name}（{code}）", "{name} ({code})", name=one.name, code=one.code)


def written_code(field: Field, code: str) -> str:
    """The name and code of whom a field names; the text itself where there is nobody of that code."""
    found = entities(field.refers_to).filter(code=code).first() if field.refers_to and code else None
    return written(found) if found is not None else code


def suggestions(user: Viewer, entity: str, words: str) -> list[AnyEntity]:
    """Whom the user may see and could mean, by a part of the name or its initials; at most `MOST`."""
    letters = canonical(words)
    condition = Q(name__icontains=words) | Q(code__startswith=words)
    if words.isascii() and letters:
        condition |= Q(initials__startswith=letters) | Q(pinyin__startswith=letters)
    return list(entities(entity).visible_to(user).filter(condition).order_by("name", "code")[:MOST])


def with_codes(user: Viewer, draft: Draft, kind: Kind) -> Draft:
    """The draft with the codes of those that were named. What is not understood stays as it was typed."""
    named = [field for field in kind.form if field.type is FieldType.REFERENCE and field.refers_to in NAMED]
    found = {field.name: _codes(user, field, draft.typed.get(field.name, ())) for field in named}
    return replace(draft, typed={**draft.typed, **{name: codes for name, codes in found.items() if codes}})


def _codes(user: Viewer, field: Field, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(code_of(user, str(field.refers_to), text) for text in texts if text)


def area_named(user: Viewer, text: str) -> Place | Institution | None:
    """The place or institution of a code, or of a name that only one has whom the user may see; places first."""
    place = Place.objects.visible_to(user).filter(code=code_of(user, "place", text)).first()
    if place is not None:
        return place
    institutions = Institution.objects.visible_to(user).select_related("place")
    return institutions.filter(code=code_of(user, "institution", text)).first()


def code_of(user: Viewer, entity: str, text: str) -> str:
    """The code in brackets after a name, or of the only one of that name whom the user may see."""
    known = entities(entity)
    if known.filter(code=text).exists():
        return text
    match = _NAME_AND_CODE.fullmatch(text)
    if match and known.filter(code=match["code"], name=match["name"]).exists():
        return match["code"]
    codes = list(known.visible_to(user).filter(name=text).values_list("code", flat=True)[:2])
    return codes[0] if len(codes) == 1 else text
