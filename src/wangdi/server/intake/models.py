"""Tokens by which other systems send records and fetch messages, and what they sent."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from wangdi.engine.model.text import Text
from wangdi.server.access.scope import Scope
from wangdi.server.network.models import Institution, Place


class Token(models.Model):
    """What a system shows with each request. Only a hash of it is kept.

    ``source`` stands before the record numbers that the system gives, so that two systems may both number from 1, and a
    new token of the same system goes on where the old one ended. Accepted are records of ``kinds`` alone, and those
    alone that name nothing outside the place or institution. Records of ``fetches`` it is told as messages, if they are
    about somebody there, were made there or handed over to there; identity numbers and telephones only ``with_numbers``.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=24)
    kinds = models.JSONField()
    fetches = models.JSONField(default=list)
    with_numbers = models.BooleanField(default=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField()
    """The last day on which it is good."""
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="token_one_area",
                condition=Q(place=None, institution__isnull=False) | Q(place__isnull=False, institution=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"

    def is_good(self, today: date) -> bool:
        return self.revoked_at is None and self.expires_on >= today

    @property
    def area(self) -> Place | Institution:
        found = self.place or self.institution
        if found is None:
            raise ValueError(f"token {self.pk} has neither place nor institution")
        return found

    @property
    def scope(self) -> Scope:
        """What it may write and be told about."""
        if self.place is not None:
            return Scope(places=(self.place.path,))
        return Scope(institutions=(self.area.path,))


class Delivery(models.Model):
    """What a system sent once, and what it was answered: ``status`` is that of HTTP, ``told`` the first problem."""

    id = models.BigAutoField(primary_key=True)
    token = models.ForeignKey(Token, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    rows = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    amended = models.IntegerField(default=0)
    problems = models.IntegerField(default=0)
    told = models.CharField(max_length=300, default="")
    told_en = models.CharField(max_length=300, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("token", "at"), name="delivery_of_token")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.kind} {self.status}"

    @property
    def first_problem(self) -> Text:
        return Text(self.told, self.told_en)

    @property
    def was_taken(self) -> bool:
        return self.status < 400
