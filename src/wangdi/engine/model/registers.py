"""The registers every network keeps: places, institutions, workers, teams, assets, residents.

One definition serves the store, the import, the engine and the screens. Codes: sex by GB/T 2261.1-2003.
"""

from dataclasses import dataclass

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Register:
    """A table of entities. ``code`` is the key that files use; it is always the first field.

    ``table`` is the plural used for files, sheets and tables; ``entity`` the singular used in rules.
    """

    entity: str
    table: str
    title: Text
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def is_tree(self) -> bool:
        """Whether its entities stand under one another, by ``parent``."""
        return any(field.refers_to == self.entity for field in self.fields)


def _options(*triples: tuple[str, str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, Text(zh, en)) for code, zh, en in triples)


_CODE = Field("code", Text("编码", "Code"), FieldType.TEXT, required=True)
_NAME = Field("name", Text("名称", "Name"), FieldType.TEXT, required=True)
_PERSON_NAME = Field("name", Text("姓名", "Name"), FieldType.TEXT, required=True)
_LON = Field("lon", Text("经度", "Longitude"), FieldType.DECIMAL, unit="°", minimum=-180, maximum=180)
_LAT = Field("lat", Text("纬度", "Latitude"), FieldType.DECIMAL, unit="°", minimum=-90, maximum=90)
_SEX = Field(
    "sex",
    Text("性别", "Sex"),
    FieldType.CHOICE,
    _options(("1", "男", "Male"), ("2", "女", "Female")),
)
_ID_NUMBER = Field("id_number", Text("身份证号", "ID number"), FieldType.TEXT, sensitive=True)
_PHONE = Field("phone", Text("电话", "Phone"), FieldType.TEXT, sensitive=True)
_BIRTH_DATE = Field("birth_date", Text("出生日期", "Birth date"), FieldType.DATE)

PLACE_LEVELS = _options(
    ("province", "省", "Province"),
    ("city", "市", "City"),
    ("county", "县", "County"),
    ("township", "乡镇", "Township"),
    ("village", "村", "Village"),
)
"""From the top of the tree down."""

PLACE = Register(
    "place",
    "places",
    Text("区划", "Places"),
    (
        _CODE,
        _NAME,
        Field("level", Text("级别", "Level"), FieldType.CHOICE, PLACE_LEVELS, required=True),
        Field("parent", Text("上级区划", "Parent place"), FieldType.REFERENCE, refers_to="place"),
        _LON,
        _LAT,
        Field("population", Text("人口", "Population"), FieldType.INTEGER, unit="人", minimum=0),
    ),
)

