"""Who may see and record what: a role in a place or in an institution.

The registers are referred to by name only: this package lies below them, because their querysets ask it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.standards import Review


class Role(models.TextChoices):
    VILLAGE_DOCTOR = "village_doctor", _("Village doctor")
    TOWNSHIP_DOCTOR = "township_doctor", _("Doctor of a township health centre")
    TOWNSHIP_DIRECTOR = "township_director", _("Director of a township health centre")
    HOSPITAL_DOCTOR = "hospital_doctor", _("Hospital doctor")
    COUNTY_OFFICER = "county_officer", _("Officer of the county health bureau")
    CITY_OFFICER = "city_officer", _("Officer of the city health commission")
    ADMINISTRATOR = "administrator", _("Administrator")

    def may_record(self, entity: str) -> bool:
        """Whether the role writes records about the entities of a register; about the others it only reads."""
        return entity in _RECORDS_ABOUT[self]

    @property
    def may_charge(self) -> bool:
        """Whether the role says which worker has to do a due item."""
        return self in (Role.TOWNSHIP_DIRECTOR, Role.COUNTY_OFFICER, Role.ADMINISTRATOR)

    @property
    def may_plan(self) -> bool:
        """Whether the role makes and changes plans for the places under it."""
        return self in _OFFICES

    @property
    def may_close(self) -> bool:
        """Whether the role closes months, where its area is the whole network."""
        return self in _OFFICES

    def may_review(self, review: str) -> bool:
        """Whether the role judges institutions against standards at a review."""
        return self is Role.ADMINISTRATOR or _REVIEWS.get(self) == review


_OFFICES = (Role.COUNTY_OFFICER, Role.CITY_OFFICER, Role.ADMINISTRATOR)

_SUPPLIED = frozenset({"institution", "worker", "team", "asset"})
"""What a superior office inspects and accepts."""

_TREATED = frozenset({"resident"})

_RECORDS_ABOUT = {
    Role.VILLAGE_DOCTOR: _TREATED,
    Role.TOWNSHIP_DOCTOR: _TREATED,
    Role.TOWNSHIP_DIRECTOR: _SUPPLIED | _TREATED,
    Role.HOSPITAL_DOCTOR: _TREATED,
    Role.COUNTY_OFFICER: _SUPPLIED | {"place"},
    Role.CITY_OFFICER: frozenset({"place", "institution"}),
    Role.ADMINISTRATOR: frozenset(REGISTERS),
}

_REVIEWS = {
    Role.TOWNSHIP_DIRECTOR: Review.SELF.value,
    Role.COUNTY_OFFICER: Review.COUNTY.value,
    Role.CITY_OFFICER: Review.CITY.value,
}
"""Which review is whose; that of the province is entered by administrators."""


class Assignment(models.Model):
    """A user's role in one place or one institution and all under it; an administrator's is everywhere.

    ``worker`` is who the user is in the register: records are saved in that name.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=32, choices=Role.choices)
    place = models.ForeignKey("network.Place", models.PROTECT, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(
        "network.Institution", models.PROTECT, null=True, blank=True, related_name="+"
    )
    worker = models.ForeignKey("network.Worker", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_one_area",
                condition=Q(role="administrator", place=None, institution=None)
                | (~Q(role="administrator") & Q(place=None, institution__isnull=False))
                | (~Q(role="administrator") & Q(place__isnull=False, institution=None)),
            ),
            models.UniqueConstraint(
                name="assignment_once",
                fields=("user", "role", "place", "institution"),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
