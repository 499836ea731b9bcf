"""Standards on the pages: who sees how an institution stands, and judging criterion by criterion."""

import re
import shutil

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration.web_network import Cast, build_network, days_ago
from wangdi.engine.evaluate.standards import assess_network
from wangdi.engine.model.standards import JUDGEMENT, Judged, Review, Standard
from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.assessing import assess_standard
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record, void_record

NAME = "township_centre_illustrative"
OWN = f"/institutions/HA/standards/{NAME}/"
COUNTY = "/places/420281/standards/"
FIRST = {"clause": "示1.1", "level": "C", "criterion": "1"}


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def of(user: User, language: str = "zh-CN") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def read(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def standard() -> Standard:
    return rulebook().standards[NAME]


def judged(client: Client, review: str, met: str, *, version: int = 0, evidence: str = "职责文件") -> str:
    form = FIRST | {"review": review, "met": met, "evidence": evidence, "version": str(version)}
    return client.post(OWN, form, follow=True).content.decode()


def clause(shown: str, number: str) -> str:
    found = re.search(rf'<section class="card clause[^>]*>(?:(?!</section>).)*{number} .*?</section>', shown)
    assert found is not None
    return re.sub(r"<[^>]+>", " ", found.group())


def judge_everything(cast: Cast, review: str, levels: str, *, institution: str = "HA") -> None:
    for one, level, number, criterion in standard().criteria:
        if isinstance(criterion, Judged) and level.value in levels:
            values = {
                "standard": NAME,
                "year": today().year,
                "review": review,
                "clause": one.number,
                "level": level.value,
                "criterion": number,
                "met": True,
            }
            save_record(
                actor=cast.director,
                kind=rulebook().kinds[JUDGEMENT],
                subject_code=institution,
                occurred_on=today(),
                values=values,
            )


def test_a_director_judges_a_criterion_and_the_level_follows_at_once(cast: Cast) -> None:
    director = of(cast.director)
    before = clause(read(director, OWN), "示1.1")
    assert "自评 —" in re.sub(r"\s+", " ", before) and "未判定" in before
    assert "已保存判定：示1.1 C" in judged(director, "self", "yes")
    after = re.sub(r"\s+", " ", clause(read(director, OWN), "示1.1"))
    assert "自评 C" in after and "职责文件" in after


def test_a_judgement_is_a_record_with_its_author_and_judging_again_is_its_next_version(cast: Cast) -> None:
    worker = Worker.objects.get(code="W2")
    Assignment.objects.filter(user=cast.director).update(worker=worker)
    director = of(cast.director)
    judged(director, "self", "yes")
    judged(director, "self", "no", version=1, evidence="")
    record = RecordVersion.objects.current().get(kind__name=JUDGEMENT)
    assert (record.version, record.values["met"], record.worker, record.change.actor) == (
        2,
        False,
        worker,
        cast.director,
    )
    assert record.institution == Institution.objects.get(code="HA")
    shown = clause(read(director, OWN), "示1.1")
    assert "未达到" in shown and "李医生" in shown


def test_each_review_is_judged_by_those_whose_it_is_and_by_nobody_else(cast: Cast) -> None:
    city = User.objects.create_user("reviewer")
    Assignment.objects.create(user=city, role=Role.CITY_OFFICER, place=Place.objects.get(code="42"))
    for user, own in ((cast.director, "self"), (cast.county, "county"), (city, "city")):
        client = of(user)
        for review in Review:
            form = FIRST | {"review": review.value, "met": "yes", "evidence": "x", "version": "0"}
            status = client.post(OWN, form).status_code
            assert status == (302 if review.value == own else 404), (user, review)
    for user in (cast.own, cast.beside, cast.outsider):
        form = FIRST | {"review": "self", "met": "yes", "evidence": "x", "version": "0"}
        assert of(user).post(OWN, form).status_code == 404
    assert RecordVersion.objects.filter(kind__name=JUDGEMENT).count() == 3


def test_who_may_not_judge_gets_no_form(cast: Cast) -> None:
    Assignment.objects.filter(user=cast.director).update(role=Role.TOWNSHIP_DOCTOR)
    assert "保存判定" not in read(of(cast.director), OWN)
    assert "保存判定" in read(of(cast.county), OWN)


def test_a_judgement_cannot_be_written_amended_or_voided_beside_the_page_of_its_review(cast: Cast) -> None:
    judged(of(cast.county), "county", "no")
    record = RecordVersion.objects.get(kind__name=JUDGEMENT)
    address = f"/records/{JUDGEMENT}/{record.record_id}/"
    for user in (cast.director, cast.county):
        client = of(user)
        shown = read(client, address)
        assert "县级评审" in shown and f"{address}void/" not in shown
        assert f'href="{address}"' in read(client, OWN)
        for forbidden in (
            f"{address}edit/",
            f"{address}void/",
            f"/registers/institution/HA/record/{JUDGEMENT}/",
        ):
            form = {"id": record.record_id, "version": "1", "occurred_on": "2026-01-01", "reason": "x"}
            assert client.post(forbidden, form).status_code == 403, forbidden
    assert RecordVersion.objects.filter(kind__name=JUDGEMENT).count() == 1


def test_where_reviews_differ_it_is_said_with_the_share_that_agrees(cast: Cast) -> None:
    judged(of(cast.director), "self", "yes")
    judged(of(cast.county), "county", "no")
    shown = read(of(cast.county), OWN)
    assert "评审不一致" in clause(shown, "示1.1")
    assert "0.0% <span" in shown and "共1条" in shown
    assert re.search(r"县级评审：<b>未达标</b>", read(of(cast.county), COUNTY))


def test_what_is_wrong_with_a_judgement_is_told_and_nothing_is_kept(cast: Cast) -> None:
    director = of(cast.director)
    assert "请写明看到的佐证材料" in judged(director, "self", "yes", evidence=" ")
    assert "请选择达到或未达到" in judged(director, "self", "")
    assert not RecordVersion.objects.filter(kind__name=JUDGEMENT).exists()
    judged(director, "self", "yes")
    assert "刚刚被别人判定" in judged(director, "self", "no")
    assert RecordVersion.objects.current().get(kind__name=JUDGEMENT).values["met"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"clause": "示9.9"},
        {"clause": "示1.3"},
        {"level": "D"},
        {"criterion": "2"},
        {"criterion": "x"},
        {"review": "world"},
        {"version": "-1"},
    ],
)
def test_a_form_made_by_hand_for_what_people_do_not_judge_is_not_found(
    cast: Cast, wrong: dict[str, str]
) -> None:
    form = FIRST | {"review": "self", "met": "yes", "evidence": "x", "version": "0"} | wrong
    assert of(cast.director).post(OWN, form).status_code == 404


