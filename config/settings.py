"""Everything that differs between a laptop and a school's servers is an environment variable, and all of them are read
here. Long values that are the same everywhere are in modules next to this one.

Without DATABASE_URL and REDIS_URL, the product runs in one process on SQLite, with cache, channel layer and Celery in
the same process ("embedded"). With them, the same code runs on Postgres and Redis with any number of web processes and
workers ("distributed").
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from config import (
    components,
    content_security,
    logs,
    openid_connect,
    rest_api,
    schedule,
    second_factors,
    services,
    sign_up,
    site,
)
from config.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = Env()
if env.bool("DJANGO_READ_DOT_ENV", default=True):
    Env.read_file(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. 'make setup' writes one into .env; on a server, set it in the environment."
    )
# Former values: sessions, links and second factors made with them stay valid while they are listed here.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The address at which browsers reach the site. Other Host headers are refused, and links in mails begin with it.
SITE_ORIGINS = site.origins(env.str("SITE_URL", default="http://localhost:8000").rstrip("/"))
SITE_HOSTS = site.host_headers(SITE_ORIGINS)
SITE_URL = SITE_ORIGINS[0]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=site.host_names(SITE_ORIGINS))
if not validate_host(site.host_names(SITE_ORIGINS)[0], ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS lacks the host of SITE_URL ({SITE_URL}). Set SITE_URL, or unset ALLOWED_HOSTS."
    )
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=SITE_ORIGINS)

INSTALLED_APPS = components.INSTALLED_APPS
MIDDLEWARE = components.MIDDLEWARE
TEMPLATES = components.TEMPLATES
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

# --- Database -----------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    # Connections per process. Set it to 0 in Celery workers, see services.postgres.
    DATABASE_POOL_SIZE = env.number("DATABASE_POOL_SIZE", default=8)
    prepares = env.bool("DATABASE_PREPARED_STATEMENTS", default=False)
    DATABASES = {"default": services.postgres(env.db("DATABASE_URL"), pool_size=DATABASE_POOL_SIZE, prepares=prepares)}
else:
    SQLITE_PATH = Path(env.str("SQLITE_PATH", default=str(VAR_DIR / "attune.sqlite3")))
    SQLITE_PATH.parent.mkdir(parents=True, exist_ok=True)
    if not SQLITE_PATH.exists():
        # SQLite's own files next to it get the same mode.
        SQLITE_PATH.touch(mode=0o600)
    DATABASES = {"default": services.sqlite(SQLITE_PATH, test_file=VAR_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, channel layer, Celery broker ---------------------------------------------------------------

REDIS_URL = env.redis("REDIS_URL", default="")
EMBEDDED = not REDIS_URL
# "none" for hosts whose Redis has a self-signed certificate, such as Heroku.
REDIS_CERTIFICATE = env.choice("REDIS_CERTIFICATE", default="required")


def redis_url(variable: str) -> str:
    return services.with_certificate_check(env.redis(variable, default=REDIS_URL), REDIS_CERTIFICATE)


if REDIS_URL:
    CACHE_URL = redis_url("CACHE_URL")
    CHANNEL_URL = redis_url("CHANNEL_URL")
    BROKER_URL = redis_url("BROKER_URL")
    CACHES = {"default": services.redis_cache(CACHE_URL)}
    CHANNEL_LAYERS = {"default": services.redis_channels(CHANNEL_URL)}
else:
    CACHES = {"default": services.process_cache()}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- Celery -----------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = BROKER_URL if REDIS_URL else "memory://localhost"
CELERY_TASK_ALWAYS_EAGER = env.bool("TASKS_EAGER", default=EMBEDDED)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A task that hangs is killed with its process, which the worker replaces. A batch of snapshots takes a second.
CELERY_TASK_TIME_LIMIT = env.number("TASK_TIME_LIMIT_S", default=600)
# A new child reports only after importing TensorFlow, which takes longer than Celery's default limit of 4 s.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
# A worker waits for its broker without limit, even if Redis is full and refuses writes (a "channel error"). The web
# process gives up on a task after about a second, because the snapshot would soon be stale (PUBLISH_RETRY_POLICY).
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_POOL_LIMIT = 16
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = services.REDIS_BROKER_OPTIONS
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_IMPORTS = [f"classroom.tasks.{name}" for name in schedule.TASK_MODULES]
CELERY_BEAT_SCHEDULE, CELERY_BEAT_SCHEDULER = schedule.BEAT_SCHEDULE, "config.beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", default=str(VAR_DIR / "celerybeat-schedule"))
# Keep the database connection between tasks.
CELERY_DB_REUSE_MAX = 10_000

# --- Users ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.sign_in.hashers.BoundedArgon2PasswordHasher",
    "accounts.sign_in.hashers.BoundedPBKDF2PasswordHasher",
]
# Per process. More than the cores only adds memory; a hash takes 19 MiB (older ones 100 MiB, until their next sign-in).
PASSWORD_HASHES_AT_ONCE = max(1, env.number("PASSWORD_HASHES_AT_ONCE", default=2))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.sign_in.password_validators.GuessablePasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = env.choice("ACCOUNT_EMAIL_VERIFICATION", default="none")
ACCOUNT_SESSION_REMEMBER = True
# For accounts/email/views.py: a browser left open is not enough to take over an account.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A sign-in ends after this long without a request (accounts.middleware.IdleSessionMiddleware).
SESSION_IDLE_HOURS = env.number("SESSION_IDLE_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_IDLE_HOURS * 3600
ACCOUNT_RATE_LIMITS = sign_up.RATE_LIMITS
vars().update(second_factors.SETTINGS)
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION != "mandatory"
# An administrator without a second factor then reaches only the pages that add one.
MFA_REQUIRED_FOR_ADMINISTRATORS = env.bool("MFA_REQUIRED_FOR_ADMINISTRATORS", default=False)
SIGN_UP = env.choice("SIGN_UP", default="open")
SOCIALACCOUNT_PROVIDERS = openid_connect.providers(env)
vars().update(openid_connect.SETTINGS)
LTI_NEW_ACCOUNTS = env.choice("LTI_NEW_ACCOUNTS", default="everybody")
USERSESSIONS_ADAPTER = "accounts.browser_sessions.listing.UserSessionsAdapter"
# The number of reverse proxies in front. If it is too low, these limits count all visitors as one address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)

# --- E-mail -----------------------------------------------------------------------------------------------------

# Without EMAIL_URL, mails are printed to the console.
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# Otherwise a page would wait as long as a mail server that does not respond.
EMAIL_TIMEOUT = 10
# Django's other backends leave mails on the machine.
MAIL_IS_SENT = EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Attune <noreply@localhost>")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Links in mails expire after this many hours, as the mails say. allauth also takes a fraction of a day.
MAIL_LINK_HOURS = max(1, env.number("MAIL_LINK_HOURS", default=1))
PASSWORD_RESET_TIMEOUT = MAIL_LINK_HOURS * 3600
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = MAIL_LINK_HOURS / 24
# Longer than other links, because the recipient does not expect the mail.
INVITATION_DAYS = max(1, env.number("INVITATION_DAYS", default=14))

# --- Language and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "Hindi")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# The school's; each user may choose another (accounts/time_zones.py).
TIME_ZONE = env.time_zone("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = components.STATICFILES_DIRS
STATICFILES_FINDERS = components.STATICFILES_FINDERS
SCRIPTS_FOLDER = BASE_DIR / "static" / "js"
# On: serve what `collectstatic` has bundled, hashed and compressed. Off: serve the files as they are.
STATIC_HASHED = env.bool("STATIC_HASHED", default=False)
STORAGES = components.storages(hashed=STATIC_HASHED)
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = components.NOT_COMPRESSED

# --- Security -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = content_security.POLICY
HTTPS = env.bool("HTTPS", default=False)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Load balancers and monitoring ask over plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Leaving browsers' built-in lists takes months, so each school decides whether to be on them.
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    SESSION_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# The largest forms are a few kilobytes.
REQUEST_BODY_MAX_BYTES = env.number("REQUEST_BODY_MAX_BYTES", default=256 * 1024)
# All files of one import together, and the rows of each file. Only an administrator's upload may be that large.
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_BYTES", default=5 * 1024 * 1024)
IMPORT_MAX_ROWS = env.number("IMPORT_MAX_ROWS", default=50_000)
FILE_UPLOAD_MAX_MEMORY_SIZE = IMPORT_MAX_BYTES + 64 * 1024  # never a temporary file
# A request is cut off if its headers, or then its body, take longer.
REQUEST_HEADERS_TIMEOUT_S = env.number("REQUEST_HEADERS_TIMEOUT_S", default=15)
REQUEST_BODY_TIMEOUT_S = env.number("REQUEST_BODY_TIMEOUT_S", default=30)
# Per web process. A whole school may share one address; a page takes up to seven connections for a minute.
CONNECTIONS_PER_ADDRESS = env.number("CONNECTIONS_PER_ADDRESS", default=1000)
# Addresses that people enter and the server contacts may be on private networks and without TLS.
PRIVATE_TARGETS_ALLOWED = env.bool("PRIVATE_TARGETS_ALLOWED", default=False)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = rest_api.rest_framework(env)
SPECTACULAR_SETTINGS = rest_api.SPECTACULAR_SETTINGS
# Per token; for a user without one, all their browsers together.
API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", default=300)

# --- Snapshots and recognition ----------------------------------------------------------------------------------

SNAPSHOT_INTERVAL_MS = env.number("SNAPSHOT_INTERVAL_MS", default=1500)
# Under load the interval grows to at most this, for all students alike.
SNAPSHOT_INTERVAL_MAX_MS = env.number("SNAPSHOT_INTERVAL_MAX_MS", default=8000)
SNAPSHOT_WIDTH = 320
SNAPSHOT_QUALITY = 0.8
SNAPSHOT_MAX_BYTES = 64 * 1024
# Either side may be the longer one: a phone's camera is upright.
SNAPSHOT_MAX_WIDTH = 1280
SNAPSHOT_MAX_HEIGHT = 1280
# A snapshot older than this when its turn comes is dropped: the next one is worth more.
SNAPSHOT_STALE_S = 3.0
# No snapshot stays in memory or Redis for longer, whatever fails.
SNAPSHOT_TTL_S = 5
# At most this many waiting snapshots are analysed together. All are answered once the last is done.
SNAPSHOT_BATCH = max(1, env.number("SNAPSHOT_BATCH", default=16))
EMOTION_MODEL = env.str("EMOTION_MODEL", default="")
FACE_DETECTOR = env.choice("FACE_DETECTOR", default="blazeface")
# Embedded, these threads analyse. Distributed, they only send snapshots to Redis, and mostly wait for the network.
ANALYSIS_THREADS = env.number("ANALYSIS_THREADS", default=2 if EMBEDDED else 16)
# Readings made while the database is unavailable are buffered: at most this many, for at most this long.
KEPT_READINGS_MAX = env.number("KEPT_READINGS_MAX", default=20_000)
KEPT_READINGS_S = env.number("KEPT_READINGS_S", default=1800)
# Required to read /metrics from another machine or through a proxy, as "Authorization: Bearer …".
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Sessions ---------------------------------------------------------------------------------------------------

# A session that no teacher ends closes automatically after nobody has been connected for this long.
SESSION_SILENCE_MINUTES = env.number("SESSION_SILENCE_MINUTES", default=30)
# Sessions and their readings are deleted this many days after the session ends; 0 never deletes them.
RETENTION_DAYS = env.number("RETENTION_DAYS", default=0)
# A student's consent then counts only with a guardian's, which an administrator records.
GUARDIAN_CONSENT_REQUIRED = env.bool("GUARDIAN_CONSENT_REQUIRED", default=False)
# Stored security events are deleted after this many days; 0 keeps them. The operator keeps the log's lines.
SECURITY_LOG_DAYS = env.number("SECURITY_LOG_DAYS", default=180)
TEACHERS_CREATE_COURSES = env.bool("TEACHERS_CREATE_COURSES", default=False)

# Whom to ask about privacy: a name, an address, a phone number. The privacy page shows it.
PRIVACY_CONTACT = env.str("PRIVACY_CONTACT", default="")

# Lets `manage.py simulate_class` create accounts in simulated courses, with the token the server writes at startup.
SIMULATION_ALLOWED = env.bool("SIMULATION_ALLOWED", default=False)
SIMULATION_TOKEN_FILE = Path(env.str("SIMULATION_TOKEN_FILE", default=str(VAR_DIR / "simulation-token")))

LOGGING = logs.console(env.choice("LOG_LEVEL", default="INFO"))
