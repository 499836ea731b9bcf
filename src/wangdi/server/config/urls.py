"""The addresses of the server."""

from allauth.account import views as account
from allauth.mfa import urls as second_factor
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Of allauth only what is offered here: accounts are not made by those who have them, and nothing is mailed.
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/disabled/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/second-factor/", include(second_factor)),
    path("", include("wangdi.server.web.urls")),
]