def test_the_gap_names_the_cheapest_clauses_to_the_next_tier(cast: Cast) -> None:
    judge_everything(cast, "self", "C")
    shown = read(of(cast.director), OWN)
    gap = re.sub(r"<[^>]+>", " ", shown[shown.index('id="gap"') : shown.index("功能任务与资源配置")])
    assert "基本标准：补 3 条，工作量 3" in gap  # of 18 clauses 17 are asked for, 14 are there
    judge_everything(cast, "self", "B")
    assert "基本标准" in read(of(cast.county), COUNTY)


def test_conditions_are_told_with_what_was_found(cast: Cast) -> None:
    shown = clause(read(of(cast.director), OWN), "示2.2")
    assert "本年在本机构的高血压患者随访服务记录表次数 &gt; 0" in shown
    assert "本年在本机构的高血压患者随访服务记录表次数 = 0" in shown
    beds = clause(read(of(cast.director), OWN), "示1.2")
    assert "不适用" in beds and "床位数 = —" in beds


def test_the_list_of_an_area_counts_institutions_and_tiers_by_review(cast: Cast) -> None:
    judge_everything(cast, "self", "CB")
    judge_everything(cast, "self", "C", institution="HB")
    shown = read(of(cast.county), COUNTY)
    assert re.search(
        r'自评</th><td class="number">2</td><td class="number">2</td><td class="number">0</td>', shown
    )
    assert "金湖卫生院" in shown and "还地桥卫生院" in shown
    assert "栖儒村卫生室" not in shown
    assert "还地桥卫生院" not in read(of(cast.county), "/places/A/standards/")


