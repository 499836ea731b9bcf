"""What decided the days of a due item: the expressions that were looked at, in the order an author thinks of them."""

from collections.abc import Iterator

from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.schedules import interval_now
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.expressions import Expression, Literal, Shift
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.schedules import Deadline, EntityShape, Every, OncePer
from wangdi.engine.model.series import AT_ONCE, Series, SeriesStep
from wangdi.engine.model.text import Text

_ONE_DAY = Literal(Duration(1, Unit.DAYS))


def because_of(evaluator: ReferenceEvaluator, shape: EntityShape, step: str) -> Text | None:
    """The author's sentence for a step, or for the interval that counts now; None where there is none."""
    match shape:
        case Every() as every:
            interval = interval_now(evaluator, every)
            return interval.because if interval is not None else None
        case Series() as series:
            return series.step(step).because
        case OncePer() | Deadline() as once:
            return once.because


def deciding(evaluator: ReferenceEvaluator, shape: EntityShape, step: str) -> Iterator[Expression]:
    """The expressions that say why a step is due on its days."""
    match shape:
        case Every() as every:
            yield from _of_every(evaluator, every)
        case OncePer() as once:
            yield once.satisfied
            yield from _given(once.not_before)
        case Deadline() as deadline:
            yield from (deadline.start, deadline.within, deadline.done)
            yield from _given(deadline.stop)
        case Series() as series:
            yield from _of_step(series, series.step(step))


def _given(*expressions: Expression | None) -> Iterator[Expression]:
    yield from (expression for expression in expressions if expression is not None)


def _of_every(evaluator: ReferenceEvaluator, shape: Every) -> Iterator[Expression]:
    """The last service or the start, the conditions that were looked at until one held, and the interval's length."""
    chosen = interval_now(evaluator, shape)
    yield shape.start if evaluator.value(shape.after) is None else shape.after
    yield from _given(shape.stop, shape.until)
    if chosen is None:
        return
    for interval in shape.intervals if chosen is not shape.first else ():
        yield from _given(interval.when)
        if interval is chosen:
            break
    yield chosen.length


def _of_step(series: Series, step: SeriesStep) -> Iterator[Expression]:
    """The condition, then each day that was compared with the others."""
    yield from _given(step.when)
    yield _moved(series.anchor, step.earliest)
    previous = series.previous(step)
    if previous is not None:
        yield _moved(previous.given, step.min_interval)
    yield from _given(step.not_before)
    if step.by is not None:
        yield _moved(series.anchor, step.by)
    if step.before is not None:
        yield Shift(_moved(series.anchor, step.before), _ONE_DAY, -1)
    if step.until is not None:
        yield _moved(series.anchor, step.until)
    if step.grace != AT_ONCE:
        yield step.grace


def _moved(day: Expression, length: Length) -> Expression:
    return day if length == AT_ONCE else Shift(day, length)
