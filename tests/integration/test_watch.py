"""Channels above their bounds raise one alert per event, which is worked off as any record is."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from store_samples import network
from typer.testing import CliRunner

from integration.watch_samples import Row, write
from wangdi.cli.main import app
from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.declarations import only_file
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import transition_and_refresh
from wangdi.server.network.models import Place
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch import declaration as declaring
from wangdi.server.watch.alerts import watch

AS_OF = date(2026, 6, 28)
"""A Sunday: its week is over."""
WEEKS = 60


def days_of(week: int) -> date:
    return AS_OF - timedelta(days=7 * (WEEKS - 1 - week) + 3)


def usual() -> Iterator[Row]:
    """Some ten visits with fever a week at two centres, some twenty boxes sold in their townships."""
    for week in range(WEEKS):
        for number, (centre, town) in enumerate((("HA", "420281A"), ("HB", "420281B"))):
            more = (week * 7 + number * 3) % 5
            yield "syndrome_day", centre, days_of(week), {"visits": 200, "fever": 8 + more}
            yield "pharmacy_day", town, days_of(week), {"fever_medicine": 18 + more}


@pytest.fixture
def county(installation: Installation) -> Installation:
    write(usual(), **network())
    return installation


def outbreak(town: str, centre: str, *, medicine: bool = True, week: int = WEEKS - 1) -> None:
    rows: list[Row] = [
        ("syndrome_day", centre, days_of(week) + timedelta(days=1), {"visits": 300, "fever": 60})
    ]
    if medicine:
        rows.append(("pharmacy_day", town, days_of(week) + timedelta(days=1), {"fever_medicine": 90}))
    write(rows)


def alerts() -> list[RecordVersion]:
    return list(RecordVersion.objects.valid().filter(kind__name="alert").order_by("seq"))


def test_usual_weeks_raise_nothing(county: Installation) -> None:
    found = watch(county, AS_OF)
    assert (found.signals, found.raised, alerts()) == ((), (), [])
    looked = Change.objects.get(action="watch.run")
    assert (looked.actor_name, looked.summary["signals"], looked.summary["new"]) == ("wangdi", 0, 0)


def test_two_channels_at_one_township_raise_one_alert_that_says_why(county: Installation) -> None:
    outbreak("420281A", "HA")
    [raised] = watch(county, AS_OF).raised
    [alert] = alerts()
    assert raised.outcome == "new"
    assert Place.objects.get(pk=alert.subject).code == "420281A"
    assert alert.values["state"] == "raised"
    assert alert.values["trigger"] == "respiratory"
    assert alert.values["channels"] == ["fever", "fever_medicine"]
    assert alert.values["first_period"] == "2026-06-22"
    assert "发热就诊（2026-06-22）" in alert.values["explanation"]
    assert "Visits with fever (2026-06-22)" in alert.values["explanation_en"]
    assert Change.objects.get(pk=alert.change_id).actor_name == "wangdi"


def test_one_channel_alone_is_a_signal_but_no_alert(county: Installation) -> None:
    outbreak("420281A", "HA", medicine=False)
    found = watch(county, AS_OF)
    assert [(one.channel.name, one.place) for one in found.signals] == [("fever", "420281A")]
    assert alerts() == []


def test_looking_again_joins_the_open_alert_and_changes_nothing(county: Installation) -> None:
    outbreak("420281A", "HA")
    watch(county, AS_OF)
    [again] = watch(county, AS_OF).raised
    assert again.outcome == "open"
    assert [alert.version for alert in alerts()] == [1]


def test_a_dismissed_alert_is_not_raised_again_for_the_same_weeks(county: Installation) -> None:
    outbreak("420281A", "HA")
    watch(county, AS_OF)
    [alert] = alerts()
    officer = User.objects.create_user("officer")
    Assignment.objects.create(user=officer, role=Role.COUNTY_OFFICER, place=Place.objects.get(code="420281"))
    transition_and_refresh(
        actor=officer,
        kind=rulebook().kinds["alert"],
        record_id=alert.record_id,
        transition="dismiss",
        on=AS_OF,
        values={"verdict": "data_error", "dismissal_reason": "重复录入", "quiet_until": "2026-07-10"},
    )
    [again] = watch(county, AS_OF).raised
    assert again.outcome == "quiet"
    assert [alert.values["state"] for alert in alerts()] == ["dismissed"]


def test_the_command_lists_alerts_and_series(county: Installation) -> None:
    outbreak("420281A", "HA")
    ran = CliRunner().invoke(app, ["watch", "run", "--as-of", AS_OF.isoformat(), "--format", "csv"])
    assert ran.exit_code == 0, ran.output
    assert "呼吸道症候群升高" in ran.stdout or "Respiratory illness rises" in ran.stdout
    told = CliRunner().invoke(
        app,
        ["watch", "series", "fever", "--as-of", AS_OF.isoformat(), "--place", "420281A", "--format", "csv"],
    )
    assert told.stdout.splitlines()[-1] == "420281A,2026-06-22,71"


def test_an_unknown_channel_is_answered_with_the_nearest_name(county: Installation) -> None:
    ran = CliRunner().invoke(app, ["watch", "series", "fevers"])
    assert ran.exit_code == 2
    assert "fever" in ran.stderr


def declared_as(**others: tuple[str, str]) -> str:
    """The declaration in force, with other lines in place of some."""
    text, _ = only_file(declaring.WATCH.name)
    for old, new in others.values():
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_declaration_that_does_not_fit_the_packs_names_all_that_is_wrong_and_where() -> None:
    text = declared_as(
        field=("last_period: last_period", "last_period: lost"),
        channel=("channels: [suspected]", "channels: [suspectd], at_least: 2"),
        state=("  raised: 2", "  risen: 2"),
        role=("[county_officer, city_officer]", "[county_oficer]"),
        scan=("scan: {channel: notified_cases", "scan: {channel: suspected"),
    )
    with pytest.raises(DeclarationError) as raised:
        declaring.WATCH.read(text, "watch.yaml", rulebook())
    told = {line.split(": ")[1]: line for line in str(raised.value).splitlines()}
    assert set(told) == {
        "alert.lost",
        "channel suspectd",
        "alert.channels has no option suspectd",
        "alert.strongest has no option suspectd",
        "state risen",
        "trigger suspected",
        "trigger notified",
        "role county_oficer",
    }
    for word, line in (("lost", "alert.lost"), ("suspectd", "channel suspectd"), ("risen", "state risen")):
        number = int(told[line].split(":")[1])
        assert word in text.splitlines()[number - 1]
    assert "did you mean" in told["channel suspectd"]


@pytest.mark.parametrize("wrong", ["{within: 2}", "{cases: 0}", "{case: 2}", "farington"])
def test_a_method_that_there_is_not_is_told_with_its_line(wrong: str) -> None:
    text = declared_as(method=("{cases: 4, within: 2}", wrong))
    with pytest.raises(DeclarationError, match=r"watch.yaml:\d+: methods.rash"):
        declaring.WATCH.read(text, "watch.yaml", rulebook())
