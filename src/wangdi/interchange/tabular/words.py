"""What people write instead of the declared names and titles, and how writings are made comparable."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning")

BRACKETED = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】"
"""A remark in brackets, such as a unit, in a text that is NFKC."""

LAST_BRACKETED = rf"(?:{BRACKETED})[\s*:]*$"
"""The remark a text ends with: (mmHg) in 收缩压(左)(mmHg)."""

_UNHEEDED = re.compile(r"[\s_\-*:/.、·'\"()\[\]【】\u200b-\u200d\ufeff]+")
_TABLE_ENDINGS = ("登记表", "基本信息", "台账", "档案", "信息", "名单", "记录", "列表", "清单", "表")


def folded(text: str) -> str:
    """A heading or an answer without what does not matter: width, case, spaces, punctuation."""
    return _UNHEEDED.sub("", unicodedata.normalize("NFKC", text).casefold())


def writings(text: str) -> tuple[str, ...]:
    """The folded text in full, without a remark in brackets at its end, without any remark in brackets."""
    plain = unicodedata.normalize("NFKC", text)
    shorter = (re.sub(LAST_BRACKETED, "", plain), re.sub(BRACKETED, "", plain))
    return tuple(dict.fromkeys(filter(None, map(folded, (plain, *shorter)))))


def meanings(pairs: Iterable[tuple[str, Meaning]]) -> dict[str, Meaning]:
    """Every writing of each text and what it means: full texts first, in the order given.

    A text without its remark in brackets counts only where it can mean one thing.
    """
    pairs = tuple(pairs)
    found: dict[str, Meaning] = {}
    for text, meaning in pairs:
        found.setdefault(folded(text), meaning)
    shortened: defaultdict[str, list[Meaning]] = defaultdict(list)
    for text, meaning in pairs:
        for writing in writings(text)[1:]:
            if meaning not in shortened[writing]:
                shortened[writing].append(meaning)
    for writing, candidates in shortened.items():
        if len(candidates) == 1:
            found.setdefault(writing, candidates[0])
    return found


def meaning_of(text: str, known: Mapping[str, Meaning]) -> Meaning | None:
    """What a text means, by its fullest writing that is known."""
    return next((known[writing] for writing in writings(text) if writing in known), None)


def without_table_ending(text: str) -> str:
    """A table's folded name without a Chinese ending such as 台账 that people add or drop."""
    name = folded(text)
    for ending in _TABLE_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


def is_within(short: str, long: str) -> bool:
    """Whether a Chinese name only leaves out characters of a longer one: 高血压随访 of 高血压患者随访表."""
    characters = iter(long)
    return len(short) > 1 and not short.isascii() and all(character in characters for character in short)


TABLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "places": ("行政区划", "区划代码", "地区", "地名"),
    "institutions": ("医疗机构", "机构", "医疗卫生机构"),
    "workers": ("医务人员", "工作人员", "卫生人员", "职工", "员工", "医生", "staff"),
    "teams": ("家庭医生团队", "医生团队", "专家组", "服务团队"),
    "assets": ("资产", "设备", "车辆", "医疗设备", "设备台账", "固定资产"),
    "residents": ("居民健康", "人口", "服务对象", "患者", "people"),
}
"""Other names of the registers' tables."""

HEADING_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "places": {
        "code": ("区划编码", "区划代码", "行政区划代码", "代码", "编号"),
        "name": ("区划名称", "地名"),
        "level": ("层级", "行政级别"),
        "parent": ("上级", "上级编码", "上级代码", "上级区划编码", "上级区划代码", "父级"),
        "population": ("人口数", "常住人口"),
        "lon": ("lng", "long"),
    },
    "institutions": {
        "code": ("机构编码", "机构代码", "代码", "编号"),
        "name": ("机构名称",),
        "type": ("类别", "类型", "机构类型"),
        "level": ("等级", "级别", "机构级别", "医院等级"),
        "parent": ("上级", "上级编码", "上级机构编码", "上级机构代码", "主管机构"),
        "place": ("区划", "区划编码", "区划代码", "所在区划编码", "所在地", "行政区划"),
        "beds": ("床位", "编制床位", "床位数量"),
        "opened_on": ("开业时间", "成立日期", "启用日期"),
        "closed_on": ("停业时间", "关闭日期", "撤销日期"),
        "lon": ("lng", "long"),
    },
    "adoptions": {
        "pack": ("规则包名称", "包"),
        "place": ("区划", "区划代码", "地区"),
        "since": ("生效日期", "开始日期", "施行日期"),
        "until": ("结束日期", "终止日期"),
        "edition": ("版本",),
        "in_force": ("是否施行",),
    },
    "targets": {
        "indicator": ("指标名称",),
        "place": ("区划", "区划代码", "地区"),
        "institution": ("机构", "机构代码"),
        "period_start": ("期间", "年度首日", "起始日期"),
        "value": ("目标", "任务数"),
        "source": ("文件", "文号"),
    },
    "workers": {
        "code": ("人员编码", "人员编号", "工号", "职工号", "编号"),
        "name": ("人员姓名", "名字"),
        "title_level": ("职称", "职称等级"),
        "qualification": ("资格", "执业类别"),
        "specialty": ("专科", "专业特长"),
        "institution": ("机构", "机构编码", "机构代码", "所在机构编码", "工作单位", "单位"),
        "employed_from": ("入职时间", "聘用日期", "到岗日期"),
        "left_on": ("离职时间", "离岗日期", "退休日期"),
    },
    "teams": {
        "code": ("团队编码", "团队编号", "编号"),
        "name": ("团队名称",),
        "type": ("类别", "类型", "团队类型"),
        "institution": ("机构", "机构编码", "机构代码", "所在机构编码", "所属机构"),
        "leader": ("组长", "负责人", "队长", "团队长编码", "组长编码"),
        "formed_on": ("组建日期", "成立时间"),
        "dissolved_on": ("解散时间", "撤销日期"),
    },
    "assets": {
        "code": ("资产编码", "资产编号", "设备编码", "设备编号", "编号"),
        "name": ("资产名称", "设备名称"),
        "type": ("类别", "类型", "资产类型", "设备类别"),
        "serial": ("序列号", "出厂号", "车架号"),
        "institution": ("机构", "机构编码", "机构代码", "使用机构编码", "所在机构", "使用单位"),
        "delivered_on": ("到货日期", "交货日期", "配送日期"),
        "accepted_on": ("验收时间",),
        "in_service_from": ("投入使用日期", "启用时间"),
        "out_of_service_on": ("报废日期", "停用时间"),
    },
    "residents": {
        "code": ("居民编码", "居民编号", "档案编号", "健康档案编号", "档案号", "编号"),
        "name": ("居民姓名", "名字"),
        "death_date": ("死亡时间", "去世日期"),
        "place": ("区划", "区划编码", "区划代码", "居住区划编码", "所在区划", "村", "居住地区划"),
        "institution": ("机构", "机构编码", "机构代码", "管理机构编码", "建档机构", "责任机构"),
        "team": ("团队", "团队编码", "签约团队", "家庭医生团队", "服务团队编码"),
        "address": ("地址", "家庭住址", "现住址", "居住地址", "详细地址"),
        "household": ("户号", "家庭编号", "家庭档案编号", "家庭编码", "户编码"),
    },
}
"""Other headings of the registers' columns."""

