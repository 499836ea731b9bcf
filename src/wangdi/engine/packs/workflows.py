"""From an author's workflow to the model's: states, transitions, and its time limits as schedules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Comparator, Compare, Expression, Literal, Shift
from wangdi.engine.model.facts import EVER, Relation, Selection
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.roles import ACTORS
from wangdi.engine.model.schedules import Schedule, Urgency
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import (
    ASSIGNED_INSTITUTION,
    ORIGIN,
    STATE,
    STATE_SINCE,
    Side,
    State,
    Transition,
    Workflow,
    flaws,
)
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.each import RecordReader, row_value
from wangdi.engine.packs.library import Library, PackFile, text_of
from wangdi.engine.packs.shapes import EscalationShape, LimitShape, TransitionShape, WorkflowShape
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class WorkflowReader:
    """Reads the states and transitions of one kind; reports everything wrong with them."""

    library: Library
    file: PackFile
    kind: str
    shape: WorkflowShape
    form: Sequence[Field]

    @property
    def path(self) -> Path_:
        return ("kinds", self.kind, "workflow")

    def read(self) -> Workflow | None:
        known = len(self.library.diagnostics.found)
        self._check_final()
        self._check_resting()
        for name, shape in self.shape.transitions.items():
            self._check_transition(shape, (*self.path, "transitions", name))
        for index, limit in enumerate(self.shape.limits):
            self._check_limit(limit, (*self.path, "limits", index, "state"))
        if len(self.library.diagnostics.found) > known:
            return None
        states = tuple(
            State(name, text_of(title), name in self.shape.final, name in self.shape.resting)
            for name, title in self.shape.states.items()
        )
        transitions = tuple(_transition(name, shape) for name, shape in self.shape.transitions.items())
        for flaw in flaws(states, transitions):
            section = "states" if flaw.name in self.shape.states else "transitions"
            path = (*self.path, section, flaw.name)
            hint = "mend the states or the transitions between them"
            self.library.report(self.file, "W3010", path, flaw.message, hint, key=True)
        if len(self.library.diagnostics.found) > known:
            return None
        return Workflow(states, transitions)

    def _check_final(self) -> None:
        for index, name in enumerate(self.shape.final):
            self._check_state(name, self._item((*self.path, "final"), index))

    def _check_resting(self) -> None:
        for index, name in enumerate(self.shape.resting):
            self._check_left_to_do(name, self._item((*self.path, "resting"), index))

    def _check_limit(self, limit: LimitShape, path: Path_) -> None:
        self._check_left_to_do(limit.state, path)

    def _check_left_to_do(self, state: str, path: Path_) -> None:
        left_to_do = [name for name in self.shape.states if name not in self.shape.final]
        if state not in left_to_do:
            message = f"'{state}' is no state in which something is left to do"
            self.library.report(self.file, "W2130", path, message, suggest(state, left_to_do))

    def _check_transition(self, shape: TransitionShape, path: Path_) -> None:
        self._check_state(shape.to, (*path, "to"))
        for index, name in enumerate(shape.from_):
            self._check_state(name, self._item((*path, "from"), index))
        for index, name in enumerate(shape.by):
            if name not in ACTORS:
                at = self._item((*path, "by"), index)
                self.library.report(self.file, "W2131", at, f"unknown role '{name}'", suggest(name, ACTORS))
        self._check_fields(shape, path)

    def _check_fields(self, shape: TransitionShape, path: Path_) -> None:
        known = {field.name for field in self.form}
        for part in ("needs", "asks"):
            for index, name in enumerate(getattr(shape, part)):
                if name not in known:
                    at = self._item((*path, part), index)
                    self.library.report_unknown(self.file, "W2003", at, "field", name, known)
        receivers = {field.name for field in self.form if field.refers_to == "institution"}
        name = shape.hand_over
        if name is not None and name != ORIGIN and name not in receivers and not self.library.excuses(name):
            message = f"'{name}' is no field of type institution, so nothing can be handed over to it"
            at = (*path, "hand_over")
            self.library.report(self.file, "W3010", at, message, suggest(name, {*receivers, ORIGIN}))

    def _check_state(self, name: str, path: Path_) -> None:
        if name not in self.shape.states:
            hint = suggest(name, self.shape.states)
            self.library.report(self.file, "W2130", path, f"unknown state '{name}'", hint)

    def _item(self, path: Path_, index: int) -> Path_:
        """Where an item of a list stands, which may be written without the list around it."""
        inside = (*path, index)
        return inside if inside in self.file.document.values else path


def _transition(name: str, shape: TransitionShape) -> Transition:
    return Transition(
        name,
        text_of(shape.title),
        tuple(shape.from_),
        shape.to,
        tuple(shape.by),
        Side(shape.side),
        tuple(shape.needs),
        tuple(shape.asks),
        shape.hand_over,
        shape.exceptional,
    )


# -- limits -----------------------------------------------------------------------------------------


def limit_names(kinds: Mapping[str, WorkflowShape]) -> Iterator[tuple[str, Path_]]:
    """The names of the schedules that the limits of a pack's kinds stand for, and where each limit stands."""
    for kind, shape in kinds.items():
        for index, limit in enumerate(shape.limits):
            path: Path_ = ("kinds", kind, "workflow", "limits", index)
            for number in range(len(limit.escalate) + 1):
                yield limit_name(kind, limit.state, number), path


