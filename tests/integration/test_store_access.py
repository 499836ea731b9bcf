"""Who sees what: own, above, beside, nobody."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from store_samples import load, network, postings, register_table, visits

from integration.built import built_once
from wangdi.engine.model.registers import PLACE
from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.scope import scope_of
from wangdi.server.network.models import MODELS, Institution, Place
from wangdi.server.records.models import RecordVersion

SEEN = {
    "village doctor": {
        "place": {"420281A"},
        "institution": {"VA"},
        "worker": {"W1"},
        "team": set(),
        "asset": {"AV"},
        "resident": {"R1"},
        "record": {"at home", "elsewhere", "posted"},
    },
    "township director": {
        "place": {"420281A"},
        "institution": {"HA", "VA"},
        "worker": {"W1"},
        "team": {"TA"},
        "asset": {"AA", "AV"},
        "resident": {"R1"},
        "record": {"at home", "elsewhere", "posted"},
    },
    "beside": {
        "place": {"420281B"},
        "institution": {"HB"},
        "worker": set(),
        "team": {"TB"},
        "asset": set(),
        "resident": {"R2"},
        "record": {"neighbour"},
    },
    "county officer": {
        "place": {"420281", "420281A", "420281B"},
        "institution": {"HA", "VA", "HB"},
        "worker": {"W1"},
        "team": {"TA", "TB"},
        "asset": {"AA", "AV"},
        "resident": {"R1", "R2"},
        "record": {"at home", "elsewhere", "neighbour", "posted"},
    },
    "other county": {
        "place": {"420222", "420222A"},
        "institution": {"HX"},
        "worker": {"W2"},
        "team": set(),
        "asset": {"AX"},
        "resident": {"R3"},
        "record": {"elsewhere"},
    },
    "outsider": {entity: set() for entity in (*MODELS, "record")},
}


@pytest.fixture
def cast(installation: object) -> dict[str, User]:
    """Each user by part; the roles are given as the parts say."""
    built_once(load_with_records)
    return {part: User.objects.get(username=part) for part in SEEN}


def load_with_records() -> None:
    load(
        **network(),
        visit=visits(
            {"id": "at home", "institution": "VA"},
            {"id": "elsewhere", "institution": "HX"},
            {"id": "neighbour", "subject": "R2", "institution": "HB"},
            {"id": "homeless", "subject": "R4"},
        ),
        posting=postings({"id": "posted", "subject": "W1"}),
    )
    users = {part: User.objects.create_user(part) for part in SEEN}
    assign(users["village doctor"], Role.VILLAGE_DOCTOR, institution="VA")
    assign(users["township director"], Role.TOWNSHIP_DIRECTOR, institution="HA")
    assign(users["beside"], Role.TOWNSHIP_DIRECTOR, institution="HB")
    assign(users["county officer"], Role.COUNTY_OFFICER, place="420281")
    assign(users["other county"], Role.COUNTY_OFFICER, place="420222")


def assign(user: User, role: Role, *, place: str = "", institution: str = "") -> Assignment:
    return Assignment.objects.create(
        user=user,
        role=role,
        place=Place.objects.get(code=place) if place else None,
        institution=Institution.objects.get(code=institution) if institution else None,
    )


def seen_by(user: User | AnonymousUser) -> dict[str, set[str]]:
    seen = {
        entity: set(model.objects.visible_to(user).values_list("code", flat=True))
        for entity, model in MODELS.items()
    }
    return {**seen, "record": set(RecordVersion.objects.visible_to(user).values_list("record_id", flat=True))}


@pytest.mark.parametrize("part", SEEN)
def test_each_sees_what_is_theirs_and_nothing_beside(cast: dict[str, User], part: str) -> None:
    assert seen_by(cast[part]) == SEEN[part]


def recorded_by(user: User) -> dict[str, set[str]]:
    """About whom somebody may write records."""
    found = {
        entity: set(model.objects.recordable_by(user).values_list("code", flat=True))
        for entity, model in MODELS.items()
    }
    return {entity: codes for entity, codes in found.items() if codes}


def test_a_village_doctor_records_about_residents_alone(cast: dict[str, User]) -> None:
    assert recorded_by(cast["village doctor"]) == {"resident": {"R1"}}


def test_a_centre_records_about_its_residents_and_all_it_runs(cast: dict[str, User]) -> None:
    own = {
        name: SEEN["township director"][name]
        for name in ("institution", "worker", "team", "asset", "resident")
    }
    assert recorded_by(cast["township director"]) == own


def test_an_officer_of_the_county_inspects_but_does_not_treat(cast: dict[str, User]) -> None:
    own = {name: SEEN["county officer"][name] for name in ("place", "institution", "worker", "team", "asset")}
    assert recorded_by(cast["county officer"]) == own


def test_an_officer_of_the_city_records_about_places_and_institutions_and_only_reads_of_people(
    cast: dict[str, User],
) -> None:
    assign(cast["outsider"], Role.CITY_OFFICER, place="42")
    assert seen_by(cast["outsider"])["resident"] == {"R1", "R2", "R3"}
    assert recorded_by(cast["outsider"]).keys() == {"place", "institution"}


def test_a_role_that_reads_does_not_widen_where_another_records(cast: dict[str, User]) -> None:
    assign(cast["village doctor"], Role.CITY_OFFICER, place="42")
    assert recorded_by(cast["village doctor"])["resident"] == {"R1"}


def test_strangers_and_the_dismissed_see_nothing(cast: dict[str, User]) -> None:
    dismissed = cast["county officer"]
    dismissed.is_active = False
    assert seen_by(dismissed) == seen_by(AnonymousUser()) == SEEN["outsider"]


def test_superusers_and_administrators_see_everything(cast: dict[str, User]) -> None:
    root = User.objects.create_superuser("root")
    assign(cast["outsider"], Role.ADMINISTRATOR)
    for user in (root, cast["outsider"]):
        assert seen_by(user)["resident"] == {"R1", "R2", "R3", "R4"}
        assert seen_by(user)["record"] == {"at home", "elsewhere", "neighbour", "homeless", "posted"}


def test_two_roles_see_what_either_sees(cast: dict[str, User]) -> None:
    assign(cast["beside"], Role.COUNTY_OFFICER, place="420222")
    assert seen_by(cast["beside"])["resident"] == {"R2", "R3"}


def test_nothing_is_seen_twice(cast: dict[str, User]) -> None:
    assign(cast["village doctor"], Role.COUNTY_OFFICER, place="42")
    residents = MODELS["resident"].objects.visible_to(cast["village doctor"])
    assert sorted(residents.values_list("code", flat=True)) == ["R1", "R2", "R3"]


def test_a_code_that_begins_alike_or_differs_in_case_is_not_under_it(cast: dict[str, User]) -> None:
    more = [{"code": code, "name": code, "level": "county", "parent": "42"} for code in ("420281x", "42028")]
    lower = {"code": "420281a", "name": "a", "level": "township", "parent": "420222"}
    load(places=register_table(PLACE, [*more, lower]))
    assert seen_by(cast["county officer"])["place"] == SEEN["county officer"]["place"]
    assert seen_by(cast["village doctor"])["place"] == {"420281A"}


def test_a_scope_says_what_it_reaches(cast: dict[str, User]) -> None:
    scope = scope_of(cast["township director"])
    assert scope.reaches_institution("/HA/VA/", "/42/420281/420281A/")
    assert not scope.reaches_institution("/HB/", "/42/420281/420281B/")
    assert scope_of(cast["county officer"]).reaches_place("/42/420281/420281B/")
    assert not scope_of(cast["outsider"]).reaches_place("/42/")


@pytest.mark.parametrize(
    ("role", "place", "institution"),
    [
        (Role.COUNTY_OFFICER, "", ""),
        (Role.COUNTY_OFFICER, "42", "HA"),
        (Role.ADMINISTRATOR, "42", ""),
    ],
)
def test_a_role_has_exactly_one_area_and_an_administrator_none(
    cast: dict[str, User], role: Role, place: str, institution: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        assign(cast["outsider"], role, place=place, institution=institution)
