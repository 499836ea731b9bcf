"""Django settings. They read the environment and the data folder, and work before ``wangdi init`` has run.

``WANGDI_DATA`` names the data folder, ``DATABASE_URL`` may name a PostgreSQL database, ``WANGDI_HOSTS`` the
host names (comma-separated) under which the pages are served, ``WANGDI_DEBUG=1`` switches debug pages on.

``WANGDI_HTTPS=1``: the pages are reached by https, through a proxy that says so in ``X-Forwarded-Proto``; cookies then
travel by https only. ``WANGDI_PROXIES`` is the number of proxies whose ``X-Forwarded-For`` is believed.
``WANGDI_RESIDENTS``: residents may sign in by telephone number, and how codes reach them: ``given`` (only by their
doctors), ``file`` (also into ``sms.log`` of the data folder, to try it out), or the https address of a gateway for text
messages (``WANGDI_SMS_TOKEN`` goes with each request). Not set: residents cannot sign in.
``WANGDI_HOURS=1``: the notices of opening hours are open to everybody; not set, to those who are signed in.
``WANGDI_IDLE_MINUTES`` and ``WANGDI_SESSION_HOURS``: a session ends when unused for so long (120), at the latest (12).
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
    "wangdi.server.accounts",
    "wangdi.server.records",
    "wangdi.server.access",
    "wangdi.server.adoption",
    "wangdi.server.evaluation",
    "wangdi.server.planning",
    "wangdi.server.packs",
    "wangdi.server.watch",
    "wangdi.server.duplicates",
    "wangdi.server.portal",
    "wangdi.server.intake",
    "wangdi.server.jobs",
    "wangdi.server.web",
    # after the pages, whose templates stand in for theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "wangdi.server.web.middleware.HeadersAlone",
    "django.middleware.security.SecurityMiddleware",
    "wangdi.server.web.middleware.OwnContentOnly",
    "django.middleware.gzip.GZipMiddleware",  # to a fifth, for slow nets; padded at random against BREACH
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wangdi.server.web.middleware.RulesOfRequest",
    "wangdi.server.web.middleware.SessionsEnd",
    "wangdi.server.web.middleware.AccountsSettled",
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
# What counts failed sign-ins must be seen by all processes; few entries would let an attacker push his own out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# What went wrong in a page goes to the standard error, which keeps it in the journal of whatever runs the server;
# without this Django would mail it to nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {process:d} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "wangdi.server.accounts.hashing.OneTimePasswordHasher",
]
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

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "wangdi.server.web.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # for as long as a session lives: see SESSION_COOKIE_AGE
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {
    # A county's clinics often share one address, and all sign in at eight; so failures count by user name.
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/15m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("WANGDI_PROXIES", "0"))
MFA_ADAPTER = "wangdi.server.web.signing_in.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of old phones are wrong by up to half a minute
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}

RESIDENTS = os.environ.get("WANGDI_RESIDENTS", "")
HOURS_ARE_PUBLIC = os.environ.get("WANGDI_HOURS") == "1"
HOURS_PER_MINUTE = 300
"""Pages of opening hours to one address. Telephones share addresses: enough for a township, too few to take all in."""
SMS_TOKEN = os.environ.get("WANGDI_SMS_TOKEN", "")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages themselves: nothing to collect

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * int(os.environ.get("WANGDI_IDLE_MINUTES", "120"))
SESSION_LONGEST_SECONDS = 3600 * int(os.environ.get("WANGDI_SESSION_HOURS", "12"))
if os.environ.get("WANGDI_HTTPS") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_TEMP_DIR = tempfile.gettempdir()
