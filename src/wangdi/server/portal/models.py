"""Codes by which residents sign in with their telephone number. Neither numbers nor codes can be read from them."""

from django.db import models

from wangdi.server.audit.models import Change


class PhoneCode(models.Model):
    """A code for a number (its blind index). ``code`` is a keyed hash; empty where no resident has the number, so that
    strangers meet the same limits. ``change`` is that of the worker who gave it; none where it was sent."""

    id = models.BigAutoField(primary_key=True)
    phone_index = models.BinaryField()
    code = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("phone_index", "made_at"), name="phonecode_phone")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
