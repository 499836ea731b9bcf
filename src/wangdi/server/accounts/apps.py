"""The accounts of those who sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """``account`` is the label of allauth's application."""

    name = "wangdi.server.accounts"
    label = "accounts"
