"""What a network decides: which place adopts which pack, and which target an indicator has there.

Nothing is overwritten: a decision that is replaced or withdrawn names the change that did it, so what counted as of any
change can be told.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.network.models import Institution, Place

_CURRENT = Q(withdrawn=None)


def counting_at(change: int) -> Q:
    """Decisions that counted when that change was the newest."""
    return Q(change_id__lte=change) & (_CURRENT | Q(withdrawn_id__gt=change))


class Decision(models.Model):
    """``change`` made it; ``withdrawn`` is the change that replaced it or took it back."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    withdrawn = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def current(self) -> "AdoptionQuerySet":
        return self.filter(_CURRENT)

    def visible_to(self, user: Viewer) -> "AdoptionQuerySet":
        """Those of the places a user sees, and those of the whole network."""
        return self.filter(scope_of(user).covering_places("place__path") | Q(place=None))


class Adoption(Decision):
    """A pack is in force, or is not, at a place and under it; without a place in the whole network."""

    pack = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    """The last day in force."""
    edition = models.CharField(max_length=64, null=True)
    in_force = models.BooleanField(default=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="adoption_once",
                fields=("pack", "place", "since"),
                condition=_CURRENT & Q(place__isnull=False),
            ),
            models.UniqueConstraint(
                name="adoption_once_network", fields=("pack", "since"), condition=_CURRENT & Q(place=None)
            ),
            models.CheckConstraint(
                name="adoption_in_order", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.since}"

    def holds_on(self, day: date) -> bool:
        """Whether the pack is in force by it on a day from ``since`` on."""
        return self.in_force and (self.until is None or day <= self.until)


class TargetQuerySet(models.QuerySet["Target"]):
    def current(self) -> "TargetQuerySet":
        return self.filter(_CURRENT)

    def visible_to(self, user: Viewer) -> "TargetQuerySet":
        scope = scope_of(user)
        institutions = scope.covering(place="institution__place__path", institution="institution__path")
        return self.filter(scope.covering_places("place__path") | institutions)


class Target(Decision):
    """What an indicator should reach in a period at a place or an institution, and at all under it."""

    indicator = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    period_start = models.DateField()
    value = models.FloatField()
    source = models.CharField(max_length=500, null=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="target_once_place",
                fields=("indicator", "place", "period_start"),
                condition=_CURRENT & Q(place__isnull=False),
            ),
            models.UniqueConstraint(
                name="target_once_institution",
                fields=("indicator", "institution", "period_start"),
                condition=_CURRENT & Q(institution__isnull=False),
            ),
            models.CheckConstraint(
                name="target_one_area",
                condition=Q(place=None, institution__isnull=False) | Q(place__isnull=False, institution=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period_start}: {self.value}"
