"""Workflows: the states a record passes through, who moves it on, and to whom it is handed over.

The record stays one record: a transition is an amendment of it that sets the built-in fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.text import Text

STATE, STATE_SINCE = "state", "state_since"
ASSIGNED_INSTITUTION, ASSIGNED_WORKER = "assigned_institution", "assigned_worker"
ORIGIN = "origin"
"""Handing over to the origin gives the record back to the institution it was written at."""


class Side(Enum):
    """Who makes a transition: the institution that has the record in hand, or the one it was written at."""

    HOLDER = "holder"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class State:
    """Where a record stands. Nothing leaves a ``final`` one; a ``resting`` one waits until something is due about it."""

    name: str
    title: Text
    final: bool = False
    resting: bool = False

    @property
    def entered(self) -> Field:
        """The built-in field with the day on which the record came into this state (the last time)."""
        title = Text(f"{self.title.zh}日期", f"{self.title.en} on")
        return Field(f"{self.name}_on", title, FieldType.DATE)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one of ``sources`` to ``target``.

    Users in one of ``roles`` at the given ``side`` make it. They fill in the fields it ``needs``, and may fill in those it
    ``asks``. ``hand_over`` names the field with the institution that is responsible next, or `ORIGIN`; None: no change.
    An ``exceptional`` one is not what should happen next: whoever may only make such a step has nothing to do.
    """

    name: str
    title: Text
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    side: Side = Side.HOLDER
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    hand_over: str | None = None
    exceptional: bool = False

    @property
    def form(self) -> tuple[str, ...]:
        """The fields that are shown for this transition: only these may change with it."""
        return tuple(dict.fromkeys((*self.needs, *self.asks)))


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a workflow: the state or transition, in words."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """States in order, the first one initial, and the transitions between them."""

    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        for flaw in flaws(self.states, self.transitions):
            raise ValueError(flaw.message)

    @property
    def initial(self) -> State:
        return self.states[0]

    @property
    def resting_states(self) -> tuple[str, ...]:
        """The names of the states in which nothing has to be done until something is due."""
        return tuple(state.name for state in self.states if state.resting)

    @property
    def open_states(self) -> tuple[str, ...]:
        """The names of the states in which somebody still has to do something."""
        return tuple(state.name for state in self.states if not state.final)

    def state(self, name: str) -> State:
        """The state of that name; KeyError when there is none."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(name)

    def transition(self, name: str) -> Transition:
        """The transition of that name; KeyError when there is none."""
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that records of such a kind have besides those of the form: rules, files and the lake see them."""
        options = tuple(Option(state.name, state.title) for state in self.states)
        return (
            Field(STATE, Text("流程状态", "State"), FieldType.CHOICE, options, ordered=True),
            Field(STATE_SINCE, Text("进入状态日期", "In this state since"), FieldType.DATE),
            Field(
                ASSIGNED_INSTITUTION,
                Text("承办机构", "Assigned institution"),
                FieldType.REFERENCE,
                refers_to="institution",
            ),
            Field(
                ASSIGNED_WORKER, Text("承办人员", "Assigned worker"), FieldType.REFERENCE, refers_to="worker"
            ),
            *(state.entered for state in self.states),
        )


def flaws(states: tuple[State, ...], transitions: tuple[Transition, ...]) -> Iterator[Flaw]:
    """Everything that makes states and transitions no workflow; all states they name are declared."""
    if not states:
        yield Flaw("", "a workflow has one state or more")
        return
    final = {state.name for state in states if state.final}
    left = {source for transition in transitions for source in transition.sources}
    led_on = {source for one in transitions if not one.exceptional for source in one.sources}
    reached = _reached(states[0].name, transitions)
    if states[0].final:
        yield Flaw(states[0].name, f"'{states[0].name}' is the initial state, so it cannot be final")
    for state in states:
        if state.name not in reached:
            yield Flaw(state.name, f"no transition leads to the state '{state.name}'")
        if not state.final and state.name not in left:
            yield Flaw(state.name, f"nothing leads out of the state '{state.name}', which is not final")
        if not state.resting and state.name in left - led_on:
            yield Flaw(
                state.name,
                f"all transitions out of the state '{state.name}' are exceptional, so it would be on nobody's list;"
                " name it under resting if nothing has to be done in it",
            )
    for transition in transitions:
        for source in transition.sources:
            if source in final:
                yield Flaw(transition.name, f"'{transition.name}' leads out of the final state '{source}'")


def _reached(initial: str, transitions: tuple[Transition, ...]) -> set[str]:
    reached, waiting = {initial}, [initial]
    while waiting:
        here = waiting.pop()
        onward = {t.target for t in transitions if here in t.sources} - reached
        reached |= onward
        waiting += onward
    return reached
