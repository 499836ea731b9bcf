"""The addresses of the pages."""

from django.urls import include, path
from django.views.i18n import set_language

from wangdi.server.web.views import (
    behind,
    compare,
    decisions,
    due,
    lists,
    network,
    periods,
    recording,
    registers,
    residents,
    search,
    standards,
    workflow,
)

urlpatterns = [
    path("", network.home, name="home"),
    path("language/", set_language, name="language"),
    path("places/<str:code>/", network.place, name="place"),
    path("institutions/<str:code>/", network.institution, name="institution"),
    path("indicators/<str:name>/", network.definition, name="definition"),
    path("indicators/<str:name>/compare/", compare.compare, name="compare"),
    path("indicators/<str:name>/behind/", behind.behind, name="behind"),
    path("places/<str:code>/decisions/", decisions.decisions, name="decisions"),
    path("places/<str:code>/standards/", standards.place_standards, name="place_standards"),
    path("institutions/<str:code>/standards/", standards.institution_standards, name="institution_standards"),
    path("institutions/<str:code>/standards/<str:name>/", standards.standard, name="standard"),
    path("periods/", periods.periods, name="periods"),
    path("due/", due.due, name="due"),
    path("inbox/", workflow.inbox, name="inbox"),
    path("residents/<str:code>/", residents.resident, name="resident"),
    path("residents/<str:code>/charts/", residents.resident_charts, name="resident_charts"),
    path("residents/<str:code>/record/<str:kind>/", recording.record_new, name="record_new"),
    path("search/", search.find, name="search"),
    path("manage/", include("wangdi.server.web.managing_urls")),
    path("lists/", lists.catalogue, name="lists"),
    path("lists/<str:kind>/", lists.kind_list, name="kind_list"),
    path("registers/<str:entity>/", lists.register, name="register"),
    path("registers/<str:entity>/<str:code>/", registers.entity, name="entity"),
    path("registers/<str:entity>/<str:code>/record/<str:kind>/", recording.record_new, name="record_about"),
    path("records/<str:kind>/<path:record_id>/edit/", recording.record_edit, name="record_edit"),
    path("records/<str:kind>/<path:record_id>/void/", recording.record_void, name="record_void"),
    path("records/<str:kind>/<path:record_id>/do/<str:name>/", workflow.transition, name="transition"),
    path("records/<str:kind>/<path:record_id>/", recording.record, name="record"),
]
