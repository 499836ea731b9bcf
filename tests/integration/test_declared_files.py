"""Files beside packs that do not fit: the pages that rest on them say so, the others go on, and an engineer is told."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from adopted_pack import EVERYWHERE
from django.contrib.auth.models import User
from django.test import Client
from store_samples import network
from typer.testing import CliRunner

from integration.watch_samples import write
from wangdi.cli.main import app
from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation
from wangdi.server.common.pack_sets import InForce, PackSets
from wangdi.server.condition import checks
from wangdi.server.condition.findings import Level
from wangdi.server.evaluation import declarations
from wangdi.server.evaluation.rules import Rules, rules
from wangdi.server.network.models import Place
from wangdi.server.packs.declared import DECLARED, problems
from wangdi.server.web.homepage import NOTHING_DECLARED, home

Spoil = Callable[[str, str, str], Rules]


@pytest.fixture
def spoil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Puts other words into a file beside the packs in force."""

    def changed(name: str, old: str, new: str) -> Rules:
        found = rules()
        pack, folder = next((pack, one) for pack, one in found.folders.items() if (one / name).exists())
        shutil.copytree(folder, tmp_path / pack)
        text = (tmp_path / pack / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / pack / name).write_text(text.replace(old, new), encoding="utf-8")
        spoilt = replace(found, folders={**found.folders, pack: tmp_path / pack})
        for module in (declarations, checks):
            monkeypatch.setattr(module, "rules", lambda: spoilt)
        return spoilt

    return changed


@pytest.fixture
def officer(installation: Installation) -> Iterator[Client]:
    write([], **network())
    user = User.objects.create_user("officer", password="x")
    place = Place.objects.get(code="420281")
    Assignment.objects.create(user=user, role=Role.COUNTY_OFFICER, place=place)
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    yield client


SPOILT = {
    "watch.yaml": ("raised: 2", "risen: 2"),
    "dispatch.yaml": ("kind: posting", "kind: postin"),
    "reach.yaml": ("types: [", "types: [hospitl, "),
    "sites.yaml": ("project:", "projct:"),
    "routes.yaml": ("vehicles: [", "vehicles: [bicycle, "),
    "portal.yaml": ("booking:", "bookings:"),
    "tasks.yaml": ("kind: goal_task", "kind: goal_tsk"),
    "home.yaml": ("least_denominator: ", "least_denominator: many # "),
}


def test_every_file_beside_packs_is_tried() -> None:
    assert {file.name for file in DECLARED} == set(SPOILT)


def test_what_is_shipped_has_no_problem() -> None:
    assert list(problems(rules().folders.values(), rules().rulebook)) == []


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_does_not_fit_is_told_with_what_rests_on_it(
    name: str, spoil: Spoil, installation: Installation
) -> None:
    spoil(name, *SPOILT[name])
    [told] = [one for one in checks.packs(installation) if one.level is Level.WRONG]
    assert told.part == name
    assert name in told.told.zh and any(of.zh in told.told.zh for of in DECLARED.values())
    assert told.mend is not None


@pytest.mark.parametrize("address", ["/watch/", "/watch/channels/", "/watch/channels/fever/"])
def test_pages_of_early_warning_say_what_is_wrong_with_their_file_and_where(
    address: str, spoil: Spoil, officer: Client
) -> None:
    spoil("watch.yaml", *SPOILT["watch.yaml"])
    answer = officer.get(address)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "声明文件有错" in page and "怎样改好" in page
    assert "watch.yaml:" in page and "state risen" in page
    english = officer.get(address, headers={"accept-language": "en"}).content.decode()
    assert "How to mend it" in english
    assert officer.get("/places/420281/").status_code == 200


def test_a_home_goes_on_without_its_file(spoil: Spoil, officer: Client) -> None:
    spoil("home.yaml", *SPOILT["home.yaml"])
    assert officer.get("/places/420281/").status_code == 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wangdi.server.web.homepage.rules", declarations.rules)
        assert home() == NOTHING_DECLARED


def test_packs_that_were_altered_by_hand_are_told_on_every_page(officer: Client, tmp_path: Path) -> None:
    pack = tmp_path / "walking"
    pack.mkdir()
    (pack / "pack.yaml").write_text(EVERYWHERE, encoding="utf-8")
    sets = PackSets.current()
    named = sets.keep({"walking": pack})
    with (sets.path / "sets" / named / "walking" / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("# altered by hand\n")
    sets.put_in_force(InForce(named, 1))
    answer = officer.get("/places/420281/")
    assert answer.status_code == 503
    assert "规则包读不出来" in answer.content.decode() and "altered" in answer.content.decode()


def test_the_check_of_packs_reads_the_files_beside_them_too(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(EVERYWHERE, encoding="utf-8")
    lines = "lead: [walkd]\nleast_denominator: 5\ngroups: []\n"
    (tmp_path / "home.yaml").write_text(lines, encoding="utf-8")
    ran = CliRunner().invoke(app, ["packs", "check", "--alone", str(tmp_path)])
    assert ran.exit_code == 0
    assert "home.yaml: indicator walkd" in ran.stdout and "1" in ran.stderr
    (tmp_path / "home.yaml").write_text(lines.replace("5", "many"), encoding="utf-8")
    ran = CliRunner().invoke(app, ["packs", "check", "--alone", str(tmp_path)])
    assert ran.exit_code == 1
    assert "home.yaml:2: least_denominator" in ran.stdout
