"""The addresses by which other systems send and fetch records."""

from django.urls import path

from wangdi.server.web.views import intake

urlpatterns = [
    path("records/<str:kind>/", intake.records, name="api_records"),
    path("messages/<str:kind>/", intake.messages, name="api_messages"),
    path("kinds/", intake.kinds, name="api_kinds"),
    path("kinds/<str:kind>/", intake.kind, name="api_kind"),
    path("openapi.json", intake.description, name="api_description"),
]
