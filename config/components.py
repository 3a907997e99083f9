"""The apps, middleware, template engine and static file settings. Django goes through each list in order."""

from pathlib import Path

from whitenoise.compress import Compressor

from config.rest_api import SWAGGER_UI

# Only developers' browsers request source maps, and compressing them takes longer than everything else.
NOT_COMPRESSED = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
BASE_DIR = Path(__file__).resolve().parent.parent
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/uplot", BASE_DIR / "node_modules" / "uplot" / "dist"),
    ("vendor/swagger-ui", SWAGGER_UI),
]

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "drf_spectacular",
    "accounts",
    "lti_tool",
    "emotions",
    "classroom",
]

MIDDLEWARE = [
    "config.response_headers.ResponseHeadersMiddleware",
    "classroom.api.v1.problems.ProblemMiddleware",
    "config.site_host.SiteHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.served_files.StaticFilesMiddleware",
    "config.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "accounts.middleware.IdleSessionMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "accounts.middleware.UnavailableMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factors.middleware.RequiredSecondFactorMiddleware",
    "accounts.middleware.SecurityLogMiddleware",
]

STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.face_files.FaceFilesFinder",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.time_zone",
                "accounts.context_processors.sign_in",
                "accounts.context_processors.school",
            ],
            "libraries": {"scripts": "config.script_tags"},
        },
    },
]


def storages(*, hashed: bool) -> dict[str, dict[str, str]]:
    static_files = "config.static_files.HashedFilesStorage"
    if not hashed:
        static_files = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": static_files},
    }
