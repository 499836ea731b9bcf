"""Writes the page of every message to pack authors, from the catalogue and the broken packs of the tests."""

from pathlib import Path

from wangdi.engine.diagnostics.pages import PAGES, render_pages

CASES = Path(__file__).parents[1] / "tests" / "bad_packs"


def main() -> None:
    PAGES.write_text(render_pages(CASES), encoding="utf-8")
    print(f"wrote {PAGES.name}")


if __name__ == "__main__":
    main()
