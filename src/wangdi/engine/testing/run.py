"""Runs the tests that stand beside a pack, on both evaluators."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wangdi.engine.diagnostics.messages import Diagnostics, PackError
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.packs.yaml_tree import read_document
from wangdi.engine.testing.due import check_due, edges, expected_items
from wangdi.engine.testing.found import Found, found_in
from wangdi.engine.testing.plans import Plans
from wangdi.engine.testing.scene import Scene, make_scene
from wangdi.engine.testing.shapes import TestShape
from wangdi.engine.testing.standards import check_standards

TEST_FILE = "tests.yaml"
_RECORD_KEYS = frozenset({"on", "id", "status", "related"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one test: what differed, in words; nothing when it passed.

    ``found`` is all the pack says of the entity on the first day on which something differed.
    """

    file: str
    name: str
    failures: tuple[str, ...]
    found: tuple[Found, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


def run_tests(rulebook: Rulebook, file: Path, *, only: str = "", plans: Plans | None = None) -> list[Outcome]:
    """Runs the tests of one file whose names hold ``only``. `PackError` when it is no YAML.

    Files of one rulebook that share their ``plans`` are run faster.
    """
    diagnostics = Diagnostics()
    document = read_document(file, str(file), diagnostics)
    if document is None:
        raise PackError(diagnostics)
    shared = plans or Plans(rulebook)
    entries = enumerate(document.data or [], 1)
    named = [(_name_of(entry, number), entry) for number, entry in entries]
    return [_run_entry(shared, file, name, entry) for name, entry in named if only in name]


def find_test_files(folders: Sequence[Path]) -> list[Path]:
    """The test files beside the packs of the folders."""
    return sorted(
        {file for folder in folders for file in (*folder.glob(TEST_FILE), *folder.glob(f"*/{TEST_FILE}"))}
    )


def _name_of(entry: Any, number: int) -> str:
    return str(entry.get("name", f"test {number}")) if isinstance(entry, dict) else f"test {number}"


def _run_entry(plans: Plans, file: Path, name: str, entry: Any) -> Outcome:
    try:
        test = TestShape.model_validate(_with_records(entry))
        pack = _pack_beside(plans.rulebook, file)
        probed = [(probe, tuple(_check(plans, probe, pack))) for probe in _probes(test)]
        failures = tuple(failure for _, found in probed for failure in found)
        failing = next((probe for probe, found in probed if found), None)
        return Outcome(str(file), name, failures, _found(plans, failing, pack))
    except ValidationError as error:
        failures = tuple(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    except ValueError as error:
        failures = (str(error),)
    return Outcome(str(file), name, failures)


def _with_records(entry: Any) -> Any:
    """Rewrites ``- kind: {on: …, field: …}`` to the shape of a record, also below."""
    if not isinstance(entry, dict):
        return entry
    below = {register: [_below(row) for row in rows] for register, rows in (entry.get("below") or {}).items()}
    return {**entry, "records": _records(entry.get("records", [])), "below": below}


def _records(written: Any) -> list[Any]:
    records = []
    for item in written:
        ((kind, content),) = item.items()
        own = {key: value for key, value in content.items() if key in _RECORD_KEYS}
        values = {key: value for key, value in content.items() if key not in _RECORD_KEYS}
        records.append({"kind": kind, **own, "values": values})
    return records


def _below(row: Any) -> Any:
    """Somebody below: ``times`` and ``records`` stand among the columns of the register."""
    attributes = {key: value for key, value in row.items() if key not in ("times", "records")}
    return {
        "attributes": attributes,
        "times": row.get("times", 1),
        "records": _records(row.get("records", [])),
    }


def _probes(test: TestShape) -> Iterator[TestShape]:
    """The test itself, or one test per edge of the expected due item."""
    if test.as_of != "edges":
        yield test
        return
    [(schedule, step, due), *more] = expected_items(test.expect) or [("", "", None)]
    if more or due is None:
        raise ValueError("'as_of: edges' needs exactly one expected due item")
    for day, probed in edges(due):
        expect = test.expect.model_copy(update={"due": {schedule: {step: probed} if step else probed}})
        yield test.model_copy(update={"as_of": day, "expect": expect})


def _pack_beside(rulebook: Rulebook, file: Path) -> Pack | None:
    """The pack the test file stands beside."""
    found = (pack for pack in rulebook.packs if Path(pack.location).parent.name == file.parent.name)
    return next(found, None)


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
        group = scene.rulebook.groups.get(name)
        if group is None:
            yield f"there is no group '{name}'"
            continue
        reference = scene.reference.present and scene.reference.is_true(group.condition)
        if reference != scene.columnar_group(group):
            yield f"{name}: the evaluators differ: reference {reference}"
        if reference != expected:
            yield f"group {name}: expected {expected}, found {reference}"


def _check_figures(scene: Scene, test: TestShape, pack: Pack | None) -> Iterator[str]:
    for name, expected in test.expect.indicators.items():
        if name not in scene.rulebook.indicators:
            yield f"there is no indicator '{name}'"
            continue
        found, columnar = scene.reference_indicator(name), scene.columnar_indicator(name)
        if found != columnar:
            yield f"{name}: the evaluators differ: reference {found}, columnar {columnar}"
        if list(found) != expected:
            shown = ", ".join(map(value_text, found))
            yield f"indicator {name}: expected {expected}, found [{shown}]"
    for name, expected_value in test.expect.values.items():
        named = scene.named_value(name, pack)
        if named is None:
            yield f"there is no value '{name}'"
            continue
        value, columnar_value = scene.reference.value(named), scene.columnar_value(named)
        if value != columnar_value:
            yield f"value {name}: the evaluators differ: reference {value}, columnar {columnar_value}"
        if value != expected_value:
            yield f"value {name}: expected {expected_value}, found {value}"
