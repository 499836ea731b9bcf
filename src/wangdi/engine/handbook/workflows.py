"""Workflows in words: the states, and who moves a record on."""

from collections.abc import Iterator

from wangdi.engine.handbook.words import Words
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.roles import ACTORS
from wangdi.engine.model.workflows import ORIGIN, Side, State, Transition, Workflow


def workflow_in_words(words: Words, kind: Kind, workflow: Workflow) -> Iterator[tuple[str, str]]:
    """The states, then each transition under its title."""
    states = (words.of(state.title) + _sort_of(words, state) for state in workflow.states)
    yield words.say("状态", "States"), words.listed(states)
    for transition in workflow.transitions:
        yield words.of(transition.title), _transition(words, kind, workflow, transition)


def _sort_of(words: Words, state: State) -> str:
    if state.final:
        return words.say("（终结）", " (final)")
    return words.say("（静置）", " (resting)") if state.resting else ""


def _transition(words: Words, kind: Kind, workflow: Workflow, transition: Transition) -> str:
    sources = words.listed(words.of(workflow.state(name).title) for name in transition.sources)
    target = words.of(workflow.state(transition.target).title)
    roles = words.listed(words.of(ACTORS[role]) for role in transition.roles)
    side = words.say("承办机构", "the assigned institution")
    if transition.side is Side.ORIGIN:
        side = words.say("发起机构", "the institution it comes from")
    said = words.say(
        f"{sources} → {target}；由{side}的{roles}办理", f"{sources} → {target}; by {roles} of {side}"
    )
    if transition.exceptional:
        said += words.say("；例外步骤", "; exceptional")
    if transition.needs:
        needed = words.listed(words.of(kind.field(name).title) for name in transition.needs)
        said += words.say(f"；须填{needed}", f"; needs {needed}")
    if transition.hand_over is None:
        return said
    if transition.hand_over == ORIGIN:
        return said + words.say("；交回发起机构", "; goes back to where it comes from")
    receiver = words.of(kind.field(transition.hand_over).title)
    return said + words.say(f"；交给{receiver}", f"; handed over to: {receiver}")
