"""Where an entity stands with a pack that places adopt: in force or not, since when, by whose decision."""

from collections.abc import Iterator
from datetime import timedelta

from wangdi.engine.evaluate.reference.adoption import decision_for
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.explain.trace import AdoptionExplained
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.text import Text

_NETWORK = Text("全网络", "the whole network")


def explain_adoptions(evaluator: ReferenceEvaluator) -> Iterator[AdoptionExplained]:
    """One for each pack that is in force only where it was adopted."""
    day = evaluator.moment.as_of
    for pack in evaluator.rulebook.adopted_by_place.values():
        decision = decision_for(evaluator.world, evaluator.entity, evaluator.code, pack.name, day)
        in_force = decision is not None and decision.holds_on(day)
        reason = _reason(evaluator, pack, decision)
        yield AdoptionExplained(pack.name, pack.title, in_force, reason)


def _reason(evaluator: ReferenceEvaluator, pack: Pack, decision: Adoption | None) -> Text:
    if decision is None:
        return Text("这里没有采用", "not adopted here")
    place = _place_words(evaluator, decision)
    if decision.holds_on(evaluator.moment.as_of):
        edition_zh, edition_en = _edition_words(pack, decision)
        return Text(
            f"自{decision.since}起在这里施行{edition_zh}（{place.zh}采用）",
            f"in force here since {decision.since}{edition_en} (adopted by {place.en})",
        )
    ended = decision.until is not None and decision.in_force
    since = decision.until + timedelta(days=1) if ended and decision.until is not None else decision.since
    return Text(
        f"自{since}起在这里不施行（{place.zh}决定）",
        f"not in force here since {since} (decided by {place.en})",
    )


def _edition_words(pack: Pack, decision: Adoption) -> tuple[str, str]:
    title = next((option.title for option in pack.editions if option.code == decision.edition), None)
    return (f"，{title.zh}", f", {title.en}") if title is not None else ("", "")


def _place_words(evaluator: ReferenceEvaluator, decision: Adoption) -> Text:
    if decision.place is None:
        return _NETWORK
    name = evaluator.world.attributes("place", decision.place).get("name") or decision.place
    return Text(name, name)
