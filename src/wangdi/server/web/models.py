"""What the pages keep for a user."""

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A list as its user wants to find it again: the filters, the order and the columns of its address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=80)
    """``register:`` or ``kind:`` and a name; see `lists.listings`."""
    name = models.CharField(max_length=60)
    query = models.TextField()
    """The part of the address after the question mark, without the page."""

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(name="savedview_once", fields=("user", "listing", "name")),
        ]

    def __str__(self) -> str:
        return f"{self.listing}: {self.name}"
