"""The roles people work in: workflows say which of them may make a transition."""

from wangdi.engine.model.text import Text

ROLES = {
    "village_doctor": Text("乡村医生", "Village doctor"),
    "township_doctor": Text("卫生院医生", "Doctor of a township health centre"),
    "township_director": Text("卫生院院长", "Director of a township health centre"),
    "hospital_doctor": Text("医院医生", "Hospital doctor"),
    "county_officer": Text("县级卫生健康行政人员", "Officer of the county health bureau"),
    "city_officer": Text("市级卫生健康行政人员", "Officer of the city health commission"),
    "administrator": Text("系统管理员", "Administrator"),
}
"""By name; the server gives them to users."""

SUBJECT = "subject"
"""In a workflow: whom the record is about makes the transition, as a resident who cancels an appointment."""

ACTORS = {**ROLES, SUBJECT: Text("本人", "Whom it is about")}
"""All who may make a transition."""