INSTITUTION = Register(
    "institution",
    "institutions",
    Text("机构", "Institutions"),
    (
        _CODE,
        _NAME,
        Field(
            "type",
            Text("机构类别", "Type"),
            FieldType.CHOICE,
            _options(
                ("hospital", "医院", "Hospital"),
                ("township_centre", "乡镇卫生院", "Township health centre"),
                ("community_centre", "社区卫生服务中心", "Community health centre"),
                ("community_station", "社区卫生服务站", "Community health station"),
                ("village_clinic", "村卫生室", "Village clinic"),
                ("other", "其他", "Other"),
            ),
            required=True,
        ),
        Field(
            "level",
            Text("机构等级", "Level"),
            FieldType.CHOICE,
            _options(("1", "一级", "Level 1"), ("2", "二级", "Level 2"), ("3", "三级", "Level 3")),
            ordered=True,
        ),
        Field("parent", Text("上级机构", "Parent institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("place", Text("所在区划", "Place"), FieldType.REFERENCE, refers_to="place", required=True),
        _LON,
        _LAT,
        Field("beds", Text("床位数", "Beds"), FieldType.INTEGER, unit="张", minimum=0),
        Field("opened_on", Text("开业日期", "Opened on"), FieldType.DATE),
        Field("closed_on", Text("停业日期", "Closed on"), FieldType.DATE),
    ),
)

WORKER = Register(
    "worker",
    "workers",
    Text("人员", "Workers"),
    (
        _CODE,
        _PERSON_NAME,
        _SEX,
        _BIRTH_DATE,
        Field(
            "title_level",
            Text("职称级别", "Title level"),
            FieldType.CHOICE,
            _options(
                ("none", "无职称", "None"),
                ("junior", "初级", "Junior"),
                ("mid", "中级", "Mid"),
                ("associate_senior", "副高", "Associate senior"),
                ("senior", "正高", "Senior"),
            ),
            ordered=True,
        ),
        Field("qualification", Text("执业资格", "Qualification"), FieldType.TEXT),
        Field("specialty", Text("专业", "Specialty"), FieldType.TEXT),
        Field("institution", Text("所在机构", "Institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("employed_from", Text("入职日期", "Employed from"), FieldType.DATE),
        Field("left_on", Text("离职日期", "Left on"), FieldType.DATE),
        _ID_NUMBER,
        _PHONE,
    ),
)

TEAM = Register(
    "team",
    "teams",
    Text("团队", "Teams"),
    (
        _CODE,
        _NAME,
        Field(
            "type",
            Text("团队类别", "Type"),
            FieldType.CHOICE,
            _options(
                ("family_doctor", "家庭医生团队", "Family-doctor team"),
                ("expert", "专家组", "Expert group"),
                ("other", "其他", "Other"),
            ),
            required=True,
        ),
        Field("institution", Text("所在机构", "Institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("leader", Text("团队长", "Leader"), FieldType.REFERENCE, refers_to="worker"),
        Field("formed_on", Text("成立日期", "Formed on"), FieldType.DATE),
        Field("dissolved_on", Text("解散日期", "Dissolved on"), FieldType.DATE),
    ),
)

ASSET = Register(
    "asset",
    "assets",
    Text("资产设备", "Assets"),
    (
        _CODE,
        _NAME,
        Field(
            "type",
            Text("资产类别", "Type"),
            FieldType.CHOICE,
            _options(
                ("ambulance", "救护车", "Ambulance"),
                ("test_vehicle", "移动检测车", "Mobile test vehicle"),
                ("ultrasound", "超声设备", "Ultrasound"),
                ("x_ray", "X线设备", "X-ray"),
                ("cold_chain", "冷链设备", "Cold chain"),
                ("other", "其他", "Other"),
            ),
            required=True,
        ),
        Field("serial", Text("出厂编号", "Serial number"), FieldType.TEXT),
        Field("institution", Text("使用机构", "Institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("delivered_on", Text("交付日期", "Delivered on"), FieldType.DATE),
        Field("accepted_on", Text("验收日期", "Accepted on"), FieldType.DATE),
        Field("in_service_from", Text("启用日期", "In service from"), FieldType.DATE),
        Field("out_of_service_on", Text("停用日期", "Out of service on"), FieldType.DATE),
    ),
)

RESIDENT = Register(
    "resident",
    "residents",
    Text("居民", "Residents"),
    (
        _CODE,
        _PERSON_NAME,
        _SEX,
        _BIRTH_DATE,
        Field("death_date", Text("死亡日期", "Death date"), FieldType.DATE),
        Field("place", Text("居住区划", "Place"), FieldType.REFERENCE, refers_to="place"),
        Field("institution", Text("管理机构", "Institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("team", Text("服务团队", "Team"), FieldType.REFERENCE, refers_to="team"),
        _ID_NUMBER,
        _PHONE,
        Field("address", Text("住址", "Address"), FieldType.TEXT),
        Field("household", Text("户编号", "Household"), FieldType.TEXT),
    ),
)

REGISTERS = {register.entity: register for register in (PLACE, INSTITUTION, WORKER, TEAM, ASSET, RESIDENT)}
"""By entity; each after those it refers to."""
