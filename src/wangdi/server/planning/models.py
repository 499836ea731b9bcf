"""Plans that are kept: each is a document, as it was when it was made."""

from django.db import models

from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.network.models import Place


class PostingPlanQuerySet(models.QuerySet["PostingPlan"]):
    def visible_to(self, user: Viewer) -> "PostingPlanQuerySet":
        """Plans for places that a role of the user covers as a whole: an institution's staff sees none."""
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        if not scope.places:
            return self.none()
        return self.filter(scope.covering(place="place__path", institution=None))


class PostingPlan(models.Model):
    """Who is posted where, why, and how good it is. ``document`` is everything that pages and files show of it."""

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    begins = models.DateField()
    ends = models.DateField()
    settings = models.JSONField(encoder=CompactJSON)
    """Numbers, and the postings made or forbidden by hand."""
    document = models.JSONField(encoder=CompactJSON)
    made_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The plan that this one changes."""
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    adopted = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    objects = PostingPlanQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"
