"""The one address of the site, from which hosts, origins and links in mails follow."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# Names of this machine: a demo that is served on one of them opens under any.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}
INVALID = "SITE_URL must look like https://attune.example or http://localhost:8000: in ASCII and without a path."


def origins(site_url: str) -> list[str]:
    """Return the origins of the site as browsers send them, with the port unless it is the scheme's own.

    Raises ImproperlyConfigured.
    """
    try:
        parts = urlsplit(site_url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(INVALID) from error
    has_more = any((parts.username, parts.path, parts.query, parts.fragment)) or not site_url.isascii()
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or has_more:
        raise ImproperlyConfigured(INVALID)
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    names = [name, *(each for each in LOOPBACK if each != name)] if name in LOOPBACK else [name]
    ending = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return [f"{parts.scheme}://{each}{ending}" for each in names]


def host_headers(site_origins: list[str]) -> list[str]:
    """Return the values of a Host header that name the site."""
    return [urlsplit(origin).netloc for origin in site_origins]


def host_names(site_origins: list[str]) -> list[str]:
    """Return the names of the site without a port, for ALLOWED_HOSTS."""
    port = urlsplit(site_origins[0]).port
    return [host.removesuffix(f":{port}") for host in host_headers(site_origins)]
