"""Accounts as a table in a file: its columns, and what people call them."""

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.headings import Shape, headings_of
from wangdi.server.access.models import Role
from wangdi.server.access.titles import ROLE_TITLES

LANGUAGES = {"zh-hans": Text("中文", "Chinese"), "en": Text("英文", "English")}
"""Codes of the languages of the pages."""

FIELDS = (
    Field("name", Text("姓名", "Name"), FieldType.TEXT, required=True),
    Field("username", Text("用户名", "User name"), FieldType.TEXT),
    Field(
        "role",
        Text("角色", "Role"),
        FieldType.CHOICE,
        tuple(Option(role.value, ROLE_TITLES[role]) for role in Role),
        required=True,
    ),
    Field("area", Text("机构或区划编码", "Institution or place"), FieldType.TEXT),
    Field("worker", Text("人员编码", "Worker"), FieldType.REFERENCE, refers_to="worker"),
    Field("phone", Text("电话", "Phone"), FieldType.TEXT, sensitive=True),
    Field(
        "language",
        Text("语言", "Language"),
        FieldType.CHOICE,
        tuple(Option(code, title) for code, title in LANGUAGES.items()),
    ),
)
"""``username``: the worker's code where it is empty. ``area``: empty for administrators alone. ``phone`` goes onto the
sheet that is handed over and is not kept."""

_WORDS = {
    "name": ("人员姓名", "名字"),
    "username": ("登录名", "账号", "用户", "login"),
    "role": ("岗位角色", "账号角色"),
    "area": ("机构编码", "区划编码", "机构", "区划", "单位编码", "机构代码", "institution", "place"),
    "worker": ("工号", "人员编号", "职工号"),
    "phone": ("手机", "手机号", "联系电话", "电话号码", "mobile"),
    "language": ("界面语言",),
}

SHAPE = Shape("accounts", Text("账号", "Accounts"), "", FIELDS, headings_of(FIELDS, _WORDS))
