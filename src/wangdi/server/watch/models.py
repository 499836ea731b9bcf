"""Silences: a channel that raises nothing at a place until a day, and why."""

from datetime import date

from django.db import models
from django.db.models import Q

from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.network.models import Place


class SilenceQuerySet(models.QuerySet["Silence"]):
    def visible_to(self, user: Viewer) -> "SilenceQuerySet":
        """Silences at places the user sees, and at those above them, which hold for them, too."""
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        places = Place.objects.visible_to(user)
        paths = places.values_list("path", flat=True)
        codes = {code for path in paths for code in path.strip(SEPARATOR).split(SEPARATOR)}
        return self.filter(Q(place__in=places.values("pk")) | Q(place__code__in=codes))

    def standing(self, day: date) -> "SilenceQuerySet":
        """What holds on a day: not over and not lifted."""
        return (
            self.filter(until__gte=day, lifted=None).select_related("place", "change").order_by("until", "pk")
        )


class Silence(models.Model):
    """A channel raises nothing at a place and under it, through ``until``. It is lifted, never removed."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    until = models.DateField()
    reason = models.CharField(max_length=300)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    lifted = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    objects = SilenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=("until",), name="silence_until")]

    def __str__(self) -> str:
        return f"{self.channel} {self.place_id} – {self.until}"
