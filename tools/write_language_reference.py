"""Writes docs/reference/language.md from the specs of the rule language in tests/spec."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    manual = importlib.import_module("spec.manual")
    manual.MANUAL.parent.mkdir(parents=True, exist_ok=True)
    manual.MANUAL.write_text(manual.render(), encoding="utf-8")
    print(f"wrote {manual.MANUAL.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
