"""How much one system may send: settings of the installation."""

import os
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from wangdi.server.intake.models import Delivery, Token

ROWS_VARIABLE = "WANGDI_INTAKE_ROWS"
MEGABYTES_VARIABLE = "WANGDI_INTAKE_MB"
PER_MINUTE_VARIABLE = "WANGDI_INTAKE_PER_MINUTE"

KEPT_DAYS = 90
"""How long it is kept what a system sent when."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows and bytes of one request, and requests of one token in a minute."""

    rows: int = 5_000
    bytes: int = 5 << 20
    per_minute: int = 60

    @classmethod
    def current(cls) -> "Limits":
        """As the environment says. ValueError for what is no whole number."""
        usual = cls()
        return cls(
            int(os.environ.get(ROWS_VARIABLE) or usual.rows),
            int(os.environ[MEGABYTES_VARIABLE]) << 20 if os.environ.get(MEGABYTES_VARIABLE) else usual.bytes,
            int(os.environ.get(PER_MINUTE_VARIABLE) or usual.per_minute),
        )


def seconds_to_wait(token: Token, limits: Limits) -> int:
    """Until the token may send again; 0 when it may now."""
    now = timezone.now()
    recent = token.deliveries.filter(at__gt=now - timedelta(minutes=1)).order_by("-at")
    oldest = recent.values_list("at", flat=True)[limits.per_minute - 1 : limits.per_minute]
    return max((int((at + timedelta(minutes=1) - now).total_seconds()) + 1 for at in oldest), default=0)


def forget_old(token: Token) -> None:
    """What was sent longer ago than anybody asks: what came of it is in the store and the audit."""
    until = timezone.now() - timedelta(days=KEPT_DAYS)
    Delivery.objects.filter(token=token, at__lt=until).delete()
