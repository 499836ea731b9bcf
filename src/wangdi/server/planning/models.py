"""Plans that are kept: each is a document, as it was when it was made."""

from django.db import models

from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.network.models import Place


class KeptPlanQuerySet(models.QuerySet["KeptPlan"]):
    def visible_to(self, user: Viewer) -> "KeptPlanQuerySet":
        """Plans for places for which the user may make plans: an institution's staff sees none."""
        scope = scope_of(user, planning=True)
        if scope.everything:
            return self.all()
        if not scope.places:
            return self.none()
        return self.filter(scope.covering(place="place__path", institution=None))


class KeptPlan(models.Model):
    """What is to be done about a gap, and how good that is. ``document`` is all that pages and files show of it."""

    class Sort(models.TextChoices):
        """The question it answers."""

        DISPATCH = "dispatch"
        REACH = "reach"
        SITES = "sites"
        ROUTES = "routes"

    id = models.BigAutoField(primary_key=True)
    sort = models.CharField(max_length=16, choices=Sort.choices, default=Sort.DISPATCH)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    begins = models.DateField()
    ends = models.DateField(null=True)
    """The last day it is for; none where what it says stays, as a station does."""
    settings = models.JSONField(encoder=CompactJSON)
    """Numbers, and the postings made or forbidden by hand."""
    document = models.JSONField(encoder=CompactJSON)
    made_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The plan that this one changes."""
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    adopted = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    objects = KeptPlanQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"
