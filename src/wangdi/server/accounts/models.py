"""Who signs in: what an account holds beside the user of Django and the roles of ``access``."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from wangdi.server.access.models import Assignment
from wangdi.server.access.scope import Viewer
from wangdi.server.accounts.granting import grantable_by


class Account(models.Model):
    """``one_time_until``: the password was set by somebody else; it only serves to choose another one, until then.

    ``language``: that of the pages when nobody has chosen one in the browser; empty: what the browser asks for.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    one_time_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=8, blank=True, default="")

    def __str__(self) -> str:
        return str(self.user)


class UserQuerySet(models.QuerySet[User]):
    """Users as somebody who answers for them sees them."""

    def managed_by(self, user: Viewer) -> Self:
        """All for an administrator; for others those with roles, each of which they may give, and never themselves."""
        grantable = grantable_by(user)
        if grantable is None:
            return self.all()
        within = Assignment.objects.filter(grantable)
        beyond = Assignment.objects.exclude(pk__in=within.values("pk"))
        return (
            self.filter(assignments__in=within, is_superuser=False)
            .exclude(assignments__in=beyond)
            .exclude(pk=user.pk)
            .distinct()
        )


def users() -> UserQuerySet:
    return UserQuerySet(User)


def one_time_until(user: User) -> datetime | None:
    """Until when the user's password serves to choose another one; None when it is the user's own."""
    return Account.objects.filter(user_id=user.pk).values_list("one_time_until", flat=True).first()
