"""Writes the JSON Schemas that editors use for packs and their tests, beside the packs of the product."""

from pathlib import Path

from wangdi.engine.testing.schema import SCHEMAS, schema_text

CONTENT = Path(__file__).parents[1] / "src" / "wangdi" / "content"


def main() -> None:
    for name in SCHEMAS:
        (CONTENT / name).write_text(schema_text(name), encoding="utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
