"""The addresses of those who answer for accounts and for the installation."""

from django.urls import path

from wangdi.server.web.views import audit, users

urlpatterns = [
    path("", users.administration, name="administration"),
    path("audit/", audit.audit, name="audit"),
    path("users/", users.users, name="users"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/of/<str:name>/", users.user, name="user"),
]
