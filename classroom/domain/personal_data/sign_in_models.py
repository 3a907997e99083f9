"""Personal data in the tables of second factors, providers' accounts and sign-ins."""

from django.utils.translation import gettext_lazy as _

from classroom.domain.personal_data.account_models import FOR_SECURITY, FOR_SIGNING_IN
from classroom.domain.personal_data.declarations import Data, Declaration, Erased, Kept

SECOND_FACTOR = Data(
    section="second_factors",
    person=("user",),
    fields=("type", "created_at", "last_used_at"),
    what=_("Your second factors: their kind, since when you have them, and when you last used them."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
SECOND_FACTOR_KEY = Data(
    fields=("data",),
    what=_("The keys of your second factors; those that could be copied are encrypted."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
    withheld="Anyone with the file could create your codes.",
)
ACCOUNT_ELSEWHERE = Data(
    section="accounts_elsewhere",
    person=("user",),
    fields=("provider", "uid", "last_login", "date_joined", "extra_data"),
    what=_("Accounts elsewhere that sign you in: where, your number and address there, and when you used them."),
    why=FOR_SIGNING_IN,
    kept=Kept.ACCOUNT,
    erased=Erased.WITH_ACCOUNT,
)
BROWSER = Data(
    section="browsers",
    person=("user",),
    fields=("created_at", "last_seen_at", "ip", "user_agent"),
    what=_("Where you are signed in: since when, from which network address, and what the browser says it is."),
    why=FOR_SECURITY,
    kept=Kept.SIGN_IN,
    erased=Erased.WITH_ACCOUNT,
)
BROWSER_KEY = Data(
    fields=("session_key", "data"),
    what=_("The key by which a browser is signed in."),
    why=FOR_SIGNING_IN,
    kept=Kept.SIGN_IN,
    erased=Erased.WITH_ACCOUNT,
    withheld="Anyone with the file could act as you.",
)
API_TOKEN = Data(
    section="api_tokens",
    person=("user",),
    fields=("name", "scopes", "created_at", "expires_at", "last_used_at"),
    what=_("Your API tokens: their names, what they allow, their dates, and the hour in which each was last used."),
    why=_("To let programs that you choose use the API in your name."),
    kept=Kept.API_TOKEN,
    erased=Erased.WITH_ACCOUNT,
)
API_TOKEN_SECRET = Data(
    fields=("token_hash", "sign_outs_everywhere"),
    what=_("Your API tokens as hashes."),
    why=_("To let programs that you choose use the API in your name."),
    kept=Kept.API_TOKEN,
    erased=Erased.WITH_ACCOUNT,
    withheld="They say nothing about the person.",
)

DECLARATIONS = (
    Declaration("mfa.Authenticator", (SECOND_FACTOR, SECOND_FACTOR_KEY)),
    Declaration("socialaccount.SocialAccount", (ACCOUNT_ELSEWHERE,)),
    # Empty: providers are configured, and their tokens are not stored.
    Declaration("socialaccount.SocialToken", impersonal=("app", "account", "token", "token_secret", "expires_at")),
    Declaration(
        "socialaccount.SocialApp",
        impersonal=("provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
    ),
    Declaration("usersessions.UserSession", (BROWSER, BROWSER_KEY)),
    Declaration("accounts.ApiToken", (API_TOKEN, API_TOKEN_SECRET)),
)