def test_clauses_that_nobody_checked_are_said_to_be_so(cast: Cast) -> None:
    for address in (COUNTY, OWN):
        shown = read(of(cast.county), address)
        assert "不能当作官方评审结论" in shown and "请管理员导入官方条款" in shown
    assert "wangdi " not in shown  # commands are for administrators, who find them in their guide


def test_both_pages_speak_english(cast: Cast) -> None:
    officer = of(cast.county, "en")
    judged(of(cast.director), "self", "yes")
    shown = read(officer, OWN)
    assert "Self-assessment <b" in shown and "Save the judgement" in shown and "not judged" in shown
    assert "Gap to the next tier" in read(officer, COUNTY)


def test_the_pages_of_institutions_lead_to_their_standards(cast: Cast) -> None:
    assert 'href="/institutions/HA/standards/"' in read(of(cast.director), "/institutions/HA/")
    assert f'href="{OWN}?year={today().year}"' in read(of(cast.director), "/institutions/HA/standards/")
    assert 'href="/places/A/standards/"' in read(of(cast.county), "/places/A/")


def test_a_year_or_standard_that_cannot_be_chosen_is_not_found(cast: Cast) -> None:
    officer = of(cast.county)
    assert officer.get(f"{COUNTY}?year={today().year - 1}").status_code == 200
    for query in ("?year=2021", f"?year={today().year + 1}", "?year=x", "?standard=nothing"):
        assert officer.get(COUNTY + query).status_code == 404
    assert officer.get("/institutions/HA/standards/nothing/").status_code == 404
    assert "不适用于该机构" in read(officer, f"/institutions/CA1/standards/{NAME}/")


def test_before_the_first_evaluation_the_pages_say_what_to_do(cast: Cast, installation: Installation) -> None:
    shutil.rmtree(installation.lake)
    for address in (COUNTY, OWN):
        assert "后台任务" in read(of(cast.county), address)


def test_what_was_judged_since_the_lake_was_built_counts_as_if_it_had_been_built_again(
    cast: Cast, installation: Installation
) -> None:
    judge_everything(cast, "self", "CB")
    judge_everything(cast, "county", "C")
    fresh_lake(installation)
    kept = [*RecordVersion.objects.current().filter(kind__name=JUDGEMENT).order_by("seq")]
    kind = rulebook().kinds[JUDGEMENT]
    void_record(actor=cast.county, kind=kind, record_id=kept[0].record_id, reason="重复")
    judged(of(cast.director), "self", "no", version=1)
    for record in kept[3:6]:
        save_record(
            actor=cast.county,
            kind=kind,
            subject_code="HA",
            occurred_on=days_ago(1),
            values=record.values | {"met": False},
            record_id=record.record_id,
        )
    laid_over = assess_standard(standard(), today().year, today())
    assert laid_over is not None
    lake, _ = fresh_lake(installation)
    anew = assess_network(network_of(lake), today().year, today()).assessed[NAME]
    assert (laid_over.assessed.marks == anew.marks).all()
    assert (laid_over.assessed.tiers == anew.tiers).all()
    assert (anew.marks == 0).any() and (anew.marks == 2).any()


def test_opening_a_page_asks_the_store_as_often_for_many_judgements_as_for_none(cast: Cast) -> None:
    officer = of(cast.county)
    read(officer, OWN), read(officer, COUNTY)

    def asked(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(officer, address)
        return len(queries)

    before = asked(OWN), asked(COUNTY)
    judge_everything(cast, "self", "CB")
    assert (asked(OWN), asked(COUNTY)) == before
