"""The rows of the table of access about signing in, the account and consent."""

from tests.security.access_people import ANONYMOUS, STUDENT
from tests.security.access_rows import administrators, everyone, only, row, signed_in

CONSENT = [
    row("consent/", GET=signed_in()),
    row("consent/withdraw/", POST=signed_in(302)),
    row("consent/texts/<int:version>/", "/consent/texts/{text}/", GET=signed_in()),
    row("consent/texts/publish/", body={"body": ""}, GET=administrators(), POST=administrators(422)),
]
ACCOUNT = [
    row("accounts/", body={"name": "Another Name"}, GET=signed_in(), POST=signed_in(302)),
    row("accounts/data/", GET=signed_in()),
    row("accounts/data/tables/", GET=signed_in()),
    row("accounts/kept/", GET=signed_in()),
    row("accounts/looks/", GET=signed_in()),
    # These ask for the password again.
    row("accounts/delete/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/email/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/email/change/<str:token>/", "/accounts/email/change/wrong/", GET=signed_in()),
    row("accounts/tokens/", GET=signed_in()),
    row("accounts/tokens/new/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/tokens/<int:pk>/revoke/", "/accounts/tokens/{token}/revoke/", POST=only(STUDENT, then=302)),
    row("accounts/time-zone/", GET=everyone(302)),
    row("accounts/sign-out-everywhere/", POST=signed_in(302)),
    row("readings/erase/", POST=signed_in(302)),
]
TO_SIGN_IN = everyone(302) | {ANONYMOUS: 200}
SIGNING_IN = [
    row("accounts/login/", GET=TO_SIGN_IN, POST=TO_SIGN_IN),
    row("accounts/signup/", GET=TO_SIGN_IN, POST=TO_SIGN_IN),
    row("accounts/logout/", GET=signed_in() | {ANONYMOUS: 302}, POST=everyone(302)),
    row("accounts/inactive/", GET=everyone()),
    # Pages that name it show it to everybody, and nobody can guess the hash.
    row("schools/logo/<slug:key>.png", "/schools/logo/{logo}.png", GET=everyone()),
    row("accounts/reauthenticate/", GET=signed_in(), POST=signed_in()),
    row("accounts/password/change/", GET=signed_in(), POST=signed_in()),
    row("accounts/password/set/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/password/reset/", GET=everyone(), POST=everyone()),
    row("accounts/password/reset/done/", GET=everyone()),
    row("accounts/password/reset/key/done/", GET=everyone()),
    row(
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "/accounts/password/reset/key/1-wrong/",
        GET=everyone(),
        POST=everyone(),
    ),
    row("accounts/login/code/confirm/", GET=everyone(302), POST=everyone(302)),
    row("accounts/confirm-email/", GET=everyone()),
    row(
        "accounts/^confirm-email/(?P<key>[-:\\w]+)/$",
        "/accounts/confirm-email/wrong/",
        GET=everyone(),
        POST=everyone(404),
    ),
    row("accounts/sessions/", GET=signed_in(), POST=signed_in(302)),
    row("accounts/sessions/<int:pk>/end/", "/accounts/sessions/{browser}/end/", POST=only(STUDENT, then=302)),
]
# Without a second factor; its pages ask for the password again.
SECOND_FACTORS = [
    row("accounts/2fa/", GET=signed_in()),
    row("accounts/2fa/authenticate/", GET=everyone(302), POST=everyone(302)),
    row("accounts/2fa/reauthenticate/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/2fa/totp/activate/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/2fa/totp/deactivate/", GET=only(), POST=only()),
    row("accounts/2fa/recovery-codes/", GET=only()),
    row("accounts/2fa/recovery-codes/generate/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/2fa/recovery-codes/download/", GET=only()),
    row("accounts/2fa/webauthn/", GET=signed_in()),
    row("accounts/2fa/webauthn/add/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/2fa/webauthn/reauthenticate/", GET=signed_in(302), POST=signed_in(302)),
    row("accounts/2fa/webauthn/login/", GET=everyone(302), POST=everyone(302)),
    row(
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
        "/accounts/2fa/webauthn/keys/1/edit/",
        GET=signed_in(302),
        POST=signed_in(302),
    ),
    row(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        "/accounts/2fa/webauthn/keys/1/remove/",
        GET=signed_in(302),
        POST=signed_in(302),
    ),
]
# If no provider is configured.
PROVIDERS = [
    row("accounts/3rdparty/", GET=signed_in(), POST=signed_in()),
    row("accounts/3rdparty/login/cancelled/", GET=everyone()),
    row("accounts/3rdparty/login/error/", GET=everyone(401)),
    row("accounts/3rdparty/signup/", GET=everyone(302), POST=everyone(302)),
    row("accounts/oidc/<slug:provider_id>/login/", "/accounts/oidc/none/login/", GET=everyone(404), POST=everyone(404)),
    row(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        "/accounts/oidc/none/login/callback/",
        GET=everyone(404),
        POST=everyone(404),
    ),
    # allauth's former URLs redirect to those above.
    row("accounts/social/login/cancelled/", GET=everyone(301), POST=everyone(301)),
    row("accounts/social/login/error/", GET=everyone(301), POST=everyone(301)),
    row("accounts/social/signup/", GET=everyone(301), POST=everyone(301)),
    row("accounts/social/connections/", GET=everyone(301), POST=everyone(301)),
]
OF_ACCOUNTS = [*CONSENT, *ACCOUNT, *SIGNING_IN, *SECOND_FACTORS, *PROVIDERS]
