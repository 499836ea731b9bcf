"""How simulated records of a kind with a workflow have moved on by the last day."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import NEVER, Column, Ints, integers, pick
from wangdi.demo.sketches.answers import Writer, chance
from wangdi.demo.sketches.shapes import Step
from wangdi.engine.model.workflows import STATE, STATE_SINCE, Workflow


def walk(workflow: Workflow, steps: Sequence[Step], writer: Writer) -> dict[str, Column]:
    """The built-in fields: the state, since when, and the day each state was entered."""
    names = [state.name for state in workflow.states]
    count = len(writer.occasions)
    state, since = np.zeros(count, dtype=np.int32), writer.occasions.day.copy()
    entered: dict[str, Ints] = {name: np.full(count, NEVER, dtype=np.int32) for name in names}
    entered[names[0]] = since.copy()
    moving = np.ones(count, dtype=np.bool_)
    for step in steps:
        goals = {step.to: 1.0} if isinstance(step.to, str) else step.to
        goal = integers([names.index(name) for name in goals])[
            pick(writer.generator, list(goals.values()), count)
        ]
        day = integers(since + writer.generator.integers(step.after[0], step.after[1] + 1, count))
        stepping = moving if step.only is None else moving & (state == names.index(step.only))
        waiting = moving & ~stepping
        going = writer.generator.random(count) < chance(step.chance, writer.quality)
        if step.late is not None:
            day = np.where(going, day, day + writer.generator.integers(step.late[0], step.late[1] + 1, count))
            going[:] = True
        moving = stepping & (day <= writer.crowd.setting.as_of) & going
        state[moving], since[moving] = goal[moving], day[moving]
        for name in goals:
            there = moving & (goal == names.index(name))
            entered[name][there] = day[there]
        moving |= waiting
        moving &= ~np.array([workflow.states[number].final for number in range(len(names))])[state]
    days = {f"{name}_on": _dates(day) for name, day in entered.items()}
    return {STATE: pa.array(names).take(pa.array(state)), STATE_SINCE: _dates(since), **days}


def _dates(day: Ints) -> Column:
    return pa.array(day, mask=day == NEVER).cast(pa.date32())
