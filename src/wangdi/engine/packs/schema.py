"""The JSON Schema of packs, for editors: completion, the meaning of each key, and mistakes while typing.

It is made from the author shapes. `check_packs` knows more: names, types, units.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from wangdi.engine.model.text import Text
from wangdi.engine.packs.described import Keys
from wangdi.engine.packs.keys import KEYS
from wangdi.engine.packs.pack_shape import PackShape

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors' YAML servers know best."""


def pack_schema() -> dict[str, Any]:
    """The schema of ``pack.yaml``."""
    title = "Wangdi 规则包 pack"
    return {"$schema": DIALECT, "title": title, **schema_of(PackShape, KEYS)}


def schema_of(shape: type[BaseModel], keys: Mapping[str, Keys]) -> dict[str, Any]:
    """The schema of a shape, with the meanings of its keys. Definitions carry the shapes' names."""
    schema = shape.model_json_schema(ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs", {})
    for name, definition in (*definitions.items(), (shape.__name__, schema)):
        _explain(definition, keys.get(name, {}))
    tidied: dict[str, Any] = _tidy({**schema, "definitions": dict(sorted(definitions.items()))})
    return tidied


def _explain(definition: dict[str, Any], keys: Keys) -> None:
    definition.pop("description", None)
    for name, described in definition.get("properties", {}).items():
        if name in keys:
            described["description"] = _both(keys[name])


def _both(text: Text) -> str:
    return f"{text.zh}\n{text.en}"


def _tidy(node: Any) -> Any:
    """Without titles made up from names; a reference stands alone; keys that are names are checked."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {
        key: _tidy(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))
    }
    if "$ref" in tidied and len(tidied) > 1:
        tidied["allOf"] = [{"$ref": tidied.pop("$ref")}]
    if "patternProperties" in tidied:
        tidied["additionalProperties"] = False
    return tidied
