"""What later steps need of earlier ones: when a result may be forgotten, and where null may count as false."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from wangdi.engine.model.expressions import Case, Expression, Logic
from wangdi.engine.model.facts import Fact, OwnerValue, Selection
from wangdi.engine.model.named import Membership
from wangdi.engine.plan.plan import Members, Narrowed, Position, Step


def with_truth(steps: Sequence[Step], asked_for: Collection[int]) -> list[Step]:
    """The steps, marked where nobody tells null from false; ``asked_for`` slots keep their nulls."""
    with_nulls = set(asked_for)
    marked: list[Step] = []
    for step in reversed(steps):
        truth_only = step.slot not in with_nulls
        marked.append(replace(step, truth_only=truth_only))
        with_nulls.update(_inputs_with_nulls(step, truth_only=truth_only))
    return marked[::-1]


def _inputs_with_nulls(step: Step, *, truth_only: bool) -> tuple[int, ...]:
    """The inputs whose nulls matter to a step."""
    match step.node:
        case Members() | Membership():
            return ()
        case Selection(window=window):
            return step.inputs[-1:] if window.since is not None else ()
        case Logic() | Narrowed() | OwnerValue() if truth_only:
            return ()
        case Case():
            results = (*step.inputs[1:-1:2], step.inputs[-1])
            return () if truth_only else results
        case Fact() | Expression() | Narrowed() | Position():
            return step.inputs


def with_releases(steps: Sequence[Step], kept: Collection[int]) -> tuple[Step, ...]:
    """The steps, each with the slots that are not needed after it."""
    last_use: dict[int, int] = {}
    for step in steps:
        used = (*step.inputs, step.slot) if step.domain is None else (*step.inputs, step.slot, step.domain)
        last_use.update(dict.fromkeys(used, step.slot))
    released: dict[int, list[int]] = defaultdict(list)
    for slot, last in last_use.items():
        if slot not in kept:
            released[last].append(slot)
    return tuple(replace(step, release=tuple(released[step.slot])) for step in steps)


def leading_to(steps: Iterable[Step], kept: Collection[int]) -> tuple[Step, ...]:
    """Of the steps those that the ``kept`` slots rest on, each with the slots that are not needed after it."""
    needed, chosen = set(kept), []
    for step in reversed([*steps]):
        if step.slot in needed:
            needed.update(step.inputs if step.domain is None else (*step.inputs, step.domain))
            chosen.append(step)
    return with_releases(chosen[::-1], kept)
