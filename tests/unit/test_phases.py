"""A long command tells how long each of its phases took, as it ends."""

import pytest

from wangdi.cli.phases import Phases


def test_a_phase_is_told_when_the_next_begins_and_progress_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANGDI_LANG", "en")
    heard: list[tuple[str, int, int]] = []
    phases = Phases(lambda *step: heard.append(step))
    for step in (("places", 0, 1), ("residents", 0, 9), ("records", 0, 9), ("records_visit", 0, 1)):
        phases(*step)
    phases.end()
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told] == ["registers stored", "records simulated and stored"]
    assert all(" s of processor time)" in line for line in told)
    assert len(heard) == 4
