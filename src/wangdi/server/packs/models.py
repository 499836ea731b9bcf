"""The history of what was put in force; the file beside the sets says what is (`common.pack_sets`)."""

from django.db import models

from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON


class Activation(models.Model):
    """A set of the installation's own packs put in force: by whom and when says ``change``.

    It is written down before the file is replaced that makes it count, and ``took_effect`` afterwards: one that never
    did was interrupted between the two, and nobody ever worked by it.
    """

    id = models.BigAutoField(primary_key=True)
    set = models.CharField(max_length=64, blank=True)
    """The name of the set; empty: none but the shipped packs."""
    packs = models.JSONField(encoder=CompactJSON)
    """By name: ``version``, and ``hash`` of all that the pack's folder holds."""
    reason = models.CharField(max_length=500)
    took_effect = models.BooleanField(default=False)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.pk}: {self.set[:12] or '-'}"
