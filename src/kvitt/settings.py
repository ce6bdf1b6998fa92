"""Every setting, from environment variables; SQLite unless KVITT_DATABASE_URL is set."""

import os
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import xstatic.pkg.bootstrap
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).parent
DATA = Path(os.environ.get("KVITT_DATA", Path.cwd() / "data"))


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _database(url: str) -> dict[str, object]:
    """Return Django's description of `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = "KVITT_DATABASE_URL begins with postgresql:// or sqlite://"
        raise ImproperlyConfigured(msg)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _email(url: str) -> dict[str, object]:
    """Return Django's settings for `smtp://user:password@host:port?tls=1`, `smtps://`, `console:`, `file:///folder`.

    `tls=1` starts TLS on an open connection, `smtps` has it from the beginning.
    """
    parts = urlsplit(url)
    backend = "django.core.mail.backends.{}.EmailBackend".format
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": backend("console")}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": backend("filebased"), "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        msg = "KVITT_EMAIL_URL begins with smtp://, smtps:// or file://, or is console:"
        raise ImproperlyConfigured(msg)
    has_tls = parts.scheme == "smtps"
    starts_tls = dict(parse_qsl(parts.query)).get("tls", "") == "1"
    return {
        "EMAIL_BACKEND": backend("smtp"),
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if has_tls else 587 if starts_tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": has_tls,
        "EMAIL_USE_TLS": starts_tls and not has_tls,
    }


# Safety -------------------------------------------------------------------------------------------

DEBUG = _flag("KVITT_DEBUG")
TESTING = "pytest" in sys.modules
# The demo makes a key of its own, kept beside its data; commands that serve nothing need none.
_KEYLESS = {"demo", "makemigrations", "makemessages", "simulate_fee", "help", "--help", "--version"}
_PROGRAM = Path(next(iter(sys.argv), ""))
# Under a web server the command line is the server's, and says nothing of what is served.
_IS_KVITT = _PROGRAM.name in {"kvitt", "manage.py"} or _PROGRAM == PACKAGE / "__main__.py"
SECRET_KEY = os.environ.get("KVITT_SECRET_KEY", "")
if not SECRET_KEY:
    if DEBUG or TESTING or (_IS_KVITT and _KEYLESS.issuperset(sys.argv[1:2])):
        SECRET_KEY = "not-secret-only-for-development-tests-and-the-demo-" + "0" * 16
    else:
        msg = "KVITT_SECRET_KEY is not set. Set it to a long random text, or KVITT_DEBUG=1 for development."
        raise ImproperlyConfigured(msg)
ALLOWED_HOSTS = [host for host in os.environ.get("KVITT_ALLOWED_HOSTS", "").split(",") if host]
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("KVITT_TRUSTED_ORIGINS", "").split(",") if origin]
# Loopback is served without TLS (demo, tests, development); everything else is behind it.
SECURE = not (DEBUG or TESTING or _flag("KVITT_WITHOUT_TLS"))
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # probes ask without TLS
# How many proxies of our own stand in front, each of which adds to X-Forwarded-For: kvitt.wsgi.
KVITT_PROXIES = int(os.environ.get("KVITT_PROXIES", "0"))
if KVITT_PROXIES < 0:
    msg = "KVITT_PROXIES is how many proxies stand in front: 0, 1, 2 ..."
    raise ImproperlyConfigured(msg)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A session ends when it has not been used for a while, and at the latest so long after signing in; the cookie
# lives a little longer, so that what was typed too late is known to be the same user's.
_MINUTES = int(os.environ.get("KVITT_SESSION_MINUTES", "60"))
KVITT_SESSION_IDLE = timedelta(minutes=_MINUTES)
KVITT_SESSION_LONGEST = timedelta(hours=12)
if _MINUTES < 10:  # noqa: PLR2004 - use is written down every fifth minute
    msg = "KVITT_SESSION_MINUTES is at least 10."
    raise ImproperlyConfigured(msg)
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Program ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "kvitt.foundation",
    "kvitt.audit",
    "kvitt.registers.organisations",
    "kvitt.registers.access",
    "kvitt.registers.people",
    "kvitt.registers.listings",
    "kvitt.registers.price_lists",
    "kvitt.registers.documents",
    "kvitt.registers.dental_records",
    "kvitt.registers.mailing",
    "kvitt.registers.clinic_administration",
    "kvitt.registers.accounting",
    "kvitt.ledger",
    "kvitt.preauthorization",
    "kvitt.settlement",
    "kvitt.modules.needs_allowance",
    "kvitt.modules.population_health",
    "kvitt.modules.special_care",
    "kvitt.modules.care_fees",
    "kvitt.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kvitt.registers.access.middleware.ExpiryMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kvitt.registers.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "kvitt.urls"
WSGI_APPLICATION = "kvitt.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "kvitt.portal.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kvitt.foundation.templatetags.kvitt",
            ],
        },
    }
]
FORM_RENDERER = "kvitt.foundation.renderer.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Data ---------------------------------------------------------------------------------------------

_DATABASE_URL = os.environ.get("KVITT_TEST_DATABASE_URL" if TESTING else "KVITT_DATABASE_URL", "")
DATABASES = {"default": _database(_DATABASE_URL) if _DATABASE_URL else _sqlite(DATA / "kvitt.sqlite3")}
# Never in a cache of the process: a session that has ended in one server has ended in all.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STATIC_URL = "static/"
STATICFILES_DIRS = [("bootstrap", xstatic.pkg.bootstrap.BASE_DIR)]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# Uploaded documents: never under anything that the web server serves by itself.
KVITT_DOCUMENTS = Path(os.environ.get("KVITT_DOCUMENTS", DATA / "documents"))
# Files that leave, for whoever takes them to the bank and the books: docs/operations.md, "Payments".
KVITT_OUTBOX = Path(os.environ.get("KVITT_OUTBOX", DATA / "outbox"))
# The population register's file, if there is one: docs/formats/population-register.md.
_REGISTER = os.environ.get("KVITT_POPULATION_REGISTER", "")
KVITT_POPULATION_REGISTER = Path(_REGISTER) if _REGISTER and not TESTING else None
KVITT_LARGEST_UPLOAD = (
    64_000_000  # bytes of all files of a request; of more nothing is kept while it comes in
)
# The same for the pages that take more, by the name of their address.
KVITT_LARGEST_UPLOADS = {"special_care:upload_claims_file": 300_000_000}
# The grid of a unit's month has a field for each client and service, where it is sent without a script.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000
FILE_UPLOAD_HANDLERS = ["kvitt.foundation.uploads.BoundedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# Sign-in ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Local accounts have a user name and a password here. An identity provider (OpenID Connect) knows users by
# their HSA-id: docs/operations.md, "Sign-in".
KVITT_LOCAL_ACCOUNTS = os.environ.get("KVITT_LOCAL_ACCOUNTS", "1") != "0"
OIDC = {
    name: os.environ.get(f"KVITT_OIDC_{name.upper()}", default)
    for name, default in (
        ("issuer", ""),
        ("client_id", ""),
        ("client_secret", ""),
        ("claim", "employeeHsaId"),
        ("name", "SITHS"),
        ("scope", "openid"),
        ("authorization_endpoint", ""),
        ("token_endpoint", ""),
        ("jwks_uri", ""),
        ("userinfo_endpoint", ""),
        ("end_session_endpoint", ""),
    )
}
if SECURE and any(address.startswith("http://") for address in OIDC.values()):
    msg = "KVITT_OIDC_ISSUER and the provider's other addresses begin with https://"
    raise ImproperlyConfigured(msg)
if not KVITT_LOCAL_ACCOUNTS and not (OIDC["issuer"] and OIDC["client_id"]):
    msg = "KVITT_LOCAL_ACCOUNTS=0 needs KVITT_OIDC_ISSUER and KVITT_OIDC_CLIENT_ID, or nobody can sign in."
    raise ImproperlyConfigured(msg)
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "portal:start"
if TESTING:  # the tests make hundreds of passwords, none of them worth guessing
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "kvitt.registers.access.views.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again does not prolong the lock
AXES_ENABLE_ADMIN = False
# Not kept, as the password is not: what else is typed where it is asked for.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "current", "new", "again"]
AXES_VERBOSE = False

# Words and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"
# Dates show as 2024-12-31 in both languages; amounts and counts by our own filters.
FORMAT_MODULE_PATH: list[str] = []

# E-mail -------------------------------------------------------------------------------------------

_EMAIL_URL = "" if TESTING else os.environ.get("KVITT_EMAIL_URL", "")
# Without a mail server messages wait in the outbox; nothing pretends to have sent them.
KVITT_SENDS_EMAIL = TESTING or bool(_EMAIL_URL)
if _EMAIL_URL:
    globals().update(_email(_EMAIL_URL))
EMAIL_TIMEOUT = 10  # seconds; rules.LEASE of the outbox is far longer than the few answers of a mail server
DEFAULT_FROM_EMAIL = os.environ.get("KVITT_EMAIL_FROM", "kvitt@localhost")
# Where the links of messages lead, without a slash at the end; without it they have no link.
KVITT_BASE_URL = os.environ.get("KVITT_BASE_URL", "").rstrip("/")

# Kvitt --------------------------------------------------------------------------------------------

KVITT_TODAY = date.fromisoformat(os.environ["KVITT_TODAY"]) if os.environ.get("KVITT_TODAY") else None
KVITT_ENVIRONMENT = os.environ.get("KVITT_ENVIRONMENT", "")
# Tests install the audit triggers where they prove them; a flush between tests needs them gone.
KVITT_AUDIT_TRIGGERS = not TESTING

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
