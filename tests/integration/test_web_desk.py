"""What officers and directors find without searching: figures that matter, their own items, records, tasks."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem, Figure, Publication
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Place
from wangdi.server.packs.home_declaration import HOME, Group, Home, unknown_names
from wangdi.server.packs.tasks_declaration import Task, Tasks
from wangdi.server.packs.tasks_declaration import unknown_names as unknown_tasks
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record, void_record
from wangdi.server.records.transitions import possible_transitions, transition_record
from wangdi.server.web import due, homepage, tasks
from wangdi.server.web.inbox import actionable


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def county(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(cast.county)
    return client


def read(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def figure(name: str, numerator: float, denominator: float) -> None:
    publication = Publication.objects.get()
    county = Place.objects.get(code="420281")
    Figure.objects.create(
        indicator=name,
        as_of=publication.as_of,
        place=county,
        numerator=numerator,
        denominator=denominator,
        publication=publication,
    )


def part(page: str, heading: str) -> list[str]:
    """The titles of the figures under a heading of the home."""
    found = re.search(rf'<section aria-labelledby="{heading}">(.*?)</section>', page)
    return re.findall(r'<span class="name">([^<]+)</span>', found.group(1)) if found else []


def test_the_home_leads_with_the_figures_that_are_declared_in_their_order(county: Client) -> None:
    assert part(read(county, "/places/420281/"), "leads") == ["重点人群签约覆盖率", "高血压患者规范管理率"]


def test_a_share_of_a_handful_comes_after_all_that_miss_their_targets_by_less(county: Client) -> None:
    figure("measure_1_done", 0, 1)
    figure("contract_coverage_elderly", 70, 100)
    names = part(read(county, "/places/420281/"), "furthest")
    assert names == ["老年人签约覆盖率", "举措1（预约号源向基层下沉）已落实的县占比"]


def test_programmes_stand_in_their_groups_and_none_is_left_out(county: Client) -> None:
    page = read(county, "/places/420281/")
    groups = re.findall(r'<div class="programme-group"><h3>([^<]+)</h3>', page)
    assert groups == ["签约和居民健康管理"]
    declared = [name for group in homepage.home().groups for name in group.packs]
    with_figures = {one.pack for one in rulebook().indicators.values()}
    assert with_figures <= set(declared)


def test_the_shipped_home_names_only_what_there_is(county: Client) -> None:
    declared = HOME.in_force()
    assert list(unknown_names(declared, rulebook())) == []
    assert homepage.home() == declared


def test_what_a_home_declares_that_no_pack_has_is_named_with_what_was_meant() -> None:
    wrong = Home(
        lead=["htn_manage", "dm_managed", "dm_managed"],
        least_denominator=5,
        groups=[Group(title=homepage.OTHERS, packs=["hypertensio"])],
    )
    assert list(unknown_names(wrong, rulebook())) == [
        "indicator htn_manage: did you mean 'htn_managed'?",
        "pack hypertensio: did you mean 'hypertension'?",
        "'dm_managed' stands twice",
    ]


def task_of_the_county() -> DueItem:
    county = Place.objects.get(code="420281")
    return DueItem.objects.create(
        entity="place",
        subject=county.pk,
        place=county,
        schedule="supervision_visit",
        due_from=days_ago(30),
        due_on=days_ago(3),
        overdue_from=days_ago(2),
    )


def test_an_area_too_wide_for_a_list_shows_what_is_due_at_its_own_level(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MOST_PLACES", 3)
    task_of_the_county()
    page = read(county, "/due/?place=420281")
    assert "共 1 项" in page and "大冶市" in page
    assert "张三" not in page


def test_a_place_has_a_page_with_what_is_due_and_recorded_about_it(county: Client) -> None:
    task_of_the_county()
    page = read(county, "/registers/place/420281/")
    assert '<h2 id="due">应做事项' in page and "逾期 3 天" in page
    assert "/registers/place/420281/record/goal_task/" in page


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/lists/goal_task/?place=420281", "/registers/place/420281/record/goal_task/"),
        (
            "/lists/institution_task/?place=420281",
            "/registers/institution/?place=420281&amp;for=institution_task",
        ),
    ],
)
def test_a_list_leads_to_a_new_record(county: Client, address: str, leads_to: str) -> None:
    assert f'<a class="button primary" href="{leads_to}">新增记录</a>' in read(county, address)


def test_whom_a_new_record_is_about_is_chosen_in_the_register(county: Client) -> None:
    page = read(county, "/registers/institution/?place=420281&for=institution_task")
    assert "请选择：为谁填写“机构任务”" in page
    assert "/registers/institution/HA/record/institution_task/" in page


def test_who_does_not_record_is_offered_no_new_record(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    assert "新增记录" not in read(client, "/lists/institution_task/")
    assert "/record/institution_task/" not in read(client, "/registers/institution/?for=institution_task")


def test_a_figure_below_its_target_becomes_a_task_that_knows_the_target(county: Client) -> None:
    page = read(county, "/places/B/?indicator=contract_coverage_key")
    address = re.search(r'class="button" href="([^"]+)">下达任务', page)
    assert address is not None
    asked = parse_qs(urlsplit(address.group(1).replace("&amp;", "&")).query)
    assert asked == {
        "v-name": ["重点人群签约覆盖率"],
        "v-target_value": ["77"],
        "v-measured_in": ["%"],
        "v-goal_year": [str(today().year)],
    }
    form = read(county, address.group(1).replace("&amp;", "&"))
    assert re.search(r'name="v-name"[^>]*value="重点人群签约覆盖率"', form)
    assert "下达任务" not in read(county, "/places/A/?indicator=contract_coverage_key")


def test_a_task_file_that_fits_no_pack_says_where(cast: Cast) -> None:
    wrong = Task(kind="goal_tsk", name="name", target="target_value", unit="measured_in", year="goal_year")
    declared = tasks.tasks()
    assert declared is not None
    right = declared.institution.model_copy(update={"owner": "leed"})
    told = list(unknown_tasks(Tasks(place=wrong, institution=right), rulebook()))
    assert told == [
        "place.kind goal_tsk: did you mean 'goal_task'?",
        "institution.leed: did you mean 'lead'?",
    ]


@pytest.fixture
def task(cast: Cast) -> RecordVersion:
    """Of the county's own, not yet issued."""
    values = {
        "task_number": "1",
        "name": "签约提质",
        "programme": "annual",
        "goal_year": today().year,
        "deadline": today().isoformat(),
        "lead": "HA",
    }
    kind = rulebook().kinds["goal_task"]
    return save_record(
        actor=cast.county, kind=kind, subject_code="420281", occurred_on=today(), values=values
    )


