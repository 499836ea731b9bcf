"""Two writers, one record: where they differ, field by field, and the draft that the second one chooses.

Where the version that the second writer began from is known, a value that only one of them changed is proposed; where
both changed it, somebody has to choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from wangdi.engine.model.kinds import Kind
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.forms import Choices, Draft
from wangdi.server.web.words import say, value_in_words, wording

STORED, MINE = "stored", "mine"
KEEP = "keep-"
ENVELOPE = ("occurred_on", "institution", "worker")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which two writers say different things, in words; ``proposed`` is one of the two, or ''."""

    name: str
    title: str
    stored: str
    mine: str
    proposed: str


def differences(
    draft: Draft,
    kind: Kind,
    newer: RecordVersion,
    base: RecordVersion | None,
    choices: Choices,
    prefix: str = "",
) -> list[Difference]:
    """Where the draft differs from the stored version; ``base`` is the version both began from."""
    stored, begun = Draft.of(newer), Draft.of(base) if base is not None else None
    rows = [
        Difference(
            f"{prefix}{KEEP}{name}",
            title,
            _shown(name, theirs, choices),
            _shown(name, ours, choices),
            _proposed(theirs, ours, getattr(begun, name) if begun else None),
        )
        for name, title in _envelope_titles()
        if (theirs := getattr(stored, name)) != (ours := getattr(draft, name))
    ]
    named, mine = _names(choices), draft.values(kind)
    for field in kind.form:
        theirs, ours = stored.typed.get(field.name, ()), _given(draft, field.name)
        if theirs != ours:
            shown = value_in_words(field, newer.values.get(field.name), named)
            title, typed = wording(field.title), value_in_words(field, mine.get(field.name), named)
            if shown != typed:
                proposed = _proposed(theirs, ours, begun.typed.get(field.name, ()) if begun else ())
                rows.append(Difference(f"{prefix}{KEEP}{field.name}", title, shown, typed, proposed))
    return rows


def _envelope_titles() -> Sequence[tuple[str, str]]:
    titles = say("日期", "Date"), say("服务机构", "Institution"), say("服务人员", "Worker")
    return tuple(zip(ENVELOPE, titles, strict=True))


def _shown(name: str, code: str, choices: Choices) -> str:
    return code if name == "occurred_on" else _names(choices).get((name, code), code)


def _names(choices: Choices) -> dict[tuple[str, str], str]:
    named = {(entity, code): name for entity, pairs in choices.named().items() for code, name in pairs}
    return named | {("institution", one.code): one.name for one in choices.institutions}


def _given(draft: Draft, name: str) -> tuple[str, ...]:
    return tuple(text for text in draft.typed.get(name, ()) if text)


def _proposed(stored: object, mine: object, base: object) -> str:
    """Whoever changed what they began from; '' where both did."""
    if mine == base:
        return STORED
    return MINE if stored == base else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The draft with the values that were chosen; ``missing`` are the differences nobody decided."""

    draft: Draft
    missing: tuple[str, ...]


def chosen(
    rows: Sequence[Difference], draft: Draft, newer: RecordVersion, post: QueryDict, prefix: str = ""
) -> Chosen:
    stored, kept, typed = Draft.of(newer), draft, dict(draft.typed)
    missing = []
    for row in rows:
        choice, name = post.get(row.name, ""), row.name.removeprefix(prefix + KEEP)
        if choice == STORED and name in ENVELOPE:
            kept = replace(kept, **{name: getattr(stored, name)})
        elif choice == STORED:
            typed[name] = stored.typed.get(name, ())
        elif choice != MINE:
            missing.append(row.name)
    return Chosen(replace(kept, typed=typed), tuple(missing))
