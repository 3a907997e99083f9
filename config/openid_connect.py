"""Sign-in with accounts of OpenID Connect providers: OIDC_PROVIDERS, or OIDC_ISSUER and so on for a single one."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import Env

SETTINGS = {
    "SOCIALACCOUNT_ADAPTER": "accounts.openid_connect.adapter.ProviderAdapter",
    "SOCIALACCOUNT_FORMS": {"disconnect": "accounts.openid_connect.forms.UnlinkForm"},
    # For accounts whose address the provider has confirmed, in domains that the setting names.
    "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
    # Timeout in seconds of each of the three requests to a provider.
    "SOCIALACCOUNT_REQUESTS_TIMEOUT": 5,
}
# As in the paths of accounts/openid_connect/urls.py.
ID = re.compile(r"[-a-zA-Z0-9_]+")
REQUIRED = ("id", "name", "issuer", "client_id", "client_secret")
OPTIONAL: dict[str, Any] = {"domains": [], "confirms_addresses": False, "form_origins": []}
LOCAL_HOSTS = ("localhost", "127.0.0.1")


def providers(env: Env) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS. Raises ImproperlyConfigured, naming what to fix."""
    try:
        configured = env.json("OIDC_PROVIDERS", default=[])
    except ValueError:
        configured = None
    if not isinstance(configured, list) or not all(isinstance(each, dict) for each in configured):
        raise ImproperlyConfigured("OIDC_PROVIDERS is not a JSON list of objects on one line.")
    if env.str("OIDC_ISSUER", default=""):
        single = {
            "id": "school",
            "name": env.str("OIDC_NAME", default="School account"),
            "issuer": env.str("OIDC_ISSUER"),
            "client_id": env.str("OIDC_CLIENT_ID", default=""),
            "client_secret": env.str("OIDC_CLIENT_SECRET", default=""),
            "domains": env.list("OIDC_DOMAINS", default=[]),
            "confirms_addresses": env.bool("OIDC_CONFIRMS_ADDRESSES", default=False),
            "form_origins": env.list("OIDC_FORM_ORIGINS", default=[]),
        }
        configured = [*configured, single]
    apps = [_app(each) for each in configured]
    if len({app["provider_id"] for app in apps}) < len(apps):
        raise ImproperlyConfigured("Two OpenID Connect providers have the same id.")
    return {
        "openid_connect": {
            "provider_class": "accounts.openid_connect.provider.ConfiguredProvider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": apps,
        }
    }


def _app(provider: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in REQUIRED if not provider.get(name)]
    unknown = sorted(set(provider) - {*REQUIRED, *OPTIONAL})
    if missing or unknown:
        name = provider.get("id", "without an id")
        raise ImproperlyConfigured(f"OpenID Connect provider {name}: missing {missing}, unknown {unknown}.")
    if not all(isinstance(provider[name], str) for name in REQUIRED) or not ID.fullmatch(provider["id"]):
        raise ImproperlyConfigured(
            f"OpenID Connect provider {provider['id']!r}: the id takes letters, digits and hyphens, "
            f"and {', '.join(REQUIRED[1:])} are texts."
        )
    provider = {**OPTIONAL, **provider}
    for name, default in OPTIONAL.items():
        if type(provider[name]) is not type(default):  # "false" would count as true, and a text as a list of letters
            fitting = "true or false" if isinstance(default, bool) else "a list"
            raise ImproperlyConfigured(f"OpenID Connect provider {provider['id']}: {name} is not {fitting}.")
    issuer = urlsplit(provider["issuer"])
    if issuer.scheme != "https" and issuer.hostname not in LOCAL_HOSTS:
        raise ImproperlyConfigured(f"The issuer {provider['issuer']} does not begin with https://.")
    return {
        "provider_id": provider["id"],
        "name": provider["name"],
        "client_id": provider["client_id"],
        "secret": provider["client_secret"],
        "settings": {
            "server_url": provider["issuer"].rstrip("/"),
            "issuer": provider["issuer"],
            "domains": [domain.lower() for domain in provider["domains"]],
            "verified_email": provider["confirms_addresses"],
            "form_origins": [f"{issuer.scheme}://{issuer.netloc}", *provider["form_origins"]],
        },
    }
