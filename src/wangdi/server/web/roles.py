"""The roles as people read them: what each is called, sees and may do."""

from collections.abc import Mapping

from wangdi.engine.model.text import Text
from wangdi.server.access.models import Role

ROLE_TITLES: Mapping[Role, Text] = {
    Role.VILLAGE_DOCTOR: Text("村医", "Village doctor"),
    Role.TOWNSHIP_DOCTOR: Text("卫生院医生", "Doctor of a township health centre"),
    Role.TOWNSHIP_DIRECTOR: Text("卫生院院长", "Director of a township health centre"),
    Role.HOSPITAL_DOCTOR: Text("医院医生", "Hospital doctor"),
    Role.COUNTY_OFFICER: Text("县卫健局工作人员", "Officer of the county health bureau"),
    Role.CITY_OFFICER: Text("市卫健委工作人员", "Officer of the city health commission"),
    Role.ADMINISTRATOR: Text("管理员", "Administrator"),
}

_OWN_INSTITUTION = Text(
    "所在机构及其下级负责的居民、人员和设备",
    "residents, workers and assets of the institution and those under it",
)
_OWN_PLACE = Text("所在区划内的一切", "everything in the place")

SEES: Mapping[Role, Text] = {
    Role.VILLAGE_DOCTOR: _OWN_INSTITUTION,
    Role.TOWNSHIP_DOCTOR: _OWN_INSTITUTION,
    Role.TOWNSHIP_DIRECTOR: _OWN_INSTITUTION,
    Role.HOSPITAL_DOCTOR: _OWN_INSTITUTION,
    Role.COUNTY_OFFICER: _OWN_PLACE,
    Role.CITY_OFFICER: _OWN_PLACE,
    Role.ADMINISTRATOR: Text("全网络", "the whole network"),
}
