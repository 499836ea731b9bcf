"""Reads packs and checks all of them: what they say, and what that means."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from wangdi.engine.checks.finding import Finding
from wangdi.engine.checks.nobody import groups_of_nobody
from wangdi.engine.checks.turns import done_by_others
from wangdi.engine.checks.unused import unused_names
from wangdi.engine.checks.windows import figures_without_window
from wangdi.engine.diagnostics.messages import Diagnostics
from wangdi.engine.model.nodes import kept
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.library import Library
from wangdi.engine.packs.load import read_packs, shown_path
from wangdi.engine.testing.reading import find_test_files, read_tests

CHECKS: tuple[Callable[[Rulebook], Iterator[Finding]], ...] = (
    groups_of_nobody,
    figures_without_window,
    done_by_others,
    unused_names,
)
"""Each looks at a rulebook without errors and yields what it finds."""


@kept()
def check(folders: Sequence[Path], *, relative_to: Path | None = None) -> tuple[Rulebook, Diagnostics]:
    """The rulebook of the folders together, as far as it could be read, and every message about it and its tests."""
    rulebook, library = read_packs(folders, relative_to=relative_to)
    if not library.diagnostics.errors:
        for find in CHECKS:
            for finding in find(rulebook):
                _report(library, finding)
        for file in find_test_files(folders):
            read_tests(rulebook, file, shown_path(file, relative_to), library.diagnostics)
    return rulebook, library.diagnostics


def _report(library: Library, finding: Finding) -> None:
    file = library.files[finding.pack]
    library.report(
        file,
        finding.code,
        finding.path,
        finding.message,
        finding.hint,
        key=finding.at_key,
        severity=finding.severity,
    )
