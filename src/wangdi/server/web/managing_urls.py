"""The addresses of those who answer for accounts and for the installation."""

from django.urls import path

from wangdi.server.web.views import audit, backups, duplicates, jobs, packs, tokens, user_sheets, users

urlpatterns = [
    path("", users.administration, name="administration"),
    path("audit/", audit.audit, name="audit"),
    path("backups/", backups.backups, name="backups"),
    path("imports/", jobs.imports, name="imports"),
    path("imports/template/", jobs.import_template, name="import_template"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:number>/", jobs.job, name="job"),
    path("jobs/<int:number>/passwords/", user_sheets.job_passwords, name="job_passwords"),
    path("jobs/<int:number>/file/", jobs.job_file, name="job_file"),
    path("packs/", packs.packs, name="packs"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/pair/", duplicates.duplicate, name="duplicate"),
    path("duplicates/merged/<int:number>/undo/", duplicates.merge_undo, name="merge_undo"),
    path("packs/history/", packs.packs_history, name="packs_history"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/<int:number>/", tokens.token, name="token"),
    path("users/", users.users, name="users"),
    path("users/import/", user_sheets.users_import, name="users_import"),
    path("users/import/template/", user_sheets.users_template, name="users_template"),
    path("users/chosen/", user_sheets.users_chosen, name="users_chosen"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/of/<str:name>/", users.user, name="user"),
]
