"""Pairs of files that look like one person, and those that were merged."""

from django.db import models

from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import CompactJSON
from wangdi.server.network.models import Resident


class Pair(models.Model):
    """Two files with much in common; ``first`` is the older one. ``dismissed``: somebody said these are two people."""

    id = models.BigAutoField(primary_key=True)
    first = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_constraint=False)
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_constraint=False)
    score = models.SmallIntegerField()
    signs = models.JSONField()
    """Names of the signs that the score is made of (`rule.SIGNS`)."""
    dismissed = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-score", "id")
        constraints = [models.UniqueConstraint(name="pair_once", fields=("first", "second"))]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}: {self.score}"


class Merge(models.Model):
    """``loser`` was merged into ``winner``. ``before`` and ``after``: what of the winner changed, and into what.

    ``records`` are the numbers of the versions by which the loser's records came to be about the winner.
    """

    id = models.BigAutoField(primary_key=True)
    winner = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    loser = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    before = models.JSONField(encoder=CompactJSON)
    after = models.JSONField(encoder=CompactJSON)
    records = models.JSONField()
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")
    undone = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.winner_id}"
