"""What pages list about somebody."""

from shipped import RULEBOOK
from wangdi.engine.explain.trace import GroupFound
from wangdi.server.web.menus import groups_of


def test_the_groups_of_somebody_are_those_served_then_others_and_never_internal_ones() -> None:
    found = [
        GroupFound(one.name, one.title, one.internal, member=one.name != "copd_patients")
        for one in RULEBOOK.groups.values()
        if one.entity == "resident"
    ]
    groups = groups_of(RULEBOOK, found)
    served, others = ({one.name for one in part} for part in (groups.served, groups.others))
    assert "hypertension" in served and "htn_emergency" in served | others
    assert "copd_patients" not in served | others
    assert {one.name for one in found if one.internal} >= {"htn_to_examine", "bp_adults"}
    assert not {one.name for one in found if one.internal} & (served | others)
