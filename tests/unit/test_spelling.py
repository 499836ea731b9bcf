"""Names in letters, as people type them to find somebody."""

import pytest

from wangdi.server.network.spelling import canonical, spelled, spelled_all


@pytest.mark.parametrize(
    ("name", "whole", "first"),
    [
        ("张三", "zhangsan", "zs"),
        ("曾国藩", "zengguofan", "zgf"),
        ("单田芳", "shantianfang", "stf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕布", "lubu", "lb"),
        ("", "", ""),
    ],
)
def test_a_person_is_spelled_with_the_reading_of_the_surname(name: str, whole: str, first: str) -> None:
    assert spelled(name, is_person=True) == (whole, first)


def test_a_word_keeps_its_reading_and_digits_stay() -> None:
    assert spelled("重庆路第2卫生室", is_person=False) == ("chongqingludi2weishengshi", "cqld2wss")


@pytest.mark.parametrize("typed", ["Lü Bu", "lvbu", "LUBU", "lü'bu"])
def test_ways_to_type_the_same_letters_are_one(typed: str) -> None:
    assert canonical(typed) == "lubu"


def test_a_column_is_spelled_row_by_row_with_nothing_for_no_name() -> None:
    assert spelled_all(["张三", None, "张三"], is_person=True) == (
        ["zhangsan", "", "zhangsan"],
        ["zs", "", "zs"],
    )
