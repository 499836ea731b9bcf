"""Editors know the keys of a pack: the schema is fresh, explains every key, and accepts what the readers accept."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel

import wangdi.content
from wangdi.engine.checks.check import check
from wangdi.engine.diagnostics.messages import Diagnostics
from wangdi.engine.packs import pack_shape, shapes, sheet_shapes
from wangdi.engine.packs.keys import KEYS
from wangdi.engine.packs.yaml_tree import read_document
from wangdi.engine.testing import shapes as test_shapes
from wangdi.engine.testing.run import run_tests
from wangdi.engine.testing.schema import SCHEMAS, TEST_KEYS, schema_text
from wangdi.engine.testing.skeleton import write_skeleton

CONTENT = Path(wangdi.content.__file__).parent
FILES = sorted([*CONTENT.glob("*/pack.yaml"), *CONTENT.glob("*/tests.yaml")])
_UNWRITTEN = {("RecordShape", "kind"), ("RecordShape", "values"), ("BelowShape", "attributes")}
"""What stands in a file without a key of its own."""
BAD_PACKS = Path(__file__).parents[1] / "bad_packs"


@cache
def validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads(schema_text(name)))


def problems(path: Path) -> list[str]:
    document = read_document(path, path.name, Diagnostics())
    assert document is not None
    data = json.loads(json.dumps(document.data, default=str))  # for editors a date is a text
    found = validator(f"{path.stem}.schema.json").iter_errors(data)
    return [f"{list(error.path)}: {error.message}" for error in found]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_fresh(name: str) -> None:
    assert (CONTENT / name).read_text("utf-8") == schema_text(name), "run python tools/write_schemas.py"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_of_the_product_fits_the_schema_that_its_first_line_names(file: Path) -> None:
    named = file.read_text("utf-8").split("\n")[0].removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / named).resolve() == CONTENT / f"{file.stem}.schema.json"
    assert problems(file) == []


@pytest.mark.parametrize("code", ["W1003", "W1004"])
def test_what_the_readers_refuse_by_its_keys_the_schema_refuses_too(code: str) -> None:
    cases = sorted(BAD_PACKS.glob(f"{code}-*/pack.yaml"))
    assert cases
    assert all(problems(case) for case in cases)


def _shapes(modules: tuple[Any, ...]) -> dict[str, type[BaseModel]]:
    found = (shape for module in modules for shape in vars(module).values() if isinstance(shape, type))
    own = {module.__name__ for module in modules}
    return {
        shape.__name__: shape
        for shape in found
        if issubclass(shape, shapes.Shape) and shape.__module__ in own and shape.model_fields
    }


@pytest.mark.parametrize(
    ("modules", "keys"),
    [((shapes, sheet_shapes, pack_shape), KEYS), ((test_shapes,), TEST_KEYS)],
    ids=["pack", "tests"],
)
def test_every_key_has_a_meaning_and_every_meaning_a_key(
    modules: tuple[Any, ...], keys: dict[str, dict[str, object]]
) -> None:
    written = {
        (name, info.alias or key)
        for name, shape in _shapes(modules).items()
        for key, info in shape.model_fields.items()
        if (name, key) not in _UNWRITTEN
    }
    explained = {(name, key) for name, meanings in keys.items() for key in meanings}
    assert written == explained


def test_a_new_pack_has_no_mistakes_passes_its_tests_and_brings_its_schemas(tmp_path: Path) -> None:
    folder = write_skeleton(tmp_path, "asthma")
    rulebook, diagnostics = check([CONTENT, tmp_path])
    assert diagnostics.found == []
    outcomes = run_tests(rulebook, folder / "tests.yaml")
    assert [outcome.failures for outcome in outcomes] == [(), ()]
    assert {path.name for path in tmp_path.iterdir()} == {"asthma", *SCHEMAS}
    with pytest.raises(FileExistsError):
        write_skeleton(tmp_path, "asthma")
