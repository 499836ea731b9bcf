"""Signing in and out, and the language of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.views.i18n import set_language

sign_in = LoginView.as_view(template_name="web/sign_in.html", redirect_authenticated_user=True)
sign_out = LogoutView.as_view(next_page="sign_in")
change_language = set_language

__all__ = ["change_language", "sign_in", "sign_out"]
