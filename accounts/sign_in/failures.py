"""Failed sign-ins, counted per account and network, and the wait that follows them.

docs/adr/0016-failed-sign-ins.md has the reasons.
"""

import hashlib
import ipaddress
import math
import time

from allauth.account.adapter import get_adapter
from allauth.account.utils import filter_users_by_email
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.security_log.events import Event, record
from accounts.sign_in.known_browsers import browser_known_to

FAILURES_WITHOUT_WAIT = 4
FIRST_WAIT_S = 10
MAX_WAIT_S = 15 * 60
# A few typos are forgotten soon, a series of guesses only after a day without one.
FEW_REMEMBERED_S = 3600
MANY_REMEMBERED_S = 24 * 3600
# A provider assigns a site an IPv6 network from a /64 to a /48.
NETWORK_BITS = {4: 24, 6: 48}


def failure_key(request: HttpRequest, email: str) -> str:
    """Return what the failures of this attempt count against: the account, and the network or known browser.

    An address without an account is counted the same way, so that the wait does not reveal which addresses have one.
    """
    users = filter_users_by_email(email)
    account = f"account {users[0].pk}" if users else f"address {email.lower()}"
    browser = browser_known_to(request, users[0].pk) if users else None
    if browser:
        source = f"browser {browser}"
    else:
        ip = ipaddress.ip_address(get_adapter().get_client_ip(request))
        ip = getattr(ip, "ipv4_mapped", None) or ip
        source = f"network {ipaddress.ip_network((ip, NETWORK_BITS[ip.version]), strict=False)}"
    return "failed-sign-ins:" + hashlib.sha256(f"{account} {source}".encode()).hexdigest()


def second_factor_key(user: User) -> str:
    """Return what wrong codes count against: only the account, because only the password leads to the form."""
    return "failed-sign-ins:" + hashlib.sha256(f"second factor {user.pk}".encode()).hexdigest()


def seconds_to_wait(key: str) -> int:
    """Return in how many whole seconds the next attempt is allowed, 0 for now."""
    return max(0, math.ceil(cache.get(_until(key), 0) - time.time()))


def refuse_while_waiting(key: str, *, email: str) -> None:
    """Raises ValidationError, which says how long the wait is."""
    wait = seconds_to_wait(key)
    if wait == 0:
        return
    record(Event.SIGN_IN_LIMITED, subject=User.objects.with_address(email))
    if wait < 60:
        retry = ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", wait) % {"n": wait}
    else:
        minutes = math.ceil(wait / 60)
        retry = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", minutes) % {"n": minutes}
    raise ValidationError(_("Too many failed attempts.") + " " + retry, code="too_many_login_attempts")


def record_failure(key: str) -> None:
    cache.add(key, 0, FEW_REMEMBERED_S)
    try:
        failures = cache.incr(key)
    except ValueError:  # a correct password has just ended the series, or it has expired
        return
    if failures > FAILURES_WITHOUT_WAIT:
        # The cap on the exponent is above MAX_WAIT_S and keeps a long series from making a huge number.
        doublings = min(failures - FAILURES_WITHOUT_WAIT - 1, 16)
        wait_s = min(FIRST_WAIT_S * 2**doublings, MAX_WAIT_S)
        cache.touch(key, MANY_REMEMBERED_S)
        cache.set(_until(key), time.time() + wait_s, wait_s)


def forget_failures(key: str) -> None:
    cache.delete_many([key, _until(key)])


def _until(key: str) -> str:
    return f"{key}:until"
