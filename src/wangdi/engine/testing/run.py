"""Runs the tests that stand beside a pack, on both evaluators."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose
from pathlib import Path

from wangdi.engine.diagnostics.messages import Diagnostics, PackError
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.packs.load import shown_path
from wangdi.engine.testing.channels import check_channels
from wangdi.engine.testing.due import check_due, edges, expected_items
from wangdi.engine.testing.found import Found, found_in
from wangdi.engine.testing.plans import Plans
from wangdi.engine.testing.reading import Written, pack_beside, read_tests
from wangdi.engine.testing.scene import Parts, Scene, make_scene
from wangdi.engine.testing.shapes import TestShape
from wangdi.engine.testing.sheets import check_sheets
from wangdi.engine.testing.standards import check_standards


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one test: what differed, in words; nothing when it passed.

    ``found`` is all the pack says of the entity on the first day on which something differed. ``line`` is where the test
    stands in the file.
    """

    file: str
    name: str
    failures: tuple[str, ...]
    found: tuple[Found, ...] = ()
    line: int = 1

    @property
    def passed(self) -> bool:
        return not self.failures


def run_tests(
    rulebook: Rulebook,
    file: Path,
    *,
    only: str = "",
    plans: Plans | None = None,
    relative_to: Path | None = None,
) -> list[Outcome]:
    """Runs the tests of one file whose names hold ``only``. `PackError` when it is no list of tests.

    Files of one rulebook that share their ``plans`` are run faster. Messages call the file by its path below
    ``relative_to``.
    """
    diagnostics, shown_as = Diagnostics(), shown_path(file, relative_to)
    tests = read_tests(rulebook, file, shown_as, diagnostics)
    if not tests and diagnostics.found:
        raise PackError(diagnostics)
    lines = diagnostics.texts[shown_as].split("\n")
    shared, pack = plans or Plans(rulebook), pack_beside(rulebook, file)
    return [_outcome(shared, shown_as, test, pack, lines) for test in tests if only in test.name]


def _outcome(plans: Plans, file: str, test: Written, pack: Pack | None, lines: Sequence[str]) -> Outcome:
    if test.shape is None:
        failures = tuple(problem.render(lines) for problem in test.problems)
        return Outcome(file, test.name, failures, line=test.line)
    probed = [(probe, tuple(_check(plans, probe, pack))) for probe in _probes(test.shape)]
    failures = tuple(failure for _, found in probed for failure in found)
    failing = next((probe for probe, found in probed if found), None)
    return Outcome(file, test.name, failures, _found(plans, failing, pack), test.line)


def _probes(test: TestShape) -> Iterator[TestShape]:
    """The test itself, or one test per edge of the expected due item."""
    if test.as_of != "edges":
        yield test
        return
    [(schedule, step, due)] = expected_items(test.expect)
    for day, probed in edges(due) if due is not None else ():
        expect = test.expect.model_copy(update={"due": {schedule: {step: probed} if step else probed}})
        yield test.model_copy(update={"as_of": day, "expect": expect})


def _found(plans: Plans, failing: TestShape | None, pack: Pack | None) -> tuple[Found, ...]:
    if failing is None or pack is None or not isinstance(failing.as_of, date):
        return ()
    return tuple(found_in(make_scene(plans, failing, failing.as_of, pack), pack))


def _check(plans: Plans, test: TestShape, pack: Pack | None) -> Iterator[str]:
    """What differs, in words, each with the day. Values are looked up in the tested pack first."""
    if not isinstance(test.as_of, date):
        raise ValueError("a probe has a day")
    scene = make_scene(plans, test, test.as_of, pack)
    for failure in (
        *_check_presence(scene, test),
        *check_due(scene, test),
        *_check_groups(scene, test),
        *_check_figures(scene, test, pack),
        *check_standards(scene, test.expect.standards),
        *check_channels(scene, test.expect.channels),
        *check_sheets(scene, test),
    ):
        yield f"{test.as_of}: {failure}"


def _check_presence(scene: Scene, test: TestShape) -> Iterator[str]:
    expected, found = test.expect.present, scene.reference.present
    if expected is None:
        return
    if found != scene.columnar_present():
        yield f"the evaluators differ: present is {found} for reference"
    if found != expected:
        yield f"expected {'' if expected else 'not '}to be present"


def _check_groups(scene: Scene, test: TestShape) -> Iterator[str]:
    for name, expected in test.expect.groups.items():
        group = scene.rulebook.groups[name]
        reference = scene.reference.present and scene.reference.is_true(group.condition)
        if reference != scene.columnar_group(group):
            yield f"{name}: the evaluators differ: reference {reference}"
        if reference != expected:
            yield f"group {name}: expected {expected}, found {reference}"


def _check_targets(scene: Scene, targets: Mapping[str, float | None]) -> Iterator[str]:
    for name, expected in targets.items():
        target = scene.rulebook.indicators[name].target
        found = target.value_on(scene.moment.as_of) if target is not None else None
        if found != expected:
            yield f"target of {name}: expected {expected}, found {found}"


def _check_figures(scene: Scene, test: TestShape, pack: Pack | None) -> Iterator[str]:
    for name, expected in test.expect.indicators.items():
        found, columnar = scene.reference_indicator(name), scene.columnar_indicator(name)
        if found != columnar:
            yield f"{name}: the evaluators differ: reference {found}, columnar {columnar}"
        if not _is_figure(scene.rulebook.indicators[name], found, expected):
            shown = ", ".join(map(value_text, found))
            yield f"indicator {name}: expected {expected}, found [{shown}]"
    yield from _check_targets(scene, test.expect.targets)
    for name, expected_value in test.expect.values.items():
        named = scene.named_value(name, pack)
        if named is None:
            continue
        value, columnar_value = scene.reference.value(named), scene.columnar_value(named)
        if value != columnar_value:
            yield f"value {name}: the evaluators differ: reference {value}, columnar {columnar_value}"
        if value != expected_value:
            yield f"value {name}: expected {expected_value}, found {value}"


def _is_figure(indicator: Indicator, found: Parts, expected: list[int | float] | int | float) -> bool:
    """Whether a figure is as expected: its parts, or the value that they come to."""
    if isinstance(expected, list):
        return list(found) == expected
    value = indicator.value(found[0], found[1] if len(found) > 1 else None)
    return value is not None and isclose(value, expected, rel_tol=1e-9)
