"""Common Chinese names, by sex and by when people were born.

Surnames are the nation's most frequent ones with those frequent in south-east Hubei; given names are made of
characters that were in fashion. A name is drawn, never taken from anyone.
"""

from datetime import date
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Column, Ints, day_number, integers, pick

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁罗郑谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤柯石明成费乐骆"
)
LOCAL_SURNAMES = "柯石刘陈黄胡徐曹余冯王李张"
"""Surnames much more frequent here than in the nation."""

COHORTS = tuple(day_number(date(year, 1, 1)) for year in (1955, 1980, 2005))
"""Days on which a new fashion begins."""

_MEN = (
    ("国建德金玉光大文世正春长", "华生福祥贵财林明清发才友"),
    ("建志国文海小新立春永红卫", "军华平明强勇刚斌辉峰林波"),
    ("俊志子文嘉浩天宇晓家思鹏", "杰伟豪涛鑫龙飞磊凯翔博超"),
    ("子梓浩宇俊一沐皓奕睿思景", "轩涵睿宸泽辰宇豪航晨阳熙"),
)
_WOMEN = (
    ("秀玉桂凤金春月美菊素翠兰", "英兰珍香莲梅华云娥芝芳秀"),
    ("丽红秀春晓海桂小爱雪玉冬", "华芳霞梅燕玲萍艳娟琴敏平"),
    ("婷晓雨思佳静梦欣雅嘉诗文", "婷静怡娜慧颖倩莹洁琪雪丹"),
    ("梓雨欣子诗思语一可若依梦", "涵萱怡妍彤琪瑶馨悦桐妮玥"),
)
_CHANCE_OF_ONE_CHARACTER = (0.15, 0.3, 0.35, 0.08)


def make_names(sex: Ints, birth: Ints, generator: np.random.Generator) -> Column:
    """One name per person; sex 1 male, 2 female; birth in days since 1970."""
    cohort = integers(np.searchsorted(COHORTS, birth, side="right"))
    surname = pick(generator, _surname_weights(), len(sex))
    first = generator.integers(0, _PER_LIST, len(sex))
    second = generator.integers(0, _PER_LIST, len(sex))
    single = generator.random(len(sex)) < np.take(_CHANCE_OF_ONE_CHARACTER, cohort)
    slot = np.where(single, _PER_LIST, first) * _PER_LIST + second
    group = (sex - 1) * len(_MEN) + cohort
    given = _GIVEN_NAMES.take(pa.array(group * _PER_GROUP + slot))
    return pc.binary_join_element_wise(pa.array(SURNAMES).take(pa.array(surname)), given, "")


def _surname_weights() -> list[float]:
    return [(6.0 if name in LOCAL_SURNAMES else 1.0) / (rank + 8) for rank, name in enumerate(SURNAMES)]


def _given_names() -> list[str]:
    """Per sex and cohort: all pairs of the two lists, then the second list alone."""
    return [
        name
        for firsts, seconds in (*_MEN, *_WOMEN)
        for name in (*map("".join, product(firsts, seconds)), *seconds)
    ]


_PER_LIST = 12
_PER_GROUP = _PER_LIST * (_PER_LIST + 1)
_GIVEN_NAMES = pa.array(_given_names())
