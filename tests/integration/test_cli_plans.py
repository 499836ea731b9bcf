"""``wangdi plan reach``, ``sites`` and ``routes`` over a small network along one road."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from store_samples import load_network

from integration.built import built_once
from wangdi.cli.plan_documents import PlanFormat
from wangdi.cli.reaching import reach
from wangdi.cli.roving import routes
from wangdi.cli.siting import Existing, Goal, sites
from wangdi.server.network.models import Institution, Place
from wangdi.server.planning.roving import Whom

AS_OF = date(2026, 6, 30)
KM = 1 / 111.195
"""A kilometre in degrees of latitude."""
ROAD = {"A1": (0, 900), "A2": (1, 500), "B1": (10, 700), "B2": (10.5, 300), "C1": (20, 100)}
"""Villages by kilometres north of the clinic, and their people."""


@pytest.fixture(autouse=True)
def road(installation: object) -> None:
    """Five villages on a straight road, the only clinic with coordinates at its beginning; one village without any."""
    built_once(load_network)
    township = Place.objects.get(code="420281A")
    for code, (km, people) in ROAD.items():
        _village(township, code, people, lon=115.0, lat=30.0 + km * KM)
    _village(township, "X9", 60)
    Institution.objects.filter(code="VA").update(lon=115.0, lat=30.0)


def _village(township: Place, code: str, people: int, **where: float) -> None:
    path = f"{township.path}{code}/"
    Place.objects.create(
        code=code,
        name=f"{code}村",
        level="village",
        parent=township,
        population=people,
        path=path,
        change=township.change,
        **where,
    )


def told(capsys: pytest.CaptureFixture[str], command: Any, **options: Any) -> dict[str, Any]:
    command(as_of=AS_OF, output=PlanFormat.JSON, **options)
    return dict(json.loads(capsys.readouterr().out))


def opened(plan: dict[str, Any]) -> set[str]:
    return {station["code"] for station in plan["stations"]}


def test_reach_tells_who_is_outside_and_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    plan = told(capsys, reach, minutes=16, per_1000=1.0)
    outside = [village["code"] for village in plan["villages"] if not village["within"]]
    assert outside == ["B1", "B2", "C1"]
    inside = {village["code"]: village["minutes"] for village in plan["villages"] if village["within"]}
    assert inside == {"A1": 0.0, "A2": pytest.approx(15.6, abs=0.1)}
    assert plan["notes"]["within"]["share"] == pytest.approx(1400 / 2500)
    assert plan["notes"]["nowhere"] == ["X9"]
    (township,) = plan["townships"]
    assert township["within_people"] == 1400 and township["need"] == 2.5


def test_one_new_station_goes_where_most_people_lack_one(capsys: pytest.CaptureFixture[str]) -> None:
    plan = told(capsys, sites, stations=1, minutes=16)
    assert opened(plan) <= {"B1", "B2"} and len(opened(plan)) == 1
    assert plan["notes"]["covered"] == {"before": 1400, "after": 2400, "people": 2500}
    assert plan["notes"]["value"] == {"value": 2400, "bound": 2400, "proven": True}
    by_stations = {row["stations"]: row["served"] for row in plan["sensitivity"] if row["minutes"] == 16}
    assert by_stations == {0: 1400, 1: 2400, 2: 2500, 3: 2500}


def test_fewest_stations_and_least_travel(capsys: pytest.CaptureFixture[str]) -> None:
    fewest = told(capsys, sites, goal=Goal.FEWEST, share=1.0, minutes=16)
    assert len(opened(fewest)) == 2 and "C1" in opened(fewest)
    least = told(capsys, sites, goal=Goal.TRAVEL, stations=1, minutes=60)
    assert opened(least) == {"B1"}


def test_candidates_of_a_file_with_costs_and_capacities(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(
        "code,name,lon,lat,cost,capacity\nN1,北站,115,30.09,5,\nN2,中站,115,30.0945,3,200\n", encoding="utf-8"
    )
    rich = told(capsys, sites, stations=1, minutes=16, candidates=file, budget=5.0)
    assert opened(rich) == {"N1"}
    poor = told(capsys, sites, stations=1, minutes=16, candidates=file, budget=4.0)
    assert opened(poor) == {"N2"} and poor["notes"]["value"]["value"] == pytest.approx(1600)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stations": 9}, "there are 5 candidates"),
        ({"goal": Goal.FEWEST, "share": 1.5}, "must be at most 100"),
        ({"place": "420222"}, "no village has coordinates"),
        ({"place": "nowhere"}, "no place has the code nowhere"),
        ({"keep": True, "stations": 1}, "keeping a plan needs --place"),
    ],
)
def test_bad_questions_are_answered_clearly(
    capsys: pytest.CaptureFixture[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        sites(as_of=AS_OF, **options)
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_existing_stations_all_are_new(capsys: pytest.CaptureFixture[str]) -> None:
    plan = told(capsys, sites, stations=3, minutes=16, existing=Existing.IGNORE)
    assert plan["notes"]["covered"]["before"] == 0 and len(opened(plan)) == 3


def test_a_week_is_a_workbook_that_can_be_printed(tmp_path: Path) -> None:
    file = tmp_path / "weeks.xlsx"
    routes(as_of=AS_OF, base=["VA"], whom=Whom.ALL, every=2, seconds=2, file=file)
    workbook = load_workbook(file)
    rows = list(workbook["Schedule"].iter_rows(values_only=True))
    village = rows[0].index("code")
    assert sorted(row[village] for row in rows[1:]) == sorted(ROAD)


def test_villages_of_a_file_are_visited_as_it_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "visits.csv"
    file.write_text("code,every,service,opens,closes\nB1,1,30,14:00,15:00\nC1,2,90,,\n", encoding="utf-8")
    plan = told(capsys, routes, base=["VA"], visits=file, seconds=2)
    visits = [(stop["code"], stop["week"]) for stop in plan["schedule"]]
    assert sorted(code for code, _ in visits) == ["B1", "B1", "C1"]
    assert all("14:00" <= stop["begins"] <= "15:00" for stop in plan["schedule"] if stop["code"] == "B1")


def test_unknown_villages_and_unreadable_cells_of_a_file_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "visits.csv"
    file.write_text("code,every,opens\nZZ,1,\nB1,often,9 o'clock\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        routes(as_of=AS_OF, base=["VA"], visits=file)
    said = capsys.readouterr().err
    assert "line 2: ZZ" in said and "column every" in said and "column opens" in said


def test_a_matrix_counts_instead_of_estimates(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "minutes.csv"
    file.write_text("from,to,minutes\nC1,VA,12\nA1,VA,20\n", encoding="utf-8")
    plan = told(capsys, reach, minutes=15, matrix=file)
    assert [village["code"] for village in plan["villages"] if village["within"]] == ["C1"]


def test_a_workbook_needs_a_name_and_csv_none(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="--file"):
        reach(as_of=AS_OF, output=PlanFormat.XLSX)
    with pytest.raises(Exception, match="--file"):
        reach(as_of=AS_OF, output=PlanFormat.CSV, file=tmp_path / "a.xlsx")
