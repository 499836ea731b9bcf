"""Who must sign in with more than a password.

``WANGDI_SECOND_FACTOR`` names the roles, comma-separated (none when it is empty). Where it is not set, administrators
must, except in a demonstration, whose people are invented.
"""

import os

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured

from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation

SECOND_FACTOR_VARIABLE = "WANGDI_SECOND_FACTOR"

_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def roles_with_second_factor() -> frozenset[Role]:
    """ImproperlyConfigured for a role there is not, with those there are."""
    named = os.environ.get(SECOND_FACTOR_VARIABLE)
    if named is None:
        simulated = Installation.current().simulated_mark.exists()
        return frozenset() if simulated else frozenset({Role.ADMINISTRATOR})
    names = {name.strip() for name in named.split(",") if name.strip()}
    if unknown := names - set(Role.values):
        raise ImproperlyConfigured(
            f"{SECOND_FACTOR_VARIABLE} names {', '.join(sorted(unknown))}; roles are {', '.join(Role.values)}."
        )
    return frozenset(map(Role, names))


def has_second_factor(user: AbstractBaseUser) -> bool:
    """An authenticator app or a passkey; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, types=_FACTORS))


def asks_second_factor(user: AbstractBaseUser) -> bool:
    """Whether one of the user's roles asks for a second factor."""
    required = roles_with_second_factor()
    if getattr(user, "is_superuser", False) and Role.ADMINISTRATOR in required:
        return True
    return bool(required) and Assignment.objects.filter(user_id=user.pk, role__in=required).exists()


def lacks_second_factor(user: AbstractBaseUser) -> bool:
    """Whether one of the user's roles asks for a second factor that has not been set up yet."""
    return asks_second_factor(user) and not has_second_factor(user)
