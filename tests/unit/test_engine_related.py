"""Rules that lead on from references, or ask of several answers, are explained, and told in words of both languages."""

from datetime import date

from spec.examples import Example
from spec.test_language_related import NETWORK
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.handbook.words import Words

DAY = date(2026, 6, 30)
EXAMPLE = Example(
    NETWORK,
    """
    entity: worker
    groups:
      village_doctors: {when: institution.type = 'village_clinic' and institution.place.level = 'village'}
    """,
)
GROUP = EXAMPLE.rulebook.groups["village_doctors"]


def test_the_trace_shows_what_was_found_there() -> None:
    world = MemoryWorld(EXAMPLE.data.registers, EXAMPLE.data.records)
    trace = Explainer(EXAMPLE.rulebook, world, "worker", "w2", DAY).trace(GROUP.as_expression())
    assert trace.result is True
    assert (
        trace.expression == "(institution.type = 'village_clinic') and (institution.place.level = 'village')"
    )
    assert trace.filled == "('village_clinic' = 'village_clinic') and ('village' = 'village')"


def test_the_handbook_says_of_whom() -> None:
    told = [Words(EXAMPLE.rulebook, language, DAY).phrase(GROUP.condition) for language in ("zh", "en")]
    assert told == [
        "所在机构的机构类别 = “村卫生室”，且所在机构的所在区划的级别 = “村”",
        "Type of the institution = “Village clinic” and Level of the place of the institution = “Village”",
    ]


def test_what_is_asked_of_several_answers_is_explained_and_told() -> None:
    example = Example(
        {"visit": "subject | occurred_on | symptoms\n a | 2026-03-01 | fever cough"},
        """
        facts: {last: {latest: visit}}
        groups: {feverish: {when: "has(last.symptoms, 'fever') and number_of(last.symptoms) >= 2"}}
        """,
    )
    world = MemoryWorld(example.data.registers, example.data.records)
    group = example.rulebook.groups["feverish"]
    trace = Explainer(example.rulebook, world, "resident", "a", DAY).trace(group.as_expression())
    assert trace.filled == "has(['cough', 'fever'], 'fever') and (number_of(['cough', 'fever']) >= 2)"
    assert [dict(one.values) for one in trace.evidence] == [{"symptoms": ["fever", "cough"]}]
    told = [Words(example.rulebook, language, DAY).phrase(group.condition) for language in ("zh", "en")]
    assert told == [
        "最近一次visit的symptoms中有“fever”，且最近一次visit的symptoms的项数 ≥ 2",
        "“fever” is among symptoms of the last visit and the number of answers in symptoms of the last visit ≥ 2",
    ]
