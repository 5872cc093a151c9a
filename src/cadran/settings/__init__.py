"""Django's settings, made from the environment (`cadran.environment`); there is no second settings module."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cadran.environment import read_environment, secret_key
from cadran.settings.logs import logging_settings

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parents[1]


def _exists(dotted: str) -> bool:
    try:
        return find_spec(dotted) is not None
    except ModuleNotFoundError:
        return False


# --- identity and addresses -------------------------------------------------------------------------------

DEBUG = ENVIRONMENT.debug
SECRET_KEY = secret_key(ENVIRONMENT)
CADRAN_DATA = ENVIRONMENT.data
CADRAN_FONTS = ENVIRONMENT.fonts
CADRAN_BASE_URL = ENVIRONMENT.address
_address = urlsplit(CADRAN_BASE_URL)
ALLOWED_HOSTS = sorted(
    {"localhost", "127.0.0.1", "[::1]", _address.hostname or "localhost"}
    | {host.strip() for host in ENVIRONMENT.allowed_hosts.split(",") if host.strip()}
)
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]
ROOT_URLCONF = "cadran.urls"
WSGI_APPLICATION = "cadran.wsgi.application"

# --- parts ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "cadran.jobs",
    "cadran.core",
    "cadran.accounts",
    "cadran.parties",
    "cadran.catalogue",
    "cadran.contracts",
    "cadran.outbox",
    "cadran.tickets",
    "cadran.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    # It rewrites TEMPLATES unless told not to; the loaders below are written by hand.
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_prose_editor",
    "django_tasks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cadran.desk.frame.middleware.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cadran.accounts.middleware.PreferencesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cadran.desk.frame.middleware.NoNulMiddleware",
    "cadran.desk.frame.middleware.CollisionMiddleware",
]

_loaders: list[Any] = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
if not DEBUG:
    _loaders = [("django.template.loaders.cached.Loader", _loaders)]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Each screen area keeps its own templates beside its views.
        "DIRS": sorted(PACKAGE.glob("desk/*/templates")),
        "OPTIONS": {
            "loaders": _loaders,
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["cadran.desk.frame.context.frame"] if _exists("cadran.desk.frame.context") else []),
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- database ---------------------------------------------------------------------------------------------

if ENVIRONMENT.database_url.startswith("postgres"):
    _database: dict[str, Any] = dict(dj_database_url.parse(ENVIRONMENT.database_url))
    if ENVIRONMENT.database_pool:
        _options = _database.setdefault("OPTIONS", {})
        _options["pool"] = {"min_size": 0, "max_size": ENVIRONMENT.database_pool, "timeout": 20}
else:
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": (
            dj_database_url.parse(ENVIRONMENT.database_url)["NAME"]
            if ENVIRONMENT.database_url
            else CADRAN_DATA / "cadran.sqlite3"
        ),
        # Opening costs 5 ms, and closing the last connection folds the WAL back (25 ms more after a write).
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # A transaction takes the write lock when it begins and waits for its turn; with Django's
            # default it would take it in the middle and fail at once with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # WAL: readers never wait for the writer. FULL: a commit reaches the disk before the answer
            # leaves, so that a ticket a customer saw recorded survives a power cut too (NORMAL survives
            # only a killed process); it costs one fsync per transaction.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by every process (sign-in throttling counts there); the table is made by `cadran migrate`.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cadran_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

TASKS = {"default": {"BACKEND": "cadran.jobs.backend.DatabaseBackend", "QUEUES": ["default"]}}

# --- sign-in ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_ADAPTER = "cadran.desk.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "cadran.desk.sign_in.forms.SignInForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Throttling counts per address: behind a proxy that is the one it names, else the peer's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.trust_proxy else 0

# --- safety -----------------------------------------------------------------------------------------------

_https = _address.scheme == "https"
if ENVIRONMENT.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _https and ENVIRONMENT.trust_proxy
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "cadran_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_NAME = "cadran_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _https
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Not even the rich text editor needs inline styles: told not to, it injects no style element, and the
        # style attributes of pasted text, which it drops anyway, are refused before that.
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- languages and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
USE_I18N = True
# 24 hours and the day first in English too, as the screens write them.
FORMAT_MODULE_PATH = "cadran.formats"
# Each screen area keeps its own catalogue too.
LOCALE_PATHS = sorted(PACKAGE.glob("desk/*/locale"))
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = CADRAN_DATA / "static"
MEDIA_ROOT = CADRAN_DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600

# --- mail and log -----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = "Cadran <cadran@localhost>"
LOGGING_CONFIG = None
LOGGING = logging_settings(level=ENVIRONMENT.log_level, form=ENVIRONMENT.log_format, debug=DEBUG)