PERSON_WORDS: Mapping[str, tuple[str, ...]] = {
    "sex": ("gender",),
    "birth_date": ("出生年月日", "生日", "出生年月", "birthday"),
    "id_number": ("身份证", "身份证号码", "身份证件号码", "公民身份号码", "证件号码", "idcard"),
    "phone": ("联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "mobile"),
}
"""Other headings of the columns that workers and residents share."""

RECORD_WORDS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "记录号", "记录id"),
    "institution": ("机构", "机构编码", "机构代码", "服务机构编码", "随访机构", "医疗机构"),
    "worker": ("医生", "随访医生", "医生编码", "服务人员编码", "责任医生", "随访人员", "经办人"),
    "occurred_on": ("服务日期", "发生日期", "随访日期", "登记日期", "体检日期", "记录日期", "date"),
    "status": ("记录状态",),
}
"""Other headings of the columns every record has."""

SUBJECT_WORDS: Mapping[str, tuple[str, ...]] = {
    "resident": ("居民", "居民编号", "居民档案编号", "档案编号", "健康档案编号", "患者编码", "resident"),
    "worker": ("人员", "人员编号", "工号", "医生编码", "派驻人员", "worker"),
    "institution": ("机构", "机构编码", "机构代码"),
    "place": ("区划", "区划编码", "区划代码"),
    "team": ("团队", "团队编码", "团队编号", "team"),
    "asset": ("资产", "设备", "资产编码", "资产编号", "设备编码", "设备编号", "asset"),
}
"""Other headings of the subject, by the entity a kind is about."""

ANSWER_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sex": {"1": ("男性", "m"), "2": ("女性", "f")},
    "status": {
        "final": ("最终", "完成", "已完成", "正常"),
        "void": ("无效", "已作废", "撤销", "删除"),
    },
    "title_level": {
        "none": ("无", "未定级", "未评", "没有"),
        "junior": ("初级职称", "医士", "医师", "住院医师", "护士", "护师", "助理"),
        "mid": ("中级职称", "主治医师", "主管护师"),
        "associate_senior": ("副高级", "副高级职称", "副主任医师", "副主任护师"),
        "senior": ("高级", "正高级", "正高级职称", "主任医师", "主任护师"),
    },
    "type": {
        "hospital": ("综合医院", "县医院"),
        "township_centre": ("卫生院", "中心卫生院"),
        "community_centre": ("社区中心", "社区卫生中心"),
        "community_station": ("社区站", "卫生服务站"),
        "village_clinic": ("卫生室", "村医务室"),
        "family_doctor": ("家庭医生", "签约团队"),
        "expert": ("专家", "专家团队"),
        "ambulance": ("负压救护车", "急救车"),
        "test_vehicle": ("移动核酸检测车", "检测车", "核酸检测车"),
        "ultrasound": ("B超", "彩超", "超声"),
        "x_ray": ("DR", "X光机", "X光"),
        "cold_chain": ("冷藏箱", "冷藏车", "冰箱", "冷链"),
    },
}
"""Other writings of the answers of choices, by field; 高级 alone is read as 正高."""

LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "province": ("省级", "自治区", "直辖市"),
    "city": ("市级", "地市", "地级市", "州"),
    "county": ("县级", "区", "县区", "区县", "县市区", "县级市"),
    "township": ("乡镇级", "乡", "镇", "街道", "乡镇街道"),
    "village": ("村级", "社区", "村居", "村社区", "居委会", "村委会"),
}
"""Other writings of a place's level."""

YES_WORDS = frozenset({"true", "1", "是", "yes", "y", "t", "√", "✓", "✔", "有", "对"})
NO_WORDS = frozenset({"false", "0", "否", "no", "n", "f", "×", "✗", "✘", "无", "x"})
