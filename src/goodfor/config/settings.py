"""Django settings: read from the environment, with defaults for one machine.

Everything secret comes from files whose paths are in the environment (`up` makes them with mode 0600).
"""

import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

from goodfor.config.database import database_from_url
from goodfor.config.logs import configure_logs
from goodfor.config.secrets import master_key, secret_key

PACKAGE_DIR = Path(__file__).resolve().parents[1]
DATA_DIR = Path(os.environ.get("GOODFOR_DATA_DIR", str(Path.cwd() / "var" / "data")))

DEBUG = os.environ.get("GOODFOR_DEBUG") == "1"
SECRET_KEY = secret_key()
GOODFOR_MASTER_KEY = master_key()
GOODFOR_SANDBOX_PROVIDER = os.environ.get("GOODFOR_SANDBOX_PROVIDER") == "1"
#: Whether channels (payments, messages, sign-ins) may be stand-ins on this machine.
GOODFOR_LOOPBACK_CHANNELS = (
    GOODFOR_SANDBOX_PROVIDER
    or os.environ.get("GOODFOR_LOOPBACK_CHANNELS") == "1"
    or bool(os.environ.get("GOODFOR_SANDBOX_URL"))
)
#: The stand-in EPay gateway that `up` runs, as (address, merchant, its key): offered to new shops.
GOODFOR_STAND_IN = tuple(os.environ.get(f"GOODFOR_SANDBOX_{part}", "") for part in ("URL", "PID", "KEY"))
#: One-time codes go to a page of this machine instead of to people: the demo and the tests.
GOODFOR_DEMO_MESSAGES = GOODFOR_SANDBOX_PROVIDER or bool(os.environ.get("GOODFOR_SANDBOX_URL"))
GOODFOR_WEB_WORKERS = int(os.environ.get("GOODFOR_WEB_WORKERS", "2"))
# `up` listens on this machine only: whoever comes from outside comes through a proxy here.
GOODFOR_TRUSTED_PROXIES = tuple(filter(None, os.environ.get("GOODFOR_TRUSTED_PROXIES", "127.0.0.1,::1").split(",")))
_public = urlsplit(os.environ.get("GOODFOR_PUBLIC_URL", "http://127.0.0.1:8000"))
GOODFOR_PUBLIC_URL = f"{_public.scheme}://{_public.netloc}"
#: How long risk control may think about an act before its scene's policy decides (risk/failing.py). A few milliseconds
#: are usual; on a machine whose processors are all busy more pass, and a buyer rather waits for them than for a hold.
GOODFOR_RISK_BUDGET_MS = int(os.environ.get("GOODFOR_RISK_BUDGET_MS", "250"))
#: What a look-up or a sign-in takes, right or wrong.
GOODFOR_STEADY_MS = int(os.environ.get("GOODFOR_STEADY_MS", "120"))
#: Whether shops are given their first rules of risk control; off where a thousand buyers come from one machine.
GOODFOR_STARTER_RULES = os.environ.get("GOODFOR_STARTER_RULES", "1") != "0"
#: Whether the pages of a shop count how many browsers come and how far (storefront/visits.py).
GOODFOR_COUNT_VISITS = os.environ.get("GOODFOR_COUNT_VISITS", "1") != "0"
GOODFOR_OUTBOUND_HOSTS = frozenset(filter(None, os.environ.get("GOODFOR_OUTBOUND_HOSTS", "").split(",")))

_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_public_host = _public.netloc.rpartition("@")[2].rpartition(":")[0] if _public.port else _public.netloc
_hosts = _LOCAL_HOSTS if _public_host in _LOCAL_HOSTS else (_public_host,)
# An order begun under a name of this machine would be paid back to an address that no channel reaches.
ALLOWED_HOSTS = os.environ.get("GOODFOR_ALLOWED_HOSTS", ",".join(_hosts)).split(",")

ALL_ROOMS = (
    "kernel",
    "kit",
    "identity",
    "catalog",
    "window",
    "ledger",
    "notify",
    "vault",
    "risk",
    "payments",
    "promotions",
    "loyalty",
    "supply",
    "delivery",
    "orders",
    "aftersales",
    "referrals",
    "cards",
    "mall",
    "partners",
    "welfare",
    "gifts",
    "subscriptions",
    "finance",
    "settlement",
    "recon",
    "invoices",
    "insights",
    "demo",
    "storefront",
    "openapi",
    "console",
)
_wanted = os.environ.get("GOODFOR_ROOMS", "")
ROOMS = tuple(
    room
    for room in ALL_ROOMS
    if (PACKAGE_DIR / room / "apps.py").exists() and (not _wanted or room in _wanted.split(","))
)

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    # Its protocol is used, its accounts are not: ADR 16.
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "django_cotton",
    *(f"goodfor.{room}" for room in ROOMS),
    "goodfor.config",
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
    "allauth.account.middleware.AccountMiddleware",
]
#: The API needs none of these: it has no cookies, no forms and no pages (config/wsgi.py).
LEAN_MIDDLEWARE = ["goodfor.config.lean.content_length"]

ROOT_URLCONF = "goodfor.config.urls"
WSGI_APPLICATION = "goodfor.config.wsgi.application"

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
            ]
        },
    }
]

#: A component sees what it is given, not the page around it.
COTTON_ISOLATE_BY_DEFAULT = True

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SOCIALACCOUNT_ADAPTER = "goodfor.identity.providers.bridge.ShopAdapter"
MFA_ADAPTER = "goodfor.console.mfa.Adapter"
#: The app's code of half a minute before and after: clocks differ.
MFA_TOTP_TOLERANCE = 1

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "gf_lang"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE_DIR / "risk" / "doors" / "static"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "goodfor.storefront.views.small.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if GOODFOR_PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
LOGGING_CONFIG = None
configure_logs()
# A refused request is an answer, not an incident.
logging.getLogger("django.request").setLevel(logging.ERROR)
TEST_RUNNER = "django.test.runner.DiscoverRunner"
