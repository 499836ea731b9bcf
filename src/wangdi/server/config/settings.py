"""Django settings. They read the environment and the data folder, and work before ``wangdi init`` has run.

``WANGDI_DATA`` names the data folder, ``DATABASE_URL`` may name a PostgreSQL database, ``WANGDI_HOSTS`` the
host names (comma-separated) under which the pages are served, ``WANGDI_DEBUG=1`` switches debug pages on.
"""

import os
import secrets
import tempfile

from wangdi.server.common.installation import Installation
from wangdi.server.common.secrecy import derive
from wangdi.server.config.databases import database_settings

_INSTALLATION = Installation.current()

DEBUG = os.environ.get("WANGDI_DEBUG") == "1"
# Before `wangdi init` there is nobody to sign in, so a key that ends with the process will do.
SECRET_KEY = (
    derive(_INSTALLATION.key(), "django").hex() if _INSTALLATION.key_file.exists() else secrets.token_hex(32)
)
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("WANGDI_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
    if host.strip()
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "wangdi.server.audit",
    "wangdi.server.network",
    "wangdi.server.records",
    "wangdi.server.access",
    "wangdi.server.adoption",
    "wangdi.server.evaluation",
    "wangdi.server.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "wangdi.server.config.urls"
WSGI_APPLICATION = "wangdi.server.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), _INSTALLATION.store)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages themselves: nothing to collect

SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_TEMP_DIR = tempfile.gettempdir()
