"""What the roles are called."""

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