@pytest.mark.parametrize(("role", "is_mine"), [("county_officer", True), ("village_doctor", False)])
def test_the_inbox_tells_what_is_mine_to_do_from_what_others_do_next(
    task: RecordVersion, role: str, is_mine: bool
) -> None:
    mine = actionable(rulebook().kinds.values(), frozenset({role}))
    assert ((task.kind_id, task.state) in mine) is is_mine


def test_a_task_that_officers_of_a_place_set_comes_back_to_them(
    cast: Cast, county: Client, task: RecordVersion
) -> None:
    steps = (
        (cast.county, "issue", {}),
        (cast.director, "accept", {"responsible_person": "W3"}),
        (cast.director, "begin", {"carried_out": "here"}),
        (cast.director, "report", {"evidence": "名单"}),
    )
    for actor, step, values in steps:
        kind = rulebook().kinds["goal_task"]
        transition_record(
            actor=actor, kind=kind, record_id=task.record_id, transition=step, on=today(), values=values
        )
    reported = RecordVersion.objects.valid().get(record_id=task.record_id)
    assert reported.state == "reported" and reported.assigned is None
    steps_now = {one.name for one in possible_transitions(cast.county, kind, reported)}
    assert {"confirm", "send_back"} <= steps_now
    assert not possible_transitions(cast.director, kind, reported)
    assert "已上报完成" in read(county, "/inbox/")


def test_the_inbox_may_be_asked_for_one_kind(county: Client, task: RecordVersion) -> None:
    assert "任务清单（目标任务）" in read(county, "/inbox/?kind=goal_task")
    assert "没有等待办理的记录" in read(county, "/inbox/?kind=referral_up")


def test_a_record_with_a_limit_stands_before_those_without(county: Client, task: RecordVersion) -> None:
    DueItem.objects.create(
        entity="place",
        subject=task.subject,
        place=Place.objects.get(code="420281"),
        schedule="goal_task_deadline",
        step=task.record_id,
        due_from=days_ago(30),
        due_on=days_ago(3),
        overdue_from=days_ago(2),
    )
    assert "逾期 3 天" in read(county, "/inbox/")


def test_an_officer_of_the_city_records_about_its_counties(cast: Cast, client: Client) -> None:
    client.force_login(cast.city)
    assert client.get("/registers/place/420281/record/supervision_visit/").status_code == 200
    assert client.get("/registers/asset/E1/record/asset_acceptance/").status_code == 403


def _measure(county: Client, number: str) -> str:
    """What the page answers that saves a measure of a task."""
    values = {"task_number": number, "measure": "逐镇核查", "responsible_institution": "HA"}
    typed = {f"v-{name}": value for name, value in values.items()}
    fixed = {"occurred_on": today().isoformat(), "v-finish_by": today().isoformat()}
    address = "/registers/place/420281/record/goal_measure/"
    form = read(county, address)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return county.post(address, {**hidden, **fixed, **typed}, follow=True).content.decode()


def test_a_measure_names_its_task_by_number_and_stands_on_the_page_of_the_task(
    county: Client, task: RecordVersion
) -> None:
    page = read(county, f"/records/goal_task/{task.record_id}/")
    address = re.search(r'href="([^"]+)">新增：措施清单', page)
    assert address is not None
    form = read(county, address[1])
    assert '<option value="1" selected>1 签约提质</option>' in form
    _measure(county, "1")
    page = read(county, f"/records/goal_task/{task.record_id}/")
    assert '措施清单 <span class="faint">1</span>' in page and "逐镇核查" in page
    assert "1 签约提质" in page and '成效清单（进展月报） <span class="faint">0</span>' in page


def test_a_measure_of_a_task_that_there_is_not_is_refused(county: Client, task: RecordVersion) -> None:
    assert "没有这条所属记录" in _measure(county, "2")
    assert not RecordVersion.objects.filter(kind__name="goal_measure").exists()


def test_a_measure_tells_its_task_by_name_though_the_task_is_void(
    cast: Cast, county: Client, task: RecordVersion
) -> None:
    _measure(county, "1")
    void_record(
        actor=cast.county, kind=rulebook().kinds["goal_task"], record_id=task.record_id, reason="重复"
    )
    measure = RecordVersion.objects.get(kind__name="goal_measure")
    assert "1 签约提质" in read(county, f"/records/goal_measure/{measure.record_id}/")