def limit_name(kind: str, state: str, escalation: int = 0) -> str:
    """The schedule of a limit, or of its first, second, … escalation."""
    suffix = "" if not escalation else "_escalated" if escalation == 1 else f"_escalated_{escalation}"
    return f"{kind}_{state}{suffix}"


@dataclass(frozen=True)
class LimitReader(RecordReader):
    """Reads the time limits of one kind's workflow: each is a schedule with an item per record in that state."""

    def schedules(self, kind: Kind, shape: WorkflowShape) -> Iterator[Schedule]:
        for index, limit in enumerate(shape.limits):
            found = self._limit(kind, limit, ("kinds", kind.name, "workflow", "limits", index))
            yield from (replace(one, urgency=Urgency(limit.urgency)) for one in found)

    def _limit(self, kind: Kind, shape: LimitShape, path: Path_) -> Iterator[Schedule]:
        within = self.row_length(shape.within, (*path, "within"), kind)
        because = self.record_sentence(shape.because, (*path, "because"), kind)
        escalations = [
            (item, self._after(item, (*path, "escalate", number)))
            for number, item in enumerate(shape.escalate)
        ]
        for number, item in enumerate(shape.escalate):
            self.record_sentence(item.because, (*path, "escalate", number, "because"), kind)
        if within is None:
            return
        title = text_of(shape.title) if shape.title is not None else _title(kind, shape.state)
        since = row_value(kind, STATE_SINCE)
        yield self._schedule(kind, shape.state, 0, title, since, within, because)
        for number, (item, after) in enumerate(escalations, 1):
            if after is not None:
                yield self._escalation(
                    kind, shape.state, number, item, title, Shift(Shift(since, within), after), because
                )

    def _after(self, shape: EscalationShape, path: Path_) -> Literal | None:
        duration = parse_duration(shape.after)
        if duration is None:
            self.report(
                "W1005", (*path, "after"), f"'{shape.after}' is no duration", "write for example 2 days"
            )
            return None
        return Literal(duration)

    def _escalation(
        self,
        kind: Kind,
        state: str,
        number: int,
        shape: EscalationShape,
        title: Text,
        last_day: Expression,
        because: Text | None,
    ) -> Schedule:
        own = (
            text_of(shape.title)
            if shape.title is not None
            else Text(f"{title.zh}（升级）", f"{title.en} (escalated)")
        )
        reason = text_of(shape.because) if shape.because is not None else because
        day_after = Shift(last_day, Literal(Duration(1, Unit.DAYS)))
        at_once = Literal(Duration(0, Unit.DAYS))
        return self._schedule(kind, state, number, own, day_after, at_once, reason)

    def _schedule(
        self,
        kind: Kind,
        state: str,
        escalation: int,
        title: Text,
        start: Expression,
        within: Length,
        because: Text | None,
    ) -> Schedule:
        where = Compare(Comparator.EQ, row_value(kind, STATE), Literal(state))
        each = Each(
            Selection(kind.name, Relation.ABOUT, EVER, where),
            start,
            within,
            row_value(kind, ASSIGNED_INSTITUTION),
            escalation > 0,
            because,
        )
        return self.schedule_of(limit_name(kind.name, state, escalation), title, kind, each)


def _title(kind: Kind, state: str) -> Text:
    if kind.workflow is None:
        raise ValueError(f"kind {kind.name!r} has no workflow")
    title = kind.workflow.state(state).title
    return Text(f"{kind.title.zh}：{title.zh}", f"{kind.title.en}: {title.en}")
