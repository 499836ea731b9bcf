"""One's own work: what was recorded this month and what the packs make of it."""

import re

import pytest
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today
from wangdi.server.network.models import Worker


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cast = build_network()
    Worker.objects.filter(code="W1").update(qualification="乡村医生")
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["htn_followup"],
        subject_code="R1",
        occurred_on=today(),
        institution_code="CA1",
        worker_code="W1",
        values={"sbp": 126},
    )
    return cast


def mine(client: Client) -> str:
    return client.get("/mine/", headers={"accept-language": "zh-CN"}).content.decode()


def test_records_of_this_month_are_counted_by_kind_for_their_writer_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    assert re.search(r"高血压患者随访服务记录表</span> <b>1</b>", mine(client))
    client.force_login(cast.beside)
    assert "本月还没有记录" in mine(client)


def test_what_it_earns_is_the_value_of_the_pack_with_its_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    page = mine(client)
    assert re.search(r"按记录测算的本季度至今绩效</span> <b>5 元</b>", page)
    assert "绩效每分金额" in page and "未核实" in page


def test_who_is_no_worker_is_told_how_to_become_linked(cast: Cast, client: Client) -> None:
    client.force_login(cast.county)
    assert "没有对应人员台账中的人" in mine(client)


def test_steps_of_other_rules_are_no_results_of_ones_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    page = mine(client)
    titled = re.findall(r'<summary><span class="grow">([^<]*)</span>', page)
    assert "按记录测算的本季度至今绩效" in titled
    assert "上季度初" not in titled and "逐月核对的首月" not in titled
