"""The addresses of those who answer for accounts and for the installation."""

from django.urls import path

from wangdi.server.web.views import audit, backups, jobs, packs, users

urlpatterns = [
    path("", users.administration, name="administration"),
    path("audit/", audit.audit, name="audit"),
    path("backups/", backups.backups, name="backups"),
    path("imports/", jobs.imports, name="imports"),
    path("imports/template/", jobs.import_template, name="import_template"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:number>/", jobs.job, name="job"),
    path("jobs/<int:number>/file/", jobs.job_file, name="job_file"),
    path("packs/", packs.packs, name="packs"),
    path("users/", users.users, name="users"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/of/<str:name>/", users.user, name="user"),
]
