"""One indicator over places: a league that orders, chance, equal ages, the way down to who makes the gap."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.engine.explain.missing import Breakdown
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.adjusting import STRATA, adjusted_shares
from wangdi.server.evaluation.behind import behind_figure
from wangdi.server.evaluation.models import Closure, Figure, Publication
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Place, Resident
from wangdi.server.web.comparing import FEWEST_COMPARED
from wangdi.server.web.figures import month_ends

ADDRESS = "/indicators/contract_coverage_key/compare/?place=420281"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def county(cast: Cast, client: Client) -> Client:
    client.force_login(cast.county)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def places(page: str) -> list[str]:
    """The places of the league, in the order shown."""
    table = page.split('class="league stack ranked"')[1].split("</table>")[0]
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', table)


def test_places_are_ranked_with_their_targets_and_lead_further_down(county: Client) -> None:
    page = text(county.get(ADDRESS))
    assert places(page) == ["金湖街道", "还地桥镇"]
    assert "80.0%" in page and "80 / 100" in page and "达标" in page and "差 17.0 个百分点" in page
    assert "/indicators/contract_coverage_key/compare/?place=A" in page
    assert "/indicators/contract_coverage_key/behind/?place=B" in page
    below = text(county.get("/indicators/contract_coverage_key/compare/?place=A"))
    assert places(below) == ["栖儒村", "上冯村"]


def test_any_level_below_is_compared(county: Client) -> None:
    assert set(places(text(county.get(f"{ADDRESS}&level=village")))) == {"栖儒村", "上冯村", "走马村"}
    assert places(text(county.get(f"{ADDRESS}&level=province"))) == ["金湖街道", "还地桥镇"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("value", "还地桥镇"), ("-value", "金湖街道"), ("target", "还地桥镇"), ("-name", "还地桥镇")],
)
def test_the_league_is_ordered_by_what_the_reader_chooses(county: Client, sort: str, first: str) -> None:
    assert places(text(county.get(f"{ADDRESS}&sort={sort}")))[0] == first


def add_townships(numbers: dict[str, tuple[int, int]]) -> None:
    """Townships of the county with a figure each, counted of all."""
    publication = Publication.objects.latest()
    change = record_change("test")
    county = Place.objects.get(code="420281")
    for code, (counted, everybody) in numbers.items():
        place = Place.objects.create(
            code=code,
            name=f"{code}镇",
            level="township",
            parent=county,
            path=f"{county.path}{code}/",
            change=change,
        )
        Figure.objects.create(
            indicator="contract_coverage_key",
            as_of=today(),
            place=place,
            numerator=counted,
            denominator=everybody,
            publication=publication,
        )


def test_chance_is_told_from_difference_and_small_places_are_not_blamed(county: Client) -> None:
    add_townships({"C": (300, 900), "D": (1, 3), "E": (880, 900)})
    page = text(county.get(ADDRESS))
    rows = dict(zip(places(page), page.split("<tr>")[2:], strict=False))
    assert "明显低于总体" in rows["C镇"] and "明显高于总体" in rows["E镇"]
    assert "正常波动" in rows["D镇"], "three people say nothing"
    assert "漏斗图" in page and "二项分布精确界限" in page


def test_two_places_are_no_funnel(county: Client) -> None:
    assert FEWEST_COMPARED == 3
    assert "漏斗图" not in text(county.get(ADDRESS))


def test_a_past_month_is_compared_and_closed_months_are_marked(county: Client) -> None:
    day = month_ends(today())[-2]
    Closure.objects.create(
        last_day=day,
        publication=Publication.objects.latest(),
        archive="x",
        contents={},
        change=record_change("x"),
    )
    page = text(county.get(f"{ADDRESS}&day={day}"))
    assert "79.0%" in page and f"{day} （已封账）" in page
    assert "谁未计入" not in page, "who is missing is known of the newest day only"
    assert places(text(county.get(f"{ADDRESS}&day=1999-01-01"))) == ["金湖街道", "还地桥镇"]


def test_small_numbers_are_hidden_from_the_public(county: Client) -> None:
    limited = next(one for one in rulebook().indicators.values() if one.suppress_below is not None)
    publication = Publication.objects.latest()
    for code, count in (("420281", 103), ("A", 3), ("B", 100)):
        Figure.objects.create(
            indicator=limited.name,
            as_of=today(),
            place=Place.objects.get(code=code),
            numerator=count,
            denominator=200,
            publication=publication,
        )
    address = f"/indicators/{limited.name}/compare/?place=420281"
    assert "人数少，对外不公布" not in text(county.get(address))
    hidden = text(county.get(f"{address}&public=1"))
    assert hidden.count("人数少，对外不公布") == 1


def test_ages_and_sexes_are_made_equal_from_the_lake(cast: Cast) -> None:
    """R1 and R3 are men of fifty, R2 a woman of fifty; with one stratum missing in A2 it has no equal share."""
    indicator = rulebook().indicators["htn_managed"]
    counted = dict(zip(*_counted(behind_figure(indicator, "place", "A", today())), strict=True))
    keys = dict(Place.objects.values_list("code", "pk"))
    shares = adjusted_shares(indicator, "place", "A", today(), {keys["A1"]: 0, keys["A2"]: 1})
    assert len(counted) == 3 and STRATA == 18
    assert shares[1] is None
    assert shares[0] == pytest.approx((counted["R1"] * 2 + counted["R2"]) / 3)


def _counted(found: Breakdown) -> tuple[list[str], list[bool]]:
    codes = Resident.objects.in_bulk(found.keys.to_pylist())
    return [codes[key].code for key in found.keys.to_pylist()], list(found.counted)


def test_the_page_offers_equal_ages_for_residents_only(cast: Cast, county: Client) -> None:
    page = text(county.get("/indicators/htn_managed/compare/?place=420281&adjust=1"))
    assert "年龄性别标化" in page and "缺的组占总体5%以上的地方不计算" in page
